package detect

import (
	"bytes"

	"github.com/licet/licet/rules"
)

// What stands beside the text of a license, or was put into it, binds by the sentence: "You may not sell it." takes
// something back, and "Foo Inc. is not liable." does not.

// sentence is what the words of a sentence do.
type sentence struct {
	binding rules.Binding
	terms   bool // it is about what may be done
	refers  bool // it speaks of a license
}

// sentence reads the words of g.
func (r *reading) sentence(t *wordText, g region) sentence {
	var s sentence
	for i := g.start; i < g.end; i++ {
		if kind, end := r.phraseAt(t, i); kind.takesNothing() {
			s.refers = true
			i = end - 1
			continue
		}
		kinds := rules.KindsOf(t.word(i))
		s.terms = s.terms || kinds&(rules.WordTerm|rules.WordDone) != 0
		s.refers = s.refers || kinds&rules.WordLicense != 0
		s.binding |= r.bindingIn(t, g, i)
	}
	if s.binding&rules.Denies != 0 && !s.terms && r.hasBinding(t, region{g.end, min(t.len(), g.end+nearNamed)}, rules.AboutNames) {
		s.binding |= rules.AboutNames // "Neither the name of Foo Inc. nor"
	}
	return s
}

// binds reports whether the sentence takes something back or asks for something, wherever it stands in a text.
func (s sentence) binds() bool {
	switch b := s.binding; {
	case b&rules.Narrows != 0:
		return true
	case b&rules.Disclaims != 0:
		return false
	case b&(rules.Put|rules.Scope|rules.Money) != 0:
		return true
	case b&rules.Denies != 0:
		return b&rules.AboutNames == 0
	default:
		return b&rules.Asks != 0
	}
}

// bindsBeside reports whether the sentence does so beside a license: it has to be about terms then, and where it speaks of
// a license, what it denies or leaves out is rather which one that is.
func (s sentence) bindsBeside() bool {
	switch b := s.binding; {
	case b&(rules.Disclaims|rules.AboutNames) != 0:
		return false
	case b&(rules.Narrows|rules.Put|rules.Money|rules.Asks) != 0:
		return s.terms || s.refers
	default:
		return b&(rules.Scope|rules.Denies) != 0 && s.terms && !s.refers
	}
}

// anySentence reports whether f holds for one of the sentences of g.
func (r *reading) anySentence(t *wordText, g region, f func(region, sentence) bool) bool {
	from := g.start
	for i := g.start; i < g.end; i++ {
		if i+1 == g.end || r.sentenceEnds(t, i) {
			if s := (region{from, i + 1}); f(s, r.sentence(t, s)) {
				return true
			}
			from = i + 1
		}
	}
	return false
}

// bindsBeside reports whether one of the sentences of g binds beside a license, and not only who contributes.
func (r *reading) bindsBeside(t *wordText, g region) bool {
	return r.anySentence(t, g, func(g region, s sentence) bool { return s.bindsBeside() && !r.hasPhrase(t, g, "inbound") })
}

// bindingIn gives what word i does among the words of g: a payment that is waived, and what waives it, do nothing, nor
// does a use that is named beside all others.
func (r *reading) bindingIn(t *wordText, g region, i int) rules.Binding {
	b := r.bindingAt(t, i)
	if b&rules.Money != 0 && r.hasBinding(t, region{max(0, i-nearMoney), i}, rules.Waives) {
		b &^= rules.Money
	}
	if b&rules.Denies != 0 && b&rules.Waives != 0 && r.hasBinding(t, region{i + 1, min(t.len(), i+2)}, rules.Money|rules.Costs) {
		b &^= rules.Denies
	}
	if b&rules.Narrows != 0 && (r.frees(t, g) || r.inPath(t, i)) {
		b &^= rules.Narrows
	}
	if b&(rules.Scope|rules.Asks) != 0 && r.inHeading(t, i) {
		b &^= rules.Scope | rules.Asks
	}
	return b
}

// inHeading reports whether word i is a part of a name that is a heading of its own, as in a list of packages:
// "## requires-port".
func (r *reading) inHeading(t *wordText, i int) bool {
	at := int(t.start[i])
	start := bytes.LastIndexByte(r.text[:at], '\n') + 1
	name, ok := bytes.CutPrefix(lineFrom(r.text, start, maxRaw), []byte("#"))
	name = bytes.TrimLeft(name, "# ")
	return ok && bytes.IndexByte(bytes.ReplaceAll(bytes.TrimSpace(name), []byte(", "), nil), ' ') < 0 && bytes.ContainsAny(name, "-_./@")
}

// inPath reports whether word i is a part of a path: "internal/scan.go".
func (r *reading) inPath(t *wordText, i int) bool {
	start, end := int(t.start[i]), int(t.end[i])
	return start > 0 && r.text[start-1] == '/' || end+1 < len(r.text) && r.text[end] == '/' && r.text[end+1] != '\n'
}
