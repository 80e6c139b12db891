package python

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// stated is one field that speaks of the license, as written, and where it stands.
type stated struct {
	text string
	at   source.Span
}

// terms are the fields of a manifest that speak of the license.
type terms struct {
	expression  stated // License-Expression (PEP 639): an SPDX expression, and it alone counts
	license     stated // License: free words, at times the whole text
	classifiers []stated
}

// classifier adds one of PyPI's classifiers (https://pypi.org/classifiers/) if it is about the license.
func (t *terms) classifier(s string, at source.Span) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(s), "License ::")
	last := strings.TrimSpace(rest[strings.LastIndex(rest, "::")+1:])
	last = strings.TrimSpace(strings.TrimPrefix(last, ":"))
	if ok && last != "" && last != "OSI Approved" && last != "DFSG approved" {
		t.classifiers = append(t.classifiers, stated{last, at})
	}
}

// claims are what the fields declare. The field License and the classifiers are two spellings of one statement:
// the one that can be read explains the other, and only where both can and differ are they two claims. Several
// classifiers all hold, since nothing says that one may choose.
func (t *terms) claims() []sbom.Claim {
	if t.expression.text != "" {
		e, err := spdx.Parse(t.expression.text)
		if err != nil {
			e, _ = words(t.expression.text)
		}
		return []sbom.Claim{claim(t.expression, e)}
	}
	var out []sbom.Claim
	var vague []stated
	for _, c := range t.classifiers {
		if e, ok := words(c.text); ok {
			out = addClaim(out, claim(c, e))
		} else {
			vague = append(vague, c)
		}
	}
	out = t.withLicense(out)
	for _, c := range vague {
		if len(out) == 0 || t.license.text == "" {
			out = addClaim(out, claim(c, spdx.Expr{}))
		} else {
			out[0].Evidence = append(out[0].Evidence, sbom.Evidence{Span: c.at})
		}
	}
	return out
}

// withLicense adds the field License to what the classifiers say.
func (t *terms) withLicense(classified []sbom.Claim) []sbom.Claim {
	said := stated{firstLine(t.license.text), t.license.at}
	if says := strings.ToLower(said.text); says == "" || slices.Contains([]string{"unknown", "none", "null", "n/a", "-", "tbd", "todo"}, says) {
		t.license.text = ""
		return classified
	}
	e, ok := words(said.text)
	if len(classified) > 0 && (!ok && isPointer(said.text) || ok && covered(e, classified)) {
		classified[0].Evidence = append(classified[0].Evidence, sbom.Evidence{Span: said.at})
		return classified
	}
	if ok && slices.ContainsFunc(classified, func(c sbom.Claim) bool { return sameFamily(e, c.Expr) }) {
		return []sbom.Claim{claim(said, e)} // "BSD-3-Clause" says more than "BSD License" does
	}
	return append([]sbom.Claim{claim(said, e)}, classified...)
}

// words reads an expression or free words; ok is false if they may mean more than one thing.
func words(s string) (e spdx.Expr, ok bool) {
	e, ambiguous := detect.Declared(s)
	if name, _, ok := strings.Cut(s, " ("); ok && ambiguous { // ISC License (ISCL)
		e, ambiguous = detect.Declared(name)
	}
	if ambiguous || e.IsNoAssertion() {
		return spdx.Expr{}, false
	}
	return e, true
}

// covered reports whether the classifiers together say what the expression does.
func covered(e spdx.Expr, classified []sbom.Claim) bool {
	var all []string
	for _, c := range classified {
		for _, t := range c.Expr.Terms() {
			all = append(all, t.ID)
		}
	}
	own := ids(e)
	slices.Sort(all)
	slices.Sort(own)
	return slices.Equal(slices.Compact(all), slices.Compact(own)) && len(own) == 1
}

func ids(e spdx.Expr) []string {
	var out []string
	for _, t := range e.Terms() {
		out = append(out, t.ID)
	}
	return out
}

// sameFamily reports whether one license is named on both sides, in whatever version.
func sameFamily(a, b spdx.Expr) bool {
	for _, x := range ids(a) {
		for _, y := range ids(b) {
			if family(x) == family(y) {
				return true
			}
		}
	}
	return false
}

func family(id string) string {
	name, _, _ := strings.Cut(id, "-")
	return name
}

func claim(s stated, e spdx.Expr) sbom.Claim {
	c := sbom.Claim{Basis: sbom.Declared, Role: sbom.RoleManifest, Expr: e, Raw: ecosystem.Brief(s.text)}
	if !s.at.IsZero() {
		c.Evidence = []sbom.Evidence{{Span: s.at}}
	}
	return c
}

// addClaim adds what another file or field says: the same statement is one claim on more evidence.
func addClaim(claims []sbom.Claim, more ...sbom.Claim) []sbom.Claim {
	for _, c := range more {
		i := slices.IndexFunc(claims, func(have sbom.Claim) bool {
			return have.Raw == c.Raw || !c.Expr.IsNoAssertion() && have.Expr.Equal(c.Expr)
		})
		if i < 0 {
			claims = append(claims, c)
		} else {
			claims[i].Evidence = append(claims[i].Evidence, c.Evidence...)
		}
	}
	return claims
}

// firstLine is the first line that is not blank: of a whole license text its title.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}

// isPointer reports whether words name no license but say where one is written, or that there is one.
func isPointer(s string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !isAlnum(byte(min(r, 127))) }) {
		if !slices.Contains([]string{
			"see", "license", "licence", "licensed", "licenses", "file", "in", "the", "dual", "multi", "osi", "approved", "copying", "txt",
			"md", "rst", "readme", "under", "for", "details", "and", "style", "open", "source", "free", "software",
		}, word) {
			return false
		}
	}
	return true
}
