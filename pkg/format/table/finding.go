package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/sbom"
)

func severityStyle(severity string) style {
	switch severity {
	case string(policy.Deny):
		return red
	case string(policy.Review):
		return yellow
	case string(policy.Gap):
		return magenta
	case string(policy.Allow):
		return green
	}
	return cyan
}

// manyFindings is how many findings are drawn in full; of the others the first two lines are.
const manyFindings = 20

func (v *view) findings() {
	for i := range v.r.Findings {
		v.finding(&v.r.Findings[i], i < manyFindings || v.verbose)
		v.blank()
	}
	if left := len(v.r.Findings) - manyFindings; left > 0 && !v.verbose {
		v.wrap(text(dim, fmt.Sprintf("the last %s in short; --verbose says why, and what to do", count(left, "finding"))))
		v.blank()
	}
}

// finding draws one finding:
//
//	deny[license]: solver v0.3.1: GPL-3.0-only is denied
//	  --> go.sum:9:1
//	   |
//	 9 | solver v0.3.1 h1:mC5lmWTOvk9Yb5wk0HKq8kXH0ko4pcyE0MKvAS3mFJM=
//	   | ^^^^^^^^^^^^^ this module
//	   = license: GPL-3.0-only (concluded, runtime)
//	   = path: agent -> log v1.2.0 -> solver v0.3.1
//	   = help: replace log by something that does not need it
func (v *view) finding(f *policy.Finding, full bool) {
	st := severityStyle(f.Severity)
	message := f.Message
	if c := v.doc.Component(f.Component); c != nil && !strings.Contains(message, c.Name) {
		message = title(c) + ": " + message
	}
	v.wrapAt(4, text(bold, message), text(st, f.Severity+"["+f.Check+"]: "))
	if !full {
		if len(f.Labels) > 0 {
			v.wrap(text(plain, f.Labels[0].Span.String()), pad(2), text(blue, "--> "))
		}
		return
	}
	decided := decidedBy(f)
	g := gutter(f.Labels, decided)
	for i, l := range f.Labels {
		v.label(l, g, i == 0, st)
	}
	v.expression(f, g)
	for _, l := range decided {
		v.label(l, g, false, st)
	}
	v.path(f.Path, g)
	for _, h := range f.Help {
		v.help(h, g)
	}
}

func (v *view) help(s string, g int) {
	v.wrap(text(plain, s), pad(g+1), text(blue, "= "), text(cyan, "help: "))
}

// decidedBy are the places in the policy that decided against a leaf, each once.
func decidedBy(f *policy.Finding) []policy.Label {
	var out []policy.Label
	for _, l := range f.Leaves {
		d := l.Decided
		if d.Text == "" {
			d.Text = "this decides"
		}
		if l.Verdict != policy.Allow && !d.Span.IsZero() && !slices.ContainsFunc(out, func(o policy.Label) bool { return o.Span == d.Span }) {
			out = append(out, d)
		}
	}
	return out
}

// gutter is the width of the widest line number.
func gutter(lists ...[]policy.Label) int {
	n := 0
	for _, list := range lists {
		for _, l := range list {
			n = max(n, len(fmt.Sprint(max(l.Span.Line, 0))))
		}
	}
	return max(n, 2)
}

// label draws a place, and the line there with a caret under it when the report holds the line.
func (v *view) label(l policy.Label, g int, first bool, st style) {
	arrow := "::: "
	if first {
		arrow = "--> "
	}
	at := []seg{pad(g), text(blue, arrow)}
	source, ok := l.Line, l.Line != ""
	if !ok {
		source, ok = v.r.Excerpt(l.Span.Path, l.Span.Line)
	}
	if !ok {
		s := l.Span.String()
		if l.Text != "" {
			s += ": " + l.Text
		}
		v.wrap(text(plain, s), at...)
		return
	}
	v.wrap(text(plain, l.Span.String()), at...)
	bar := []seg{pad(g + 1), text(blue, "|")}
	before, marked, after := window(source, l.Span.Col, l.Span.End-l.Span.Start, v.width-g-3)
	v.line(bar...)
	v.line(text(blue, fmt.Sprintf("%*d ", g, l.Span.Line)), text(blue, "| "), seg{plain, before}, seg{plain, marked}, seg{plain, after})
	caret := append(slices.Clone(bar), pad(1+columns(before)), text(st, strings.Repeat("^", max(1, columns(marked)))))
	if l.Text == "" {
		v.line(caret...)
	} else if words := format.Visible(l.Text); g+3+columns(before)+columns(marked)+1+columns(words) <= v.width {
		v.line(append(caret, text(st, " "+words))...)
	} else {
		v.line(caret...)
		v.wrap(text(st, words), append(slices.Clone(bar), pad(1))...)
	}
}

