package detect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// The line of a tag may go on behind its expression. Mostly what stands there is the end of a comment, or a remark. But
// somebody may also have gone on in words of his own, "MIT; GPL-2.0-only", "MIT for non-commercial use": then the
// expression is not what the tag says.

// goesOn reports whether what follows the expression on its line belongs to what the tag says: another license, or words
// that take something from the one that was read.
func (t *tagReader) goesOn(read spdx.Expr) bool {
	rest := t.rest()
	return len(rest) > 0 && (takesBack(rest, read) || t.namesAnother(rest, read)) || !keepsOutCommerce(read) && isAddition(t.text[t.end:])
}

// rest gives what follows the expression on its line, up to what ends a comment, a string or an element, or begins a
// statement of copyright.
func (t *tagReader) rest() []byte {
	line := lineFrom(t.text, t.end, maxRaw)
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	cut := trimComment(string(line))
	if i := strings.IndexAny(cut, "\"'`<>{}]\\"); i >= 0 {
		cut = cut[:i]
	}
	for _, mark := range []string{"copyright", "(c)", "©"} {
		if i := strings.Index(strings.ToLower(cut), mark); i >= 0 {
			cut = cut[:i]
		}
	}
	return []byte(cut)
}

// takesBack reports whether words behind a license say that it was changed, keep some use or somebody out, or leave open
// what else is meant. What a license says of itself takes nothing from it: "CC-BY-NC-4.0 (non-commercial)".
func takesBack(rest []byte, read spdx.Expr) bool {
	r := &reading{text: rest}
	var t wordText
	t.read(rest, 0, len(rest))
	if t.len() == 0 {
		return false
	}
	if op := operator(t.word(0)); op != "" && t.len() == 1 && bytes.Contains(rest, []byte(op)) {
		return true // "MIT AND"
	}
	free, adds := r.frees(&t, region{0, t.len()}), false
	known := func(words string) bool { return keepsOutCommerce(read) && strings.Contains(words, "commercial") }
	n := licenseNaming()
	for i := 0; i < t.len(); i++ {
		word := t.word(i)
		kinds, class := rules.KindsOf(word), n.classes[n.numbers[word]]
		ends := i+1 == t.len() || rules.KindsOf(t.word(i+1))&rules.WordLimited != 0
		kind, end := r.phraseAt(&t, i)
		switch {
		case kind.takesNothing():
			i = end - 1
			continue
		case slices.Contains(keepBack, kind) && !known(strings.ToLower(string(rest))),
			(kinds&rules.WordSharp != 0 || ends && r.bindingAt(&t, i)&rules.Narrows != 0) && !free && !known(word),
			ends && class&isChanged != 0,
			adds && class&isChanges != 0,
			kinds&rules.WordLeaves != 0 && !r.hasKind(&t, region{i, t.len()}, rules.WordOtherwise):
			return true
		}
		adds = adds || kinds&rules.WordAdds != 0
	}
	return false
}

// keepsOutCommerce reports whether one of the licenses does.
func keepsOutCommerce(e spdx.Expr) bool {
	return slices.ContainsFunc(e.Terms(), func(t spdx.Term) bool { return slices.Contains(rules.Categories(t.ID), "non-commercial") })
}

// namesAnother reports whether a license is named that is none of those read, and not only remarked on as in "GPL compatible". A
// short name is one where it is a point of a list, as in "MIT, ISC", and a word of another sense elsewhere; and so is the name of
// a license that nobody knows.
func (t *tagReader) namesAnother(rest []byte, read spdx.Expr) bool {
	n := licenseNaming()
	line := slices.Concat(t.text[t.start:t.end], rest) // for a semicolon that begins a line is the mark of a comment
	p := newMentionReader(line)
	p.begin(n.tokens(nil, line, 0, len(line)))
	for i := 0; i < p.last(); i++ {
		if int(p.t[i].start) < t.end-t.start {
			continue
		}
		if from := p.nameStart(i); p.endsName(i) && int(p.t[from].start) >= t.end-t.start && p.isOwnName(from, i+1) && p.isPoint(&mention{from: from, to: i + 1}) {
			return true // "MIT; Acme Source License"
		}
		m, ok := p.item(i)
		if !ok || m.link || p.is(m.to, isRemark) || !p.isStrong(m) && !p.isPoint(&m) && !(m.family != nil && m.family.gnu) {
			continue
		}
		named, err := spdx.Parse(m.expr)
		if err != nil || !isNamedIn(named, read) {
			return true
		}
		i = max(i, m.to-1)
	}
	return false
}

// isPoint reports whether nothing but marks, or a word that joins, stands on both sides of a name.
func (p *mentionReader) isPoint(m *mention) bool {
	const marks = sepComma | sepSemi | sepAmp | sepPlus
	joined := func(k int) bool { return p.t[k].sep&marks != 0 }
	before := joined(m.from) || m.from > 0 && (p.with.has(p.t[m.from-1].word) || p.and.has(p.t[m.from-1].word))
	return before && (m.to >= p.last() || joined(m.to) || p.t[m.to].sep&sepParen != 0 || p.and.has(p.t[m.to].word) || p.purpose.has(p.t[m.to].word))
}

// isNamedIn reports whether each license of named is one of those read, perhaps by its family's name or that of its sort.
func isNamedIn(named, read spdx.Expr) bool {
	return !slices.ContainsFunc(named.Normal().Terms(), func(a spdx.Term) bool {
		return !slices.ContainsFunc(read.Normal().Terms(), func(b spdx.Term) bool {
			stem, _, _, _ := splitVersion(a.ID)
			of, _, _, _ := splitVersion(b.ID)
			return a.ID == b.ID || sortOf(a.ID) != "" && sortOf(a.ID) == sortOf(b.ID) || stem != "" && stem == of
		})
	})
}
