package detect

import (
	"bytes"
	"slices"
	"strings"
)

// Many a license bears the name of a program, a system or a word of English: curl, Boost, BSD, Loop. "Uses curl" and "runs under
// BSD" speak of these, and of no license.

// namesProgram reports whether a short name may be that of a program, a system or a thing.
func (p *mentionReader) namesProgram(m *mentioned) bool {
	return !m.strong && m.expr != publicDomain && !p.acronyms.has(p.t[m.from].word)
}

// isFrame reports whether token k, a word that may stand before a license, says that the short name is one.
func (p *mentionReader) isFrame(m *mentioned, k int) bool {
	word := p.t[k].word
	switch {
	case m.strong:
		return true
	case p.naming.has(word):
		return p.speaksOfLicense(k) // license: {name: "MIT"}
	case p.active.has(word):
		for i := k + 1; i < m.from; i++ {
			if p.givenBy.has(p.t[i].word) {
				return true
			}
		}
		return false // "distribute loop"
	case !p.namesProgram(m):
		return true
	case p.using.has(word), p.givenBy.has(word):
		return false // "under" frames where something is given under it, which is met later
	case p.is(k, isGrant) && (p.in.has(p.t[k+1].word) || p.with.has(p.t[k+1].word)):
		return strings.HasPrefix(strings.ToLower(p.raw(k)), "licen")
	}
	return true
}

// speaksOfLicense reports whether one of the words before token k is the word license.
func (p *mentionReader) speaksOfLicense(k int) bool {
	for i := k - 1; i >= 0 && i >= k-maxHeading; i-- {
		if p.is(i, isLicense) {
			return true
		}
	}
	return false
}

// isDirective reports whether a percent sign and the word make a command of a spec file: "%doc LICENSE".
func (p *mentionReader) isDirective(i int) bool {
	start := int(p.t[i].start)
	return start > 0 && p.text[start-1] == '%' && (start == 1 || p.text[start-2] == '\n') && 'a' <= p.text[start] && p.text[start] <= 'z'
}

// isCompared reports whether a program compares something with the name: license != "MIT", license in ("MIT", "ISC").
func (p *mentionReader) isCompared(m *mentioned) bool {
	start := int(p.t[m.from].start)
	if p.is(m.from, isLicense) {
		start = int(p.t[m.to-1].start) // "license MIT" is a name
	}
	before := bytes.TrimRight(p.text[max(0, start-maxGlued):start], " \"'`")
	signs := []string{"==", "!=", "=~", "<>", " -eq", " -ne"}
	if strings.IndexByte("\"'", p.text[max(0, start-1)]) >= 0 {
		signs = append(signs, " in (", " in [", " in {")
	}
	return slices.ContainsFunc(signs, func(sign string) bool { return bytes.HasSuffix(before, []byte(sign)) })
}

// maxGlued is how many bytes before a name are looked at for what is glued to it.
const maxGlued = 8

// isDeniedBehind reports whether the words behind a name deny something of it: "GPLv3 is not doable for us".
func (p *mentionReader) isDeniedBehind(m *mentioned) bool {
	k := m.to
	return k+1 < p.last() && !p.ends(k) && !p.ends(k+1) && p.t[k].sep == sepSpace &&
		(p.isVerb.has(p.t[k].word) && p.nots.has(p.t[k+1].word) || p.isnt.has(p.t[k].word))
}