// window makes a line of source fit: what stands before the mark, the mark, and what stands behind it,
// in at most n columns. col is 1-based and in bytes, as size is; both may lie outside the line, which a
// redaction can have shortened.
func window(line string, col, size, n int) (before, marked, after string) {
	line = strings.ReplaceAll(line, "\t", " ") // one byte for one byte: columns stay true
	start := min(max(col-1, 0), len(line))
	end := min(max(start, start+max(size, 0)), len(line))
	before, marked, after = format.Visible(line[:start]), format.Visible(line[start:end]), format.Visible(line[end:])
	if columns(before)+columns(marked) > n {
		before = tail(before, max(n/4, n-columns(marked)))
	}
	marked = head(marked, n-columns(before))
	after = head(after, max(n-columns(before)-columns(marked), 0))
	return before, marked, after
}

// expression draws the judged expression and, a line a leaf, what the policy says of it and why. The
// leaves of the arm that was taken are marked.
func (v *view) expression(f *policy.Finding, g int) {
	if len(f.Leaves) == 0 && f.Expr.IsNoAssertion() {
		return
	}
	var of []string
	for _, s := range []string{f.Unknown, f.Basis, string(f.Scope)} {
		if s != "" {
			of = append(of, s)
		}
	}
	s := f.Expr.String()
	if len(of) > 0 {
		s += " (" + strings.Join(of, ", ") + ")"
	}
	v.wrap(text(plain, s), pad(g+1), text(blue, "= "), text(bold, "license: "))
	if len(f.Leaves) == 1 && strings.Contains(f.Message, f.Leaves[0].Reason) {
		return // the headline has said it
	}
	hasChoice := !f.Arm.IsNoAssertion() && !f.Arm.Equal(f.Expr)
	leafWidth := 0
	for _, l := range f.Leaves {
		leafWidth = max(leafWidth, columns(l.Expr.String()))
	}
	leafWidth = min(leafWidth, v.width/3)
	for _, l := range f.Leaves {
		mark := "  "
		reason := l.Reason
		if l.Chosen && hasChoice {
			mark = "> "
			reason = "taken: " + reason
		}
		leaf := head(format.Visible(l.Expr.String()), leafWidth)
		verdict := format.Visible(string(l.Verdict))
		if !l.Decided.Span.IsZero() {
			reason += fmt.Sprintf(" (%s:%d)", l.Decided.Span.Path, l.Decided.Span.Line)
		}
		v.wrapAt(g+13, text(plain, reason),
			pad(g+3), text(bold, mark), seg{severityStyle(verdict), verdict}, pad(max(8-columns(verdict), 1)),
			seg{plain, leaf}, pad(leafWidth-columns(leaf)+2))
	}
}

// path draws the shortest way from a root to the component, in one line if it fits.
func (v *view) path(ids []sbom.ID, g int) {
	if len(ids) < 2 {
		return
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = format.Visible(v.name(id))
	}
	lead := []seg{pad(g + 1), text(blue, "= "), text(bold, "path: ")}
	const indent = len("= path: ")
	if whole := strings.Join(names, " -> "); g+1+indent+columns(whole) <= v.width {
		v.line(append(lead, seg{plain, whole})...)
		return
	}
	v.line(append(lead, seg{plain, names[0]})...)
	for _, n := range names[1:] {
		v.line(pad(g+1+indent), seg{plain, "-> " + n})
	}
}
