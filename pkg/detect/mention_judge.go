package detect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// What stands around a name decides whether it states anything.

// judge decides whether the statement is one, by what stands around it.
func (p *mentionReader) judge(m *mentioned) bool {
	last := m.parts[len(m.parts)-1]
	if len(m.parts) > 1 && !p.isStrong(last) && p.namesThing(m.to) || p.is(m.to, isRemark) && !p.ends(m.to) && p.t[m.to].sep&sepParen == 0 && !last.licensed {
		if len(m.parts) == 1 {
			return false
		}
		m.parts = m.parts[:len(m.parts)-1] // "GPL-2.0 and GPL compatible", "BSD and MIT Scheme"
		m.to = m.parts[len(m.parts)-1].to
		m.expr = joinParts(m.parts, m.choice)
	}
	if p.inIdentifier(m.from, m.to) || p.isVersionOf(m.to) || p.isDirective(m.from) || p.isCompared(m) || p.isDeniedBehind(m) {
		return false
	}
	m.start, m.end = int(p.t[m.from].start), int(p.t[m.to-1].end)
	for _, part := range m.parts {
		m.strong = m.strong || p.isStrong(part)
	}
	negated, near := p.before(m)
	cell := p.inLicenseCell(m.from, m.to)
	near = near || cell
	if negated || p.isSubject(m) || p.othersName(m) || !near && p.listed(m) {
		return false
	}
	m.pointer = p.pointsToText(m.from)
	m.seen = p.refersTo(m)
	if p.isChangedForm(m) || p.isRestricted(m) {
		m.expr, m.parts = noAssertion, []mention{{from: m.from, to: m.to, expr: noAssertion}}
		m.grant = true // whoever keeps some use out grants the rest
	}
	if cell || !m.strong && !near && p.underHeading(m.from) {
		m.framed, near = true, true
	}
	if !cell && (p.t[m.from].sep&(sepSlash|sepPlus|sepAmp) != 0 || p.namesThing(m.to) || p.isLabel(m.to)) {
		near = false // "license | python", "available as a W3C Recommendation"
	}
	said := m.strong || m.framed && near || p.isGNU(m) || p.isOfWork(m) || p.isSentence(m) || p.apply(m) || p.different(m) || p.tiny && p.tells(m)
	m.weak = !said && !p.plain[m.parts[0].family]
	return said
}

// isGNU reports whether an acronym of GNU's stands behind "is": "this file is GPL". It is no word of another sense.
func (p *mentionReader) isGNU(m *mentioned) bool {
	f := m.parts[0].family
	return f != nil && f.gnu && m.from > 0 && !p.ends(m.from) && p.isVerb.has(p.t[m.from-1].word)
}

// isOfWork reports whether a short name is what a sentence says of a work: "the code is MIT.", "they are under ISC."
func (p *mentionReader) isOfWork(m *mentioned) bool {
	if m.to < p.last() && !p.ends(m.to) && p.t[m.to].sep&(sepComma|sepSemi|sepParen) == 0 || p.plain[m.parts[0].family] {
		return false
	}
	k := m.from - 1
	under := k > 0 && p.saysIs.has(p.t[k].word) && !p.isVerb.has(p.t[k].word)
	if under {
		k--
	}
	return k > 0 && p.isVerb.has(p.t[k].word) && !p.ends(k) && !p.ends(k+1) && (under || p.works.has(p.t[k-1].word))
}

// isStrong reports whether a name is no word of another sense.
func (p *mentionReader) isStrong(m mention) bool {
	return !m.word || m.licensed || m.version != "" && !p.plain[m.family] && !p.glued(m)
}

// publicDomain is what is said of a work that nobody owns.
const publicDomain = rules.PublicDomain

// isSentence reports whether "public domain" is all of a sentence, of what a colon introduces or of what stands in brackets.
func (p *mentionReader) isSentence(m *mentioned) bool {
	return m.expr == publicDomain && (m.from == 0 || p.ends(m.from) || p.t[m.from].sep&(sepSemi|sepParen|sepLine) != 0) &&
		(p.ends(m.to) || p.text[m.end] == ')' || p.text[m.end] == ',' && p.by.has(p.t[m.to].word))
}

