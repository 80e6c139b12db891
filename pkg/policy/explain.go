package policy

import (
	"fmt"
	"path"
	"slices"
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
	if own := ownSnippet(j); own != "" {
		help = append(help, own)
	}
	for _, x := range p.Policy.Exceptions {
		if !x.Live(p.AsOf) && x.selector.Match(j.component) && x.concerns(j) {
			help = append(help, fmt.Sprintf("the exception in %s expired on %s: renew it", x.Found.Span, x.Expires.Format("2006-01-02")))
		}
	}
	statement, curation := statementSnippet(j), curationSnippet(j)
	unread := j.unknown == Missing || j.unknown == Unrecognised
	if curation != "" && !(unread && curation == statement) {
		help = append(help, "if the file is under something else, say so: "+curation)
	}
	switch j.unknown {
	case Missing:
		help = append(help, "find out what the license is and state it: "+statement)
		return append(help, p.exceptionSnippet(j, none)...)
	case Unrecognised:
		help = append(help, "read the text and state what it is: "+statement)
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
	return append(help, p.exceptionSnippet(j, j.toExcept())...)
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
	only := version.Exactly(purlType(bare), c.Version)
	if _, err := version.ParseRange(only); err != nil { // a branch, a URL: no version in that scheme
		return fmt.Sprintf("purl: %q", bare)
	}
	return fmt.Sprintf("purl: %q, versions: %q", bare, only)
}

// exceptionSnippet writes the exception that clears the finding, or says why there can be none. The target
// itself is not to be replaced.
func (p *Pass) exceptionSnippet(j *judged, license string) []string {
	who := selectorSnippet(j.component)
	switch {
	case who == "" && j.root:
		return nil
	case who == "":
		return []string{"no exception can name it, for it has no purl: replace it, or put a manifest beside it that names the package"}
	}
	return []string{fmt.Sprintf("except it for a time: exceptions: [{%s, license: %q, reason: WHY, approved_by: WHO, expires: %s}]",
		who, license, p.AsOf.AddDate(1, 0, 0).Format("2006-01-02"))}
}

// toState stands in a snippet where the reader has to write.
const toState = "THE LICENSE"

// statementSnippet writes the fact that says what the license is. What has no purl is out of clarify's
// reach: there the file that states something can be corrected, the top of the target can be given a
// license, and anything else a license file.
func statementSnippet(j *judged) string {
	if who := selectorSnippet(j.component); who != "" {
		return fmt.Sprintf("clarify: [{%s, license: %q%s}]", who, toState, textMember(j.component))
	}
	if curation := curationSnippet(j); curation != "" {
		return curation
	}
	if j.root {
		return fmt.Sprintf("project: {license: %q}", toState)
	}
	return "put the license file beside its files"
}

// textMember ties a clarification to the license text that it was made on.
func textMember(c *sbom.Component) string {
	for _, cl := range c.Claims {
		for _, e := range cl.Evidence {
			if cl.Role == sbom.RoleLicenseFile && strings.HasPrefix(string(e.Text), "lt1:") {
				return fmt.Sprintf(", text: %q", e.Text)
			}
		}
	}
	return ""
}

// curationSnippet corrects what a file of the target says, where the finding is about single files or
// nothing but its files can be named; "" elsewhere.
func curationSnippet(j *judged) string {
	for _, i := range j.claims {
		cl := j.component.Claims[i]
		single := cl.Role == sbom.RoleFile || j.component.PURL == "" && cl.Basis == sbom.Detected
		if !single || len(cl.Evidence) == 0 {
			continue
		}
		root, file := source.SplitRoot(cl.Evidence[0].Span.Path)
		if root != "" {
			continue
		}
		was := ""
		if !cl.Expr.IsNoAssertion() {
			was = fmt.Sprintf("detected: %q, ", cl.Expr)
		}
		return fmt.Sprintf("curations: [{path: %q, %sconcluded: %q, reason: WHY, by: WHO}]", file, was, toState)
	}
	return ""
}

// ownSnippet is the way out for what is one's own: a root, or what may be mistaken for somebody else's. It
// names the package, else the folder. Not the folder of a root: dependencies lie in there too, and all of
// them would pass.
func ownSnippet(j *judged) string {
	c := j.component
	bare, ok := sbom.BarePURL(c.PURL)
	switch {
	case c.FirstParty || ok && !j.root:
		return ""
	case ok:
		return fmt.Sprintf("if this is your own, say so: first_party: {purls: [%q]}", bare)
	case j.root && j.unknown == "":
		return fmt.Sprintf("if you publish this under %[1]s yourself, allow it: policy: {allow: [%[1]s]}", j.leaf)
	case j.root:
		return ""
	}
	var globs []string
	for _, o := range c.Occurrences {
		if root, dir := source.SplitRoot(o.Dir); root == "" && dir != "" && dir != "." {
			globs = append(globs, fmt.Sprintf("%q", path.Join(dir, "**")))
		}
	}
	if len(globs) == 0 {
		return ""
	}
	return "if this is your own, say so: first_party: {paths: [" + strings.Join(globs, ", ") + "]}"
}
