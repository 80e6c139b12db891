// Package report is the one value that every format renders: what was scanned, what was found, how it
// was judged, and everything that a reader needs to see why. A format reads nothing else; so a report
// that was decoded from an SBOM renders as one that was just made.
package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/sbom"
)

// Schema is the name and version of the native form; a reader refuses another major version.
const Schema = "licet.report/1"

// Report is the result of a scan or a check.
type Report struct {
	Schema string `json:"schema"`
	Tool   Tool   `json:"tool"`
	// Command is "scan" or "check".
	Command string `json:"command"`
	// Created is the time of the input, not of the run; see the CLI contract.
	Created time.Time `json:"created"`
	// AsOf is the day on which the policy was applied, YYYY-MM-DD; empty for a scan.
	AsOf string `json:"as_of,omitempty"`
	// Reach says which files were read for licenses.
	Reach string `json:"reach"`
	// Assumptions are what nobody stated and the result rests on, one sentence each.
	Assumptions  []string           `json:"assumptions,omitempty"`
	Deliverables []sbom.Deliverable `json:"deliverables,omitempty"`
	Policy       *policy.Origin     `json:"policy,omitempty"`
	Findings     []policy.Finding   `json:"findings,omitempty"`
	// FailOn is the severity from which on findings fail: deny (also when empty), review, or never.
	FailOn string `json:"fail_on,omitempty"`
	// Strict: every gap counts, not only the material ones.
	Strict bool `json:"strict,omitempty"`
	// GapsAllowed is the reason given with --allow-gaps.
	GapsAllowed string         `json:"gaps_allowed,omitempty"`
	Document    *sbom.Document `json:"document"`
	// Excerpts are the lines that findings point at, sorted by place.
	Excerpts []Excerpt `json:"excerpts,omitempty"`
}

// Tool is who made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// Rules is the version of the license list and the digest of the embedded data.
	Rules string `json:"rules"`
}

// Excerpt is one line of a file, redacted and without its line end.
type Excerpt struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Excerpt gives the line that a place is on, if the report holds it.
func (r *Report) Excerpt(path string, line int) (string, bool) {
	i, ok := slices.BinarySearchFunc(r.Excerpts, Excerpt{Path: path, Line: line}, Excerpt.Compare)
	if !ok {
		return "", false
	}
	return r.Excerpts[i].Text, true
}

// Compare orders excerpts by place.
func (e Excerpt) Compare(f Excerpt) int {
	return cmp.Or(strings.Compare(e.Path, f.Path), cmp.Compare(e.Line, f.Line))
}

// Main is the component that the document is about: its one root, or the one root that lies at the top of
// the tree. It is nil where there is none or several.
func Main(d *sbom.Document) *sbom.Component {
	var main []*sbom.Component
	for _, id := range d.Roots {
		c := d.Component(id)
		if c == nil {
			continue
		}
		if len(d.Roots) == 1 || slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool { return o.Dir == "." }) {
			main = append(main, c)
		}
	}
	if len(main) != 1 {
		return nil
	}
	return main[0]
}

// Name is what a document is called: as the component that it is about, else as the tree that was scanned.
func Name(d *sbom.Document) string {
	if c := Main(d); c != nil {
		return c.Name
	}
	for _, in := range d.Inputs {
		if in.Kind == "tree" && in.Name != "" {
			return in.Name
		}
	}
	return "."
}

// Exit is the exit status that the report calls for, the first that holds: 1 for findings at or above
// FailOn, 3 for a material gap (under Strict any gap) that nobody allowed, 0. A scan minds gaps only
// under Strict.
func (r *Report) Exit() int {
	for _, f := range r.Findings {
		switch {
		case r.FailOn == "never":
		case f.Severity == string(policy.Deny), f.Severity == string(policy.Review) && r.FailOn == string(policy.Review):
			return 1
		}
	}
	if r.GapsAllowed != "" || r.Command != "check" && !r.Strict {
		return 0
	}
	for _, g := range r.Document.Gaps {
		if g.Material || r.Strict {
			return 3
		}
	}
	return 0
}
