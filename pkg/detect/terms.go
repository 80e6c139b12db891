package detect

import (
	"slices"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// A passage of leastTerms words reads like terms if it has distinctTerms of the words by which terms can be told.
const (
	leastTerms    = 16
	distinctTerms = 4
)

// readsLikeTerms reports whether the words of g read like the terms of a license: a remainder that does
// is reported, however short, and titles, holders and addresses are not.
func (r *reading) readsLikeTerms(t *wordText, g region) bool {
	var seen []string
	if r.hasPhrase(t, g, "narrow", "closed") {
		return true
	}
	free := r.hasPhrase(t, g, "free")
	for w := range source.Words(r.text[t.start[g.start]:t.end[g.end-1]]) {
		word := string(w.Text)
		if !free && rules.KindsOf(word)&rules.WordSharp != 0 {
			return true
		}
		if rules.KindsOf(word)&rules.WordTerm != 0 && !slices.Contains(seen, word) {
			seen = append(seen, word)
		}
	}
	return g.end-g.start >= leastTerms && len(seen) >= distinctTerms
}
