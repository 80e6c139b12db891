package rules

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"sync"
)

//go:embed data/patterns.tsv
var patternsTSV string

// Patterns returns the wordings of the listed licenses as rows of tab-separated fields:
//
//	ids      the license, and after commas the others of the list that have the same words
//	kind     text (the license itself) or notice (the header that the license asks for)
//	anchor   hash of the first four words, 16 hexadecimal digits
//	program  what follows one another, separated by blanks:
//	         n:hash       n fixed words and their hash
//	         ~n           a gap of at most n words
//	         [ a | b ]    one of several programs, the first that fits; an empty one makes it optional
//
// Words are those of source.Words, hashes those of source.Chain. A program begins with fixed words.
func Patterns() string { return patternsTSV }

var patternsDigest = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(patternsTSV))
	return hex.EncodeToString(sum[:])
})

// PatternsDigest returns the SHA-256 of [Patterns], in hexadecimal.
func PatternsDigest() string { return patternsDigest() }
