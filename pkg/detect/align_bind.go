package detect

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/rules"
)

// A text that was found near a listed one is that license only if nothing binding was changed. Few words decide
// what a license permits (rules/binding.tsv): "free of charge" and "for a fee" differ in no other way than one
// holder from another. So a change is looked at by these words alone, those that the file has there and those that
// it lacks; typing errors, names, titles and the wording of disclaimers change nothing.

// lostWords are the words that may not be missing, and behind them those that make them binding, by the first.
var lostWords = sync.OnceValue(func() map[uint16][][]uint16 {
	out := map[uint16][][]uint16{}
	for words, b := range rules.BindingWords() {
		if b&rules.Lost == 0 {
			continue
		}
		var codes []uint16
		for word := range strings.SplitSeq(words, "_") {
			codes = append(codes, wordCode([]byte(word)))
		}
		out[codes[0]] = append(out[codes[0]], codes)
	}
	return out
})

// askingCodes are the words by which a text asks for something.
var askingCodes = sync.OnceValue(func() map[uint16]bool {
	out := map[uint16]bool{}
	for word, b := range rules.BindingWords() {
		if b&rules.Asks != 0 && !strings.Contains(word, "_") {
			out[wordCode([]byte(word))] = true
		}
	}
	return out
})

const (
	mostPut     = 25   // words of a change that alter the text in which they stand; more are terms beside it
	mostLost    = 16   // words of the text that are a change and no part left out
	leastBound  = 0.8  // coverage from which a change of the rest matters: below, it is visibly another text
	longBound   = 0.95 // the same of a long license, which has many versions
	longLicense = 300  // words of one
	asksBefore  = 25   // words before a loss in which the text asks for something
	asksBehind  = 4    // and behind it
	nearMoney   = 4    // words before a payment within which it is waived
	nearNamed   = 20   // words behind a denial within which it says whose names may not be used
	leastNamed  = 3    // words of a change that may name another license
	longClause  = 80   // words to either side that a sentence is followed
)

// binds reports whether the text was changed into another license. A sentence that was put in whole and binds is
// a claim of its own beside the license, and so is what reads like terms.
func (r *reading) binds(x *nearIndex, t *wordText, a *alignment) bool {
	altered := false
	r.changedBytes(t, a)
	var added []region
	foreign := r.foreign(t, a)
	for _, g := range foreign {
		if r.bindsInside(t, a, g) {
			added = append(added, g)
		}
	}
	for _, c := range a.changes {
		if c.doc.start >= a.to || c.doc.end < a.from {
			continue
		}
		if shared(foreign, c.doc) > 0 {
			c.doc.start = c.doc.end // what is left is what the text lacks
		}
		c = r.plainChange(t, a, c)
		inserted := c.text.start == c.text.end
		if inserted && c.doc.start == c.doc.end {
			continue
		}
		binding := r.bindingChange(x, t, a, c)
		switch {
		case binding && c.doc.end-c.doc.start <= mostPut:
			altered = true
		case (inserted || c.doc.end-c.doc.start > mostPut) && r.readsLikeTerms(t, c.doc):
			added = append(added, c.doc)
		}
	}
	for _, g := range added {
		if !altered && !r.repeats(t, a, g) && !r.namesGNU(t, g) {
			r.added(t, g)
		}
	}
	return altered
}

// foreign gives the sentences of the file that stand in the text and are none of its: most of their words are others.
// Those that follow each other are one region.
func (r *reading) foreign(t *wordText, a *alignment) []region {
	var put, out []region
	for _, c := range a.changes {
		if c.doc.start < c.doc.end {
			put = append(put, c.doc)
		}
	}
	put = union(nil, put)
	from := a.from
	for i := a.from; i < a.to; i++ {
		if !r.sentenceEnds(t, i) {
			continue
		}
		s := region{from, i + 1}
		from = i + 1
		if size := s.end - s.start; size < leastForeign || 3*shared(put, s) < 2*size {
			continue
		}
		if n := len(out); n > 0 && out[n-1].end == s.start {
			out[n-1].end = s.end
		} else {
			out = append(out, s)
		}
	}
	return out
}

