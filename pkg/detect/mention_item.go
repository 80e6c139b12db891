package detect

import (
	"strings"
)

// mention is the name of a license, with its version and what belongs to it, at tokens [from, to).
type mention struct {
	from, to int
	expr     string
	family   *family // nil for a license that has none
	version  string  // "" for a family's name alone
	later    bool    // "or later" is written
	only     bool    // "only" is written
	word     bool    // a license only where one is spoken of
	licensed bool    // the word license belongs to it
	link     bool
	pointer  bool // it says where the text can be read
	moved    bool // it is an address where another license was read later
	joint    byte // what joins it to the one before: see connector
}

// mentionReader reads names among the tokens of a window.
type mentionReader struct {
	*grammar
	text  []byte
	t     []token
	items itemMemo
	table licenseTable
	tiny  bool // the text is the whole of a file of few words
	parts bool // it is asked for whether a part is spoken of

	partsRead, part int // see partBefore
}

// ends reports whether a sentence or paragraph ends before token k.
func (p *mentionReader) ends(k int) bool {
	s := p.t[k].sep
	return s&sepBlank != 0 || s&sepStop != 0
}

// last is the number of the end mark.
func (p *mentionReader) last() int { return len(p.t) - 1 }

// is reports whether token k is a word of the class.
func (p *mentionReader) is(k int, c wordClass) bool { return k < p.last() && p.t[k].class&c != 0 }

func (p *mentionReader) raw(k int) string {
	return string(p.text[p.t[k].start:p.t[k].end])
}

// itemMemo has the names that were read last, by the low bits of their tokens: one in a long list is asked for again by
// each before it.
type itemMemo [64]mention

// begin gives the reader other tokens to read.
func (p *mentionReader) begin(t []token) { p.t, p.items, p.partsRead, p.part = t, itemMemo{}, 0, -1 }

// item reads the license that is named at token i. It depends on nothing but the tokens.
func (p *mentionReader) item(i int) (mention, bool) {
	slot := &p.items[i%len(p.items)]
	if slot.to > 0 && slot.from == i {
		return *slot, true
	}
	m, ok := p.readItem(i)
	if ok && m.from == i && m.to > i {
		*slot = m
	}
	return m, ok
}

func (p *mentionReader) readItem(i int) (mention, bool) {
	if p.t[i].url {
		return p.link(i)
	}
	if m, ok := p.versionFirst(i); ok {
		return m, true
	}
	c, end := p.longest(p.t, i)
	if cc, ccEnd := p.creativeCommons(i); cc != nil && (ccEnd > end || c == nil || c.family != nil) {
		m := mention{from: i, to: ccEnd, family: cc}
		p.after(&m)
		p.place(&m)
		if longer, listed := p.longest(p.t, i); longer != nil && longer.family == nil && listed >= m.to {
			return p.fixed(i, listed, longer), true
		}
		return m, m.version != "" || p.t[i].sep == 0 || m.to > i+2
	}
	if c == nil || c.with || c.family == nil && c.expr == "" {
		return mention{}, false
	}
	if c.family == nil {
		return p.fixed(i, end, c), true
	}
	m := mention{from: i, to: end, family: c.family, word: c.word}
	p.after(&m)
	if m.version == "" && c.expr != "" {
		m.expr = c.expr
	}
	return m, m.expr != noAssertion
}

func (p *mentionReader) fixed(from, to int, c *called) mention {
	m := mention{from: from, to: to, expr: c.expr, word: c.word}
	p.suffix(&m)
	m.to = p.behindTerm(m.to)
	return m
}

