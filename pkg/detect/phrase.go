package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// Exceptions, licenses that SPDX doesn't list, and notices in other languages are known by phrases of their own: the list has no text
// to lay a file beside. What stands around the phrase, as far as such a text reaches, goes with it.

// phrases holds them all, see [rules.ExceptionPhrases], [rules.UnlistedPhrases] and [rules.NoticePhrases].
var phrases = sync.OnceValue(func() *patternSet {
	s := &patternSet{}
	var t wordText
	for _, p := range rules.ExceptionPhrases() {
		s.addPhrase(&t, p, kindException)
	}
	for _, p := range rules.UnlistedPhrases() {
		kind := "text"
		if p.Words == 0 {
			kind = "notice"
		}
		s.addPhrase(&t, p, kind)
	}
	for _, p := range rules.NoticePhrases() {
		s.addPhrase(&t, p, "notice")
	}
	s.sort()
	return s
})

// addPhrase adds the program of a phrase, whose words it reads into t.
func (s *patternSet) addPhrase(t *wordText, p rules.Phrase, kind string) {
	out := pattern{id: p.ID, kind: kind, size: p.Words, order: len(s.patterns)}
	for i, part := range strings.Split(p.Text, "~") {
		if i > 0 {
			number, rest, _ := strings.Cut(part, " ")
			n, _ := strconv.Atoi(number)
			out.program = append(out.program, step{max: n})
			part = rest
		}
		t.read([]byte(part), 0, len(part))
		if n := t.len(); n > 0 {
			out.program = append(out.program, step{words: n, sum: t.sum(0, n)})
			if i == 0 && n >= anchorWords {
				out.anchor = t.sum(0, anchorWords)
			}
		}
	}
	s.add(out)
}

// named adds the texts that are known by their phrases to those found.
func (r *reading) named(t *wordText, found []textMatch) []textMatch {
	marks := phrases().marks(t)
	if len(marks) == 0 {
		return found
	}
	var texts []region
	for _, m := range found {
		if m.kind == "text" {
			texts = append(texts, region{m.from, m.to})
		}
	}
	marks = slices.DeleteFunc(marks, func(m textMatch) bool { return within(texts, m.from) })
	for _, m := range joinMarks(marks) {
		m.from, m.to = r.reach(t, m, found)
		found = slices.DeleteFunc(found, func(f textMatch) bool { return m.from <= f.from && f.to <= m.to })
		found = append(found, m)
	}
	slices.SortFunc(found, func(a, b textMatch) int { return cmp.Compare(a.from, b.from) })
	return found
}

// marks returns the phrases that stand in the text, from left to right.
func (s *patternSet) marks(t *wordText) []textMatch { return s.matches(t, false) }

// anyException is the id of what exceptions say about their license.
const anyException = "*"

// joinMarks makes one of the phrases that lie so close together that they are of one text: the one that
// stands first among the rules.
func joinMarks(marks []textMatch) []textMatch {
	var out []textMatch
	for _, m := range marks {
		m.coverage = 0
		n := len(out)
		if n == 0 || !ofOneText(out[n-1], m) {
			out = append(out, m)
			continue
		}
		last := &out[n-1]
		last.to = max(last.to, m.to)
		if m.outranks(last.pattern) {
			last.pattern = m.pattern
		}
	}
	return slices.DeleteFunc(out, func(m textMatch) bool { return m.id == anyException })
}

// ofOneText reports whether two phrases lie so close together that they are of one text.
func ofOneText(a, b textMatch) bool {
	apart := b.from - a.to
	return apart <= nearMark || (a.id == b.id || b.id == anyException) && apart <= max(a.size, b.size)
}

// outranks reports whether a phrase, and not the other one beside it, says what the text is.
func (p *pattern) outranks(q *pattern) bool {
	switch {
	case p.id == q.id:
		return p.size > q.size
	case p.id == anyException || q.id == anyException:
		return q.id == anyException
	}
	return p.order < q.order
}

// nearMark is how many words may lie between the phrases of one paragraph.
const nearMark = 60

// reach gives the words that go with a phrase: its paragraphs, and in a text all that its text may
// have, as far as no other text is found there.
func (r *reading) reach(t *wordText, m textMatch, found []textMatch) (from, to int) {
	if m.kind == "notice" {
		return m.from, m.to // what stands beside a name is not about it
	}
	low, high := max(0, m.from-m.size), min(t.len(), m.to+m.size)
	for _, f := range found {
		if f.to <= m.from {
			low = max(low, f.to)
		}
		if f.from >= m.to {
			high = min(high, f.from)
			break
		}
	}
	if (r.role == sbom.RoleLicenseFile || r.leaf) && m.kind == "text" {
		return low, high
	}
	from, to = m.from, m.to
	for from > low && !r.paragraphBetween(t, from-1) && (m.kind != kindException || !r.sentenceBetween(t, from-1)) {
		from--
	}
	for to < high && !r.paragraphBetween(t, to-1) {
		to++
	}
	return from, to
}

// sentenceBetween reports whether word i ends a sentence: the one before an exception may well give the license.
func (r *reading) sentenceBetween(t *wordText, i int) bool {
	between := r.text[t.end[i]:t.start[i+1]]
	return between[0] == '.' && len(bytes.TrimLeft(between, ". \t\r\n*/#;-")) == 0 && len(between) > 1
}

// paragraphBetween reports whether word i ends a paragraph.
func (r *reading) paragraphBetween(t *wordText, i int) bool {
	return bytes.Count(r.text[t.end[i]:t.start[i+1]], []byte{'\n'}) > 1
}
