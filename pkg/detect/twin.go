package detect

import "cmp"

// The share of a text that must be there for the text to be claimed, in percent, and how many of the words
// between its beginning and its end may be others. Of short texts more must be there.
const (
	leastCoverage      = 72
	leastShortCoverage = 80
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
// number of clauses. It is then not this text, however much of it is there.
func (a *alignment) disagrees(t *wordText) bool {
	for _, s := range a.swapped {
		if isNumberCode(t.code(s.doc)) && isNumberCode(nearTexts().word(a.text.at+s.text)) {
			return true
		}
	}
	return false
}

// better reports whether the text is rather meant than another one at the same place: by what fits and what
// doesn't, and among equals by the order of the list, which has the commoner one first.
func (a *alignment) better(b *alignment) bool {
	return cmp.Or(cmp.Compare(a.score(), b.score()), -cmp.Compare(a.text.at, b.text.at)) > 0
}
