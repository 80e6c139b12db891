package detect

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/licet/licet/pkg/sbom"
)

// A binary file is searched for tags as every file is, and the readable runs of it that have a cue for what a person wrote
// into a string: texts and notices of licenses, statements of copyright, and what a module of the Linux kernel says to
// its loader. A name without a version or words that grant means nothing there.

const (
	// leastRun is how many readable bytes in a row are a string.
	leastRun = 24
	// runReach is how far a string is followed on both sides of a cue.
	runReach = 8 << 10
)

// examineStrings looks for statements in the readable runs around the cues of a binary file.
func (r *reading) examineStrings(m *memo) {
	var runs []region
	end := 0
	for at := range r.cues(passageCues) {
		if at < end || r.isTagged(at) {
			continue
		}
		g := r.run(at, end)
		end = g.end
		if g.end-g.start >= leastRun {
			runs = append(runs, g)
		}
	}
	r.examineAll(runs, m)
	granted := r.mentioned[:0]
	for _, m := range r.mentioned {
		if m.grant || m.framed && m.strong && m.parts[0].version != "" {
			granted = append(granted, m)
		}
	}
	r.mentioned = granted
}

// run gives the readable bytes around the one at i, from low on.
func (r *reading) run(i, low int) region {
	g := region{i, i}
	for g.start > max(low, i-runReach) && isReadable(r.text[g.start-1]) {
		g.start--
	}
	for g.end < min(len(r.text), i+runReach) && isReadable(r.text[g.end]) {
		g.end++
	}
	return g
}

func isReadable(c byte) bool {
	return c >= ' ' && c < 0x7F || c == '\n' || c == '\t' || c == '\r'
}

// writtenCopyrights leaves out what only looks like a statement in bytes that nobody wrote.
func (r *reading) writtenCopyrights() {
	r.copyrights = slices.DeleteFunc(r.copyrights, func(c sbom.Copyright) bool {
		return !strings.Contains(strings.ToLower(c.Text), "copyright") || !utf8.ValidString(c.Text) || strings.ContainsFunc(c.Text, unicode.IsControl)
	})
}

// moduleInfo claims what the section .modinfo of a kernel module states, "license=" and what the macro MODULE_LICENSE was given, between
// bytes that are zero.
func (r *reading) moduleInfo() {
	for at := range r.cues(cueLicense) {
		rest, ok := bytes.CutPrefix(r.text[at:min(len(r.text), at+maxRaw)], []byte("license="))
		n := bytes.IndexByte(rest, 0)
		if !ok || n <= 0 || at > 0 && r.text[at-1] != 0 {
			continue
		}
		f := field{key: "module_license"}
		if e, ambiguous := f.declared(string(rest[:n])); !ambiguous && !e.IsNoAssertion() {
			r.claim("field", RuleField, e, string(rest[:n]), at, at+len("license=")+n, sbom.Evidence{})
		}
	}
}
