package doc

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// XML reads an XML document (w3.org/TR/xml) as far as manifests need it. The root is an object with one
// member, the outermost element. An element is an object: its members are its attributes, named "@name",
// and then the elements in it, in written order, so that those that repeat are found by [Node.Members].
// An element with neither is a string. The [Node.Text] of both kinds is the text directly in the
// element, without the white space around it. Of names in namespaces only the local part counts, and
// declarations of prefixes are left out. The span of an attribute is what stands between the quotes,
// that of an element without members its text.
//
// The five entities of XML and numbers of characters are resolved, and nothing else: no document type
// is read, no entity expanded, no file fetched; of a document that defines entities all is kept, and
// the error tells where. On an error what stood before it is kept, but for
// an element that holds no other and was not closed. The Doc is never nil. data must not change
// afterwards.
//
// The tokenizer is ours because that of encoding/xml does not say where an attribute stands.
func XML(path string, data []byte) (*Doc, error) {
	d, err := newDoc(path, data, xmlForm)
	if err != nil {
		return d, err
	}
	if !utf8.Valid(d.data) && isLatin1(d.data) {
		d.data, d.moved = fromLatin1(d.data), true
	}
	r := xmlReader{d: d, xmlScanner: xmlScanner{data: d.data, pos: d.base}}
	d.nodes = make([]node, 1, min(MaxNodes, 16+2*bytes.Count(d.data, []byte("</"))+2*bytes.Count(d.data, []byte("=\""))))
	d.nodes[0] = node{kind: Object, start: int32(d.base), end: int32(len(d.data))}
	if err := r.read(); err != nil {
		r.close()
		return d, err
	}
	d.nodes[0].skip = int32(len(d.nodes))
	return d, nil
}

var xmlForm = form{plain: xmlPlain, unquote: xmlUnquote, content: xmlContent}

// isLatin1 reports whether the declaration names the encoding that all of Western Europe used.
func isLatin1(text []byte) bool {
	head, _, _ := bytes.Cut(text[:min(200, len(text))], []byte("?>"))
	head = bytes.ToLower(head)
	return bytes.Contains(head, []byte("iso-8859-1")) || bytes.Contains(head, []byte("windows-1252"))
}

func fromLatin1(data []byte) []byte {
	text := make([]byte, 0, len(data)+len(data)/16)
	for _, c := range data {
		text = utf8.AppendRune(text, rune(c))
	}
	return text
}

// xmlReader builds the tree.
type xmlReader struct {
	xmlScanner
	d    *Doc
	open []int32 // elements that are not yet closed
	from []int   // where their content begins
}

func (r *xmlReader) read() *SyntaxError {
	d := r.d
	for {
		tok, msg := r.next()
		if msg != "" {
			return r.fail(tok.start, msg)
		}
		switch tok.kind {
		case xmlEnd:
			if len(d.nodes) == 1 {
				return d.syntax(tok.start, "the document is empty")
			}
			if len(r.open) > 0 {
				return d.syntax(tok.start, "the document ends in the middle")
			}
			if r.entity > 0 {
				return d.syntax(r.entity, "an entity of the document's own: it is not expanded, and stays in texts as it is written")
			}
			return nil
		case xmlText, xmlCData:
			if len(r.open) == 0 && len(bytes.TrimSpace(r.data[tok.start:tok.end])) > 0 {
				return r.fail(tok.start, "text outside of an element")
			}
		case xmlStart:
			if err := r.element(tok); err != nil {
				return err
			}
		case xmlClose:
			if err := r.shut(tok); err != nil {
				return err
			}
		}
	}
}

func (r *xmlReader) fail(offset int, msg string) *SyntaxError {
	if r.d.atConflict(offset) {
		msg = "a merge conflict marker"
	}
	return r.d.syntax(offset, "%s", msg)
}

// element adds the element that a tag begins, with its attributes.
func (r *xmlReader) element(tok xmlToken) *SyntaxError {
	d := r.d
	switch {
	case len(r.open) == 0 && len(d.nodes) > 1:
		return d.syntax(tok.start, "a second element outside of all others")
	case len(r.open) == MaxDepth:
		return d.limit(tok.start, "nested deeper than %d", MaxDepth)
	}
	name := r.local(tok.name, tok.nameEnd)
	r.add(String, name, tok.nameEnd, 0)
	i := r.add(Object, tok.start, tok.end, 0)
	r.open, r.from = append(r.open, i), append(r.from, tok.end)
	for at := tok.nameEnd; ; {
		a, msg := r.attribute(at)
		if msg != "" {
			return r.fail(a.name, msg)
		}
		if a.name == a.nameEnd {
			break
		}
		at = a.next
		if bytes.HasPrefix(r.data[a.name:a.nameEnd], []byte("xmlns:")) {
			continue
		}
		if len(d.nodes) >= MaxNodes-4 {
			return d.limit(a.name, "more than %d values", MaxNodes)
		}
		r.add(String, r.local(a.name, a.nameEnd), a.nameEnd, '@')
		r.add(String, a.start, a.end, 0)
	}
	if tok.empty {
		r.finish(tok.end, tok.end)
	}
	return nil
}

