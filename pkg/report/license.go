package report

import (
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// Unknown says why a component's concluded license is no expression, in the words of the policy:
// "missing" (its files were looked at and state nothing), "unavailable" (its files are not at hand and
// nothing is declared) or "unrecognised" (something is stated and cannot be read). It is "" when the
// license is known.
func Unknown(c *sbom.Component) string {
	switch {
	case c.Concluded.Expr.IsNone():
		return "missing"
	case !c.Concluded.Expr.IsNoAssertion():
		return ""
	case slices.ContainsFunc(c.Claims, func(cl sbom.Claim) bool { return cl.Role != sbom.RoleAside && cl.Role != sbom.RoleNotice }):
		return "unrecognised"
	}
	return "unavailable"
}

// Declared is what the component's manifests declare, as written, joined by AND: NOASSERTION when they
// declare nothing, or something that cannot be read as an expression. What the author of a bill of materials concluded is
// declared by nobody, and what they call declared counts where no manifest says it.
func Declared(c *sbom.Component) spdx.Expr {
	all := expressions(c.Claims, sbom.Declared)
	if len(all) == 0 || slices.ContainsFunc(all, spdx.Expr.IsNoAssertion) {
		return spdx.Expr{}
	}
	return spdx.And(all...)
}

// Detected are the distinct expressions found in the component's files, in normal form and in the order
// of the claims; what could not be read as one is left out, and what is set aside.
func Detected(claims []sbom.Claim) []spdx.Expr {
	var out []spdx.Expr
	for _, e := range expressions(claims, sbom.Detected) {
		e = e.Normal()
		if !e.IsNoAssertion() && !slices.ContainsFunc(out, e.Equal) {
			out = append(out, e)
		}
	}
	return out
}

func expressions(claims []sbom.Claim, basis sbom.Basis) []spdx.Expr {
	var out []spdx.Expr
	seen := map[string]bool{}
	heard := slices.ContainsFunc(claims, func(c sbom.Claim) bool { return c.Basis == basis && !c.IsSupplied() })
	for _, c := range claims {
		if c.Kind == sbom.KindSuppliedConclusion || heard && c.IsSupplied() {
			continue
		}
		if s := c.Expr.String(); c.Basis == basis && c.Kind != "ignored" && !c.Expr.IsNone() && !seen[s] {
			seen[s] = true
			out = append(out, c.Expr)
		}
	}
	return out
}

// TextOf finds the text of a license among the claims that name it and it alone.
func TextOf(d *sbom.Document, claims []sbom.Claim, t spdx.Term) (sbom.Text, bool) {
	for _, c := range claims {
		if named, ok := c.Expr.Term(); !ok || named != t {
			continue
		}
		for _, e := range c.Evidence {
			if text, ok := d.Texts[e.Text]; ok {
				return text, true
			}
		}
	}
	return sbom.Text{}, false
}
