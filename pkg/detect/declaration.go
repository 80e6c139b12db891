package detect

import (
	"iter"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// Declaration is the claim that a manifest's license field makes, read as [Declared] reads it: none for an empty field,
// and one of an unknown license, with the words, for a field that is ambiguous. Of a field that holds a whole text the
// beginning is repeated.
func Declaration(raw string, at source.Span) []sbom.Claim {
	if raw == "" {
		return nil
	}
	expr, ambiguous := Declared(raw)
	if ambiguous {
		expr = spdx.Expr{}
	}
	return declared(expr, raw, at)
}

// Known is the claim of a license that is known of something and stated nowhere in it. Its evidence is the thing itself, by a rule that says so.
func Known(rule, license string, at source.Span) []sbom.Claim {
	claims := Declaration(license, at)
	for i := range claims {
		for k := range claims[i].Evidence {
			claims[i].Evidence[k].Rule = rule
		}
	}
	return claims
}

// Claims is the claim that a license field makes, see [Declarations.Value]: none for an empty field, and one of an unknown
// license, with the words, for a field that is not clear.
func (d *Declarations) Claims(field doc.Node, at source.Span) []sbom.Claim {
	m, raw := d.Value(field)
	return m.claims(raw, at)
}

// ListClaims is [Declarations.Claims] for a list of licenses that a program fills one by one.
func (d *Declarations) ListClaims(items iter.Seq[doc.Node], at source.Span) []sbom.Claim {
	m, raw := d.list(items, d.either)
	return m.claims(raw, at)
}

func (m Meaning) claims(raw string, at source.Span) []sbom.Claim {
	if raw == "" {
		return nil
	}
	return declared(m.Expr, raw, at)
}

// declared is the claim of a field with these words.
func declared(expr spdx.Expr, raw string, at source.Span) []sbom.Claim {
	raw = source.Redact(raw)
	if len(raw) > maxRepeated {
		raw = strings.ToValidUTF8(raw[:maxRepeated], "") + "…"
	}
	return []sbom.Claim{{
		Basis: sbom.Declared, Role: sbom.RoleManifest, Expr: expr, Raw: raw,
		Evidence: []sbom.Evidence{{Span: at}},
	}}
}

// maxRepeated bounds what a claim repeats of a field, in bytes.
const maxRepeated = 200
