package conclude

import (
	"fmt"
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// fromSupplied concludes from what a bill of materials says, which somebody else wrote, where neither a manifest nor a file
// says anything. What its author concluded stands if it takes nothing away from what is said to be declared; where it does,
// both are judged, for of the two nobody here saw a text. ok is false where the document asserts nothing.
func fromSupplied(claims []sbom.Claim) (out sbom.Conclusion, ok bool) {
	var declared, concluded, none side
	for i, c := range claims {
		s := statement{claim: i, expr: c.Expr, raw: c.Raw, exact: true}
		switch {
		case !c.IsSupplied():
		case c.Expr.IsNone():
			none = append(none, s)
		case c.Kind == sbom.KindSupplied:
			declared = append(declared, s)
		default:
			s.exact = false // as of a text, from which it was concluded: it need not repeat what is declared
			concluded = append(concluded, s)
		}
	}
	switch {
	case len(declared)+len(concluded) == 0 && len(none) == 0:
		return sbom.Conclusion{}, false
	case len(declared)+len(concluded) == 0:
		return none.concludeAs(spdx.None(), rowSupplied), true
	case len(concluded) == 0:
		out = declared.conclude(rowSupplied)
	case len(declared) == 0:
		out = concluded.conclude(rowSupplied)
	case concluded.readable() && declared.readable() && spdx.And(concluded.expr(), declared.expr()).Equal(concluded.expr()):
		out = append(concluded, declared...).concludeAs(concluded.expr(), rowSupplied)
	default:
		out = fromDeclared(declared, concluded)
		out.Row = rowSupplied
		if out.Conflict {
			out.Note = fmt.Sprintf("the bill of materials says declared %s and concluded %s", declared, concluded)
		}
	}
	if !out.Conflict && slices.ContainsFunc(claims, isContradicted) {
		out.Conflict, out.Note = true, "whoever wrote the bill of materials says that what is declared and what the files say differ"
	}
	if out.Expr.IsNoAssertion() {
		out.Note = "not an SPDX expression: " + append(declared, concluded...).String()
	}
	return out, true
}

// isContradicted reports whether the author of a supplied claim says that it contradicts another.
func isContradicted(c sbom.Claim) bool {
	return c.IsSupplied() && slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool { return e.Rule == sbom.RuleConflict })
}
