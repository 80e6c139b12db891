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
	span := region{int(t.start[g.start]), int(t.end[g.end-1])}
	if r.hasPhrase(t, g, "narrow", "closed", "secret") || r.hasSolid(span) {
		return true
	}
	free, offers := r.hasPhrase(t, g, "free"), r.offers(t, g)
	for w := range source.Words(r.text[t.start[g.start]:t.end[g.end-1]]) {
		word := string(w.Text)
		if within(offers, span.start+w.Start) {
			continue
		}
		if !free && rules.KindsOf(word)&rules.WordSharp != 0 {
			return true
		}
		if rules.KindsOf(word)&rules.WordTerm != 0 && !slices.Contains(seen, word) {
			seen = append(seen, word)
		}
	}
	return g.end-g.start >= leastTerms && len(seen) >= distinctTerms
}

// offers gives the places in g where somebody offers another license, which takes nothing from the one that is given.
func (r *reading) offers(t *wordText, g region) []region {
	var out []region
	for i := g.start; i < g.end; i++ {
		if kind, end := r.phraseAt(t, i); kind == "offer" {
			out = append(out, region{int(t.start[i]), int(t.end[end-1])})
		}
	}
	return out
}
