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
	texts := extracted(claims)
	for i, c := range claims {
		s := statement{claim: i, expr: texts.read(c), raw: c.Raw, exact: true}
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
	out.Because = append(out.Because, texts.used()...)
	if out.Expr.IsNoAssertion() {
		out.Note = "not an SPDX expression: " + append(declared, concluded...).String()
	}
	return out, true
}

// isContradicted reports whether the author of a supplied claim says that it contradicts another.
func isContradicted(c sbom.Claim) bool {
	return c.IsSupplied() && slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool { return e.Rule == sbom.RuleConflict })
}

// meanings are what names of a bill of materials mean by the texts that it has for them.
type meanings []meaning

type meaning struct {
	claim int
	name  string
	expr  spdx.Expr
	read  bool // it was used
}

// extracted are the meanings among the claims.
func extracted(claims []sbom.Claim) meanings {
	var out meanings
	for i, c := range claims {
		if c.IsExtracted() {
			out = append(out, meaning{claim: i, name: c.Raw, expr: c.Expr})
		}
	}
	return out
}

// read is the expression of a claim in which each name that has a text is what the text says: of several texts all that they say. A name
// that stands with an exception keeps it, and stays.
func (m meanings) read(c sbom.Claim) spdx.Expr {
	if len(m) == 0 || !c.IsSupplied() || c.Expr.IsNone() {
		return c.Expr
	}
	if c.Expr.IsNoAssertion() {
		return m.of(c.Raw, c.Expr)
	}
	join := func(by func(...spdx.Expr) spdx.Expr) func(a, b spdx.Expr) spdx.Expr {
		return func(a, b spdx.Expr) spdx.Expr { return by(a, b) }
	}
	return spdx.Fold(c.Expr, func(t spdx.Term) spdx.Expr { return m.of(spdx.Leaf(t).String(), spdx.Leaf(t)) }, join(spdx.Or), join(spdx.And)).Normal()
}

// of is what a name means, or else.
func (m meanings) of(name string, otherwise spdx.Expr) spdx.Expr {
	var all []spdx.Expr
	for i := range m {
		if m[i].name == name {
			m[i].read = true
			all = append(all, m[i].expr)
		}
	}
	if len(all) == 0 {
		return otherwise
	}
	return spdx.And(all...)
}

// used are the claims that were used.
func (m meanings) used() []int {
	var out []int
	for _, one := range m {
		if one.read {
			out = append(out, one.claim)
		}
	}
	return out
}
