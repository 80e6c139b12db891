package detect

import (
	"bytes"
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

const (
	// alternativeBefore is how many bytes before a license the word may stand that makes it one of two.
	alternativeBefore = 120
	// alternativeGap is how many bytes may lie between the two.
	alternativeGap = 400
)

// joinAlternatives makes one statement of a license and another that is offered in its stead: "Alternatively,
// this software may be distributed under the terms of ...". The claims are in the order of their places; the
// one that comes first keeps its kind and gets the other's evidence.
func joinAlternatives(text []byte, claims []sbom.Claim) []sbom.Claim {
	var out []sbom.Claim
	for _, c := range claims {
		start := c.Evidence[0].Span.Start
		offered := c.Kind != "tag" && !c.Expr.IsNoAssertion() &&
			bytes.Contains(text[max(0, start-alternativeBefore):start], []byte("lternatively"))
		if i := len(out) - 1; offered && i >= 0 && canOffer(&out[i], start) {
			if !out[i].Expr.Equal(c.Expr) {
				out[i].Expr = spdx.Or(out[i].Expr, c.Expr)
			}
			out[i].Evidence = slices.Concat(out[i].Evidence, c.Evidence)
			continue
		}
		out = append(out, c)
	}
	return out
}

// canOffer reports whether a claim is near enough to have an alternative at start, and is a grant.
func canOffer(c *sbom.Claim, start int) bool {
	grants := c.Kind == "text" || c.Kind == "notice"
	return grants && !c.Expr.IsNoAssertion() && start <= c.Evidence[0].Span.End+alternativeGap
}
