// Package spdx STUB
package spdx

import "fmt"

// Term is one leaf of an expression: a license, with "or later" and an exception where they are stated.
// ID may be a listed id, a LicenseRef-, or DocumentRef-x:LicenseRef-y; Exception a listed exception or
// an AdditionRef-. Comparable.
type Term struct {
	ID        string
	Plus      bool
	Exception string
}

// Expr is an SPDX license expression. It is immutable; the zero Expr is NOASSERTION.
type Expr struct{ s string }

// SyntaxError says where a text stops being an expression.
type SyntaxError struct {
	Offset int
	Msg    string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at %d", e.Msg, e.Offset) }

func Parse(s string) (Expr, error)           { panic("stub") }
func Leaf(t Term) Expr                       { panic("stub") }
func And(es ...Expr) Expr                    { panic("stub") }
func Or(es ...Expr) Expr                     { panic("stub") }
func None() Expr                             { panic("stub") }
func (e Expr) IsNone() bool                  { panic("stub") }
func (e Expr) IsNoAssertion() bool           { panic("stub") } // also the zero value
func (e Expr) IsZero() bool                  { panic("stub") } // = NOASSERTION
func (e Expr) String() string                { panic("stub") }
func (e Expr) Normal() Expr                  { panic("stub") }
func (e Expr) Equal(f Expr) bool             { panic("stub") } // same normal form
func (e Expr) Terms() []Term                 { panic("stub") } // leaves in printed order, duplicates removed
func (e Expr) Term() (Term, bool)            { panic("stub") } // the leaf, if e is one
func (e Expr) MarshalText() ([]byte, error)  { panic("stub") }
func (e *Expr) UnmarshalText(b []byte) error { panic("stub") }
func (t Term) String() string                { panic("stub") }

// Fold: and/or are binary, applied left to right in printed order. NONE/NOASSERTION: leaf is called with Term{ID:"NONE"} / Term{ID: "NOASSERTION"}.
func Fold[V any](e Expr, leaf func(Term) V, or, and func(a, b V) V) V { panic("stub") }
