package detect

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// The share of a text that must be there for the text to be claimed, in percent, and how many of the words
// between its beginning and its end may be others. Of short texts more must be there.
const (
	leastCoverage      = 77
	leastShortCoverage = 86
	shortText          = 300 // words
	mostExtra          = 60  // percent of the words that fit
	leastMatched       = 10  // words
)

// spare is how many fixed words of the text may be missing at most.
func (n *nearText) spare() int {
	if n.frequent {
		return n.fixed // see lacksEnd
	}
	return n.fixed * (100 - leastCoverage) / 100
}

// convinces reports whether enough of the text is there.
func (a *alignment) convinces() bool {
	least := leastCoverage
	if a.text.fixed < shortText && !a.text.frequent && !a.named() {
		least = leastShortCoverage
	}
	fits := a.matched + a.optional
	if a.text.frequent && a.lacksEnd() {
		return true
	}
	return fits >= leastMatched && 100*a.matched >= least*a.text.fixed && 100*a.extra <= mostExtra*fits
}

// What must be there of a frequent text that lacks its end, the disclaimer: so many words, with few others.
const (
	leastBegun  = 40
	mostStrayed = 5
)

// lacksEnd reports whether all of the text is there up to a paragraph from which on nothing is.
func (a *alignment) lacksEnd() bool {
	n := len(a.lost) - 1
	if n < 0 || a.matched < leastBegun || a.extra > mostStrayed || a.lost[n].end < a.text.words-1 {
		return false
	}
	strayed := 0
	for _, g := range a.lost[:n] {
		strayed += g.end - g.start
	}
	return strayed <= mostStrayed && a.text.disclaimsAt(a.lost[n].start)
}

// disclaimsAt reports whether the disclaimer begins at word i of the text or close by: "this software is provided".
func (n *nearText) disclaimsAt(i int) bool {
	for k := max(0, i-4); k < min(i+4, n.words-1); k++ {
		if n.word(k)&^optionalBit == wordCode([]byte("is")) && n.word(k+1)&^optionalBit == wordCode([]byte("provided")) {
			return true
		}
	}
	return false
}

// disagrees reports whether the file has another number where the text has one: another version, another
// number of clauses. Of a notice, which says little but names and versions, all of these must be there and
// no others. The file is then not this text, however much of it is there.
func (a *alignment) disagrees(t *wordText) bool {
	for _, s := range a.swapped {
		if isNumberCode(t.code(s.doc)) && isNumberCode(a.text.word(s.text)) {
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
			if code := a.text.word(i); code&optionalBit == 0 && isNameCode(code) {
				return true
			}
		}
	}
	return false
}

// flavours are the words by which the licenses of Creative Commons show the elements in their ids.
var flavours = []struct {
	element string
	words   []string
}{
	{"-NC", []string{"noncommercial", "advantage"}},
	{"-ND", []string{"noderivatives", "noderivs"}},
	{"-SA", []string{"sharealike"}},
}

// otherFlavour reports whether the file speaks of an element that a license of Creative Commons has not, or does not
// of one that it has.
func (a *alignment) otherFlavour(t *wordText) bool {
	if !strings.HasPrefix(a.text.id, "CC-BY") {
		return false
	}
	for _, f := range flavours {
		there, meant := false, false
		for _, w := range f.words {
			code := wordCode([]byte(w))
			there = there || t.has(w, max(0, a.from-titleWords), a.to)
			meant = meant || a.text.has(code)
		}
		if there && !strings.Contains(a.text.id, f.element) && !meant ||
			meant && !there && (f.element == "-NC" || a.lacksClause()) {
			return true
		}
	}
	return false
}

// wholeClause is how many words a clause has at least.
const wholeClause = 20

// lacksClause reports whether so many words in a row are missing that a clause is.
func (a *alignment) lacksClause() bool {
	return slices.ContainsFunc(a.lost, func(g region) bool { return g.end-g.start >= wholeClause })
}

// has reports whether one of the text's words is this one.
func (n *nearText) has(code uint16) bool {
	for i := range n.words {
		if n.word(i)&^optionalBit == code {
			return true
		}
	}
	return false
}

// titleWords is how far before a text its title may stand.
const titleWords = 12

// has reports whether one of the words [from, to) is this one.
func (t *wordText) has(word string, from, to int) bool {
	sum := source.WordSum([]byte(word))
	for i := from; i < to; i++ {
		if t.sum(i, 1) == sum {
			return true
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
var frequent = []string{"Apache-1.1", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "ISC", "MIT", "Zlib"}

// orPlain gives the frequent text of which a is a variant if the file has more of that, and what makes the variant of it
// is rather missing than there; else a itself.
func (a *alignment) orPlain(plain []alignment) alignment {
	best := *a
	for i := range plain {
		p := &plain[i]
		if p.coverage() >= a.coverage() && p.extra-a.extra < a.missing()-p.missing() && (best.text == a.text || p.better(&best)) {
			best = *p
		}
	}
	return best
}

// frequentBonus is worth three words swapped.
const frequentBonus = 50

// bonus is what speaks for a text besides the words that fit.
func (a *alignment) bonus() int {
	if a.text.frequent {
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
			if code := a.text.word(i); code&optionalBit == 0 && x.isRare(code) {
				n++
			}
		}
	}
	return n
}

// named reports whether the file has all words of the text that hardly any other has, and there are some.
func (a *alignment) named() bool {
	return a.text.rare > 0 && a.namesLost() == 0
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
