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
	if r.hasSolid(region{int(t.start[g.start]), int(t.end[g.end-1])}) {
		return true
	}
	free, from := false, g.start
	var parts []region // of g, without the phrases that take nothing
	for i := g.start; i < g.end; i++ {
		switch kind, end := r.phraseAt(t, i); {
		case kind == "":
		case kind.takesNothing():
			if from < i {
				parts = append(parts, region{from, i})
			}
			from, i = end, end-1
		case kind == "asked":
			if asked := r.askedAround(t, region{i, end}); asked.end > from {
				if from < asked.start {
					parts = append(parts, region{from, asked.start})
				}
				from = asked.end
			}
		case r.isSpokenOf(t, i):
		case slices.Contains(keepBack, kind):
			return true
		case kind == "free":
			free = true
		}
	}
	if from < g.end {
		parts = append(parts, region{from, g.end})
	}
	for _, part := range parts {
		for w := range bytes.SplitSeq(r.alone(t, part), []byte{' '}) {
			word := string(w)
			kinds := rules.KindsOf(word)
			if !free && kinds&rules.WordSharp != 0 {
				return true
			}
			if kinds&rules.WordTerm != 0 && !slices.Contains(seen, word) {
				seen = append(seen, word)
			}
		}
	}
	return g.end-g.start >= leastTerms && len(seen) >= distinctTerms
}

// askedAround gives what is asked for around a phrase, and nobody must do: its sentence, up to a word with which that turns to
// something else.
func (r *reading) askedAround(t *wordText, g region) region {
	s := r.sentenceAround(t, g)
	for i := g.end; i < s.end; i++ {
		if rules.KindsOf(t.word(i))&rules.WordTurns != 0 {
			return region{s.start, i}
		}
	}
	return s
}
