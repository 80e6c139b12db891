package detect

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/rules"
)

// RuleMention begins the rule of a claim made for the name of a license, RuleLink of one for an address.
const (
	RuleMention = "mention"
	RuleLink    = "link"
)

// mentionBefore and mentionAfter are how far around a cue names are looked for.
const (
	mentionBefore = 300
	mentionAfter  = 500
)

// statement is one or more names joined to an expression, and what stands around them.
type mentioned struct {
	mention
	parts   []mention
	framed  bool // what stands before says that a license is spoken of
	grant   bool // and that it is given
	under   bool // and it is given under what is named
	with    bool // it is an exception without its license
	strong  bool // the name says enough
	pointer bool // it says where the text of the license can be read
	start   int  // byte where the statement begins
	end     int
}

// mentions finds names of licenses, their versions and what joins them, wherever what stands around them
// says that they apply. It looks only near the cues that the gate has found.
func (r *reading) mentions() {
	if !namesOthers(r.path) {
		r.mentionClaims(r.mentioned)
	}
}

// findMentions reads the names in a passage.
func (r *reading) findMentions() {
	windows := r.mentionWindows()
	if len(windows) == 0 {
		return
	}
	n := licenseNaming()
	scratch := tokenScratch.Get().(*[]token)
	defer tokenScratch.Put(scratch)
	p := newMentionReader(n, r.prose)
	p.tiny = r.tiny
	for _, g := range windows {
		*scratch = n.tokens(*scratch, r.prose, g.start, g.end)
		p.t = *scratch
		r.mentioned = append(r.mentioned, p.find()...)
	}
}

// othersFiles are the names, or what they end in after a *, of files that name the licenses of other
// components or of none: lockfiles, inventories, policies. Readers of their own know whose they are.
var othersFiles = []string{"*.lock", "*-lock.json", "*-lock.yaml", "*-lock.yml", "*.lock.json", "*.lockb", "go.sum", "go.mod", "go.work.sum",
	"npm-shrinkwrap.json", "package.json", "installed.json", "*.sarif", "*.spdx", "*.spdx.json", "*.cdx.json", "*.cdx.xml",
	"bom.json", "bom.xml", "licet.yaml", ".licet.yaml"}

// namesOthers reports whether a file so called speaks of other components.
func namesOthers(p string) bool {
	name := path.Base(p)
	return slices.ContainsFunc(othersFiles, func(o string) bool {
		ending, any := strings.CutPrefix(o, "*")
		return name == o || any && strings.HasSuffix(name, ending)
	})
}

func newMentionReader(n *names, text []byte) *mentionReader {
	p := *grammarWords()
	p.names, p.text = n, text
	return &p
}

// versionWords stand before a version.
const versionWords = "version versions ver vers release rev revision v"

// grammarWords is a reader that knows the words that the grammar asks for.
var grammarWords = sync.OnceValue(func() *mentionReader {
	n := licenseNaming()
	return &mentionReader{
		v: n.set("v"), version: n.set(versionWords), or: n.set("or"), and: n.set("and"),
		with: n.set("with plus including"), of: n.set("of"), the: n.set("the"), d: n.set("d"), to: n.set("to"), under: n.set("under by with as in"), ed: n.set("ed"),
		only: n.set("only"), plus: n.set("plus"), same: n.set("same"), by: n.set("by"),
		boundBy: n.set("covered governed protected"), this: n.set("this"), body: n.set("text"), approved: n.set("accepted approved"), without: n.set("without")}
})

// mentionWindows gives the parts of the text in which names are looked for, cut at line ends.
func (r *reading) mentionWindows() []region {
	if r.tiny {
		return []region{{0, len(r.text)}}
	}
	var out []region
	for at := range r.cues(cueLicense | cueName | cueTerms) {
		if n := len(out); n > 0 && at+mentionAfter <= out[n-1].end {
			continue
		}
		g := region{max(0, at-mentionBefore), min(len(r.text), at+mentionAfter)}
		if i := bytes.IndexByte(r.text[g.start:at], '\n'); i >= 0 && g.start > 0 {
			g.start += i + 1
		}
		if i := bytes.LastIndexByte(r.text[at:g.end], '\n'); i >= 0 && g.end < len(r.text) {
			g.end = at + i + 1
		}
		if n := len(out); n > 0 && g.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, g.end)
		} else {
			out = append(out, g)
		}
	}
	return out
}

