package detect

import (
	"bytes"
	"slices"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// Lawyers number what may be chosen, "(a) the A License (AL); or (b) the B License (BL)", and say first that all licenses
// are there, and then that one of them will do.

// shortName takes the short name in parentheses behind a license, where it says the same: "the B Public License v1 (BPLv1)".
func (p *mentionReader) shortName(m *mention) {
	if m.to >= p.last() || p.t[m.to].sep&sepParen == 0 || p.ends(m.to) {
		return
	}
	if short, ok := p.item(m.to); ok && !short.link && short.expr == m.expr && p.closes(short.to) {
		m.to = short.to
	}
}

// closes reports whether a parenthesis is closed right before token k.
func (p *mentionReader) closes(k int) bool {
	end := int(p.t[k-1].end)
	return end < len(p.text) && p.text[end] == ')'
}

// mostMark is how many letters or digits number a point of a list.
const mostMark = 3

// isMark reports whether token k numbers a point of a list: "(b)", "ii)", "3)".
func (p *mentionReader) isMark(k int) bool {
	if k >= p.last() || p.t[k].end-p.t[k].start > mostMark || !p.closes(k+1) {
		return false
	}
	_, ok := p.item(k)
	return !ok // MIT)
}

// choiceBehind is how many bytes behind licenses that are joined by "and" it may stand that one of them may be chosen.
const choiceBehind = 300

// asOffered makes one statement of several licenses joined by "and", and of the choice among the same that the paragraph
// goes on with: "under A and B; you may not use this file except in compliance with, at your election, A or B".
func (r *reading) asOffered(found []mentioned) []mentioned {
	var out []mentioned
	for _, m := range found {
		if len(m.parts) > 1 && !m.choice && offersOne(r.text[m.end:min(len(r.text), m.end+choiceBehind)]) {
			m.choice, m.expr = true, joinParts(m.parts, true)
		}
		if n := len(out); n > 0 && isChoiceAmong(&m, &out[n-1]) && m.start < out[n-1].end+choiceBehind && isOneParagraph(r.text[out[n-1].end:m.start]) {
			last := &out[n-1]
			last.expr, last.parts, last.choice, last.end = m.expr, m.parts, m.choice, m.end
			continue
		}
		out = append(out, m)
	}
	return out
}

// offersOne reports whether a paragraph goes on by offering one of what it has just listed: "You may select, at your option,
// one of the above-listed licenses."
func offersOne(text []byte) bool {
	if end := bytes.Index(text, []byte("\n\n")); end >= 0 {
		text = text[:end]
	}
	r := &reading{text: text}
	var t wordText
	t.read(text, 0, len(text))
	return r.anySentence(&t, region{0, t.len()}, func(g region, _ sentence) bool {
		return r.offersChoice(&t, g) && r.hasPhrase(&t, g, "one")
	})
}

// nearDenial is how many words before a choice it may stand that there is none: "you may not choose".
const nearDenial = 2

// offersChoice reports whether a word of g lets the recipient choose.
func (r *reading) offersChoice(t *wordText, g region) bool {
	for i := g.start; i < g.end; i++ {
		if rules.KindsOf(t.word(i))&rules.WordChooses != 0 && !r.hasBinding(t, region{max(g.start, i-nearDenial), i}, rules.Denies) {
			return true
		}
	}
	return false
}

// isChoiceAmong reports whether one statement offers a choice among all the licenses that the other gives, joined by "and".
func isChoiceAmong(choice, all *mentioned) bool {
	if len(choice.parts) < 2 || len(all.parts) < 2 || !all.grant {
		return false
	}
	a, err := spdx.Parse(all.expr)
	b, err2 := spdx.Parse(choice.expr)
	return err == nil && err2 == nil && !a.Equal(b) && a.Equal(joined(spdx.And, a.Terms())) && b.Equal(joined(spdx.Or, b.Terms())) &&
		a.Equal(joined(spdx.And, b.Terms()))
}

// joined joins licenses by an operator.
func joined(op func(...spdx.Expr) spdx.Expr, terms []spdx.Term) spdx.Expr {
	var all []spdx.Expr
	for _, t := range terms {
		all = append(all, spdx.Leaf(t))
	}
	return op(all...)
}

// isOneParagraph reports whether there is no line without a word inside of a text.
func isOneParagraph(text []byte) bool {
	lines := bytes.Split(text, []byte{'\n'})
	return len(lines) < 3 || !slices.ContainsFunc(lines[1:len(lines)-1], func(line []byte) bool { return !bytes.ContainsFunc(line, isLetter) })
}

func isLetter(c rune) bool { return c >= 0x80 || isASCIILetter(byte(c)) }