// shut ends the innermost element, which the tag must name.
func (r *xmlReader) shut(tok xmlToken) *SyntaxError {
	name := r.data[r.local(tok.name, tok.nameEnd):tok.nameEnd]
	if len(r.open) == 0 {
		return r.d.syntax(tok.start, "</%s> closes no element", name)
	}
	if key := r.d.nodes[r.open[len(r.open)-1]-1]; !bytes.Equal(r.data[key.start:key.end], name) {
		return r.d.syntax(tok.start, "</%s> where </%s> is expected", name, r.data[key.start:key.end])
	}
	r.finish(tok.start, tok.end)
	return nil
}

// finish closes the innermost element, whose content ends at one place and its tag at the other.
func (r *xmlReader) finish(content, end int) {
	last := len(r.open) - 1
	i, from := r.open[last], r.from[last]
	r.open, r.from = r.open[:last], r.from[:last]
	n := &r.d.nodes[i]
	n.end, n.skip = int32(end), int32(len(r.d.nodes))
	if n.skip == i+1 {
		text := r.data[from:content]
		from += len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
		n.kind, n.start, n.end = String, int32(from), int32(from+len(bytes.TrimSpace(text)))
	}
}

// close ends what an error left open. An element that may yet have got a text is dropped.
func (r *xmlReader) close() {
	d := r.d
	if last := len(r.open) - 1; last >= 0 && int(r.open[last]) == len(d.nodes)-1 {
		d.nodes = d.nodes[:len(d.nodes)-2]
		r.open = r.open[:last]
	}
	for _, i := range r.open {
		d.nodes[i].end, d.nodes[i].skip = int32(r.pos), int32(len(d.nodes))
	}
	d.nodes[0].skip = int32(len(d.nodes))
	if len(d.nodes) == 1 {
		d.nodes = nil
	}
}

func (r *xmlReader) add(kind Kind, start, end int, mark byte) int32 {
	i := int32(len(r.d.nodes))
	r.d.nodes = append(r.d.nodes, node{kind: kind, start: int32(start), end: int32(end), skip: i + 1, mark: mark})
	return i
}

// local is where the local part of a name begins.
func (r *xmlReader) local(start, end int) int {
	return start + bytes.LastIndexByte(r.data[start:end], ':') + 1
}

func xmlPlain(raw []byte) (text []byte, ok bool) {
	return raw, bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '<') < 0
}

// xmlUnquote gives the text of an attribute or an element without members.
func xmlUnquote(raw []byte) string {
	if bytes.IndexByte(raw, '<') < 0 {
		return strings.ToValidUTF8(string(appendResolved(nil, raw)), "\uFFFD")
	}
	return xmlTextAt(raw, 0)
}

// xmlContent gives the text that stands directly in an element.
func xmlContent(raw []byte) string { return xmlTextAt(raw, 1) }

// xmlTextAt gathers the text that stands in that many elements of raw.
func xmlTextAt(raw []byte, within int) string {
	var out []byte
	depth := 0
	for s := (xmlScanner{data: raw}); ; {
		tok, msg := s.next()
		switch {
		case tok.kind == xmlEnd || msg != "":
			return strings.TrimSpace(strings.ToValidUTF8(string(out), "\uFFFD"))
		case tok.kind == xmlStart && !tok.empty:
			depth++
		case tok.kind == xmlClose:
			depth--
		case tok.kind == xmlText && depth == within:
			out = appendResolved(out, raw[tok.start:tok.end])
		case tok.kind == xmlCData && depth == within:
			out = append(out, raw[tok.start:tok.end]...)
		}
	}
}

// appendResolved appends text with its entities and character references resolved; what names another
// entity stays as it is written.
func appendResolved(out, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(out, text...)
		}
		out, text = append(out, text[:i]...), text[i:]
		size := bytes.IndexByte(text[:min(len(text), 12)], ';') + 1
		if r := entity(string(text[:size])); r != 0 {
			out, text = utf8.AppendRune(out, r), text[size:]
		} else {
			out, text = append(out, '&'), text[1:]
		}
	}
}

func entity(s string) rune {
	switch s {
	case "&amp;":
		return '&'
	case "&lt;":
		return '<'
	case "&gt;":
		return '>'
	case "&quot;":
		return '"'
	case "&apos;":
		return '\''
	}
	digits, ok := strings.CutPrefix(strings.TrimSuffix(s, ";"), "&#")
	if !ok {
		return 0
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil {
		return 0
	}
	return rune(n)
}