// leastForeign is how many words a sentence has at least.
const leastForeign = 3

// shared gives how many words of g are in one of the disjoint regions.
func shared(regions []region, g region) int {
	n := 0
	for _, c := range regions {
		n += max(0, min(c.end, g.end)-max(c.start, g.start))
	}
	return n
}

// bindsInside reports whether one of the sentences, which stand in the text of a license, binds, or they read like terms.
// A clause that makes another listed license of it does neither; and of a text that is visibly another one only what
// keeps somebody out does.
func (r *reading) bindsInside(t *wordText, a *alignment, g region) bool {
	clauses := clausesIn(t, a.text.id, g)
	return len(clauses) == 0 && r.readsLikeTerms(t, g) || r.anySentence(t, g, func(at region, s sentence) bool {
		return s.binds() && (s.binding&rules.Narrows != 0 || a.isWhole() && shared(clauses, at) == 0)
	})
}

// isWhole reports whether so much of the text is there that a change of the rest matters.
func (a *alignment) isWhole() bool {
	least := leastBound
	if a.text.words >= longLicense {
		least = longBound
	}
	return a.coverage() >= least
}

// changedBytes notes where the text has other words than the listed one: a license that is named there is no part of it.
func (r *reading) changedBytes(t *wordText, a *alignment) {
	var doc []region
	for _, c := range a.changes {
		if c.doc.start < c.doc.end && c.doc.start < a.to && c.doc.end > a.from {
			doc = append(doc, region{c.doc.start, min(t.len(), c.doc.end+1)}) // one word between two may fit by chance
		}
	}
	for _, g := range union(nil, doc) {
		if g.end-g.start > leastNamed {
			r.changed = append(r.changed, region{int(t.start[g.start]), int(t.end[g.end-1])})
		}
	}
}

// plainChange takes from a change what is none: optional words of the text, the end of a sentence with which whole
// paragraphs begin, and sentences before the text.
func (r *reading) plainChange(t *wordText, a *alignment, c change) change {
	fixed := false
	for i := c.text.start; i < c.text.end && !fixed; i++ {
		code := a.text.word(i)
		fixed = code != gapWord && code&optionalBit == 0
	}
	if !fixed {
		c.text.end = c.text.start
	}
	switch {
	case !fixed:
		for i := c.doc.start; i+1 < c.doc.end; i++ {
			if r.sentenceEnds(t, i) && r.isParagraph(t, region{i + 1, c.doc.end}) {
				c.doc.start = i + 1
				break
			}
		}
	case c.text.start == 0 && c.doc.end == a.from:
		for i := c.doc.end - 1; i >= c.doc.start; i-- {
			if r.sentenceEnds(t, i) {
				c.doc.start = i + 1
			}
		}
	}
	return c
}

// bindingChange reports whether the words that were put in bind, or those that they stand for are missed.
func (r *reading) bindingChange(x *nearIndex, t *wordText, a *alignment, c change) bool {
	put, typed := r.put(x, t, a, c)
	if put&rules.Narrows != 0 {
		return true
	}
	if !a.isWhole() {
		return false
	}
	if put&(rules.Put|rules.Scope|rules.Money|rules.Denies) != 0 {
		named := region{c.doc.start, min(t.len(), c.doc.end+nearNamed)}
		return put&^rules.Denies != 0 || !r.hasBinding(t, named, rules.AboutNames)
	}
	if a.text.frequent && r.altersGrant(x, t, a, c) {
		return true
	}
	return !typed && r.loses(t, a, c) && !r.disclaims(t, c.doc)
}

// put gives what the words do that the file has there and the text has not, and whether they are typing errors: words
// that no license has, in the place of as many.
func (r *reading) put(x *nearIndex, t *wordText, a *alignment, c change) (put rules.Binding, typed bool) {
	typed = c.doc.start < c.doc.end && c.text.end-c.text.start <= c.doc.end-c.doc.start+1
	for i := c.doc.start; i < c.doc.end; i++ {
		code := t.code(i)
		typed = typed && x.inTexts(code) == 0
		b := r.bindingIn(t, c.doc, i)
		if b == 0 || a.text.hasIn(code, c.text) || a.text.words >= longLicense && a.speaksOf(code) {
			continue
		}
		if b &= rules.Narrows | rules.Put | rules.Scope | rules.Money | rules.Denies; b&^rules.Narrows != 0 && r.disclaims(t, region{i, i + 1}) {
			b &= rules.Narrows
		}
		put |= b
	}
	return put, typed
}

