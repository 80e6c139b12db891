package detect

import (
	"bytes"
	"sync"
)

// A license file may say that some part of what it lies beside is under a license of its own. What it says of the part
// explains nothing of the whole.

// maxSubject is how many words before a name are looked at for what it is said of.
const maxSubject = 30

// ofPart reports whether the sentence is about a part: it has a word for one, or a path, before the name, or "for" and such
// a word behind it, or says what some other thing is: "bar is Apache-2.0".
func (p *mentionReader) ofPart(m *mentioned) bool {
	if m.from > 0 && !p.ends(m.from) && len(m.parts) == 1 && p.isVerb.has(p.t[m.from-1].word) {
		return true
	}
	if part := p.partBefore(m.from); part >= max(0, m.from-maxSubject) && !p.endsWithin(part+1, m.from) {
		return true
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

// partWords are parts of which a license may be given, while the whole has another.
var partWords = []string{"artwork", "assets", "backend", "bindings", "client", "components", "contrib", "data", "dataset", "datasets", "demos",
	"dependencies", "directories", "directory", "docs", "documentation", "examples", "folder", "folders", "fonts", "frontend", "header", "headers",
	"icons", "images", "logo", "logos", "manual", "manuals", "media", "part", "parts", "plugin", "plugins", "portion", "portions", "samples",
	"scripts", "server", "subdirectories", "subdirectory", "subfolder", "submodule", "submodules", "subproject", "subprojects", "tests", "themes",
	"translations", "website"}

// partTable finds the part words. They are none of the vocabulary: whatever that knows may be a part of a name.
var partTable = sync.OnceValue(func() *wordTable {
	numbers := map[string]int32{}
	for i, word := range partWords {
		numbers[word] = int32(i + 1)
	}
	return newWordTable(numbers)
})

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
