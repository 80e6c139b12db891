package detect

import (
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/rules"
)

// termsKind says what a phrase of terms.tsv tells of the text that has it; the head of that file says which there are.
type termsKind string

// takesNothing reports whether the words of a phrase take nothing from the license that is given, whatever they are.
func (k termsKind) takesNothing() bool { return k == "offer" || k == "noted" }

// keepBack are the kinds of phrases that take something, where a license or an owner is spoken of.
var keepBack = []termsKind{"narrow", "tied", "closed", "secret"}

// termsPhrase is the words of a row, and those behind its gap if it has one.
type termsPhrase struct {
	kind       termsKind
	head, tail wordsSum
}

// wordsSum is a run of n words by their hash.
type wordsSum struct {
	n   int
	sum uint64
}

func sumOf(words string) wordsSum {
	var t wordText
	t.read([]byte(words), 0, len(words))
	return wordsSum{t.len(), t.sum(0, t.len())}
}

// at reports whether the words stand at word i.
func (s wordsSum) at(t *wordText, i int) bool { return i+s.n <= t.len() && t.sum(i, s.n) == s.sum }

// mostGap is how many words a gap holds at most.
const mostGap = 3

// termsPhrases are the phrases by the hash of their first two words.
type termsPhrases struct {
	rows  map[uint64][]termsPhrase
	first [1 << 10]uint64 // a filter over the hashes
}

var termsTable = sync.OnceValue(func() *termsPhrases {
	p := &termsPhrases{rows: map[uint64][]termsPhrase{}}
	for _, row := range rules.Terms() {
		if isSolid(row[1]) {
			continue
		}
		head, tail, gap := strings.Cut(row[1], " * ")
		phrase := termsPhrase{kind: termsKind(row[0]), head: sumOf(head)}
		if gap {
			phrase.tail = sumOf(tail)
		}
		var t wordText
		t.read([]byte(head), 0, len(head))
		two := t.sum(0, 2)
		p.rows[two] = append(p.rows[two], phrase)
		slot, bit := filterPlace(two)
		p.first[slot] |= bit
	}
	return p
})

func filterPlace(sum uint64) (slot int, bit uint64) { return int(sum >> 54), 1 << (sum >> 48 & 63) }

// phraseAt gives the kind of the longest phrase that begins at word i and the word behind it, "" for none.
func (r *reading) phraseAt(t *wordText, i int) (kind termsKind, end int) {
	p := termsTable()
	if i+2 > t.len() {
		return "", i
	}
	two := t.sum(i, 2)
	if slot, bit := filterPlace(two); p.first[slot]&bit == 0 {
		return "", i
	}
	for _, phrase := range p.rows[two] {
		if to := r.phraseEnd(t, phrase, i); to > end {
			kind, end = phrase.kind, to
		}
	}
	return kind, end
}

// hasPhrase reports whether a phrase of one of the kinds begins in g, and is not spoken of.
func (r *reading) hasPhrase(t *wordText, g region, kinds ...termsKind) bool {
	for i := g.start; i < g.end; i++ {
		if kind, _ := r.phraseAt(t, i); slices.Contains(kinds, kind) && !r.isSpokenOf(t, i) {
			return true
		}
	}
	return false
}

// phraseEnd gives the word behind the phrase at word i, 0 if it does not stand there. Its gap lies in one sentence.
func (r *reading) phraseEnd(t *wordText, phrase termsPhrase, i int) int {
	if !phrase.head.at(t, i) {
		return 0
	}
	i += phrase.head.n
	if phrase.tail.n == 0 {
		return i
	}
	for gap := 0; gap <= mostGap && i+gap < t.len() && !r.sentenceEnds(t, i+gap-1); gap++ {
		if phrase.tail.at(t, i+gap) {
			return i + gap + phrase.tail.n
		}
	}
	return 0
}

// nextPhrase gives the first word from i on at which a phrase begins; behind the last word if there is none.
func (r *reading) nextPhrase(t *wordText, i int) int {
	p := termsTable()
	for ; i+2 <= t.len(); i++ {
		slot, bit := filterPlace(t.sum(i, 2))
		if p.first[slot]&bit == 0 {
			continue
		}
		if kind, _ := r.phraseAt(t, i); kind != "" {
			return i
		}
	}
	return t.len()
}