// frees reports whether the words, or those beside them, say that no use is kept out: "commercial or non-commercial".
func (r *reading) frees(t *wordText, g region) bool {
	for i := max(0, g.start-nearMoney); i < min(t.len(), g.end+nearMoney); i++ {
		if kind, _ := r.phraseAt(t, i); kind == "free" {
			return true
		}
	}
	return false
}

// bindingTable is what the binding words do, by the code of the last one, so that few words have to be looked at.
var bindingTable = sync.OnceValue(func() *[optionalBit]rules.Binding {
	var out [optionalBit]rules.Binding
	for words, b := range rules.BindingWords() {
		out[wordCode([]byte(words[strings.LastIndexByte(words, '_')+1:]))] |= b
	}
	return &out
})

// bindingAt gives what word i does, alone and behind the word before it.
func (r *reading) bindingAt(t *wordText, i int) rules.Binding {
	if bindingTable()[t.code(i)] == 0 {
		return 0
	}
	word := t.word(i)
	b := rules.BindingWords()[word]
	if i > 0 {
		b |= rules.BindingWords()[t.word(i-1)+"_"+word]
	}
	return b
}

// speaksOf reports whether the text has the word anywhere.
func (a *alignment) speaksOf(code uint16) bool {
	if a.has == nil {
		a.has = new([optionalBit / 64]uint64)
		for i := range a.text.words {
			c := a.text.word(i) &^ optionalBit
			a.has[c/64] |= 1 << (c % 64)
		}
	}
	return a.has[code/64]&(1<<(code%64)) != 0
}

// loses reports whether a binding word of the text is missing where it grants something.
func (r *reading) loses(t *wordText, a *alignment, c change) bool {
	if c.text.end-c.text.start > mostLost {
		return false
	}
	lost := false
	for i := c.text.start; i < c.text.end && !lost; i++ {
		code := a.text.word(i)
		lost = slices.ContainsFunc(lostWords()[code], func(codes []uint16) bool { return a.text.reads(i, codes) }) && !r.hasCode(t, c.doc, code)
	}
	for i := max(0, c.text.start-asksBefore); i < min(a.text.words, c.text.end+asksBehind) && lost; i++ {
		lost = !askingCodes()[a.text.word(i)&^optionalBit]
	}
	return lost
}

// reads reports whether the text has these words from word i on.
func (n *nearText) reads(i int, codes []uint16) bool {
	for k, code := range codes {
		if i+k >= n.words || n.word(i+k)&^optionalBit != code {
			return false
		}
	}
	return true
}

// hasIn reports whether one of its words in g is this.
func (n *nearText) hasIn(code uint16, g region) bool {
	for i := g.start; i < g.end; i++ {
		if n.word(i)&^optionalBit == code {
			return true
		}
	}
	return false
}

// hasCode reports whether one of the words is this or one that serves as well, or two that the end of a line parted.
func (r *reading) hasCode(t *wordText, g region, code uint16) bool {
	last := ""
	for i := g.start; i < g.end; i++ {
		word := t.word(i)
		serves := func(w string) bool { return wordCode([]byte(w)) == code }
		if t.code(i) == code || serves(last+word) || slices.ContainsFunc(rules.BindingSame()[word], serves) {
			return true
		}
		last = word
	}
	return false
}

// hasBinding reports whether one of the words is of that kind.
func (r *reading) hasBinding(t *wordText, g region, kind rules.Binding) bool {
	for i := g.start; i < g.end; i++ {
		if r.bindingAt(t, i)&kind != 0 {
			return true
		}
	}
	return false
}

