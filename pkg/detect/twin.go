package detect

import (
	"cmp"
	"slices"
	"sync"
)

// The share of a text that must be there for the text to be claimed, in percent, and how many of the words
// between its beginning and its end may be others. Of short texts more must be there.
const (
	leastCoverage      = 77
	leastShortCoverage = 84
	shortText          = 60 // words
	mostExtra          = 60 // percent of the words that fit
	leastMatched       = 10 // words
)

// convinces reports whether enough of the text is there.
func (a *alignment) convinces() bool {
	least := leastCoverage
	if a.text.fixed < shortText {
		least = leastShortCoverage
	}
	fits := a.matched + a.optional
	return fits >= leastMatched && 100*a.matched >= least*a.text.fixed && 100*a.extra <= mostExtra*fits
}

// disagrees reports whether the file has another number where the text has one: another version, another
// number of clauses. Of a notice, which says little but names and versions, all of these must be there and
// no others. The file is then not this text, however much of it is there.
func (a *alignment) disagrees(t *wordText) bool {
	x := nearTexts()
	for _, s := range a.swapped {
		if isNumberCode(t.code(s.doc)) && isNumberCode(x.word(a.text.at+s.text)) {
			return true
		}
	}
	if a.text.kind != "notice" {
		return false
	}
	for _, s := range a.swapped {
		if isNameCode(t.code(s.doc)) {
			return true
		}
	}
	for _, g := range a.inserted {
		for i := g.start; i < g.end; i++ {
			if isNameCode(t.code(i)) {
				return true
			}
		}
	}
	for _, g := range a.lost {
		for i := g.start; i < g.end; i++ {
			if code := x.word(a.text.at + i); code&optionalBit == 0 && isNameCode(code) {
				return true
			}
		}
	}
	return false
}

// better reports whether the text is rather meant than another one at the same place: by what fits and what
// doesn't, and among equals by the order of the list, which has the commoner one first.
func (a *alignment) better(b *alignment) bool {
	return cmp.Or(cmp.Compare(a.score()+a.bonus(), b.score()+b.bonus()), -cmp.Compare(a.text.at, b.text.at)) > 0
}

// frequent are the texts that others differ from in a few words: these must fit by more than a few.
var frequent = []string{"Apache-1.1", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "HPND", "ISC", "MIT", "NTP", "X11", "Zlib"}

// frequentBonus is worth three words swapped.
const frequentBonus = 50

func (a *alignment) bonus() int {
	if slices.Contains(frequent, a.text.id) {
		return frequentBonus
	}
	return 0
}

// namesLost counts the words of the text that hardly any other has, names of holders and products mostly,
// and that the file lacks.
func (a *alignment) namesLost() int {
	x, n := nearTexts(), 0
	for _, g := range a.lost {
		for i := g.start; i < g.end; i++ {
			if code := x.word(a.text.at + i); code&optionalBit == 0 && x.isRare(code) {
				n++
			}
		}
	}
	return n
}

// nameWords are the words by which notices differ that are otherwise alike, apart from numbers.
var nameWords = []string{"above", "affero", "any", "apache", "apple", "artistic", "bittorrent", "bsd", "cddl", "common", "consortium",
	"creative", "documentation", "eclipse", "european", "free", "gnu", "ibm", "intel", "invariant", "later", "latex", "lesser", "library", "licence", "lppl",
	"microsystems", "mozilla", "mpl", "netscape", "newer", "nokia", "only", "open", "public", "reciprocal", "sun", "w3c"}

// nameCodes are the codes of nameWords and of the numbers in versions, sorted.
var nameCodes = sync.OnceValue(func() []uint16 {
	out := slices.Clone(numberCodes())
	for _, w := range nameWords {
		out = append(out, wordCode([]byte(w)))
	}
	slices.Sort(out)
	return out
})

func isNameCode(code uint16) bool {
	_, ok := slices.BinarySearch(nameCodes(), code&^optionalBit)
	return ok
}
