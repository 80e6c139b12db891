package detect

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// RuleMention is the rule of a claim made for the name of a license, RulePart where a license file says so of a part of
// what it is about, RuleStranger where nobody knows a license of that name, RuleLink is that of one for an address.
const (
	RuleMention  = "mention"
	RulePart     = "mention/part"
	RuleStranger = "mention/unknown"
	RuleLink     = "link"
)

// mentionBefore and mentionAfter are how far around a cue names are looked for.
const (
	mentionBefore = 300
	mentionAfter  = 500
)

// isMention reports whether a claim was made for a name.
func isMention(c *sbom.Claim) bool {
	rule := c.Evidence[0].Rule
	return rule == RuleMention || rule == RulePart || rule == RuleStranger
}

// mentioned is one or more names joined to an expression, and what stands around them.
type mentioned struct {
	mention
	parts   []mention
	choice  bool   // the words before say that one of several may be chosen
	framed  bool   // what stands before says that a license is spoken of
	grant   bool   // and that it is given
	under   bool   // and it is given under what is named
	with    bool   // it is an exception without its license
	strong  bool   // the name says enough
	weak    bool   // it says too little, and nothing speaks against it
	pointer bool   // it says where the text of the license can be read
	part    bool   // it speaks of a part: "the plugins are under"
	docs    bool   // it speaks of documents
	seen    bool   // it says no more than that: "see the GNU General Public License"
	name    region // of a license that nobody knows: its name
	start   int    // byte where the statement begins
	end     int
}

// mentions finds names of licenses, their versions and what joins them, wherever what stands around them
// says that they apply. It looks only near the cues that the gate has found.
func (r *reading) mentions() {
	if !namesOthers(r.path) {
		r.mentionClaims(r.mentioned)
	}
}

// findMentions reads the names in a passage but for those inside of the known texts.
func (r *reading) findMentions(known []region) {
	windows := r.mentionWindows(known)
	if len(windows) == 0 {
		return
	}
	n := licenseNaming()
	p := newMentionReader(r.prose)
	p.tiny, p.parts = r.tiny, r.role == sbom.RoleLicenseFile
	for _, g := range windows {
		r.work.tokens = n.tokens(r.work.tokens, r.prose, g.start, g.end)
		p.begin(r.work.tokens)
		r.mentioned = append(r.mentioned, p.find()...)
	}
}

// othersFiles are the names, or what they end in after a *, of files that name the licenses of other
// components or of none, besides lockfiles: inventories, policies. Readers of their own know whose they are.
var othersFiles = []string{"*.lock", "*-lock.json", "*-lock.yaml", "*-lock.yml", "*.lock.json", "*.lockb", "go.mod",
	"package.json", "installed.json", "*.sarif", "*.spdx", "*.spdx.json", "*.cdx.json", "*.cdx.xml",
	"bom.json", "bom.xml", "licet.yaml", ".licet.yaml",
	// of other tools that judge licenses: go-bouncer, cargo-deny, license_finder, licensei, wwhrd, FOSSA, grant, dependency-review
	".bouncer.yaml", "deny.toml", "dependency_decisions.yml", ".licensei.toml", ".wwhrd.yml", ".fossa.yml", ".grant.yaml",
	"dependency-review-config.yml"}

// namesOthers reports whether a file so called speaks of other components.
func namesOthers(p string) bool {
	name := path.Base(p)
	return isLockfile(name) || slices.ContainsFunc(othersFiles, func(o string) bool {
		ending, any := strings.CutPrefix(o, "*")
		return name == o || any && strings.HasSuffix(name, ending)
	})
}

func newMentionReader(text []byte) *mentionReader {
	return &mentionReader{grammar: grammarOfMentions(), text: text}
}

