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

// selectorSnippet writes the members that select exactly this version of the package; "" for what has no
// purl. It is not exact where there is no version, or none that the package's scheme knows, as a branch:
// what is written then selects every version.
func selectorSnippet(c *sbom.Component) (members string, exact bool) {
	bare, ok := sbom.BarePURL(c.PURL)
	if !ok {
		return "", false
	}
	members = fmt.Sprintf("purl: %q", bare)
	only := version.Exactly(purlType(bare), c.Version)
	if _, err := version.ParseRange(only); err != nil || c.Version == "" {
		return members, false
	}
	return members + fmt.Sprintf(", versions: %q", only), true
}

// lastResorts are what can be done about every denied component: do without it, or except it.
func (p *Pass) lastResorts(j *judged, license string) []string {
	var help []string
	if j.verdict == Deny && !j.root && !j.component.FirstParty {
		help = append(help, "replace or remove it"+p.comesBy(j.component))
	}
	return append(help, p.exceptionSnippet(j, license)...)
}

// comesBy is the path of dependencies to the component, the middle of a long one left out.
func (p *Pass) comesBy(c *sbom.Component) string {
	const most = 6
	way := p.path(c.ID)
	if len(way) < 2 {
		return ""
	}
	var names []string
	for i, id := range way {
		switch {
		case len(way) <= most || i < most/2 || i >= len(way)-most/2:
			names = append(names, p.Document.Component(id).Name)
		case i == most/2:
			names = append(names, "...")
		}
	}
	return " (it comes by " + strings.Join(names, " -> ") + ")"
}

// exceptionSnippet writes the exception that clears the finding, or says why there can be none: one that
// holds for every version would clear more than was looked at. The target itself is not to be excepted.
func (p *Pass) exceptionSnippet(j *judged, license string) []string {
	who, exact := selectorSnippet(j.component)
	switch {
	case !exact && j.root:
		return nil
	case who == "":
		return []string{"no exception can name it, for it has no purl: put a manifest beside it that names the package"}
	case !exact:
		return []string{"no exception is proposed, for no range names its version alone: require a released version"}
	}
	return []string{fmt.Sprintf("except it for a time: exceptions: [{%s, license: %q, reason: WHY, approved_by: WHO, expires: %s}]",
		who, license, p.AsOf.AddDate(1, 0, 0).Format("2006-01-02"))}
}

// toState stands in a snippet where the reader has to write.
const toState = "THE LICENSE"

// statementSnippet writes the fact that says what the license is: whole is that of the component, part what
// stands for the statement that is in doubt. What has no purl is out of clarify's reach: there the file that
// states something can be corrected, the top of the target can be given a license, and anything else a
// license file.
func statementSnippet(j *judged, whole, part string) string {
	if who, _ := selectorSnippet(j.component); who != "" {
		return fmt.Sprintf("clarify: [{%s, license: %q%s}]", who, whole, textMember(j))
	}
	if curation := curationSnippet(j, part); curation != "" {
		return curation
	}
	if j.root {
		return fmt.Sprintf("project: {license: %q}", whole)
	}
	return "put the license file beside its files"
}

// textMember ties a clarification to the text that it was made on: the one that cannot be read, else the
// first license file.
func textMember(j *judged) string {
	claims := j.component.Claims
	if j.unknown == Unrecognised {
		claims = j.unreadClaim()
	}
	for _, cl := range claims {
		for _, e := range cl.Evidence {
			if (cl.Role == sbom.RoleLicenseFile || cl.Role == sbom.RoleFile) && strings.HasPrefix(string(e.Text), "lt1:") {
				return fmt.Sprintf(", text: %q", e.Text)
			}
		}
	}
	return ""
}

// unread names the file that states what cannot be read.
func (j *judged) unread() string {
	for _, cl := range j.unreadClaim() {
		for _, e := range cl.Evidence {
			if e.Span.Path != "" {
				return e.Span.Path
			}
		}
	}
	return "the text"
}

// unreadClaim gives the first claim that states what cannot be read, if there is one.
func (j *judged) unreadClaim() []sbom.Claim {
	if at := j.stating(); len(at) > 0 {
		return j.component.Claims[at[0]:][:1]
	}
	return nil
}

// guesses offer the licenses that an unreadable statement may mean. Of several, none is the whole.
func (p *Pass) guesses(j *judged) []string {
	for _, i := range j.stating() {
		if j.component.Claims[i].Raw != j.raw() {
			return nil
		}
	}
	var help []string
	for _, id := range p.meanings(j.raw()) {
		whole := spdx.Fold(j.expr, func(t spdx.Term) spdx.Expr {
			if t == j.leaf {
				return spdx.Leaf(spdx.Term{ID: id})
			}
			return spdx.Leaf(t)
		}, func(a, b spdx.Expr) spdx.Expr { return spdx.Or(a, b) }, func(a, b spdx.Expr) spdx.Expr { return spdx.And(a, b) })
		help = append(help, fmt.Sprintf("if it means %s: %s", id, statementSnippet(j, whole.Normal().String(), id)))
	}
	return help
}

// curationSnippet corrects what a file of the target says, where the finding is about single files or
// nothing but its files can be named; "" elsewhere.
func curationSnippet(j *judged, license string) string {
	for _, i := range j.evidence() {
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
		return fmt.Sprintf("curations: [{path: %q, %sconcluded: %q, reason: WHY, by: WHO}]", file, was, license)
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
