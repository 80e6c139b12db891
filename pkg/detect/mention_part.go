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

// ofPart reports whether the sentence is about a part: it has a word for one, or a path, before the name, or "for" and such
// a word behind it, or says what some other thing is: "bar is Apache-2.0".
func (p *mentionReader) ofPart(m *mentioned) bool {
	if m.from > 0 && !p.ends(m.from) && len(m.parts) == 1 && p.isVerb.has(p.t[m.from-1].word) && !p.isWhole(m.from-2) {
		return true
	}
	for k := m.from - 1; k >= 0 && k >= m.from-maxSubject && !p.ends(k+1); k-- {
		if p.isPart(k) {
			return true
		}
	}
	if p.saysPart(m) {
		for k := m.to; k < p.last() && k < m.to+partsApart && !p.ends(k); k++ {
			if p.isPart(k) {
				return true
			}
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