// apply reports whether "terms apply" follows a name.
func (p *mentionReader) apply(m *mentioned) bool {
	return m.to+1 < p.last() && p.terms.has(p.t[m.to].word) && p.applies.has(p.t[m.to+1].word)
}

// isSubject reports whether the name begins a sentence that says what such a license is like, or is not: "The MIT license is
// permissive", "MIT does not".
func (p *mentionReader) isSubject(m *mentioned) bool {
	k := m.from
	if k > 0 && p.the.has(p.t[k-1].word) && !p.ends(k) {
		k--
	}
	if k > 0 && !p.ends(k) || m.to+1 >= p.last() || p.ends(m.to) || p.ends(m.to+1) {
		return false
	}
	if p.t[m.to].sep == sepSpace && (p.cannot.has(p.t[m.to].word) || p.nots.has(p.t[m.to+1].word) && p.t[m.to].class&(isGlue|isUndo) == 0) {
		return true
	}
	return rules.KindsOf(strings.ToLower(p.raw(m.to)))&rules.WordLike != 0 && !p.is(m.to+1, isGrant|isCue|isLicense)
}

// fewWords is how many other words a short text may have that says something by a license's name alone.
const fewWords = 12

// tells reports whether a name is no word of another sense, so that a text of few words that has it says
// something by it: it has a version, or is an acronym of GNU's and all there is.
func (p *mentionReader) tells(m *mentioned) bool {
	others := 0
	for k := range p.last() {
		if c := p.text[p.t[k].start]; (k < m.from || k >= m.to) && isASCIILetter(c) {
			others++
		}
	}
	switch first := m.parts[0]; {
	case first.family == nil:
		return false
	case others == 0:
		return first.version != "" || first.family.gnu
	default:
		return first.version != "" && !p.plain[first.family] && !p.glued(first) && others <= fewWords
	}
}

// isVersionOf reports whether "version of" follows a name: the last GPLv2 version of a compiler is none of a license.
func (p *mentionReader) isVersionOf(k int) bool {
	return k+1 < p.last() && !p.t[k].digit && p.t[k].sep == sepSpace && p.version.has(p.t[k].word) && p.of.has(p.t[k+1].word)
}

// noAssertion is what a name says where it is not known which license is meant.
const noAssertion = "NOASSERTION"

// isChangedForm reports whether what is stated is a license made of the one that is named: "a custom version of the MIT
// license", "the MIT license, with restrictions".
func (p *mentionReader) isChangedForm(m *mentioned) bool {
	k := m.from - 1
	for k >= 0 && k > m.from-5 && !p.ends(k+1) && (p.version.has(p.t[k].word) || p.is(k, isGlue|isStyle)) {
		k--
	}
	if p.narrows(k) || p.use.has(p.t[max(k, 0)].word) && p.narrows(k-1) {
		return true // "the non-commercial MIT license"
	}
	if k >= 0 && p.is(k, isChanged) && !p.ends(k+1) && p.t[k+1].sep&(sepSlash|sepSemi|sepComma) == 0 {
		return true
	}
	k = m.to
	if !strings.Contains(m.expr, "-NC") && isAddition(p.text[m.end:]) {
		return true
	}
	if k >= p.last() || !p.with.has(p.t[k].word) || p.ends(k) {
		return false
	}
	for k++; k < m.to+4 && k < p.last() && !p.ends(k); k++ {
		if p.is(k, isChanges) {
			return true
		}
	}
	return false
}

// narrows reports whether token k, in a sentence that goes on, keeps somebody or some use out: "academic", "non-commercial".
func (p *mentionReader) narrows(k int) bool {
	if k < 0 || p.ends(k+1) || p.t[k+1].sep&(sepComma|sepSemi|sepSlash|sepParen) != 0 {
		return false
	}
	word := strings.ToLower(p.raw(k))
	if word == "commercial" {
		return k > 0 && strings.EqualFold(p.raw(k-1), "non")
	}
	return rules.BindingWords()[word]&rules.Narrows != 0
}

