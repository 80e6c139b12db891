package doc

import (
	"bytes"
	"errors"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxSeparators bounds the dots, commas, equals signs and lines of a TOML text: the tokenizer holds one
// expression in memory, at 56 bytes for each value or part of a key, and cannot be stopped in its middle.
const maxSeparators = 1 << 23

// TOML reads a TOML document (toml.io, version 1.1). Tables, arrays of tables and dotted keys become
// objects and arrays, their members in the order in which the text first names them. An object begins at
// its header, or at the key that makes it, and ends with the last of its members, wherever that stands.
// Dates and times are strings.
//
// What stood before an error of syntax is kept. A key that occurs twice, and a name that would be a
// table and something else, are errors too; they cost the second value, and the rest is still read. The
// finer rules about which tables may be added to are not checked. The Doc is never nil. data must not
// change afterwards.
func TOML(path string, data []byte) (*Doc, error) {
	d, err := newDoc(path, data, tomlForm)
	if err != nil {
		return d, err
	}
	d.makeValid()
	r := tomlReader{d: d, pos: d.base, linker: newLinker(d)}
	if err := r.read(); err != nil {
		r.fail(err)
	}
	r.flatten()
	if r.err != nil {
		return d, r.err
	}
	return d, nil
}

var tomlForm = form{plain: tomlPlain, unquote: tomlUnquote}

func tomlPlain(raw []byte) (text []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' && raw[0] != '\'' {
		return raw, true
	}
	text = raw[1 : len(raw)-1]
	if len(raw) >= 6 && raw[1] == raw[0] {
		text = bytes.TrimPrefix(raw[3:len(raw)-3], []byte("\r"))
		text = bytes.TrimPrefix(text, []byte("\n"))
	}
	return text, raw[0] == '\'' || bytes.IndexByte(text, '\\') < 0
}

func tomlUnquote(raw []byte) string {
	var p unstable.Parser
	p.Reset(append([]byte("x="), raw...))
	if !p.NextExpression() {
		return string(raw)
	}
	return string(p.Expression().Value().Data)
}

// tomlReader turns the expressions of a text into linked entries.
type tomlReader struct {
	*linker
	d     *Doc
	p     unstable.Parser
	pos   int   // behind the last token
	table int32 // where keys go: the object of the last header, or none after one that makes no sense
	err   *SyntaxError
}

func (r *tomlReader) fail(err *SyntaxError) {
	if r.err == nil {
		r.err = err
	}
}

func (r *tomlReader) read() *SyntaxError {
	text := r.d.data[r.d.base:]
	count := func(c string) int { return bytes.Count(text, []byte(c)) }
	values := count("=") + count(",")
	if values+count(".")+count("\n") > maxSeparators {
		return r.d.limit(r.d.base, "more than %d values, lines and parts of keys", maxSeparators)
	}
	r.entries = slices.Grow(r.entries, values) // nearly always enough
	for r.p.Reset(text); r.p.NextExpression(); {
		if len(r.entries) >= MaxNodes/2 {
			return r.d.limit(r.pos, "more than %d values", MaxNodes)
		}
		switch e := r.p.Expression(); e.Kind {
		case unstable.KeyValue:
			if r.table == none {
				r.pos = r.end(e.Raw)
			} else if err := r.member(r.table, e, 1); err != nil {
				return err
			}
		case unstable.Table, unstable.ArrayTable:
			if err := r.header(e); err != nil {
				return err
			}
		}
	}
	return r.d.tomlError(r.p.Error(), text)
}

func (r *tomlReader) start(raw unstable.Range) int { return r.d.base + int(raw.Offset) }
func (r *tomlReader) end(raw unstable.Range) int   { return r.start(raw) + int(raw.Length) }

// header goes to the table that [a.b] or [[a.b]] names, making what is not there.
func (r *tomlReader) header(e *unstable.Node) *SyntaxError {
	start, at, depth := r.find('['), int32(0), 0
	array := e.Kind == unstable.ArrayTable
	for it := e.Key(); it.Next(); {
		key := it.Node()
		r.pos = r.end(key.Raw)
		if depth++; depth > MaxDepth {
			return r.d.limit(r.start(key.Raw), "nested deeper than %d", MaxDepth)
		}
		if at != none {
			at = r.step(at, key, start, array && it.IsLast())
		}
	}
	if array {
		r.find(']')
	}
	r.find(']')
	r.table = at
	if at == none {
		return nil
	}
	if array {
		r.table = r.item(at, entry{kind: Object, start: int32(start)})
	} else if r.entries[at].header {
		r.fail(r.d.syntax(start, "a table with this name stands above already"))
	}
	table := &r.entries[r.table]
	table.header, table.end = true, int32(r.pos)
	return nil
}

// step goes from the object at to its member key, made if need be: an array of tables if it is to be
// added to, else an object, which of an array is the last.
func (r *tomlReader) step(at int32, key *unstable.Node, start int, array bool) int32 {
	kind := Object
	if array {
		kind = Array
	}
	next := r.lookup(at, key.Data)
	switch {
	case next == none:
		next = r.add(at, key.Data, entry{kind: kind, start: int32(start), header: array,
			keyStart: int32(r.start(key.Raw)), keyEnd: int32(r.end(key.Raw))})
	case array && r.entries[next].kind == Array && r.entries[next].header:
		return next
	case !array && r.entries[next].kind == Array && r.entries[next].header:
		return r.entries[next].last
	case array || r.entries[next].kind != Object:
		r.fail(r.d.syntax(r.start(key.Raw), "%q is no table here: it has a value above", key.Data))
		return none
	}
	return next
}

// member adds a key and its value to the object at.
func (r *tomlReader) member(at int32, e *unstable.Node, depth int) *SyntaxError {
	for it := e.Key(); it.Next(); {
		key := it.Node()
		start := r.start(key.Raw)
		r.pos = r.end(key.Raw)
		if depth++; depth > MaxDepth+1 {
			return r.d.limit(start, "nested deeper than %d", MaxDepth)
		}
		if !it.IsLast() {
			if at = r.step(at, key, start, false); at == none {
				break
			}
			continue
		}
		if r.lookup(at, key.Data) != none {
			r.fail(r.d.syntax(start, "key %q occurs twice", key.Data))
			break
		}
		return r.value(e.Value(), depth, func(v entry) int32 {
			v.keyStart, v.keyEnd = int32(start), int32(start)+int32(key.Raw.Length)
			return r.add(at, key.Data, v)
		})
	}
	r.pos = r.end(e.Raw)
	return nil
}

// value adds a value and what it contains; put gives it its place.
func (r *tomlReader) value(n *unstable.Node, depth int, put func(entry) int32) *SyntaxError {
	kind, open, shut := tomlKind(n.Kind), byte('['), byte(']')
	switch kind {
	case Object:
		open, shut = '{', '}'
	case Array:
	default:
		r.pos = r.end(n.Raw)
		put(entry{kind: kind, start: int32(r.start(n.Raw)), end: int32(r.pos)})
		return nil
	}
	start := r.find(open)
	if depth > MaxDepth {
		return r.d.limit(start, "nested deeper than %d", MaxDepth)
	}
	at := put(entry{kind: kind, start: int32(start), end: int32(r.pos)})
	for it := n.Children(); it.Next(); {
		var err *SyntaxError
		if kind == Object {
			err = r.member(at, it.Node(), depth)
		} else {
			err = r.value(it.Node(), depth+1, func(v entry) int32 { return r.item(at, v) })
		}
		if err != nil {
			return err
		}
	}
	r.find(shut)
	r.entries[at].end = int32(r.pos)
	return nil
}

// find goes behind the next byte c and says where it stands: until there come only white space, signs
// and comments.
func (r *tomlReader) find(c byte) int {
	data := r.d.data
	for i := r.pos; i < len(data); i++ {
		switch data[i] {
		case c:
			r.pos = i + 1
			return i
		case '#':
			line := bytes.IndexByte(data[i:], '\n')
			if line < 0 {
				return r.pos
			}
			i += line
		}
	}
	return r.pos
}

func tomlKind(k unstable.Kind) Kind {
	switch k {
	case unstable.InlineTable:
		return Object
	case unstable.Array:
		return Array
	case unstable.Bool:
		return Bool
	case unstable.Integer, unstable.Float:
		return Number
	}
	return String
}

func (d *Doc) tomlError(err error, text []byte) *SyntaxError {
	if err == nil {
		return nil
	}
	offset := len(text)
	if pe, ok := errors.AsType[*unstable.ParserError](err); ok {
		offset = max(0, cap(text)-cap(pe.Highlight))
	}
	offset += d.base
	if d.atConflict(offset) {
		return d.syntax(offset, "a merge conflict marker")
	}
	return d.syntax(offset, "%v", err)
}
