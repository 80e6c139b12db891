package detect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// A license that is named and that nobody knows is stated all the same: "licensed under the Acme Source License". Its name is
// told by how names are written, in words that begin with large letters, the last of them License, Licence, EULA or Agreement;
// and it is one only where something is given under it, for otherwise anybody's may be spoken of.

// maxName is how many words the name of a license has at most.
const maxName = 10

// isStranger reports whether nobody knows the license.
func (m *mentioned) isStranger() bool { return m.name.end > m.name.start }

// meansGNU reports whether an unknown name begins with GNU's, and one of its licenses is stated besides: it is misspelt.
func (s *alreadySaid) meansGNU(name []byte) bool {
	return bytes.HasPrefix(name, []byte("GNU")) && slices.ContainsFunc([]string{"GPL", "LGPL", "AGPL", "GFDL"}, func(f string) bool { return s.versioned[f] || s.named[f] })
}

// endsName reports whether token i may end the name of a license that nobody knows.
func (p *mentionReader) endsName(i int) bool {
	t := &p.t[i]
	return t.word != 0 && (t.class&isLicense != 0 || p.eula.has(t.word) || p.agreement.has(t.word)) && p.isLarge(i) && !p.ends(i) &&
		t.sep&sepHyphen == 0 && lower(p.text[t.end-1]) != 's'
}

// stranger reads the statement that something is given under a license that nobody knows, whose name ends at token i, see
// endsName. said is what was found before it.
func (p *mentionReader) stranger(i int, said []mentioned) (mentioned, bool) {
	m := mentioned{mention: mention{from: p.nameStart(i), to: i + 1}, strong: true}
	for k := m.to; k < m.to+2 && k < p.last() && p.t[k].sep == sepSpace && p.isLarge(k); k++ {
		if p.agreement.has(p.t[k].word) {
			m.to = k + 1 // "License Agreement"
		}
	}
	if !p.isOwnName(m.from, m.to) || p.inIdentifier(m.from, m.to) || m.from > 0 && p.this.has(p.t[m.from-1].word) { // "this A License" is the text around it
		return mentioned{}, false
	}
	m.start = int(p.t[m.from].start)
	if negated, _ := p.before(&m); negated || !p.isUnder(&m, said) || len(said) > 0 && p.isForHolders(m.from) || !p.hasLicense(m.from, m.to) && !p.isOfUse(m.from) {
		return mentioned{}, false
	}
	m.to = p.nameVersion(m.to)
	m.end = int(p.t[m.to-1].end)
	m.name = region{int(p.t[m.from].start), m.end}
	if n := len(said); n > 0 {
		if said[n-1].end > m.name.start {
			return mentioned{}, false // it is the end of a name that is known
		}
		m.start = max(m.start, said[n-1].end)
	}
	m.grant = true
	if m.to < p.last() && p.t[m.to].sep&sepParen != 0 {
		if short, ok := p.item(m.to); ok && !short.link && p.closes(short.to) {
			m.expr, m.to, m.end, m.name = short.expr, short.to, int(p.t[short.to-1].end), region{}
			m.parts = []mention{short}
			return m, true // "the GNU Genral Public License (GPL)"
		}
	}
	m.expr = unknownID(source.TextDigest(p.text[m.name.start:m.end]))
	m.parts = []mention{{from: m.from, to: m.to, expr: m.expr}}
	return m, true
}

// isUnder reports whether the words before a name say that something is given or used under it, "licensed under", "used under
// the terms of", "subject to", "in compliance with", "you accept", or join it to a license under which something is given.
func (p *mentionReader) isUnder(m *mentioned, said []mentioned) bool {
	terms, k := false, m.from-1
	for ; k > 0 && !p.ends(k+1) && (p.is(k, isGlue|isCue) || rules.KindsOf(strings.ToLower(p.raw(k)))&rules.WordSort != 0); k-- {
		if bytes.IndexByte(p.text[p.t[k].end:p.t[k+1].start], '(') >= 0 {
			return false // "under an open license (\"the Acme License\")"
		}
		switch word := p.t[k].word; {
		case p.terms.has(word):
			terms = true
		case p.and.has(word) && len(said) > 0 && said[len(said)-1].to == k:
			before := &said[len(said)-1]
			return before.grant && !before.choice // one of several would do
		case p.by.has(word) && p.bound.has(p.t[k-1].word), p.complies.has(word) && p.in.has(p.t[k-1].word):
			return true
		case p.givenBy.has(word):
			return m.grant || terms
		case p.to.has(word) && !p.accepts.has(p.t[k-1].word):
			return p.subject.has(p.t[k-1].word)
		}
	}
	return k > 0 && p.accepts.has(p.t[k].word) && p.you.has(p.t[k-1].word) && !p.ends(k+1) && m.to-m.from > 1
}