// suffix takes the word license after a name, and "style" and the like before it.
func (p *mentionReader) suffix(m *mention) {
	k := m.to
	for p.is(k, isStyle) && !p.ends(k) && k < m.to+2 {
		k++
	}
	if p.is(k, isLicense) && !p.ends(k) && p.t[k].sep&(sepLow|sepSemi|sepComma) == 0 && p.behindPlace(k) == k {
		m.licensed, m.to = true, k+1
		return
	}
	if k > m.to && p.t[m.to].sep&sepHyphen != 0 {
		m.to = k
	}
	if k < p.last() && p.t[k].sep&(sepQuote|sepHyphen) != 0 && (p.d.has(p.t[k].word) || p.ed.has(p.t[k].word)) {
		m.licensed, m.to = true, k+1
	} else if k < p.last() && (p.is(k, isGrant) && strings.HasPrefix(strings.ToLower(p.raw(k)), "licen")) && !p.ends(k) {
		m.licensed, m.to = true, k+1
	}
}

// after reads what follows the name of a family: its short name in parentheses, a version, "or later".
func (p *mentionReader) after(m *mention) {
	p.suffix(m)
	m.to = p.behindTerm(m.to)
	behind := p.behindPlace(m.to) // a file's name in brackets has no version to tell
	closed := false               // the short name stands in brackets: "Acme License (AL) 1.0"
	if c, end := p.longest(p.t, m.to); c != nil && c.family == m.family && !p.ends(m.to) && behind == m.to {
		inner := mention{from: m.to, to: end, family: m.family}
		p.suffix(&inner)
		m.to = inner.to
		m.licensed = m.licensed || inner.licensed
		behind, closed = m.to, p.closes(m.to) && p.t[m.to].sep&sepLine == 0 && !p.isMark(m.to)
	}
	end, version, ok := p.number(behind, m.family, closed)
	if !ok {
		end, version, ok = p.versionAfter(behind, m.family)
	}
	if ok {
		m.version, m.to = version, end
		p.later(m)
		p.suffix(m)
		m.to = p.behindTerm(m.to)
		if !m.later && !m.only {
			p.later(m)
		}
	} else {
		p.later(m)
	}
	m.expr = m.family.term(m.version, m.later)
	p.another(m)
}

// maxFiller bounds the words between a family's name and its version, as in "as published by the Free
// Software Foundation; either version 2".
const maxFiller = 22

// versionAfter finds the version that follows the name of a family, from token k on.
func (p *mentionReader) versionAfter(k int, f *family) (end int, version string, ok bool) {
	if end, version, ok = p.number(k, f, false); ok {
		return end, version, true
	}
	for n := 0; n < maxFiller && k < p.last(); n++ {
		s := p.t[k].sep
		if s&sepBlank != 0 && n > 0 || s&sepStop != 0 && !p.abbreviated(k) {
			if n > 0 || s&sepBlank != 0 || !p.version.has(p.t[k].word) {
				return 0, "", false
			}
		}
		if p.version.has(p.t[k].word) {
			return p.number(k, f, true)
		}
		if p.v.has(p.t[k].word) && k+1 < p.last() && p.t[k+1].digit {
			return p.number(k, f, true)
		}
		if p.t[k].class&isFiller == 0 && !p.t[k].url {
			return 0, "", false
		}
		k++
	}
	return 0, "", false
}

// abbreviated reports whether the full stop before token k ends "Inc." or "v." rather than a sentence.
func (p *mentionReader) abbreviated(k int) bool {
	if k == 0 {
		return false
	}
	w := strings.ToLower(p.raw(k - 1))
	return w == "inc" || w == "v" || w == "ver" || w == "lic"
}

// numerals are versions that people write as words.
var numerals = map[string]string{"one": "1", "two": "2", "three": "3", "ii": "2", "iii": "3"}