// find reads all statements among the tokens.
func (p *mentionReader) find() []mentioned {
	var out []mentioned
	for i := 0; i < p.last(); {
		if !p.opens[p.t[i].word] && !p.t[i].url {
			i++
			continue
		}
		first, ok := p.item(i)
		if !ok {
			if m, ok := p.namedException(i); ok {
				out = append(out, m)
				i = m.to
			}
			i++
			continue
		}
		m := p.joined(first)
		if p.judge(&m) {
			if n := len(out); n > 0 {
				m.start = max(m.start, out[n-1].end) // both may hang on one "licensed under"
			}
			out = append(out, m)
		}
		i = max(m.to, i+1)
	}
	return out
}

// namedException reads an exception that stands apart from its license: "the GCC Runtime Library Exception".
func (p *mentionReader) namedException(i int) (mentioned, bool) {
	m := mentioned{mention: mention{from: i}, with: true}
	if p.t[i].url {
		name := linkKey(p.raw(i))
		prefix := p.underPrefix(name)
		if prefix == nil {
			return m, false
		}
		x, ok := rules.ExceptionByID(name[len(prefix.prefix):])
		m.expr, m.to = x.ID, i+1
		m.start, m.end = int(p.t[i].start), int(p.t[i].end)
		return m, ok
	}
	c, end := p.longest(p.t, i)
	if c == nil || !c.with {
		return m, false
	}
	m.expr, m.to = c.expr, end
	m.start, m.end = int(p.t[i].start), int(p.t[end-1].end)
	written := bytes.ToLower(p.text[m.start:m.end])
	said := bytes.Contains(written, []byte("exception")) || !strings.Contains(c.expr, "exception")
	return m, said && !p.inIdentifier(m.from, m.to) && !p.listed(&m)
}

// joined takes the names that follow the first, as in "MIT or Apache-2.0", and their exceptions.
func (p *mentionReader) joined(first mention) mentioned {
	m := mentioned{mention: first}
	p.exception(&first)
	m.parts = append(m.parts, first)
	or := false
	for {
		k, joint := p.connector(m.parts[len(m.parts)-1].to)
		if joint == 0 {
			break
		}
		next, ok := p.item(k)
		if !ok || next.link && !first.link {
			break
		}
		p.exception(&next)
		or = or || joint == 'o'
		m.parts = append(m.parts, next)
	}
	m.to = m.parts[len(m.parts)-1].to
	or = or || p.offersChoice(m.from)
	m.expr = joinParts(m.parts, or)
	return m
}

