package detect

import (
	"strings"

	"github.com/licet/licet/rules"
)

// A README often says under which license its project's documents are, beside that of the project: "Docs released under Creative
// Commons". Documents don't ship, so that is listed and takes nothing from what does.

// ofDocuments reports whether what is given is documents and nothing else: they alone are what the sentence before a name is about,
// "the documentation is licensed under", "this README.md file and the CONTRIBUTING.md file are licensed under".
func (p *mentionReader) ofDocuments(from int) bool {
	head := from - 1
	for head >= 0 && !p.ends(head+1) && (p.is(head, isGlue|isCue|isGrant) || p.isVerb.has(p.t[head].word)) {
		head--
	}
	docs := false
	for k := head; k >= 0 && head-k < maxSubject && !p.ends(k+1); k-- {
		word := strings.ToLower(p.raw(k))
		kinds := rules.KindsOf(word)
		switch {
		case kinds&rules.WordDocs != 0:
			docs = true
		case kinds&rules.WordWhole != 0, k == head && word != "file" && word != "files":
			return false
		}
	}
	return docs
}
