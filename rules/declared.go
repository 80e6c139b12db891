package rules

import (
	_ "embed"
	"sync"
)

//go:embed declared.tsv
var declaredTSV string

// Declared returns what the license fields of manifests hold beside names and ids, as rows of two or three fields: a kind, what it
// is for, and what is said of that. The head of declared.tsv says which kinds there are.
func Declared() [][]string { return declared() }

var declared = sync.OnceValue(func() [][]string { return rows(declaredTSV) }) // each lockfile asks
