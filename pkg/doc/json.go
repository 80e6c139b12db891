package doc

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON reads one JSON value (RFC 8259). On an error it returns what was read before it, with the open
// arrays and objects closed there, and a [*SyntaxError]; the Doc is never nil. data must not change
// afterwards.
func JSON(path string, data []byte) (*Doc, error) {
	d, err := newDoc(path, data, jsonForm)
	if err != nil {
		return d, err
	}
	r := jsonReader{d: d, pos: d.base}
	if err := r.read(); err != nil {
		r.close()
		return d, err
	}
	return d, nil
}

var jsonForm = form{plain: jsonPlain, unquote: jsonUnquote}

func jsonPlain(raw []byte) (text []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return raw, true
	}
	return raw[1 : len(raw)-1], bytes.IndexByte(raw, '\\') < 0
}

func jsonUnquote(raw []byte) string {
	// The reader accepted the string, so the only error left is invalid UTF-8, which is replaced.
	text, _ := jsontext.AppendUnquote(nil, raw)
	return string(text)
}

type jsonReader struct {
	d    *Doc
	pos  int     // behind the last token
	open []int32 // arrays and objects that are not yet closed
}

func (r *jsonReader) read() error {
	d := r.d
	text := d.data[d.base:]
	d.nodes = make([]node, 0, min(MaxNodes, estimate(text)))
	dec := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		tok, err := dec.ReadToken()
		if err == io.EOF && len(d.nodes) > 0 {
			return nil
		}
		if err != nil {
			return d.jsonError(err)
		}
		start, end := r.start(), d.base+int(dec.InputOffset())
		r.pos = end
		kind := jsonKind(tok.Kind())
		if kind == Missing {
			last := len(r.open) - 1
			d.nodes[r.open[last]].end = int32(end)
			d.nodes[r.open[last]].skip = int32(len(d.nodes))
			r.open = r.open[:last]
			continue
		}
		switch {
		case len(d.nodes) == MaxNodes:
			return d.limit(start, "more than %d values", MaxNodes)
		case len(d.nodes) > 0 && len(r.open) == 0:
			return d.syntax(start, "text after the end of the document")
		}
		i := int32(len(d.nodes))
		d.nodes = append(d.nodes, node{kind: kind, start: int32(start), end: int32(end), skip: i + 1})
		if kind == Array || kind == Object {
			if len(r.open) == MaxDepth {
				d.nodes = d.nodes[:i]
				return d.limit(start, "nested deeper than %d", MaxDepth)
			}
			r.open = append(r.open, i)
		}
	}
}

// start is where the token begins that follows r.pos: between tokens stand only white space, commas
// and colons.
func (r *jsonReader) start() int {
	data, i := r.d.data, r.pos
	for i < len(data) {
		switch data[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
	return i
}

// close ends what is still open at the last token, and drops a name whose value was never read.
func (r *jsonReader) close() {
	d := r.d
	if len(r.open) > 0 {
		inner := r.open[len(r.open)-1]
		last, count := inner, 0
		for i := inner + 1; int(i) < len(d.nodes); i = d.nodes[i].skip {
			last, count = i, count+1
		}
		if d.nodes[inner].kind == Object && count%2 == 1 {
			d.nodes = d.nodes[:last]
		}
	}
	for _, i := range r.open {
		d.nodes[i].end = int32(r.pos)
		d.nodes[i].skip = int32(len(d.nodes))
	}
}

func jsonKind(k jsontext.Kind) Kind {
	switch k {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case '0':
		return Number
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Missing
}

// estimate counts the strings, arrays and objects: nearly all nodes of a manifest.
func estimate(text []byte) int {
	return 16 + bytes.Count(text, []byte(`"`))/2 + bytes.Count(text, []byte(`{`)) + bytes.Count(text, []byte(`[`))
}

func (d *Doc) jsonError(err error) *SyntaxError {
	if err == io.EOF {
		return d.syntax(len(d.data), "the document is empty")
	}
	offset, msg := len(d.data), err.Error()
	if se, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset, msg = d.base+int(se.ByteOffset), se.Err.Error()
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || len(bytes.TrimSpace(d.data[min(offset, len(d.data)):])) == 0:
		msg = "the document ends in the middle"
	case d.atConflict(offset):
		msg = "a merge conflict marker"
	}
	return d.syntax(offset, "%s", msg)
}

// atConflict reports whether the line begins with one of the marks that a version control system leaves
// in a file it could not merge.
func (d *Doc) atConflict(offset int) bool {
	offset = max(d.base, min(offset, len(d.data)))
	line := d.data[d.base+bytes.LastIndexByte(d.data[d.base:offset], '\n')+1:]
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	return false
}
