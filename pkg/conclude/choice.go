package conclude

import (
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// withoutArms leaves out the texts that a license file offers a choice among: "under either of A and B", and then A and
// B in full, there or in files of their own. Joined by AND they would ask for what the statement leaves to the
// recipient.
//
// A file may also hold the license of the whole and, further down, say that some part of it is under A or B. So the
// choice must stand before the texts, or alone in its file; and each of its arms must have its text, and no arm may be
// missing among them.
func withoutArms(text side, claims []sbom.Claim) side {
	for _, choice := range text {
		arms, at := armsOf(choice.expr), placeOf(claims[choice.claim])
		if len(arms) < 2 || at.IsZero() {
			continue
		}
		alone := !slices.ContainsFunc(text, func(st statement) bool {
			return st.claim != choice.claim && placeOf(claims[st.claim]).Path == at.Path
		})
		shown := map[int]bool{}
		explained := func(st statement) bool {
			place := placeOf(claims[st.claim])
			behind := place.Path == at.Path && place.Start >= at.End || place.Path != at.Path && alone
			return st.claim != choice.claim && behind && !st.expr.IsNoAssertion() && slices.ContainsFunc(arms, func(arm spdx.Expr) bool {
				return covers(arm.Terms(), st.expr.Terms())
			})
		}
		for _, st := range text {
			for i, arm := range arms {
				if claims[st.claim].Kind == kindText && explained(st) && covers(arm.Terms(), st.expr.Terms()) {
					shown[i] = true
				}
			}
		}
		if len(shown) == len(arms) {
			return slices.DeleteFunc(slices.Clone(text), explained)
		}
	}
	return text
}

// armsOf are the operands of an OR, and none of any other expression.
func armsOf(e spdx.Expr) []spdx.Expr {
	return spdx.Fold(e,
		func(t spdx.Term) []spdx.Expr { return []spdx.Expr{spdx.Leaf(t)} },
		func(a, b []spdx.Expr) []spdx.Expr { return slices.Concat(a, b) },
		func(a, b []spdx.Expr) []spdx.Expr { return nil })
}

func placeOf(c sbom.Claim) source.Span {
	if len(c.Evidence) == 0 {
		return source.Span{}
	}
	return c.Evidence[0].Span
}
