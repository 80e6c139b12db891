package npm

import (
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
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
	return r.declared.Claims(field, field.Span())
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