// altersGrant reports whether the change puts a word into the sentence by which the text grants something that it does not
// know: few words are needed to grant less, and no list has them all. Parts of words that the end of a line parted, names and
// typing errors, which hardly any license has, and the words of grants that say the same are none.
func (r *reading) altersGrant(x *nearIndex, t *wordText, a *alignment, c change) bool {
	if c.doc.start == c.doc.end || a.text.gapBefore(c.text.start) || r.frees(t, c.doc) || !r.hasBinding(t, r.sentenceAround(t, c.doc), rules.Grants) {
		return false
	}
	for i := c.doc.start; i < c.doc.end; i++ {
		word, code := t.word(i), t.code(i)
		if i+1 < c.doc.end && a.text.hasIn(wordCode([]byte(word+t.word(i+1))), c.text) {
			i++
			continue
		}
		if len(word) >= leastWord && x.inTexts(code) >= frequentTexts && !a.speaksOf(code) && r.bindingAt(t, i) == 0 && rules.BindingSame()[word] == nil {
			return true
		}
	}
	return false
}

const (
	leastWord     = 3  // letters of a word that says something
	frequentTexts = 10 // listed texts that have a word which is neither a name nor a typing error
)

// gapBefore reports whether word i follows a gap: what was put in there is the name in it.
func (n *nearText) gapBefore(i int) bool { return i == 0 || n.word(i-1) == gapWord }

// disclaims reports whether the words stand in a sentence that disclaims a warranty or liability.
func (r *reading) disclaims(t *wordText, g region) bool {
	return r.hasBinding(t, r.sentenceAround(t, g), rules.Disclaims)
}

// sentenceAround gives the sentence in which the words stand.
func (r *reading) sentenceAround(t *wordText, g region) region {
	from, to := g.start, max(g.start, g.end-1)
	for n := 0; from > 0 && n < longClause && !r.sentenceEnds(t, from-1); n++ {
		from--
	}
	for n := 0; to+1 < t.len() && n < longClause && !r.sentenceEnds(t, to); n++ {
		to++
	}
	return region{from, min(to+1, t.len())}
}

// sentenceEnds reports whether a sentence or paragraph ends with word i.
func (r *reading) sentenceEnds(t *wordText, i int) bool {
	if i+1 >= t.len() {
		return true
	}
	between := r.text[t.end[i]:t.start[i+1]]
	return len(between) > 1 && bytes.ContainsAny(between, ".:;") || bytes.Count(between, []byte{'\n'}) > 1
}

// isParagraph reports whether the words are one or more whole sentences, paragraphs or items of a list.
func (r *reading) isParagraph(t *wordText, g region) bool {
	return g.start < g.end && (g.start == 0 || r.sentenceEnds(t, g.start-1)) && r.sentenceEnds(t, g.end-1)
}

// repeats reports whether most of the words that were put in are those of the text itself, in its order, or of a frequent
// one of the same name: a notice that stands there twice.
func (r *reading) repeats(t *wordText, a *alignment, g region) bool {
	pairs := map[uint32]bool{}
	root, _, _ := strings.Cut(a.text.id, "-")
	for k := range a.text.index.texts {
		if n := &a.text.index.texts[k]; n == a.text || n.kind == "text" && (n.id == root || n.frequent && strings.HasPrefix(n.id, root+"-")) {
			for i := 1; i < n.words; i++ {
				pairs[uint32(n.word(i-1)&^optionalBit)<<16|uint32(n.word(i)&^optionalBit)] = true
			}
		}
	}
	same := 0
	for i := g.start + 1; i < g.end; i++ {
		if pairs[uint32(t.code(i-1))<<16|uint32(t.code(i))] {
			same++
		}
	}
	return 4*same >= 3*(g.end-g.start-1)
}

// namesGNU reports whether the words speak of one of the GNU licenses: what they say is read as a mention.
func (r *reading) namesGNU(t *wordText, g region) bool {
	words := bytes.ToLower(r.text[t.start[g.start]:t.end[g.end-1]])
	return slices.ContainsFunc([]string{"gpl", "general public"}, func(s string) bool { return bytes.Contains(words, []byte(s)) })
}