// maxAddition is how many bytes behind a name are looked at.
const maxAddition = 80

// isAddition reports whether the text behind a license's name says in parentheses or behind a comma that the license was
// narrowed or changed: "MIT (non-commercial)", "BSD (custom)", "MIT, modified". What was "modified by Jo" is the work.
func isAddition(text []byte) bool {
	text = bytes.TrimLeft(text[:min(len(text), maxAddition)], " \t")
	if len(text) == 0 || text[0] != '(' && text[0] != ',' {
		return false
	}
	inside := text[0] == '('
	text = text[1:]
	if end := bytes.IndexAny(text, ")],;.\n"); end >= 0 {
		text = text[:end]
	}
	n := licenseNaming()
	var words []string
	for w := range source.Words(text) {
		if !inside && len(words) > 2 {
			break // behind a comma it is the first that tells
		}
		words = append(words, string(w.Text))
	}
	if len(words) > 0 && n.classes[n.numbers[words[0]]]&isChanged != 0 {
		return len(words) == 1 || rules.KindsOf(words[1])&rules.WordWhence == 0
	}
	for i, word := range words {
		limited := rules.BindingWords()[word]&rules.Narrows != 0 && word != "commercial" ||
			i > 0 && words[i-1] == "non" && (word == "commercial" || word == "free")
		ends := i+1 == len(words) || rules.KindsOf(words[i+1])&rules.WordLimited != 0
		first := i == 0 || i == 1 && words[0] == "non"
		if (inside || first) && limited && ends {
			return true
		}
	}
	return false
}

// saysOther tells most of what follows a name by the length and first letter of its word, before it is read as words
// normalised: none of the words that restrict begins with a word of more than three letters, and what is forgotten there are Roman
// numbers, the tag for a copyright, and "copyright" and "portions".
func (p *mentionReader) saysOther(m *mentioned) bool {
	t := p.t[m.to]
	n := t.end - t.start
	if n < 4 || !isASCIILetter(p.text[t.start]) || bytes.ContainsFunc(p.text[m.end:t.start], func(c rune) bool { return c >= utf8.RuneSelf }) {
		return false
	}
	first := lower(p.text[t.start])
	return first != 'c' && first != 'p' && (n > 5 || strings.IndexByte("sivx", first) < 0)
}

// isRestricted reports whether what is stated is a license without commercial use, which is another one: "the MIT
// license, for non-commercial use only".
func (p *mentionReader) isRestricted(m *mentioned) bool {
	if strings.Contains(m.expr, "-NC") || p.saysOther(m) {
		return false
	}
	var room [64]byte
	words := room[:0]
	for w := range source.Words(p.text[m.end:min(len(p.text), m.end+100)]) {
		words = append(append(words, w.Text...), ' ')
		open := false
		for _, phrase := range rules.WordsOf(rules.WordRestricts) {
			n := min(len(phrase), len(words))
			if phrase[:n] != string(words[:n]) {
				continue
			}
			if n < len(words) && words[n] == ' ' {
				return true
			}
			open = true
		}
		if !open {
			break // nearly always behind the first word
		}
	}
	return false
}

// different reports whether the statement joins the short names of several licenses: "MIT & GPL".
func (p *mentionReader) different(m *mentioned) bool {
	if p.namesProgram(m) && sortOf(m.parts[0].expr) != "BSD" {
		return false // "symlinks and lsof"
	}
	for i := 1; i < len(m.parts); i++ {
		first, next := m.parts[0].expr, m.parts[i].expr
		if first != next && (sortOf(first) == "" || sortOf(first) != sortOf(next)) {
			return true
		}
	}
	return false
}

// glued reports whether a short name and its version are written as one word, as names in programs are.
func (p *mentionReader) glued(m mention) bool {
	return m.to == m.from+2 && p.t[m.to-1].sep == 0 && p.t[m.to-1].end-p.t[m.to-1].start == 1 && !m.later
}

