package rules

import _ "embed"

//go:embed names.tsv
var namesTSV string

//go:embed frames.tsv
var framesTSV string

//go:embed links.tsv
var linksTSV string

// Names returns what people call licenses, as rows of three fields: a kind, a target, and names separated
// by " | ". The head of names.tsv says which kinds there are.
func Names() [][]string { return rows(namesTSV) }

// Frames returns the words around the name of a license that tell whether something is stated, as rows
// of a class and its words separated by blanks. The head of frames.tsv says which classes there are.
func Frames() [][]string { return rows(framesTSV) }

// Links returns the addresses under which licenses are found, as rows of an expression and an address
// without scheme, in lower case; see the head of links.tsv.
func Links() [][]string { return rows(linksTSV) }
