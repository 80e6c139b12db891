package detect

import (
	"bytes"
	"strings"
)

// The front matter of a text in Markdown, between lines of three hyphens at its beginning, describes what the text is of: the
// card of a model or a data set has its license there, and "other" where a name and an address stand beside it
// (Hugging Face Hub documentation, "Model Cards").

// frontMatter gives the bytes of the front matter of the file at path, none if it has none.
func frontMatter(path string, text []byte) region {
	const line = "---"
	if !isProse(path) || !bytes.HasPrefix(text, []byte(line)) {
		return region{}
	}
	head := text[:min(len(text), leafBytes)]
	return region{len(line), len(line) + max(0, bytes.Index(head[len(line):], []byte("\n"+line)))}
}

func (r *reading) inFrontMatter(at int) bool {
	g := frontMatter(r.path, r.text)
	return g.start <= at && at < g.end
}

// namedBeside gives what a license that is "other" in the front matter around the field at start is called there.
func (r *reading) namedBeside(start int, raw string) string {
	if !strings.EqualFold(raw, "other") {
		return raw
	}
	g := frontMatter(r.path, r.text)
	_, rest, ok := bytes.Cut(r.text[g.start:g.end], []byte("\nlicense_name:"))
	if !ok || start >= g.end {
		return raw
	}
	line, _, _ := bytes.Cut(rest, []byte{'\n'})
	if name := cutRemark(plain(line)); name != "" {
		return name
	}
	return raw
}
