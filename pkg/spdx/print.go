package spdx

import "strings"

const (
	none        = "NONE"
	noAssertion = "NOASSERTION"
)

// String prints e with the parentheses that AND over OR needs and no others. Parse reads it back as
// an equal expression in the same order.
func (e Expr) String() string {
	if e.n == nil {
		return noAssertion
	}
	var b strings.Builder
	e.n.print(&b)
	return b.String()
}

func (n *node) print(b *strings.Builder) {
	sep := " OR "
	switch n.op {
	case opLeaf, opNone:
		b.WriteString(n.term.String())
		return
	case opAnd:
		sep = " AND "
	}
	for i, k := range n.kids {
		if i > 0 {
			b.WriteString(sep)
		}
		if n.op == opAnd && k.op == opOr {
			b.WriteByte('(')
			k.print(b)
			b.WriteByte(')')
		} else {
			k.print(b)
		}
	}
}

// MarshalText prints e as String does.
func (e Expr) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what Parse reads; its error is a *SyntaxError.
func (e *Expr) UnmarshalText(b []byte) error {
	f, err := Parse(string(b))
	if err != nil {
		return err
	}
	*e = f
	return nil
}