// othersName reports whether the name is the end of another: "Acme Open Software License".
func (p *mentionReader) othersName(m *mentioned) bool {
	k := m.from - 1
	if k < 0 || !p.is(m.from, isGeneric) || p.t[m.from].sep != sepSpace || p.t[k].class != 0 || p.t[k].word != 0 {
		return false
	}
	first := p.text[p.t[k].start]
	return 'A' <= first && first <= 'Z' && p.t[k].end-p.t[k].start > 1
}

// namesThing reports whether a word in large letters that no name has follows at token k.
func (p *mentionReader) namesThing(k int) bool {
	if k >= p.last() || p.t[k].sep != sepSpace || p.t[k].class != 0 || p.t[k].word != 0 || p.t[k].url {
		return false
	}
	first := p.text[p.t[k].start]
	return 'A' <= first && first <= 'Z'
}

// listed reports whether the name stands in quotes or between strokes among others.
func (p *mentionReader) listed(m *mentioned) bool {
	before, after := p.t[m.from].sep, p.t[m.to].sep
	if before&after&sepSlash != 0 && !bytes.HasPrefix(bytes.TrimLeft(p.text[m.end:], " "), []byte("*/")) {
		return true
	}
	return before&sepQuote != 0 && after&sepQuote != 0 && (before|after)&(sepComma|sepParen) != 0
}

// before reads the words before a name back to the beginning of the sentence: whether they deny or give
// it, and whether what gives it stands near.
func (p *mentionReader) before(m *mentioned) (negated, near bool) {
	undone, tight, subject, bound := false, true, false, false
	for k, n := m.from-1, 0; k >= 0 && n < maxBack && !p.ends(k+1); k, n = k-1, n+1 {
		class := p.t[k].class
		if p.beginsClause(m, k) || p.compares(k) {
			break
		}
		subject = subject || m.under && class == 0 && !p.verbs.has(p.t[k].word)
		if p.subject.has(p.t[k].word) && p.to.has(p.t[k+1].word) { // "as defined in and that are subject to the"
			bound = true
			m.framed, m.grant, near = true, true, near || tight
		}
		switch {
		case class&isUndo != 0:
			undone = true
		case class&isNegation != 0 && !undone && !(bound && p.defined.has(p.t[k].word)) && p.denies(k, tight, subject),
			!m.strong && p.same.has(p.t[k].word), p.isOwnText(k), p.isUsedBeside(k):
			return true, false
		}
		if class&(isGrant|isCue|isLicense) != 0 && (n < 6 || tight) && (!p.to.has(p.t[k+1].word) || p.you.has(p.t[k+2].word)) &&
			(!p.by.has(p.t[k+1].word) || p.boundBy.has(p.t[k].word)) && p.isFrame(m, k) {
			m.framed = true
			near = near || tight
			if class&isGrant != 0 || p.mayBeUsed(k) {
				m.grant = true
				m.under = m.under || p.under.has(p.t[k+1].word)
				m.start = int(p.t[k].start)
			}
		}
		if class&(isGlue|isCue|isGrant|isLicense|isChoice|isFiller) == 0 {
			tight = false
		}
	}
	return false, near
}

// mayBeUsed reports whether "may be used under" begins two words before token k: it gives what no other form of "use" does.
func (p *mentionReader) mayBeUsed(k int) bool {
	return k > 1 && p.be.has(p.t[k-1].word) && p.used.has(p.t[k].word) && p.under.has(p.t[k+1].word) && strings.EqualFold(p.raw(k-2), "may")
}

// beginsClause reports whether what is said of a license begins behind token k, so that what stands before denies nothing.
func (p *mentionReader) beginsClause(m *mentioned, k int) bool {
	next := p.t[k+1]
	switch {
	case next.sep&(sepSemi|sepLine) != 0 && bytes.IndexByte(p.text[p.t[k].end:next.start], ';') >= 0:
		return true // "there is no warranty; it is free software under"
	case next.sep&(sepComma|sepQuote) == sepComma|sepQuote:
		return true // 'BSD-3-Clause-No-Nuclear-License', 'BSD-3-Clause'
	case next.sep&(sepComma|sepSemi) != 0 && (m.under || p.clause.has(next.word)):
		return true // "unlike the rest, this file is"
	}
	return m.under && p.and.has(p.t[k].word) && !p.is(k, isGrant) // "comes with no warranty and is released under"
}

