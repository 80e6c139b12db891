package rules

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed exceptions.tsv
var exceptionPhrasesTSV string

//go:embed unlisted.tsv
var unlistedTSV string

//go:embed notices.tsv
var noticesTSV string

// Phrase is words by which an exception or a license is known that the list has no text of. It is matched
// word for word; "~n" in it stands for at most n words.
type Phrase struct {
	ID    string // of the exception or license
	Words int    // that the whole text has; 0 for a phrase that notices have too
	Text  string
}

// Named is a license that SPDX does not list and that is met in practice.
type Named struct {
	ID, Name string
	Aliases  []string // what else it is called
}

// ExceptionPhrases returns the phrases by which exceptions are known, special ones before general ones.
func ExceptionPhrases() []Phrase { return exceptionPhrases() }

var exceptionPhrases = sync.OnceValue(func() []Phrase {
	var out []Phrase
	for _, f := range rows(exceptionPhrasesTSV) {
		out = append(out, Phrase{ID: f[0], Words: phraseWords(f[1]), Text: f[2]})
	}
	return out
})

// UnlistedPhrases returns the phrases by which licenses are known that SPDX does not list, or of which the list at hand has no text.
func UnlistedPhrases() []Phrase { return unlistedPhrases() }

var unlistedPhrases = sync.OnceValue(func() []Phrase {
	var out []Phrase
	for _, f := range rows(unlistedTSV) {
		out = append(out, Phrase{ID: f[0], Words: phraseWords(f[2]), Text: f[3]})
	}
	return out
})

// NoticePhrases returns the phrases by which notices in other languages are known.
func NoticePhrases() []Phrase { return noticePhrases() }

var noticePhrases = sync.OnceValue(func() []Phrase {
	var out []Phrase
	for _, f := range rows(noticesTSV) {
		out = append(out, Phrase{ID: f[0], Text: f[1]})
	}
	return out
})

// Unlisted returns the licenses that SPDX does not list, in the order of unlisted.tsv.
func Unlisted() []Named { return unlisted() }

var unlisted = sync.OnceValue(func() []Named {
	var out []Named
	for _, f := range rows(unlistedTSV) {
		if f[1] != "" {
			names := strings.Split(f[1], " | ")
			out = append(out, Named{f[0], names[0], names[1:]})
		}
	}
	return out
})

func phraseWords(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("rules: the words of a phrase are no number: " + s)
	}
	return n
}
