package policy

import (
	"fmt"
	"path"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/pkg/version"
)

// Bounds of what one finding shows.
const (
	maxManifestLabels = 3
	maxEvidenceLabels = 5
)

// about begins a finding: who, in which scope, by which path, and the places to look at.
func (p *Pass) about(j *judged) Finding {
	c := j.component
	f := Finding{Component: c.ID, Scope: c.Scope, Path: p.path(c.ID)}
	f.Labels = append(p.manifestLabels(c, f.Path), evidenceLabels(j)...)
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

// evidenceLabels are the places where the judged license is stated.
func evidenceLabels(j *judged) []Label {
	var labels []Label
	for _, i := range j.claims {
		cl := j.component.Claims[i]
		what := "states " + short(cl.Expr.String())
		if cl.Expr.IsNoAssertion() {
			what = fmt.Sprintf("states %q", short(cl.Raw))
		}
		switch cl.Basis {
		case sbom.Declared:
			what = "declared: " + strings.TrimPrefix(what, "states ")
		case sbom.Clarified:
			what = "clarified: " + strings.TrimPrefix(what, "states ")
		}
		for _, e := range cl.Evidence {
			if len(labels) < maxEvidenceLabels && !e.Span.IsZero() {
				labels = append(labels, Label{Span: e.Span, Text: what})
			}
		}
	}
	return labels
}

// waysOut are what can be done about a denied or doubtful license, most particular first.
func (p *Pass) waysOut(j *judged) []string {
	var help []string
	if j.root && !j.component.FirstParty {
		help = append(help, "if this is your own project, say so: "+firstPartySnippet(j.component))
	}
	for _, x := range p.Policy.Exceptions {
		if !x.Live(p.AsOf) && x.selector.Match(j.component) && x.concerns(j) {
			help = append(help, fmt.Sprintf("the exception in %s expired on %s: renew it", x.Found.Span, x.Expires.Format("2006-01-02")))
		}
	}
	if snippet := curationSnippet(j); snippet != "" {
		help = append(help, "if the file is under something else, say so: "+snippet)
	}
	switch j.unknown {
	case Missing:
		return append(help, "find out what the license is and state it: "+clarifySnippet(j.component, "THE LICENSE"), p.exceptionSnippet(j, none))
	case Unrecognised:
		return append(help, "read the text and state what it is: "+clarifySnippet(j.component, "THE LICENSE"), p.exceptionSnippet(j, j.toExcept()))
	case Custom:
		help = append(help, fmt.Sprintf("if its terms are known and fit, name it: policy: {allow: [%s]}", j.leaf))
	}
	for _, c := range j.picks {
		of := c.of.expr()
		if c.better != nil {
			help = append(help, fmt.Sprintf("the recorded choice of %s can be changed: %s would do better", c.took.expr(), c.better.expr()))
		}
		if arm, ok := commercial(of); ok && !c.recorded {
			help = append(help, fmt.Sprintf("if you hold that license, record it: choices: [{of: %q, choose: %q}]", of, arm))
		}
	}
	return append(help, p.exceptionSnippet(j, j.toExcept()))
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

// selectorSnippet writes the members that select exactly this version of the package; "" for what has no
// purl.
func selectorSnippet(c *sbom.Component) string {
	bare, ok := sbom.BarePURL(c.PURL)
	if !ok {
		return ""
	}
	return fmt.Sprintf("purl: %q, versions: %q", bare, version.Exactly(purlType(bare), c.Version))
}

func (p *Pass) exceptionSnippet(j *judged, license string) string {
	who := selectorSnippet(j.component)
	if who == "" {
		return "it has no purl, so no exception can name it: make it first party by its path, or give it a manifest"
	}
	return fmt.Sprintf("except it for a time: exceptions: [{%s, license: %q, reason: WHY, approved_by: WHO, expires: %s}]",
		who, license, p.AsOf.AddDate(1, 0, 0).Format("2006-01-02"))
}

func clarifySnippet(c *sbom.Component, license string) string {
	who := selectorSnippet(c)
	if who == "" {
		who = fmt.Sprintf("purl: %q", "pkg:TYPE/"+c.Name)
	}
	text := ""
	for _, cl := range c.Claims {
		for _, e := range cl.Evidence {
			if text == "" && cl.Role == sbom.RoleLicenseFile && strings.HasPrefix(string(e.Text), "lt1:") {
				text = fmt.Sprintf(", text: %q", e.Text)
			}
		}
	}
	return fmt.Sprintf("clarify: [{%s, license: %q%s}]", who, license, text)
}

// curationSnippet corrects what a file of the target says; "" when the finding is not about one.
func curationSnippet(j *judged) string {
	for _, i := range j.claims {
		cl := j.component.Claims[i]
		if cl.Role != sbom.RoleFile || len(cl.Evidence) == 0 {
			continue
		}
		if root, file := source.SplitRoot(cl.Evidence[0].Span.Path); root == "" {
			return fmt.Sprintf("curations: [{path: %q, detected: %q, concluded: %q, reason: WHY, by: WHO}]", file, cl.Expr, "THE LICENSE")
		}
	}
	return ""
}

func firstPartySnippet(c *sbom.Component) string {
	if bare, ok := sbom.BarePURL(c.PURL); ok {
		return fmt.Sprintf("first_party: {purls: [%q]}", bare)
	}
	glob := "**"
	for _, o := range c.Occurrences {
		if o.Dir != "" && o.Dir != "." {
			glob = path.Join(o.Dir, "**")
		}
	}
	return fmt.Sprintf("first_party: {paths: [%q]}", glob)
}
