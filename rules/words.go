package rules

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed words.tsv
var wordsTSV string

// WordKind says what a word tells of the sentence or remark that has it; a word may tell several things.
type WordKind uint64

// The head of words.tsv says what these mean.
const (
	WordTerm WordKind = 1 << iota
	WordDone
	WordSharp
	WordLicense
	WordWritten
	WordPart
	WordWhole
	WordLike
	WordLimited
	WordRestricts
	WordLeaves
	WordOtherwise
	WordAdds
	WordChooses
	WordTag
	WordUnfree
	WordWork
	WordData
	WordSort
	WordInbound
	WordFile
	WordPoints
	WordInstead
	WordWhence
	WordKeeps
	WordBars
	WordDenied
	WordForbids
	WordPassing
	WordLimits
	WordUse
	WordSecret
	WordBeside
	WordPair
	WordDenying
	WordUndoing
	WordAround
	WordPath
	WordDocs
	WordTurns
	WordOneOf
)

// wordKinds are the names of the kinds in the order of their bits.
var wordKinds = []string{"term", "done", "sharp", "license", "written", "part", "whole", "like", "limited", "restricts", "leaves", "otherwise", "adds",
	"chooses", "tag", "unfree", "work", "data", "sort", "inbound",
	"file", "points", "instead", "whence",
	"keeps", "bars", "denied", "forbids", "passing", "limits", "use", "secret", "beside",
	"pair", "denying", "undoing", "around", "path", "docs", "turns", "oneof"}

// KindsOf says what a word in small letters tells, 0 for most words.
func KindsOf(word string) WordKind { return words().kinds[word] }

// WordsOf returns the words of one kind in the order of words.tsv, those that belong together joined by blanks.
func WordsOf(kind WordKind) []string { return words().of[kind] }

var words = sync.OnceValue(func() (t struct {
	kinds map[string]WordKind
	of    map[WordKind][]string
}) {
	t.kinds, t.of = map[string]WordKind{}, map[WordKind][]string{}
	kinds := map[string]WordKind{}
	for i, name := range wordKinds {
		kinds[name] = 1 << i
	}
	for _, f := range rows(wordsTSV) {
		kind, ok := kinds[f[0]]
		if !ok {
			panic("rules: no kind of words: " + f[0])
		}
		for word := range strings.FieldsSeq(f[1]) {
			word = strings.ReplaceAll(word, "_", " ")
			t.kinds[word] |= kind
			t.of[kind] = append(t.of[kind], word)
		}
	}
	return t
})
