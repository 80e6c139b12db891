package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// Bounds of what one finding shows.
const (
	maxManifestLabels = 3
	maxEvidenceLabels = 5
	maxLeafLabels     = 15 // one for each leaf that fails
)

// about begins a finding: who, in which scope, by which path, and the places to look at.
func (p *Pass) about(j *judged) Finding {
	c := j.component
	f := Finding{Component: c.ID, Scope: c.Scope, Path: p.path(c.ID)}
	evidence := evidenceLabels(j)
	manifest := slices.DeleteFunc(p.manifestLabels(c, f.Path), func(l Label) bool {
		return slices.ContainsFunc(evidence, func(e Label) bool { return e.Span == l.Span })
	})
	f.Labels = append(manifest, evidence...)
	return f
}

// manifestLabels are the lines that bring the component in: first that of the path's last edge.
func (p *Pass) manifestLabels(c *sbom.Component, way []sbom.ID) []Label {
	var labels []Label
	add := func(span source.Span, text string) {
		for _, l := range labels {
			if l.Span == span {
				return
			}
		}
		if len(labels) < maxManifestLabels && !span.IsZero() {
			labels = append(labels, Label{Span: span, Text: text})
		}
	}
	if n := len(way); n > 1 {
		for _, span := range p.edges[[2]sbom.ID{way[n-2], way[n-1]}] {
			add(span, "required here")
		}
	}
	for _, o := range c.Occurrences {
		for _, span := range o.Found {
			add(span, "listed here")
		}
	}
	return labels
}

