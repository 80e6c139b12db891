package python

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
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

// classifier adds one of PyPI's trove classifiers if it is about the license.
func (t *terms) classifier(s string, at source.Span) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(s), "License ::")
	last := strings.TrimSpace(rest[strings.LastIndex(rest, "::")+1:])
	last = strings.TrimSpace(strings.TrimPrefix(last, ":"))
	if ok && last != "" && last != "OSI Approved" && last != "DFSG approved" {
		t.classifiers = append(t.classifiers, stated{last, at})
	}
}

// claims are what the fields declare. The field License and the classifiers are two spellings of one statement: where both
// speak of one license, the more precise one is the claim and the other its evidence; where they differ, they are
// two claims. Several classifiers all hold, since nothing says that one may choose.
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
		i := slices.IndexFunc(out, func(said sbom.Claim) bool { return alike(guess(c.text), guessOf(said)) })
		if i < 0 {
			out = append(out, claim(c, spdx.Expr{}))
		} else {
			out[i].Evidence = append(out[i].Evidence, sbom.Evidence{Span: c.at})
		}
	}
	return out
}

// withLicense adds the field License to what the classifiers say.
func (t *terms) withLicense(classified []sbom.Claim) []sbom.Claim {
	said := stated{firstLine(t.license.text), t.license.at}
	if says := strings.ToLower(said.text); says == "" || slices.Contains([]string{"unknown", "none", "null", "n/a", "-", "tbd", "todo"}, says) {
		return classified
	}
	e, ok := freeWords(said.text)
	if !ok {
		whole := len(t.license.text) > maxTitle || strings.Contains(strings.TrimSpace(t.license.text), "\n")
		if len(t.classifiers) > 0 && (whole || isPointer(said.text)) {
			return classified // which say what the text is, or where one is to be found
		}
		return append([]sbom.Claim{claim(said, e)}, classified...)
	}
	for i, c := range classified {
		switch {
		case c.Expr.Equal(e), alike(e, c.Expr) && !strings.ContainsAny(said.text, "0123456789"): // "LGPL" beside the classifier of version 3
			classified[i].Evidence = append(classified[i].Evidence, sbom.Evidence{Span: said.at})
			return classified
		case alike(e, c.Expr): // "BSD-3-Clause OR MIT" says more than its classifiers do
			return []sbom.Claim{claim(said, e)}
		}
	}
	return append([]sbom.Claim{claim(said, e)}, classified...)
}

// maxTitle is how long the name of a license may be, in bytes; what is longer is its text.
const maxTitle = 150

// guess is what words may mean, however vague they are.
func guess(s string) spdx.Expr {
	e, _ := detect.Declared(s)
	return e
}

// guessOf is what a claim means, or may mean.
func guessOf(c sbom.Claim) spdx.Expr {
	if c.Expr.IsNoAssertion() {
		return guess(c.Raw)
	}
	return c.Expr
}

// freeWords reads what an author wrote; ok is false as it is of [words]. What stands in parentheses may narrow what stands before:
// "MIT (non-commercial use)".
func freeWords(s string) (e spdx.Expr, ok bool) {
	if name, cut := detect.CutAcronym(s); cut {
		return words(name)
	}
	if e, ambiguous := detect.Declared(s); !ambiguous && !e.IsNoAssertion() {
		return e, true
	}
	return spdx.Expr{}, false
}

// words reads an expression or the words of a classifier; ok is false if they may mean more than one thing.
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

// alike reports whether one license is named on both sides, in whatever version, or nothing that is known on either.
func alike(a, b spdx.Expr) bool {
	x, y := a.Terms(), b.Terms()
	if len(x) == 0 || len(y) == 0 {
		return len(x) == len(y)
	}
	return slices.ContainsFunc(x, func(x spdx.Term) bool {
		return slices.ContainsFunc(y, func(y spdx.Term) bool { return family(x.ID) == family(y.ID) })
	})
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
			return have.Basis == c.Basis && (have.Raw == c.Raw || !c.Expr.IsNoAssertion() && have.Expr.Equal(c.Expr))
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

// Declared gives what the fields of a manifest mean together: an object with license, a text, and classifiers, a list, as
// setup(), METADATA and PEP 621 have them. It is not clear if one of them is not.
func Declared(n doc.Node) detect.Meaning {
	t := terms{expression: stated{text: n.Get("license_expression").Text()}, license: stated{text: n.Get("license").Text()}}
	for c := range n.Get("classifiers").Items() {
		t.classifier(c.Text(), source.Span{})
	}
	var all []spdx.Expr
	for _, c := range t.claims() {
		if c.Expr.IsNoAssertion() {
			return detect.Meaning{May: detect.DeclarationsOf("pypi").Words(c.Raw).May}
		}
		all = append(all, c.Expr)
	}
	if len(all) == 0 {
		return detect.Meaning{}
	}
	return detect.Meaning{Expr: spdx.And(all...).Normal()}
}
