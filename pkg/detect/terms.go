package detect

import (
	"bytes"
	"slices"

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
	free := r.hasPhrase(t, g, "free")
	for _, part := range r.besideOffers(t, g) {
		for w := range bytes.SplitSeq(r.alone(t, part), []byte{' '}) {
			word := string(w)
			if !free && rules.KindsOf(word)&rules.WordSharp != 0 {
				return true
			}
			if rules.KindsOf(word)&rules.WordTerm != 0 && !slices.Contains(seen, word) {
				seen = append(seen, word)
			}
		}
	}
	return g.end-g.start >= leastTerms && len(seen) >= distinctTerms
}

// besideOffers gives the words of g but for those by which somebody offers another license: these take nothing from the one
// that is given.
func (r *reading) besideOffers(t *wordText, g region) []region {
	var out []region
	from := g.start
	for i := g.start; i < g.end; i++ {
		if kind, end := r.phraseAt(t, i); kind == "offer" {
			if from < i {
				out = append(out, region{from, i})
			}
			from, i = end, end-1
		}
	}
	if from < g.end {
		out = append(out, region{from, g.end})
	}
	return out
}
