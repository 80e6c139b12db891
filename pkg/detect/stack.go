package detect

import (
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/rules"
)

// Some licenses are another one and a clause, and some are several in a stack. The list has texts of both, but
// clauses are reworded and stacks leave parts out, so that the text found is that of the part.

// clausePattern is the words of a clause and what they do.
type clausePattern struct {
	rules.Clause
	words patternSet
}

var clausePatterns = sync.OnceValue(func() []clausePattern {
	list := rules.Clauses()
	out := make([]clausePattern, len(list))
	for i, c := range list {
		out[i].Clause = c
		for words := range strings.SplitSeq(c.Words, " | ") {
			out[i].words.addPhrase(new(wordText), rules.Phrase{ID: c.Becomes, Text: words}, "text")
		}
		out[i].words.sort()
	}
	return out
})

// behind is how many words behind a text a clause may stand.
const behind = 70

// whole makes of texts found the licenses that they are with the clauses and the other texts beside them.
func whole(t *wordText, found []textMatch) []textMatch {
	for i := range found {
		if found[i].kind == "text" {
			top := t.len()
			if i+1 < len(found) {
				top = found[i+1].from
			}
			withClauses(t, &found[i], top)
		}
	}
	for _, s := range rules.Stacks() {
		found = stacked(found, s)
	}
	return found
}

// withClauses looks for clauses inside the text and behind it, before word top, and for those it lacks.
func withClauses(t *wordText, m *textMatch, top int) {
	for i := range clausePatterns() {
		c := &clausePatterns()[i]
		if c.Of != m.id {
			continue
		}
		end := max(m.to, min(top, m.to+behind))
		at, ok := c.words.first(t, m.from, end)
		if ok == c.Lacking {
			continue
		}
		m.pattern = &pattern{id: c.Becomes, kind: m.kind}
		m.to, m.coverage = max(m.to, at.to), min(m.coverage, mostCoverage)
	}
}

// clausesIn gives the words of g by which the text that they stand in is another license.
func clausesIn(t *wordText, id string, g region) []region {
	var out []region
	for i := range clausePatterns() {
		if c := &clausePatterns()[i]; c.Of == id && !c.Lacking {
			if m, ok := c.words.first(t, g.start, g.end); ok {
				out, id = append(out, region{m.from, m.to}), c.Becomes
			}
		}
	}
	return out
}

// first returns the first match in words [from, to).
func (s *patternSet) first(t *wordText, from, to int) (textMatch, bool) {
	for i := from; i+anchorWords <= to; i++ {
		if !s.mayBegin(t, i) {
			continue
		}
		if m, ok := s.at(t, i); ok {
			return m, true
		}
	}
	return textMatch{}, false
}

// stacked replaces the parts of a stack, and what lies between them, by the whole.
func stacked(found []textMatch, s rules.Stack) []textMatch {
	first, last, next := -1, -1, 0
	for i, m := range found {
		if next < len(s.Of) && m.id == s.Of[next] && m.kind == "text" {
			if next == 0 {
				first = i
			}
			last = i
			next++
		}
	}
	if next < len(s.Of) {
		return found
	}
	m := textMatch{pattern: &pattern{id: s.Becomes, kind: "text"}, from: found[first].from, to: found[last].to, coverage: mostCoverage}
	return slices.Replace(found, first, last+1, m)
}
