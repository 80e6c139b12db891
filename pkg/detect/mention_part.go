package detect

import (
	"bytes"
	"strings"
	"sync"

	"github.com/licet/licet/rules"
)

// A license file may say that some part of what it lies beside is under a license of its own. What it says of the part
// explains nothing of the whole.

// maxSubject is how many words before a name are looked at for what it is said of.
const maxSubject = 30

// exceptApart is how many words behind a name something is left out: "MIT licensed, except". Further on it is what the
// license of a file says of itself, "you may not use this file except in compliance with".
const exceptApart = 3

// ofPart reports whether the sentence is about a part: it has a word for one, or a path, before the name, or "for" and such
// a word behind it, or leaves one out there, or says what some other thing is: "bar is Apache-2.0", "the parser is under".
func (p *mentionReader) ofPart(m *mentioned) bool {
	if m.from > 0 && !p.ends(m.from) && len(m.parts) == 1 && p.isVerb.has(p.t[m.from-1].word) && !p.isWhole(m.from-2) {
		return true
	}
	if part := p.partBefore(m.from); part >= max(0, m.from-maxSubject) && !p.endsWithin(part+1, m.from) {
		return true
	}
	for k := m.from - 1; k >= 0 && k >= m.from-maxSubject && !p.ends(k+1); k-- {
		if p.isVerb.has(p.t[k].word) && p.isThing(k-1) {
			return true
		}
	}
	said := p.saysPart(m)
	for k := m.to; k < p.last() && k < m.to+partsApart && !p.ends(k); k++ {
		if said && p.isPart(k) || k < m.to+exceptApart && p.leavesOut(k) {
			return true
		}
	}
	return false
}

// isThing reports whether "the parser" ends at token k: the article and a word for something, other than all that a license
// file lies beside.
func (p *mentionReader) isThing(k int) bool {
	return k > 0 && !p.ends(k) && p.the.has(p.t[k-1].word) && p.t[k].class == 0 && p.t[k].sep == sepSpace && 'a' <= p.text[p.t[k].start] && p.text[p.t[k].start] <= 'z' && !p.isWhole(k)
}

// leavesOut reports whether token k begins what is kept out, "except foo.c", and is not "except where otherwise noted".
func (p *mentionReader) leavesOut(k int) bool {
	if rules.KindsOf(strings.ToLower(p.raw(k)))&rules.WordLeaves == 0 {
		return false
	}
	for k++; k < p.last() && !p.ends(k); k++ {
		if rules.KindsOf(strings.ToLower(p.raw(k)))&rules.WordOtherwise != 0 {
			return false
		}
	}
	return true
}

// partBefore gives the last token before token k that is a word for a part, -1 if none is. It is asked for one place after
// the other, and looks at each token once.
func (p *mentionReader) partBefore(k int) int {
	for ; p.partsRead < k; p.partsRead++ {
		if p.isPart(p.partsRead) {
			p.part = p.partsRead
		}
	}
	return p.part
}

// endsWithin reports whether a sentence ends before one of the tokens from a to b.
func (p *mentionReader) endsWithin(a, b int) bool {
	for k := a; k <= b; k++ {
		if p.ends(k) {
			return true
		}
	}
	return false
}

// partTable finds the part words. They are none of the vocabulary: whatever that knows may be a part of a name.
var partTable = sync.OnceValue(func() *wordTable {
	numbers := map[string]int32{}
	for i, word := range rules.WordsOf(rules.WordPart) {
		numbers[word] = int32(i + 1)
	}
	return newWordTable(numbers)
})

// isWhole reports whether "this project" ends at token k, or another word for all that a license file lies beside.
func (p *mentionReader) isWhole(k int) bool {
	return k > 0 && (p.this.has(p.t[k-1].word) || p.the.has(p.t[k-1].word)) && rules.KindsOf(strings.ToLower(p.raw(k)))&rules.WordWhole != 0
}

// isPart reports whether token k is a word for a part, or the first of a path: "files in foo/bar".
func (p *mentionReader) isPart(k int) bool {
	start, n := int(p.t[k].start), int(p.t[k].end-p.t[k].start)
	if n <= maxWord && partTable().number(packWord(p.text, start, n)) != 0 {
		return true
	}
	return p.t[k].word == 0 && !p.t[k].url && bytes.HasPrefix(p.text[p.t[k].end:], []byte("/"))
}

// isLabel reports whether a colon stands before token k and a license is named there: what stands before it is a thing that
// has that license, "PHP: GPLv2".
func (p *mentionReader) isLabel(k int) bool {
	if k >= p.last() || string(bytes.TrimSpace(p.text[p.t[k-1].end:p.t[k].start])) != ":" {
		return false
	}
	_, ok := p.item(k)
	return ok
}
