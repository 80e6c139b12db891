package rules

import _ "embed"

//go:embed data/patterns.tsv
var patternsTSV string

// Patterns returns the wordings of the listed licenses as rows of tab-separated fields:
//
//	ids      the license, and after commas the others of the list that have the same words
//	kind     text (the license itself), notice (the header that it asks for) or aside (a paragraph of its
//	         appendix, which states nothing)
//	anchor   hash of the first four words, 16 hexadecimal digits
//	program  what follows one another, separated by blanks:
//	         n:hash       n fixed words and their hash
//	         ~n           a gap of at most n words
//	         [ a | b ]    one of several programs, the first that fits; an empty one makes it optional
//
// Rows are in the order of their anchors. Words are those of source.Words, hashes those of source.Chain. A program begins
// with fixed words.
func Patterns() string { return patternsTSV }
