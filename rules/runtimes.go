package rules

import (
	_ "embed"
	"sync"
)

//go:embed runtimes.tsv
var runtimesTSV string

// Runtimes returns what compilers link into programs, as rows of a name, a license, where in a program its marker stands, and the
// marker. The head of runtimes.tsv says how they are read.
func Runtimes() [][]string { return runtimes() }

var runtimes = sync.OnceValue(func() [][]string { return rows(runtimesTSV) }) // each program asks