// mentionWindows gives the parts of the text in which names are looked for, cut at line ends: those around the cues that
// stand in none of the sorted, disjoint regions.
func (r *reading) mentionWindows(known []region) []region {
	if r.tiny {
		return []region{{0, len(r.text)}}
	}
	var out []region
	for at := range r.cues(cueLicense | cueName | cueTerms) {
		for len(known) > 0 && known[0].end <= at {
			known = known[1:]
		}
		if len(known) > 0 && at >= known[0].start {
			continue
		}
		if n := len(out); n > 0 && at+mentionAfter <= out[n-1].end {
			continue
		}
		g := region{max(0, at-mentionBefore), min(len(r.text), at+mentionAfter)}
		if i := bytes.IndexByte(r.text[g.start:at], '\n'); i >= 0 && g.start > 0 {
			g.start += i + 1
		}
		if line := r.text[at:g.end]; g.end < len(r.text) && bytes.IndexByte(line, '\n') >= 0 { // which is quick where there is none
			g.end = at + bytes.LastIndexByte(line, '\n') + 1
		}
		if headsTable(r.text, at) {
			g.end = max(g.end, tableEnd(r.text, at))
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
	var out, weak []mentioned
	for i := 0; i < p.last(); {
		if p.endsName(i) {
			if m, ok := p.stranger(i, out); ok {
				out = append(out, m)
				i = m.to
				continue
			}
		}
		if !p.mayBegin(i) {
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
		if p.longerBehind(&first) {
			i++
			continue
		}
		m := p.joined(first)
		said := p.judge(&m)
		m.part = p.parts && (said || m.weak) && p.ofPart(&m)
		m.docs = !p.parts && said && m.grant && p.ofDocuments(m.from)
		if said {
			if n := len(out); n > 0 {
				m.start = max(m.start, out[n-1].end) // both may hang on one "licensed under"
			}
			out = append(out, m)
		} else if m.weak {
			weak = append(weak, m)
		}
		i = max(m.to, i+1)
	}
	return p.withWeak(out, weak)
}

// longerBehind reports whether a longer name begins at the second word of one: "License BSD-2-Clause" is no "License BSD", "the
// Unlicense-libtelnet" no "the Unlicense".
func (p *mentionReader) longerBehind(m *mention) bool {
	if m.from+1 >= m.to || !p.opens[p.t[m.from+1].word] || p.t[m.to].sep&^(sepSpace|sepHyphen|sepLine) != 0 {
		return false
	}
	next, ok := p.item(m.from + 1)
	return ok && next.to > m.to
}

// mayBegin reports whether a name or an address may begin at token i. Names begin with common words, and for most of these
// the word behind tells.
func (p *mentionReader) mayBegin(i int) bool {
	word := p.t[i].word
	return p.t[i].url || p.opens[word] && (p.alone[word] || p.edges.next(p.edges.first[word], p.t[i+1].word) != 0)
}

// partsApart is how many words part the licenses of the parts of one thing: "code MIT; docs CC-BY-4.0".
const partsApart = 10

// withWeak adds the short names that say nothing alone and stand in one sentence with licenses that are stated: each is
// said of some part, "the code is MIT, the documentation CC-BY-4.0", or "LGPL for the library, AGPL for the server".
func (p *mentionReader) withWeak(found, weak []mentioned) []mentioned {
	if len(weak) == 0 {
		return found
	}
	if len(found) == 0 && p.tellsAll(weak) {
		return weak
	}
	out := slices.Clone(found)
	for i, w := range weak {
		if p.saysPart(&w) && (i > 0 && p.saysPart(&weak[i-1]) && p.inOneSentence(&weak[i-1], &w) ||
			i+1 < len(weak) && p.saysPart(&weak[i+1]) && p.inOneSentence(&w, &weak[i+1])) {
			out = append(out, w)
			continue
		}
		if len(found) == 0 || !p.isOpen(&w) {
			continue
		}
		next, _ := slices.BinarySearchFunc(found, w.from, func(m mentioned, at int) int { return cmp.Compare(m.from, at) })
		if slices.ContainsFunc(found[max(0, next-1):min(len(found), next+1)], func(m mentioned) bool { return !m.isLink() && !m.with && p.inOneSentence(&w, &m) }) {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b mentioned) int { return cmp.Compare(a.start, b.start) })
	return out
}

// isOpen reports whether a short name may go with a license of its sentence: it is an acronym of GNU's, a word of no other
// sense, it stands behind a colon or a verb, or it begins the sentence, "MIT (see LICENSE), except foo() which is GPL".
func (p *mentionReader) isOpen(w *mentioned) bool {
	if f := w.parts[0].family; f != nil && f.gnu && w.from > 0 {
		return true
	}
	if w.from == 0 || p.ends(w.from) {
		return !p.namesProgram(w) && p.t[w.to].sep&(sepParen|sepComma) != 0
	}
	return p.t[w.from].sep&sepSemi != 0 || p.saysIs.has(p.t[w.from-1].word) || p.saysPart(w)
}

// tellsAll reports whether a text of few words has several short names that are no words of another sense: "MIT (some parts
// GPL)".
func (p *mentionReader) tellsAll(weak []mentioned) bool {
	words := 0
	for _, w := range weak {
		if p.namesProgram(&w) {
			return false
		}
		words -= w.to - w.from
	}
	return p.tiny && len(weak) > 1 && words+p.last() <= fewWords/2
}

// saysPart reports whether "for" follows a name: it is the license of a part.
func (p *mentionReader) saysPart(m *mentioned) bool {
	return m.to < p.last() && !p.ends(m.to) && p.purpose.has(p.t[m.to].word)
}

// inOneSentence reports whether few words, with an "and", a comma, semicolon or bracket among them, and no end of a sentence
// lie between the two.
func (p *mentionReader) inOneSentence(a, b *mentioned) bool {
	from, to := min(a.to, b.to), max(a.from, b.from)
	joined := false
	for k := from; k <= to; k++ {
		if p.ends(k) || k-from > partsApart {
			return false
		}
		joined = joined || p.and.has(p.t[k].word)
	}
	return joined || bytes.ContainsAny(p.text[p.t[from-1].end:p.t[to].start], ",;(")
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
	p.shortName(&first)
	p.exception(&first)
	m.parts = append(m.parts, first)
	m.choice = p.offersChoice(m.from) || p.heads(m.from)
	for {
		end := m.parts[len(m.parts)-1].to
		k, joint := p.connectorBehind(end, &m.parts[len(m.parts)-1])
		if joint == 0 && m.choice {
			k, joint = p.bullet(p.behindPlace(end)), ','
		}
		if joint == 0 || k == 0 || p.inNextCell(first.from, end, k) {
			break
		}
		next, ok := p.item(k)
		if !ok || next.link && !first.link {
			break
		}
		p.shortName(&next)
		p.exception(&next)
		next.joint = joint
		m.parts = append(m.parts, next)
	}
	m.to = m.parts[len(m.parts)-1].to
	if len(m.parts) > 1 {
		if k := m.to; k < p.last() && p.t[k].sep&sepComma != 0 && p.or.has(p.t[k].word) && isPlainList(m.parts) {
			m.choice = true // "A, a B license, or the original license", which has no name
		}
		m.to = p.behindPlace(m.to)
	}
	m.expr = joinParts(m.parts, m.choice)
	return m
}

// isPlainList reports whether nothing but commas joins the parts.
func isPlainList(parts []mention) bool {
	return !slices.ContainsFunc(parts[1:], func(m mention) bool { return m.joint != ',' })
}

// joinParts writes the expression of several mentions, each license once. A comma joins as the next word that
// joins does. Where both "and" and "or" do, what stands between two "and" is one alternative: of the ways to read
// "A and B or C" the one that leaves out no license that may be due.
func joinParts(parts []mention, choice bool) string {
	if len(parts) == 1 {
		return parts[0].expr // nearly always
	}
	choice = choice && !slices.ContainsFunc(parts, func(m mention) bool { return m.joint == 'o' })
	var groups [][]string
	for i := len(parts) - 1; i >= 0; i-- {
		if open := len(groups); open > 0 && (choice || joins(parts, i+1) == 'o') {
			groups[open-1] = append(groups[open-1], parts[i].expr)
		} else {
			groups = append(groups, []string{parts[i].expr})
		}
	}
	var all []string
	for _, g := range slices.Backward(groups) {
		slices.Reverse(g)
		all = append(all, joinWith(" OR ", g))
	}
	return joinWith(" AND ", all)
}

// joins says how part i is joined to the one before: 'o' or 'a'.
func joins(parts []mention, i int) byte {
	for ; i < len(parts); i++ {
		if parts[i].joint != ',' {
			return parts[i].joint
		}
	}
	return 'a'
}

// joinWith joins expressions, each once, those of several licenses in parentheses.
func joinWith(op string, exprs []string) string {
	var all []string
	for _, e := range exprs {
		if len(exprs) > 1 && strings.Contains(e, " ") {
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
// or, 'a' for an and, ',' for a comma, 0 for none.
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
	case p.behindAlso(k) > k:
		k, joint = p.behindAlso(k), 'a'
	case p.isMark(k) && s&(sepComma|sepSemi) != 0:
		joint = ','
	case s&sepSlash != 0 && s&(sepSpace|sepLow|sepDot) == 0 || s&sepSlash != 0 && s&sepSpace != 0 && s&^(sepSlash|sepSpace|sepQuote) == 0:
		return k, 'o'
	case s&(sepPlus|sepAmp) != 0 && s&sepSpace != 0:
		return k, 'a'
	case s&sepComma != 0:
		if p.article.has(p.t[k].word) {
			k++
		}
		if p.listGoesOn(k) {
			return k, ','
		}
		return 0, 0
	default:
		return 0, 0
	}
	for n := 0; n < 8 && k < p.last() && !p.ends(k); n++ {
		if _, ok := p.item(k); ok {
			return k, joint
		}
		if p.t[k].class&(isGlue|isCue|isGrant|isChoice|isLicense) == 0 && !p.isMark(k) {
			return 0, 0
		}
		k++
	}
	return 0, 0
}

// behindAlso passes over "plus", "along with" and "as well as" at token k.
func (p *mentionReader) behindAlso(k int) int {
	switch word := p.t[k].word; {
	case p.plus.has(word):
		return k + 1
	case p.along.has(word) && p.with.has(p.t[k+1].word):
		return k + 2
	case p.as.has(word) && p.well.has(p.t[k+1].word) && p.is(k+2, isGlue) && p.as.has(p.t[k+2].word):
		return k + 3
	}
	return k
}

// listGoesOn reports whether a name follows at token k and an "or" or "and" with another after it,
// or the list and the sentence end with a name, as in "MIT, BSD-2-Clause, ISC".
func (p *mentionReader) listGoesOn(k int) bool {
	for n := 0; n < 6 && k < p.last(); n++ {
		m, ok := p.item(k)
		if ok && (m.to >= p.last() || p.ends(m.to)) {
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
		if p.article.has(p.t[k].word) {
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