// number reads a version of the family at token k, which may begin with the word for it. written says
// that the word has been seen, so that the number needs no other sign.
func (p *mentionReader) number(k int, f *family, written bool) (end int, version string, ok bool) {
	start := k
	for k < p.last() && k < start+3 && (p.version.has(p.t[k].word) || p.v.has(p.t[k].word)) {
		if k == start && p.t[k].sep&sepBlank != 0 || k == start && p.ends(k) && !p.abbreviated(k) && !written {
			return 0, "", false
		}
		k++
		written = true
	}
	if k >= p.last() || !p.t[k].digit && (!written || numerals[strings.ToLower(p.raw(k))] == "") {
		return 0, "", false
	}
	s := p.t[k].sep
	if p.atLeast(k) {
		s = sepSpace
	}
	if s&sepBlank != 0 || s&sepStop != 0 && !p.abbreviated(k) && k == start || !written && s&(sepSemi|sepLow|sepSlash|sepParen|sepOther|sepPlus) != 0 && s&sepParen == 0 {
		return 0, "", false
	}
	if p.clauses.has(p.t[k+1].word) && p.t[k+1].sep == sepHyphen {
		return 0, "", false // "or 3-clause BSD"
	}
	text := p.raw(k)
	if !p.t[k].digit {
		text = numerals[strings.ToLower(text)]
	}
	if k+1 < p.last() && p.t[k+1].sep == 0 && p.t[k+1].end-p.t[k+1].start == 1 {
		if v, ok := f.version(text + p.raw(k+1)); ok {
			return k + 2, v, true
		}
	}
	if k+1 < p.last() && p.t[k+1].digit && p.t[k+1].sep&^(sepLow|sepHyphen) == 0 && p.t[k+1].sep != 0 {
		if v, ok := f.version(text + "." + p.raw(k+1)); ok {
			return k + 2, v, true
		}
	}
	v, ok := f.version(text)
	return k + 1, v, ok
}

// atLeast reports whether ">=" stands before token k.
func (p *mentionReader) atLeast(k int) bool {
	return strings.HasSuffix(strings.TrimRight(string(p.text[max(0, p.t[k].start-4):p.t[k].start]), " "), ">=")
}

// later takes "or later" in its many forms, and "only", after what was read.
func (p *mentionReader) later(m *mention) {
	k := m.to
	if p.t[k-1].digit && p.atLeast(k-1) {
		m.later = true
		return
	}
	if p.t[k].sep&sepPlus != 0 && p.t[k].start > p.t[k-1].end && p.text[p.t[k-1].end] == '+' {
		m.later = true
		return
	}
	k = p.skipOf(k)
	if k >= p.last() || p.t[k].sep&(sepBlank|sepLow) != 0 || p.ends(k) && !p.abbreviated(k) {
		return
	}
	switch {
	case p.plus.has(p.t[k].word) && !p.namesAt(k+1):
		m.later, m.to = true, k+1
	case p.only.has(p.t[k].word):
		m.only, m.to = true, k+1
	case p.or.has(p.t[k].word) || p.and.has(p.t[k].word):
		if end, ok := p.laterAfter(k + 1); ok {
			m.later, m.to = true, end
		}
	case p.is(k, isLater) && p.t[k].sep&^(sepSpace|sepComma|sepLine|sepParen|sepHyphen) == 0 && (m.version != "" || p.t[k].sep&sepHyphen != 0):
		if end, ok := p.laterAfter(k); ok && p.t[k].word != 0 && !p.ends(k) && strings.HasPrefix(strings.ToLower(p.raw(k)), "later") {
			m.later, m.to = true, end
		}
	}
}

// namesAt reports whether another license is named at token k, so that a plus before it joins the two.
func (p *mentionReader) namesAt(k int) bool {
	for k < p.last() && p.the.has(p.t[k].word) {
		k++
	}
	if k >= p.last() {
		return false
	}
	_, ok := p.item(k)
	return ok
}

// skipOf passes over "of the license", "of the GNU General Public License", "(the License)".
func (p *mentionReader) skipOf(k int) int {
	at := k
	for n := 0; n < 8 && at < p.last() && p.t[at].class&isFiller != 0 && !p.ends(at); n++ {
		if !p.and.has(p.t[at].word) && (n > 0 || p.of.has(p.t[at].word) || p.the.has(p.t[at].word)) {
			at++
			continue
		}
		break
	}
	return at
}

