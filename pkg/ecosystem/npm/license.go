package npm

import (
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// claims gives what a package.json or an entry of a lockfile declares. The field license is an SPDX
// expression, "SEE LICENSE IN file", or "UNLICENSED"
// (https://docs.npmjs.com/cli/configuring-npm/package-json#license). Older packages have an object
// {type, url} there, or an array of such objects, one of which may be chosen, as licenses.
func (r *reader) claims(n doc.Node) []sbom.Claim {
	field := n.Get("license")
	if field.Kind() == doc.Missing {
		field = n.Get("licenses")
	}
	var stated []string
	if field.Kind() == doc.Array {
		for item := range field.Items() {
			stated = append(stated, licenseName(item))
		}
	} else {
		stated = append(stated, licenseName(field))
	}
	raw := strings.TrimSpace(strings.Join(stated, " OR "))
	if raw == "" {
		return nil
	}
	return []sbom.Claim{{
		Basis: sbom.Declared, Role: sbom.RoleManifest, Expr: r.either(stated), Raw: ecosystem.Brief(raw),
		Evidence: []sbom.Evidence{{Span: field.Span()}},
	}}
}

func licenseName(n doc.Node) string {
	if n.Kind() != doc.Object {
		return n.Text()
	}
	if t := n.Get("type").Text(); t != "" {
		return t
	}
	return n.Get("name").Text()
}

// either joins expressions by OR; if one of them is none, the whole is unknown.
func (r *reader) either(stated []string) spdx.Expr {
	arms := make([]spdx.Expr, 0, len(stated))
	for _, s := range stated {
		e := r.expr(s)
		if e.IsNoAssertion() {
			return spdx.Expr{}
		}
		arms = append(arms, e)
	}
	return spdx.Or(arms...)
}

// expr reads one statement: what is no expression is read as free words, if they can mean but one license.
func (r *reader) expr(s string) spdx.Expr {
	if e, ok := r.exprs[s]; ok {
		return e
	}
	var e spdx.Expr
	if strings.TrimSpace(s) == "UNLICENSED" { // npm's word for: all rights reserved
		e = spdx.Leaf(spdx.Term{ID: "LicenseRef-UNLICENSED"})
	} else if parsed, err := spdx.Parse(s); err == nil {
		e = parsed
	} else if read, ambiguous := detect.Declared(s); !ambiguous {
		e = read
	}
	r.exprs[s] = e
	return e
}

// addClaims joins the claims of another file about the same package to those of the first: the same
// statement is one claim on more evidence.
func addClaims(claims, more []sbom.Claim) []sbom.Claim {
	for _, c := range more {
		known := false
		for i := range claims {
			if claims[i].Raw == c.Raw {
				claims[i].Evidence = append(claims[i].Evidence, c.Evidence...)
				known = true
			}
		}
		if !known {
			claims = append(claims, c)
		}
	}
	return claims
}
