package spdx

import (
	"strconv"
	"strings"

	"github.com/licet/licet/rules"
)

// longestWord is what a message quotes and a suggestion is sought for.
const longestWord = 80

func quote(word string) string {
	if len(word) > longestWord {
		return strconv.Quote(strings.ToValidUTF8(word[:longestWord], "")) + "..."
	}
	return strconv.Quote(word)
}

// unknownLicense explains why the word at hand is no license.
func (p *parser) unknownLicense() *SyntaxError {
	word := p.word
	switch {
	case word == none || word == noAssertion:
		return p.errorf("%s stands alone, never inside an expression", word)
	case hasFoldPrefix(word, licenseRef), hasFoldPrefix(word, documentRef):
		return p.errorf("malformed reference %s: want [DocumentRef-NAME:]LicenseRef-NAME, names of letters, digits, - and .", quote(word))
	case hasFoldPrefix(word, additionRef):
		return p.errorf("%s is an addition to a license: write LICENSE WITH %s", quote(word), word)
	}
	if x, ok := rules.ExceptionByID(word); ok {
		return p.errorf("%s is an exception to a license: write LICENSE WITH %s", quote(word), x.ID)
	}
	err := p.errorf("unknown license %s", quote(word))
	candidates := []string{none, noAssertion}
	family := false // "GPL" is no slip for PPL
	for _, l := range rules.Licenses() {
		if !l.Deprecated {
			candidates = append(candidates, l.ID)
			family = family || hasFoldPrefix(l.ID, word+"-")
		}
	}
	if !family || strings.ContainsAny(word, "0123456789") {
		err.Suggestion = Nearest(word, candidates)
	}
	return err
}

// unknownException explains why the word at hand is no exception.
func (p *parser) unknownException() *SyntaxError {
	word := p.word
	switch {
	case word == "" || isOperator(word) || isMixedOperator(word):
		return p.unexpected("an exception")
	case hasFoldPrefix(word, additionRef), hasFoldPrefix(word, documentRef):
		return p.errorf("malformed reference %s: want [DocumentRef-NAME:]AdditionRef-NAME, names of letters, digits, - and .", quote(word))
	}
	if l, ok := rules.LicenseByID(word); ok {
		return p.errorf("%s is a license, not an exception", quote(l.ID))
	}
	err := p.errorf("unknown exception %s", quote(word))
	var candidates []string
	for _, x := range rules.Exceptions() {
		if x.Successor == "" {
			candidates = append(candidates, x.ID)
		}
	}
	err.Suggestion = Nearest(word, candidates)
	return err
}

func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// Nearest finds the candidate that a word is most likely a slip for, "" if none is: that with the least
// edit distance, at most a quarter of the word's length, or one edit that keeps the length; else one that
// only goes on where the word breaks off in a version (GPL-2, BSD-3). Case does not count, the first of
// equals wins. It serves all that is written beside expressions: the words of a policy are mistyped as
// ids are.
func Nearest(word string, candidates []string) string {
	if len(word) > longestWord {
		return ""
	}
	best, least := "", 0
	for _, c := range candidates {
		limit := len(word) / 4
		if len(c) == len(word) {
			limit = max(1, limit)
		}
		d := distance(word, c, limit)
		if d > limit && !(strings.ContainsAny(word, "0123456789") && hasFoldPrefix(c, word)) {
			continue
		}
		if best == "" || d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is the edit distance of two ASCII texts, case ignored; two neighbours swapped count as one edit.
// Past limit it is limit+1, and cheap: a hostile file can ask for it a million times.
func distance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		least := row[0]
		for j := range len(b) {
			substitute := last[j]
			if lower(a[i]) != lower(b[j]) {
				substitute++
			}
			row[j+1] = min(substitute, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && lower(a[i]) == lower(b[j-1]) && lower(a[i-1]) == lower(b[j]) {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