// laterAfter reads "(at your option) any later version" from token k on.
func (p *mentionReader) laterAfter(k int) (end int, ok bool) {
	for n := 0; n < 12 && k < p.last(); n++ {
		if p.t[k].sep&sepBlank != 0 {
			return 0, false
		}
		switch class := p.t[k].class; {
		case class&isLater != 0:
			k++
			for k < p.last() && (p.version.has(p.t[k].word) || p.is(k, isLater)) && !p.ends(k) {
				k++
			}
			return k, !p.approved.has(p.t[k].word) // by somebody: not for the recipient to choose
		case class&isBetween == 0:
			return 0, false
		}
		k++
	}
	return 0, false
}

// another reads a second version: "version 2 or version 3", "v2 and v3".
func (p *mentionReader) another(m *mention) {
	for k := p.skipOf(m.to); m.version != "" && k < p.last(); k = p.skipOf(m.to) {
		if p.or.has(p.t[k].word) || p.and.has(p.t[k].word) || p.t[k].sep&sepComma != 0 && p.version.has(p.t[k].word) {
			if !p.version.has(p.t[k].word) {
				k++
			}
			for n := 0; n < 3 && p.is(k, isBetween) && !p.version.has(p.t[k].word); n++ {
				k++
			}
			if k >= p.last() {
				return
			}
			end, version, ok := p.number(k, m.family, false)
			if !ok || end <= k || p.ofAnother(end, m.family) {
				return
			}
			next := mention{from: m.from, to: end, family: m.family, version: version}
			p.later(&next)
			p.suffix(&next)
			m.expr += " OR " + m.family.term(version, next.later)
			m.to, m.later, m.licensed = next.to, next.later, m.licensed || next.licensed
			continue
		}
		return
	}
}

// ofAnother reports whether "of the" and the name of another family follow at token k: what stands before it is a version
// of that.
func (p *mentionReader) ofAnother(k int, f *family) bool {
	if k >= p.last() || !p.of.has(p.t[k].word) {
		return false
	}
	for k++; k < p.last() && p.is(k, isGlue) && !p.ends(k); k++ {
		if named := p.longestFamily(k); named != nil {
			return named != f
		}
	}
	named := p.longestFamily(k)
	return named != nil && named != f
}

// versionFirst reads "version 2 or later of the GNU General Public License".
func (p *mentionReader) versionFirst(i int) (mention, bool) {
	if !p.version.has(p.t[i].word) && !p.v.has(p.t[i].word) || i+3 >= p.last() || !p.t[i+1].digit {
		return mention{}, false
	}
	numbers := []int{i + 1}
	m := mention{from: i, to: i + 2}
	if k := i + 2; p.or.has(p.t[k].word) && k+2 < p.last() {
		if p.version.has(p.t[k+1].word) {
			k++
		}
		if p.t[k+1].digit {
			numbers = append(numbers, k+1)
			m.to = k + 2
		}
	}
	if p.t[m.to].sep&sepPlus != 0 {
		m.later = true
	} else if p.or.has(p.t[m.to].word) || p.and.has(p.t[m.to].word) {
		if end, ok := p.laterAfter(m.to + 1); ok {
			m.later, m.to = true, end
		}
	} else if p.only.has(p.t[m.to].word) {
		m.only = true
		m.to++
	}
	k, of := m.to, false
	for k < p.last() && k < m.to+5 && p.is(k, isGlue) && p.longestFamily(k) == nil && !p.ends(k) {
		of = of || p.of.has(p.t[k].word)
		k++
	}
	c, end := p.longest(p.t, k)
	if !of || c == nil || c.family == nil || p.ends(k) {
		return mention{}, false
	}
	m.family, m.to = c.family, end
	var all []string
	for _, at := range numbers {
		v, ok := m.family.version(p.raw(at))
		if !ok {
			return mention{}, false
		}
		m.version = v
		all = append(all, m.family.term(v, false))
	}
	p.suffix(&m)
	if !m.later && !m.only {
		p.later(&m)
	}
	all[len(all)-1] = m.family.term(m.version, m.later)
	m.expr = strings.Join(all, " OR ")
	return m, true
}

func (p *mentionReader) longestFamily(k int) *family {
	if c, _ := p.longest(p.t, k); c != nil {
		return c.family
	}
	return nil
}
