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
	n := nearest{word: word}
	n.offer(none)
	n.offer(noAssertion)
	for _, l := range rules.Licenses() {
		if !l.Deprecated {
			n.offer(l.ID)
		}
	}
	err.Suggestion = n.best
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
	n := nearest{word: word}
	for _, x := range rules.Exceptions() {
		if x.Successor == "" {
			n.offer(x.ID)
		}
	}
	err.Suggestion = n.best
	return err
}

func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// nearest finds the candidate with the least edit distance to word, at most a quarter of its length, or one edit that keeps the length; else
// one that only goes on where word breaks off in a version (GPL-2, BSD-3). The first offered wins.
type nearest struct {
	word     string
	best     string
	distance int
}

func (n *nearest) offer(candidate string) {
	if len(n.word) > longestWord {
		return
	}
	limit := len(n.word) / 4
	if len(candidate) == len(n.word) {
		limit = max(1, limit)
	}
	d := distance(n.word, candidate)
	if d > limit {
		if !strings.ContainsAny(n.word, "0123456789") || !hasFoldPrefix(candidate, n.word) {
			return
		}
		d = limit + 1
	}
	if n.best == "" || d < n.distance {
		n.best, n.distance = candidate, d
	}
}

// distance is the edit distance of two ASCII texts, case ignored; two neighbours swapped count as one edit.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			substitute := last[j]
			if a[i] != b[j] {
				substitute++
			}
			row[j+1] = min(substitute, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
