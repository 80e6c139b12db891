// Package table draws a report for people: in a terminal, in the log of a CI job, in a mail.
//
// A scan is drawn as an inventory: the licenses, under each the components that have it and the file
// that shows it; of a large project the licenses only, with names as examples. A check begins with
// what somebody has to act on, in the manner of a modern compiler: the line of the manifest, the
// expression leaf by leaf with a reason, the line of the policy that decided, the shortest path from
// the root, and the way out. Gaps are drawn like findings, for they may hide some. The last line says
// how it ended.
//
// Nothing is wider than the terminal: places and names are cut with an ellipsis, sentences broken. And
// nothing that came from a scanned file reaches the terminal as a command: every piece of text is made
// by one function that writes control characters out; see printer.go.
package table

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Format is the text for people.
var Format = &format.Format{
	Name: "table",
	Doc: `a picture for people: what is there, what was decided, and why

The form for the terminal, 80 columns wide unless the terminal says otherwise. It may change with every
version; programs read json.`,
	Encode: encode,
}

func encode(w io.Writer, r *report.Report, opt format.Options) error {
	if _, err := opt.Pick("table", nil); err != nil {
		return err
	}
	p := &printer{w: bufio.NewWriter(w), width: opt.Width, color: opt.Color}
	if p.width <= 0 {
		p.width = 80
	}
	p.width = max(p.width, 40)
	v := view{printer: p, r: r, doc: r.Document, verbose: opt.Verbose}
	v.draw()
	return p.w.Flush()
}

// view draws one report.
type view struct {
	*printer
	r       *report.Report
	doc     *sbom.Document
	verbose bool
}

func (v *view) draw() {
	if v.r.Command == "check" { // what is to be done; the inventory only where nothing is
		v.findings()
		v.gaps()
		if v.verbose || v.r.Exit() == 0 {
			v.inventory()
		}
		v.basis()
	} else {
		v.basis()
		v.blank()
		v.inventory()
		v.gaps()
	}
	v.ending()
}

// name is how a component is called in running text: "left 1.0.0".
func (v *view) name(id sbom.ID) string {
	c := v.doc.Component(id)
	if c == nil {
		return string(id)
	}
	return title(c)
}

func title(c *sbom.Component) string {
	if c.Version == "" {
		return c.Name
	}
	return c.Name + " " + c.Version
}

// basis says what was looked at and what the result rests on: how much, how far, by which policy, and
// what nobody stated.
func (v *view) basis() {
	r := v.r
	row := func(what, s string) { v.wrap(text(plain, s), text(dim, fmt.Sprintf("%-9s", what))) }
	v.wrap(text(plain, v.extent()), text(bold, v.about()+": "))
	if files := v.statingFiles(); files > 0 {
		row("files", fmt.Sprintf("%d files of the target state a license", files))
	}
	if s := v.modified(); s != "" {
		row("modified", s)
	}
	row("by", fmt.Sprintf("%s %s, %s", r.Tool.Name, r.Tool.Version, r.Tool.Rules))
	row("read", r.Reach)
	if r.Policy != nil {
		s := fmt.Sprintf("%s (%s, %s)", r.Policy.Path, r.Policy.From, short(r.Policy.Digest))
		if r.AsOf != "" {
			s += ", as of " + r.AsOf
		}
		row("policy", s)
	}
	for _, a := range r.Assumptions {
		row("assumed", a)
	}
	if r.GapsAllowed != "" {
		row("allowed", "gaps: "+r.GapsAllowed)
	}
}

// short is a digest as far as people compare it.
func short(d source.Digest) string { return string(d[:min(len(d), len("sha256:")+12)]) }

// top is the root whose folder contains those of the others, or the first.
func (v *view) top() sbom.ID {
	for _, id := range v.doc.Roots {
		c := v.doc.Component(id)
		if c != nil && slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool { return o.Dir == "." }) {
			return id
		}
	}
	return v.doc.Roots[0]
}

// about names the roots, or the tree where there is none.
func (v *view) about() string {
	const few = 3
	switch n := len(v.doc.Roots); {
	case n == 0:
		return report.Name(v.doc)
	case n > few:
		return fmt.Sprintf("%s and %d more", v.name(v.top()), n-1)
	}
	names := make([]string, len(v.doc.Roots))
	for i, id := range v.doc.Roots {
		names[i] = v.name(id)
	}
	return strings.Join(names, ", ")
}

// extent is "12 components (6 direct, 5 transitive)".
func (v *view) extent() string {
	direct, transitive := 0, 0
	for _, c := range v.doc.Components {
		switch {
		case c.Direct:
			direct++
		case !slices.Contains(v.doc.Roots, c.ID):
			transitive++
		}
	}
	s := count(len(v.doc.Components), "component")
	if direct+transitive > 0 {
		s += fmt.Sprintf(" (%d direct, %d transitive)", direct, transitive)
	}
	return s
}

// modified names the components that were modified.
func (v *view) modified() string {
	const few = 5
	var names []string
	for i := range v.doc.Components {
		if c := &v.doc.Components[i]; c.Modified() == sbom.Yes {
			names = append(names, title(c))
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n > few:
		names = append(names[:few], fmt.Sprintf("and %d more", n-few))
	}
	return strings.Join(names, ", ") + " (--verbose names the files)"
}

func (v *view) statingFiles() int {
	n := 0
	for _, f := range v.doc.Files {
		if len(f.Claims) > 0 {
			n++
		}
	}
	return n
}

// ending is the last line: what to worry about, and for a check the exit status that follows.
func (v *view) ending() {
	unknown := 0
	for i := range v.doc.Components {
		if report.Unknown(&v.doc.Components[i]) != "" {
			unknown++
		}
	}
	if v.r.Command != "check" {
		v.wrap(text(bold, count(unknown, "component")+" without a known license; "+v.countGaps()))
		return
	}
	tally := map[string]int{}
	for _, f := range v.r.Findings {
		tally[f.Severity]++
	}
	s := fmt.Sprintf("%d denied, %d to review", tally["deny"], tally["review"])
	if n := tally["note"]; n > 0 {
		s += ", " + count(n, "note")
	}
	st, means := green, "exit 0"
	switch v.r.Exit() {
	case 1:
		st, means = red, "exit 1 (findings)"
	case 3:
		st, means = magenta, "exit 3 (gaps)"
	}
	v.wrap(text(st, s+"; "+v.countGaps()+": "+means))
}

func (v *view) countGaps() string {
	material := 0
	for _, g := range v.doc.Gaps {
		if g.Material {
			material++
		}
	}
	s := count(len(v.doc.Gaps), "gap")
	if material > 0 {
		s += fmt.Sprintf(" (%d material)", material)
	}
	return s
}

func count(n int, noun string) string {
	if n == 0 {
		return "no " + noun + "s"
	}
	return sbom.Plural(n, noun)
}