// joinParts writes the expression of several mentions, each license once.
func joinParts(parts []mention, or bool) string {
	op := " AND "
	if or {
		op = " OR "
	}
	var all []string
	for _, part := range parts {
		e := part.expr
		if len(parts) > 1 && strings.Contains(e, " ") {
			e = "(" + e + ")"
		}
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return strings.Join(all, op)
}

// exception takes "with the Classpath exception" after a license.
func (p *mentionReader) exception(m *mention) {
	k := m.to
	if k >= p.last() || p.ends(k) || !p.with.has(p.t[k].word) || strings.Contains(m.expr, " ") {
		return
	}
	for k++; k < m.to+4 && k < p.last(); k++ {
		if c, end := p.longest(p.t, k); c != nil && c.with {
			m.expr += " WITH " + c.expr
			m.to = end
			return
		}
	}
}

// connector reads what may join two names at token k: it returns where the second begins, and 'o' for an
// or, 'a' for an and, 0 for none.
func (p *mentionReader) connector(k int) (next int, joint byte) {
	if k >= p.last() || p.t[k].sep&sepBlank != 0 || p.ends(k) && !p.abbreviated(k) {
		return 0, 0
	}
	switch s := p.t[k].sep; {
	case p.or.has(p.t[k].word):
		k, joint = k+1, 'o'
	case p.and.has(p.t[k].word):
		k, joint = k+1, 'a'
		if k < p.last() && p.or.has(p.t[k].word) {
			k, joint = k+1, 'o'
		}
	case s&sepSlash != 0 && s&(sepSpace|sepLow|sepDot) == 0 || s&sepSlash != 0 && s&sepSpace != 0 && s&^(sepSlash|sepSpace|sepQuote) == 0:
		return k, 'o'
	case s&(sepPlus|sepAmp) != 0 && s&sepSpace != 0:
		return k, 'a'
	case s&sepComma != 0:
		if p.the.has(p.t[k].word) {
			k++
		}
		if p.listGoesOn(k) {
			return k, 'a'
		}
		return 0, 0
	default:
		return 0, 0
	}
	for n := 0; n < 8 && k < p.last() && !p.ends(k); n++ {
		if _, ok := p.item(k); ok {
			return k, joint
		}
		if p.t[k].class&(isGlue|isCue|isGrant|isChoice|isLicense) == 0 {
			return 0, 0
		}
		k++
	}
	return 0, 0
}

// listGoesOn reports whether a name follows at token k and an "or" or "and" with another after it,
// or the list ends with a third name, as in "MIT, BSD-2-Clause, ISC".
func (p *mentionReader) listGoesOn(k int) bool {
	for n := 0; n < 6 && k < p.last(); n++ {
		m, ok := p.item(k)
		if ok && n > 0 && (m.to >= p.last() || p.ends(m.to)) {
			return true
		}
		if !ok || m.to >= p.last() {
			return false
		}
		if k = m.to; p.or.has(p.t[k].word) || p.and.has(p.t[k].word) {
			return true
		}
		if p.t[k].sep&sepComma == 0 {
			return false
		}
		if p.the.has(p.t[k].word) {
			k++
		}
	}
	return false
}

// maxBack is how many words before a name are looked at.
const maxBack = 14

// offersChoice reports whether the words before token i say that one of several may be chosen.
func (p *mentionReader) offersChoice(i int) bool {
	for k := i - 1; k >= 0 && k >= i-maxBack && !p.ends(k+1); k-- {
		if p.is(k, isChoice) && !p.the.has(p.t[k].word) {
			return true
		}
	}
	return false
}

// judge decides whether the statement is one, by what stands around it.
func (p *mentionReader) judge(m *mentioned) bool {
	if p.is(m.to, isRemark) && !p.ends(m.to) && !m.parts[len(m.parts)-1].licensed {
		if len(m.parts) == 1 {
			return false
		}
		m.parts = m.parts[:len(m.parts)-1] // "GPL-2.0 and GPL compatible"
		m.to = m.parts[len(m.parts)-1].to
		m.expr = joinParts(m.parts, strings.Contains(m.expr, " OR "))
	}
	if p.inIdentifier(m.from, m.to) || p.isVersionOf(m.to) {
		return false
	}
	m.start, m.end = int(p.t[m.from].start), int(p.t[m.to-1].end)
	for _, part := range m.parts {
		m.strong = m.strong || !part.word || part.licensed || part.version != "" && !p.plain[part.family] && !p.glued(part)
	}
	negated, near := p.before(m)
	if negated || p.othersName(m) || !near && p.listed(m) {
		return false
	}
	m.pointer = p.pointsToText(m.from)
	if p.isChangedForm(m) {
		m.expr, m.parts = noAssertion, []mention{{from: m.from, to: m.to, expr: noAssertion}}
	}
	if p.t[m.from].sep&(sepSlash|sepPlus|sepAmp) != 0 || p.namesThing(m.to) {
		near = false // "license | python", "available as a W3C Recommendation"
	}
	return m.strong || m.framed && near || p.different(m) || p.tiny && p.tells(m)
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
	if k >= 0 && p.is(k, isChanged) && !p.ends(k+1) && p.t[k+1].sep&(sepSlash|sepSemi|sepComma) == 0 {
		return true
	}
	k = m.to
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

// different reports whether the statement joins the short names of several licenses: "MIT & GPL".
func (p *mentionReader) different(m *mentioned) bool {
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
	if before&after&sepSlash != 0 {
		return true
	}
	return before&sepQuote != 0 && after&sepQuote != 0 && (before|after)&(sepComma|sepParen) != 0
}

// before reads the words before a name back to the beginning of the sentence: whether they deny or give
// it, and whether what gives it stands near.
func (p *mentionReader) before(m *mentioned) (negated, near bool) {
	undone, tight := false, true
	for k, n := m.from-1, 0; k >= 0 && n < maxBack && !p.ends(k+1); k, n = k-1, n+1 {
		class := p.t[k].class
		switch {
		case class&isUndo != 0:
			undone = true
		case class&isNegation != 0 && !undone && p.t[k+1].sep&sepSemi == 0 && (tight || !p.without.has(p.t[k].word)),
			!m.strong && p.same.has(p.t[k].word), p.isOwnText(k):
			return true, false
		}
		if class&(isGrant|isCue|isLicense) != 0 && (n < 6 || tight) && !p.to.has(p.t[k+1].word) &&
			(!p.by.has(p.t[k+1].word) || p.boundBy.has(p.t[k].word)) {
			m.framed = true
			near = near || tight
			if class&isGrant != 0 {
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

// pointsToText reports whether "text of" stands before the name at token i: it says where a license can be read.
func (p *mentionReader) pointsToText(i int) bool {
	k := i - 1
	if k >= 0 && p.the.has(p.t[k].word) {
		k--
	}
	return k >= 1 && p.of.has(p.t[k].word) && p.body.has(p.t[k-1].word)
}

// isOwnText reports whether "text of this license" ends at token k: what follows is about the license.
func (p *mentionReader) isOwnText(k int) bool {
	return k >= 3 && p.is(k, isLicense) && p.this.has(p.t[k-1].word) && p.of.has(p.t[k-2].word) && p.body.has(p.t[k-3].word)
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