// isForHolders reports whether the sentence before a name speaks of those who hold another license: "Licensees holding a valid
// Commercial License may use this file in accordance with the Commercial License Agreement". It takes nothing from anybody else.
func (p *mentionReader) isForHolders(from int) bool {
	for k := from - 1; k > 0 && from-k <= maxSubject && (!p.ends(k+1) || p.abbreviated(k+1)); k-- {
		if p.holding.has(p.t[k].word) && p.licensees.has(p.t[k-1].word) {
			return true
		}
	}
	return false
}

// hasLicense reports whether the name is that of a license by its words, and not of any agreement.
func (p *mentionReader) hasLicense(from, to int) bool {
	for k := from; k < to; k++ {
		if p.is(k, isLicense) || p.eula.has(p.t[k].word) {
			return true
		}
	}
	return false
}

// isOfUse reports whether the words before a name, in its sentence, speak of a work or of its use, and not of what is
// contributed to it: trades, rides and loans have agreements as well.
func (p *mentionReader) isOfUse(from int) bool {
	of := false
	for k := from - 1; k >= 0 && from-k <= maxSubject && !p.ends(k+1); k-- {
		kinds := rules.KindsOf(strings.ToLower(p.raw(k)))
		if kinds&rules.WordInbound != 0 {
			return false
		}
		of = of || kinds&(rules.WordWork|rules.WordWhole) != 0 || p.use.has(p.t[k].word)
	}
	return of
}

// nameStart gives the first token of the name that ends at token i: words with a large first letter, and small ones that join
// them, as in "License for the Use of Foo".
func (p *mentionReader) nameStart(i int) int {
	from := i
	for k := i; k > 0 && i-k < maxName; k-- {
		if s := p.t[k].sep; s&^(sepSpace|sepLine|sepHyphen|sepAmp|sepDot) != 0 && !p.inFirm(k) || s == 0 {
			break
		}
		switch {
		case p.beginsNoName(k-1) && p.isShouted(k-1):
			return from // "SUBJECT TO THE ACME LICENSE", where all words are large
		case p.isLarge(k-1) || p.t[k-1].digit:
			from = k - 1
		case !p.of.has(p.t[k-1].word) && !p.and.has(p.t[k-1].word) && !p.purpose.has(p.t[k-1].word):
			return from
		}
	}
	return from
}

// beginsNoName reports whether token k is a word of a sentence before a name.
func (p *mentionReader) beginsNoName(k int) bool {
	for _, words := range []wordSet{p.article, p.this, p.to, p.givenBy, p.with, p.in, p.isVerb, p.terms, p.subject} {
		if words.has(p.t[k].word) {
			return true
		}
	}
	return false
}

// isShouted reports whether token k is written in large letters.
func (p *mentionReader) isShouted(k int) bool { return p.raw(k) == strings.ToUpper(p.raw(k)) }

// inFirm reports whether token k stands behind the name of a firm with its "Inc.", or is that: "Acme, Inc. Source License".
func (p *mentionReader) inFirm(k int) bool {
	return p.abbreviated(k) || p.t[k].sep == sepComma|sepSpace && p.abbreviated(k+1)
}

// nameVersion gives the token behind the version that follows a name at token k.
func (p *mentionReader) nameVersion(k int) int {
	at := k
	for at < p.last() && at < k+2 && (p.version.has(p.t[at].word) || p.v.has(p.t[at].word)) && !p.ends(at) {
		at++
	}
	if at < p.last() && p.t[at].digit && !p.ends(at) && p.t[at].sep&(sepParen|sepSemi) == 0 && (at > k || p.t[at].sep == sepSpace) {
		return at + 1
	}
	return k
}

// isStrangersName reports whether a few words are the name of a license that nobody knows, and nothing else.
func isStrangersName(words string) bool {
	if !strings.Contains(words, " ") {
		return false // as most
	}
	p := newMentionReader([]byte(words))
	p.begin(licenseNaming().tokens(nil, p.text, 0, len(p.text)))
	last := p.last() - 1
	if last <= 0 || !p.endsName(last) || p.nameStart(last) != 0 || !p.isOwnName(0, last+1) {
		return false
	}
	known, _ := Declared(words)
	return known.IsNoAssertion()
}

// isLarge reports whether a word begins with a large letter.
func (p *mentionReader) isLarge(k int) bool {
	c := p.text[p.t[k].start]
	return 'A' <= c && c <= 'Z'
}

// isOwnName reports whether one of the tokens [from, to) tells the license from others.
func (p *mentionReader) isOwnName(from, to int) bool {
	own := p.eula.has(p.t[to-1].word) || p.agreement.has(p.t[to-1].word) && to-from > 2
	for k := from; k < to; k++ {
		kinds := rules.KindsOf(strings.ToLower(p.raw(k)))
		if kinds&rules.WordInbound != 0 {
			return false
		}
		own = own || p.t[k].class == 0 && !p.t[k].digit && !p.agreement.has(p.t[k].word) && kinds&rules.WordSort == 0
	}
	return own && !bytes.ContainsAny(p.text[p.t[from].start:p.t[to-1].end], "{}$")
}