// compares reports whether "in terms of" or "terms in" ends at token k: nothing is licensed by that.
func (p *mentionReader) compares(k int) bool {
	return p.terms.has(p.t[k].word) && (k > 0 && p.in.has(p.t[k-1].word) || p.in.has(p.t[k+1].word))
}

// denies reports whether a word of negation, token k, denies what is said: close before the name, or of what is licensed, if
// that is already passed. "No warranty", "files not in" and "an S3 compatible store" are about something else.
func (p *mentionReader) denies(k int, tight, subject bool) bool {
	next := p.t[k+1]
	switch {
	case next.sep&sepSemi != 0, p.lacks.has(next.word), p.t[k].end-p.t[k].start == 1 && p.t[k].sep&sepQuote == 0:
		return false // the t of "isn't" stands behind its mark
	case p.t[k].sep == sepHyphen && next.sep == sepHyphen: // BSD-3-Clause-No-Nuclear-License
		return false
	case subject && (p.describes.has(p.t[k].word) || p.in.has(next.word)):
		return false
	}
	return tight || !p.without.has(p.t[k].word)
}

// pointsToText reports whether "text of" stands before the name at token i: it says where a license can be read.
func (p *mentionReader) pointsToText(i int) bool {
	k := i - 1
	if k >= 0 && p.the.has(p.t[k].word) {
		k--
	}
	return k >= 1 && p.of.has(p.t[k].word) && p.body.has(p.t[k-1].word)
}

// refersTo reports whether the words around a name only say where the license can be read, as a notice does at its end:
// "see the GNU General Public License", "a copy of the", "use the ... instead of this License".
func (p *mentionReader) refersTo(m *mentioned) bool {
	k := m.from - 1
	if k >= 0 && p.the.has(p.t[k].word) {
		k--
	}
	return m.pointer || m.parts[0].pointer || k >= 0 && p.refers.has(p.t[k].word) ||
		k >= 1 && p.of.has(p.t[k].word) && p.copies.has(p.t[k-1].word) ||
		m.to < p.last() && p.instead.has(p.t[m.to].word)
}

// isOwnText reports whether "text of this license" ends at token k: what follows is about the license.
func (p *mentionReader) isOwnText(k int) bool {
	return k >= 3 && p.is(k, isLicense) && p.this.has(p.t[k-1].word) && p.of.has(p.t[k-2].word) && p.body.has(p.t[k-3].word)
}

// isUsedBeside reports whether "use Python with software" ends at token k: the license is that of what something is used with.
func (p *mentionReader) isUsedBeside(k int) bool {
	return k >= 3 && p.with.has(p.t[k-1].word) && strings.EqualFold(p.raw(k), "software") && (p.use.has(p.t[k-3].word) || k >= 4 && p.use.has(p.t[k-4].word))
}

// inIdentifier reports whether the words are a part of a longer name in a program: GPL_ONLY, lgpl.o.
func (p *mentionReader) inIdentifier(from, to int) bool {
	before, after := p.t[from].sep, p.t[to].sep
	start := int(p.t[from].start)
	if start > 0 && p.text[start-1] == '/' && !p.t[from].url || before == sepLow || before == sepDot && start > 0 || after == sepLow {
		return true
	}
	if end := int(p.t[to-1].end); end < len(p.text) && p.text[end] == '@' {
		return true
	}
	if after == 0 && to < p.last() && !p.t[to].url || before == 0 && from > 0 && p.t[from].start == p.t[from-1].end {
		return true
	}
	return before == sepHyphen && from > 0 && p.t[from-1].class == 0 || (after == sepDot || after == sepHyphen) && to < p.last() && p.t[to].class == 0 && !p.t[to].url
}
