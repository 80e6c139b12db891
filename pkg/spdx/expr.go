package spdx

import "slices"

// Expr is an SPDX license expression. It is immutable; the zero Expr is NOASSERTION.
// Two expressions are compared by Equal: == does not compile.
type Expr struct {
	_ [0]func()
	n *node
}

// op says what a node is.
type op uint8

const (
	opLeaf op = iota
	opNone
	opAnd
	opOr
)

// node is a leaf or an operator over at least two operands, none of which has the same operator.
type node struct {
	op   op
	term Term
	kids []*node
}

var noneNode = &node{op: opNone, term: Term{ID: none}}

// None returns the expression NONE: it was looked, and nothing is stated.
func None() Expr { return Expr{n: noneNode} }

// Leaf returns the expression that consists of t alone, with listed ids in the list's own case.
// A term that Parse would not accept gives NOASSERTION: what Parse cannot read is not a license.
func Leaf(t Term) Expr {
	e, err := Parse(t.String())
	if err != nil || e.n == nil || len(e.n.kids) > 0 {
		return Expr{}
	}
	return e
}

// And joins expressions that all bind. NONE and NOASSERTION are whole expressions (SPDX 3.0.1, annex
// "SPDX license expressions"): an operand that is NOASSERTION makes the whole NOASSERTION, else one
// that is NONE makes it NONE. Without operands the result is NOASSERTION.
func And(es ...Expr) Expr { return join(opAnd, es) }

// Or joins expressions of which the recipient chooses one. NONE and NOASSERTION behave as in And.
func Or(es ...Expr) Expr { return join(opOr, es) }

func join(o op, es []Expr) Expr {
	kids := make([]*node, 0, len(es))
	var whole *Expr
	for i, e := range es {
		switch {
		case e.IsNoAssertion():
			return Expr{}
		case e.IsNone():
			whole = &es[i]
		default:
			kids = append(kids, e.n)
		}
	}
	if whole != nil {
		return *whole
	}
	return Expr{n: combine(o, kids)}
}

// combine makes one node of several: operands of the same operator are spliced in, a single operand
// stands for itself. No operand gives nil, which is NOASSERTION.
func combine(o op, kids []*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	flat := make([]*node, 0, len(kids))
	for _, k := range kids {
		if k.op == o {
			flat = append(flat, k.kids...)
		} else {
			flat = append(flat, k)
		}
	}
	if len(flat) == 0 {
		return nil
	}
	return &node{op: o, kids: flat}
}

// IsNone reports whether e is NONE.
func (e Expr) IsNone() bool { return e.n != nil && e.n.op == opNone }

// IsNoAssertion reports whether e is NOASSERTION, as the zero Expr is.
func (e Expr) IsNoAssertion() bool { return e.n == nil }

// IsZero reports whether e is NOASSERTION; encoding/json asks it for omitzero.
func (e Expr) IsZero() bool { return e.n == nil }

// Term returns the leaf that e consists of; ok is false for compounds, NONE and NOASSERTION.
func (e Expr) Term() (t Term, ok bool) {
	if e.n == nil || e.n.op != opLeaf {
		return Term{}, false
	}
	return e.n.term, true
}

// Terms returns the leaves of e in printed order without duplicates. NONE and NOASSERTION have none.
func (e Expr) Terms() []Term {
	var terms []Term
	seen := map[Term]bool{}
	e.n.leaves(func(t Term) {
		if !seen[t] {
			seen[t] = true
			terms = append(terms, t)
		}
	})
	return terms
}

func (n *node) leaves(yield func(Term)) {
	switch {
	case n == nil || n.op == opNone:
	case n.op == opLeaf:
		yield(n.term)
	default:
		for _, k := range n.kids {
			k.leaves(yield)
		}
	}
}

// Fold computes one value over e: leaf gives that of a leaf, or and and join two of them, left to
// right in printed order. Each leaf and each operator is visited once. NONE and NOASSERTION are
// leaves of those ids, so that a caller cannot forget them.
func Fold[V any](e Expr, leaf func(Term) V, or, and func(a, b V) V) V {
	if e.n == nil {
		return leaf(Term{ID: noAssertion})
	}
	return fold(e.n, leaf, or, and)
}

func fold[V any](n *node, leaf func(Term) V, or, and func(a, b V) V) V {
	if len(n.kids) == 0 {
		return leaf(n.term)
	}
	join := or
	if n.op == opAnd {
		join = and
	}
	v := fold(n.kids[0], leaf, or, and)
	for _, k := range n.kids[1:] {
		v = join(v, fold(k, leaf, or, and))
	}
	return v
}

// Equal reports whether e and f have the same normal form, user-defined names compared without
// regard to case (see Term.Equal).
func (e Expr) Equal(f Expr) bool {
	a, b := e.Normal().n, f.Normal().n
	if a == nil || b == nil {
		return a == b
	}
	return compareNodes(a, b) == 0
}

// Normal returns e in normal form: deprecated ids renamed as SPDX names their successors, operands
// sorted, duplicates removed. The order of an expression and its parentheses never show in it, so two
// ways to write one expression have one normal form; nothing is simplified beyond that.
func (e Expr) Normal() Expr {
	if e.n == nil {
		return e
	}
	return Expr{n: e.n.normal()}
}

func (n *node) normal() *node {
	switch n.op {
	case opNone:
		return n
	case opLeaf:
		return &node{term: n.term.Normal()}
	}
	kids := make([]*node, len(n.kids))
	for i, k := range n.kids {
		kids[i] = k.normal()
	}
	// An operand can have shrunk to one that has this node's operator: A AND (B AND C OR B AND C).
	m := combine(n.op, kids)
	slices.SortFunc(m.kids, orderNodes)
	m.kids = slices.CompactFunc(m.kids, func(a, b *node) bool { return compareNodes(a, b) == 0 })
	return combine(n.op, m.kids)
}
