package rules

import _ "embed"

//go:embed terms.tsv
var termsTSV string

// Terms returns the phrases by which terms that are in no list are found, as rows of a kind and a phrase
// of normalised words separated by blanks. The head of terms.tsv says which kinds there are.
func Terms() [][]string { return rows(termsTSV) }
