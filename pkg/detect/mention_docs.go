package detect

import (
	"bytes"
	"strings"

	"github.com/licet/licet/rules"
)

// A README often says under which license its project's documents are, beside that of the project: "Docs released under Creative
// Commons". Documents don't ship, so that is listed and takes nothing from what does.

// ofDocuments reports whether what is given is documents and nothing else: no other word stands in the sentence before the verb,
// "the documentation is licensed under", "this README.md file and the CONTRIBUTING.md file are licensed under". A heading, a
// point of a list and what a mark parts from the verb are no subject of it.
func (p *mentionReader) ofDocuments(from int) bool {
	verb := from - 1
	for verb >= 0 && from-verb <= maxSubject && !p.ends(verb+1) && (p.is(verb, isGlue|isCue|isGrant) || p.isVerb.has(p.t[verb].word)) {
		verb--
	}
	verb++
	first, docs := verb, false
	for k := verb - 1; k >= 0 && !p.ends(k+1); k-- {
		if from-k > maxSubject {
			return false
		}
		word := strings.ToLower(p.raw(k))
		if isDocs := rules.KindsOf(word)&rules.WordDocs != 0; isDocs {
			docs = true
		} else if !p.is(k, isGlue) && word != "file" && word != "files" && word != "md" {
			return false
		}
		first = k
	}
	if !docs {
		return false
	}
	start := int(p.t[first].start)
	subject, line := p.text[start:p.t[verb].start], p.text[lineStart(p.text, start):start]
	return !bytes.ContainsAny(subject, "#=|:;,") && (bytes.IndexByte(subject, '\n') < 0 || !bytes.ContainsAny(line, "#-+*|") && !bytes.Contains(subject, []byte("\n-")))
}
