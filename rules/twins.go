package rules

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed twins.tsv
var twinsTSV string

// Clause is words that make another license of the one in or behind whose text they stand or, if Lacking,
// that make one of it by not standing there.
type Clause struct {
	Of, Words, Becomes string
	Lacking            bool
}

// Stack is licenses that make one when they follow one another.
type Stack struct {
	Of      []string
	Becomes string
}

// Clauses returns the clauses by which near twins differ, in the order in which they are to be tried.
func Clauses() []Clause { return clauses() }

var clauses = sync.OnceValue(func() []Clause {
	var out []Clause
	for _, f := range rows(twinsTSV) {
		if f[0] == "clause" || f[0] == "lacking" {
			out = append(out, Clause{Of: f[1], Words: f[2], Becomes: f[3], Lacking: f[0] == "lacking"})
		}
	}
	return out
})

// Stacks returns the licenses that are known by their parts.
func Stacks() []Stack { return stacks() }

var stacks = sync.OnceValue(func() []Stack {
	var out []Stack
	for _, f := range rows(twinsTSV) {
		if f[0] == "stack" {
			out = append(out, Stack{Of: strings.Fields(f[1]), Becomes: f[3]})
		}
	}
	return out
})