// evidence gives the claims to be looked at, as indices: first one for each leaf that fails, before all that which decided, then
// the others that state what decided.
func (j *judged) evidence() []int {
	stating := j.stating()
	order := slices.Clone(stating[:min(1, len(stating))])
	for _, l := range j.leaves {
		t, ok := l.Expr.Term()
		if !ok || !l.Chosen || !fails(l.Verdict) || j.leaf.Equal(t) {
			continue
		}
		if at := slices.IndexFunc(j.claims, func(i int) bool { return j.states(j.component.Claims[i], t) }); at >= 0 {
			order = append(order, j.claims[at])
		}
	}
	var out []int
	for _, i := range slices.Concat(order, stating, j.claims) {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// stating gives the claims that state what decided: the license itself, or words that nobody can read. The
// latter are sought among all claims where those that make the expression hold none.
func (j *judged) stating() []int {
	var out []int
	for _, i := range j.claims {
		if j.statedBy(j.component.Claims[i]) {
			out = append(out, i)
		}
	}
	if len(out) > 0 || !j.kindOnly() {
		return out
	}
	for i, cl := range j.component.Claims {
		if speaks(cl) && j.statedBy(cl) {
			out = append(out, i)
		}
	}
	return out
}

// statedBy reports whether the claim states what decided.
func (j *judged) statedBy(cl sbom.Claim) bool {
	if cl.Expr.IsNoAssertion() && j.kindOnly() {
		return cl.Raw != "" && j.unknown == Unrecognised
	}
	return j.states(cl, j.leaf)
}

// states reports whether the claim states a leaf, or the words that it is called after.
func (j *judged) states(cl sbom.Claim, leaf spdx.Term) bool {
	if !cl.Expr.IsNoAssertion() {
		return slices.ContainsFunc(cl.Expr.Terms(), leaf.Equal)
	}
	return cl.Raw != "" && isCalledAfter(leaf, cl.Raw)
}

// isCalledAfter reports whether a leaf is the name of words that are no license.
func isCalledAfter(leaf spdx.Term, raw string) bool {
	digest, ok := strings.CutPrefix(leaf.ID, unknownText)
	return ok && "lt1:"+digest == string(source.TextDigest([]byte(raw)))
}

// evidenceLabels are the places where the judged license is stated: one of each claim, then the others of these. A header that
// stands in hundreds of files must not hide what one file says.
func evidenceLabels(j *judged) []Label {
	var labels, others []Label
	for _, i := range j.evidence() {
		cl := j.component.Claims[i]
		what := "states " + short(cl.Expr.String())
		if cl.Expr.IsNoAssertion() {
			what = fmt.Sprintf("states %q", short(cl.Raw))
		}
		switch cl.Basis {
		case sbom.Declared:
			what = "declared: " + strings.TrimPrefix(what, "states ")
			if cl.Kind == sbom.KindSuppliedConclusion {
				what = "concluded by who wrote this: " + strings.TrimPrefix(what, "declared: ")
			}
		case sbom.Clarified:
			what = "clarified: " + strings.TrimPrefix(what, "states ")
		}
		shown := false
		for _, e := range cl.Evidence {
			switch l := (Label{Span: e.Span, Text: what}); {
			case e.Span.IsZero():
			case !shown:
				shown = true
				labels = append(labels, l)
			default:
				others = append(others, l)
			}
		}
	}
	labels = append(labels, others...)
	failing := 0
	for _, l := range j.leaves {
		if l.Chosen && fails(l.Verdict) {
			failing++
		}
	}
	return labels[:min(len(labels), max(maxEvidenceLabels, min(failing, maxLeafLabels)))]
}

// named are the leaves, those that are called after words of a manifest with these words as the reason.
func (j *judged) named() []Leaf {
	out := slices.Clone(j.leaves)
	for i, l := range out {
		t, _ := l.Expr.Term()
		for _, cl := range j.component.Claims {
			if cl.Expr.IsNoAssertion() && cl.Raw != "" && isCalledAfter(t, cl.Raw) {
				out[i].Reason = strings.Replace(l.Reason, nobodyKnows, fmt.Sprintf("%q is no license that can be read", short(cl.Raw)), 1)
				break
			}
		}
	}
	return out
}

// waysOut are what can be done about a denied or doubtful license, most particular first.
func (p *Pass) waysOut(j *judged) []string {
	var help []string
	if own := ownSnippet(j); own != "" {
		help = append(help, own)
	}
	for _, x := range p.Policy.Exceptions {
		if !x.Live(p.AsOf) && x.selector.Match(j.component) && x.concerns(j) {
			help = append(help, fmt.Sprintf("the exception in %s expired on %s: renew it", x.Found.Span, x.Expires.Format("2006-01-02")))
		}
	}
	statement, curation := statementSnippet(j, toState, toState), curationSnippet(j, toState)
	unread := j.unknown == Missing || j.unknown == Unrecognised
	if curation != "" && !(unread && curation == statement) {
		help = append(help, "if the file is under something else, say so: "+curation)
	}
	switch j.unknown {
	case Missing:
		help = append(help, "find out what the license is and state it: "+statement)
		return append(help, p.lastResorts(j, none)...)
	case Unrecognised:
		help = append(help, p.guesses(j)...)
		help = append(help, "read "+j.unread()+" and state what it is: "+statement)
	case Custom:
		help = append(help, fmt.Sprintf("if its terms are known and fit, name it: policy: {allow: [%s]}", j.leaf))
	}
	for _, c := range j.picks[:min(len(j.picks), maxChoices)] {
		of := c.of.expr()
		if c.better != nil {
			help = append(help, fmt.Sprintf("the recorded choice of %s can be changed: %s would do better", c.took.expr(), c.better.expr()))
		}
		if arm, ok := commercial(of); ok && !c.recorded {
			help = append(help, fmt.Sprintf("if you hold that license, record it: choices: [{of: %q, choose: %q}]", of, arm))
		}
	}
	return append(help, p.lastResorts(j, j.toExcept())...)
}

// toExcept is the license that an exception must name to clear the finding.
func (j *judged) toExcept() string {
	if j.kindOnly() {
		return j.expr.String()
	}
	failing := 0
	for _, l := range j.leaves {
		if l.Chosen && fails(l.Verdict) {
			failing++
		}
	}
	if failing == 1 {
		return j.leaf.String()
	}
	return j.expr.String()
}

func (j *judged) kindOnly() bool { return j.expr.IsNone() || j.expr.IsNoAssertion() }

// concerns reports whether the exception is about the judged expression or one of its leaves.
func (x *Exception) concerns(j *judged) bool {
	if t, ok := x.License.Term(); ok {
		for _, leaf := range j.expr.Terms() {
			if leaf.Equal(t) {
				return true
			}
		}
	}
	return x.License.Equal(j.expr)
}

// commercial finds the first arm that consists of a license of someone's own.
func commercial(of spdx.Expr) (spdx.Expr, bool) {
	for _, arm := range armsOf(of) {
		if t, ok := arm.Term(); ok && t.IsRef() {
			return arm, true
		}
	}
	return spdx.Expr{}, false
}
