package doc

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"strconv"
	"strings"
)

// Lockfiles in YAML are written by programs, and programs write little of what YAML can be: mappings and
// sequences by indentation, scalars and flow collections on one line, blocks of literal text. This part
// is read here, some ten times as fast as package yaml can and in a fifth of its memory. Whatever else
// occurs, a mistake included, is left to package yaml from the start: blockReader refuses far more than
// it must, and where it does not, both give the same tree (held by FuzzYAML).

// maxYAMLKey bounds a key; package yaml refuses one that is longer than 1024 characters.
const maxYAMLKey = 1000

// blockReader stands on the first byte of what is read next.
type blockReader struct {
	d      *Doc
	pos    int
	indent int // column of pos, from 0; -1 at the end
	depth  int
}

// readBlock reads the whole document, if it is written in that part.
func (d *Doc) readBlock() (ok bool) {
	r := &blockReader{d: d, pos: d.base}
	d.nodes = make([]node, 0, min(MaxNodes, 16+2*bytes.Count(d.data, []byte(":"))+bytes.Count(d.data, []byte("- "))))
	ok = simpleText(d.data[d.base:]) && r.advance(d.base) && r.start() && r.block() && r.indent < 0
	if !ok {
		d.nodes, d.texts = nil, nil
	}
	return ok
}

// simpleText reports whether a text holds nothing but printable characters, spaces and line feeds.
func simpleText(text []byte) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\r':
			if i+1 == len(text) || text[i+1] != '\n' {
				return false
			}
		case c == '\n', ' ' <= c && c < 0x7f:
		case c < utf8.RuneSelf:
			return false
		default:
			ch, size := utf8.DecodeRune(text[i:])
			switch {
			case size == 1, ch < 0xa0, ch == '\u2028', ch == '\u2029', ch == '\ufeff', ch == '\ufffe', ch == '\uffff':
				return false
			}
			i += size - 1
		}
	}
	return true
}

// start goes past the mark that may begin the document.
func (r *blockReader) start() bool {
	if r.indent == 0 && bytes.HasPrefix(r.d.data[r.pos:], []byte("---")) {
		if !r.ends(r.pos+3) || !r.nextLine(r.pos+3) {
			return false
		}
	}
	return r.indent >= 0
}

// lineEnd is the end of the line, without what ends it.
func (r *blockReader) lineEnd(at int) int {
	n := bytes.IndexByte(r.d.data[at:], '\n')
	if n < 0 {
		return len(r.d.data)
	}
	if n > 0 && r.d.data[at+n-1] == '\r' {
		n--
	}
	return at + n
}

// ends reports whether nothing but white space and a comment follows on the line.
func (r *blockReader) ends(at int) bool {
	rest := r.d.data[at:r.lineEnd(at)]
	trimmed := bytes.TrimLeft(rest, " ")
	return len(trimmed) == 0 || trimmed[0] == '#' && len(trimmed) < len(rest)
}

func (r *blockReader) nextLine(at int) bool {
	n := bytes.IndexByte(r.d.data[at:], '\n')
	if n < 0 {
		return r.advance(len(r.d.data))
	}
	return r.advance(at + n + 1)
}

// advance goes to the first content at or behind a place where a line begins. What ends a document, or
// begins another, is refused.
func (r *blockReader) advance(at int) bool {
	data := r.d.data
	for at < len(data) {
		start := at
		for at < len(data) && data[at] == ' ' {
			at++
		}
		if at == len(data) {
			break
		}
		switch c := data[at]; {
		case c == '\n' || c == '\r' || c == '#':
			n := bytes.IndexByte(data[at:], '\n')
			if n < 0 {
				at = len(data)
			} else {
				at += n + 1
			}
			continue
		case at == start && (bytes.HasPrefix(data[at:], []byte("---")) && len(r.d.nodes) > 0 || bytes.HasPrefix(data[at:], []byte("..."))):
			return false
		}
		r.pos, r.indent = at, at-start
		return true
	}
	r.pos, r.indent = len(data), -1
	return true
}

// block reads the collection that begins here.
func (r *blockReader) block() bool {
	if r.depth++; r.depth > MaxDepth {
		return false
	}
	i, kind := len(r.d.nodes), Object
	if r.atDash() {
		kind = Array
	}
	r.add(kind, r.pos, r.pos)
	ok := false
	if kind == Array {
		ok = r.sequence(r.indent)
	} else {
		ok = r.mapping(r.indent, i)
	}
	r.depth--
	r.shut(i)
	return ok
}

// shut closes a collection in blocks, which ends with its last child.
func (r *blockReader) shut(i int) {
	nodes := r.d.nodes
	nodes[i].skip = int32(len(nodes))
	for c := i + 1; c < len(nodes); c = int(nodes[c].skip) {
		nodes[i].end = nodes[c].end
	}
}

func (r *blockReader) add(kind Kind, start, end int) {
	r.d.nodes = append(r.d.nodes, node{kind: kind, start: int32(start), end: int32(end), skip: int32(len(r.d.nodes) + 1)})
}

// blank reports whether at is a space or the end of a line.
func (r *blockReader) blank(at int) bool {
	return at >= len(r.d.data) || r.d.data[at] == ' ' || r.d.data[at] == '\n' || r.d.data[at] == '\r'
}

func (r *blockReader) atDash() bool {
	return r.indent >= 0 && r.d.data[r.pos] == '-' && r.blank(r.pos+1)
}

func (r *blockReader) sequence(n int) bool {
	for r.indent == n && r.atDash() {
		dash := r.pos
		at := dash + 1
		for at < len(r.d.data) && r.d.data[at] == ' ' {
			at++
		}
		ok := false
		switch {
		case r.ends(dash + 1):
			ok = r.below(n, dash+1, false)
		case r.d.data[at] == '-' && r.blank(at+1) || r.keyEnd(at) > 0:
			r.pos, r.indent = at, n+at-dash
			ok = r.block()
		default:
			ok = r.value(n, at)
		}
		if !ok {
			return false
		}
	}
	return r.indent <= n
}

func (r *blockReader) mapping(n, i int) bool {
	names := nameSet{r: r, object: i}
	for r.indent == n && !r.atDash() {
		end := r.keyEnd(r.pos)
		if end == 0 || len(r.d.nodes) >= MaxNodes-2 {
			return false
		}
		r.scalar(r.pos, end)
		if names.has(len(r.d.nodes)-1, r.d.data[r.pos:end]) {
			return false
		}
		colon := end
		for r.d.data[colon] == ' ' {
			colon++
		}
		ok := false
		if r.ends(colon + 1) {
			ok = r.below(n, colon+1, true)
		} else {
			at := colon + 1
			for r.d.data[at] == ' ' {
				at++
			}
			ok = r.value(n, at)
		}
		if !ok {
			return false
		}
	}
	return r.indent < n || r.atDash() && r.indent == n
}

// below reads the value that begins on a later line, deeper than n, or null if there is none. A sequence
// may stand as deep as the key that it belongs to.
func (r *blockReader) below(n, at int, key bool) bool {
	if !r.nextLine(at) {
		return false
	}
	if r.indent > n || key && r.indent == n && r.atDash() {
		return (r.atDash() || r.keyEnd(r.pos) > 0) && r.block()
	}
	r.add(Null, at, at)
	return true
}

// keyEnd is the end of the key that begins at start and that a colon follows, or 0 if there is none.
func (r *blockReader) keyEnd(start int) int {
	data, end := r.d.data, r.lineEnd(start)
	if c := data[start]; c == '"' || c == '\'' {
		at := r.quoteEnd(start, end)
		colon := at
		for at > 0 && colon < end && data[colon] == ' ' {
			colon++
		}
		if at == 0 || at-start > maxYAMLKey || colon == end || data[colon] != ':' || !r.blank(colon+1) || string(data[start+1:at-1]) == "<<" {
			return 0
		}
		return at
	}
	if !r.startsPlain(start) {
		return 0
	}
	for at := start; at < end; at++ {
		switch {
		case data[at] == '#' && at > start && data[at-1] == ' ':
			return 0
		case data[at] == ':' && r.blank(at+1):
			at -= len(data[start:at]) - len(bytes.TrimRight(data[start:at], " "))
			if at-start > maxYAMLKey || string(data[start:at]) == "<<" {
				return 0
			}
			return at
		}
	}
	return 0
}

// startsPlain reports whether a scalar without quotes can begin here.
func (r *blockReader) startsPlain(at int) bool {
	switch c := r.d.data[at]; c {
	case '[', ']', '{', '}', ',', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '?':
		return false
	case '-', ':':
		return !r.blank(at + 1)
	}
	return true
}

// quoteEnd is the place behind the quote that closes the one at start, on the same line; 0 if none does.
func (r *blockReader) quoteEnd(start, end int) int {
	data, quote := r.d.data, r.d.data[start]
	for i := start + 1; i < end; i++ {
		switch {
		case data[i] == '\\' && quote == '"':
			n := escape(data[i+1 : end])
			if n == 0 {
				return 0
			}
			i += n
		case data[i] == quote && quote == '\'' && i+1 < end && data[i+1] == '\'':
			i++
		case data[i] == quote:
			return i + 1
		}
	}
	return 0
}

// escape is the length of what follows a backslash in a string, if it is one of the escapes of YAML 1.2 (5.7); 0 for what is none, or
// may be none, which package yaml is left to judge.
func escape(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	digits := strings.IndexByte("..x.u...U", text[0]) // \xHH, \uHHHH, \UHHHHHHHH
	switch {
	case strings.IndexByte(`0abtnvfre "/\N_LP`, text[0]) >= 0:
		return 1
	case digits < 1 || text[0] == '.' || len(text) <= digits:
		return 0
	}
	code, err := strconv.ParseUint(string(text[1:1+digits]), 16, 32)
	if err != nil || !utf8.ValidRune(rune(code)) {
		return 0
	}
	return 1 + digits
}

// value reads the value that begins at, on the line of its key or dash, which stand in column n.
func (r *blockReader) value(n, at int) bool {
	end := r.lineEnd(at)
	switch c := r.d.data[at]; c {
	case '|', '>':
		return r.literal(n, at, end)
	case '[', '{':
		f := flowReader{r, at, end}
		if !f.collection() || !r.ends(f.pos) {
			return false
		}
	case '"', '\'':
		q := r.quoteEnd(at, end)
		if q == 0 || !r.ends(q) || !r.scalar(at, q) {
			return false
		}
	default:
		if !r.startsPlain(at) {
			return false
		}
		text := r.d.data[at:end]
		if n := bytes.Index(text, []byte(" #")); n >= 0 {
			text = text[:n]
		}
		text = bytes.TrimRight(text, " ")
		if text[len(text)-1] == ':' || bytes.Contains(text, []byte(": ")) {
			return false
		}
		r.scalar(at, at+len(text))
	}
	return r.nextLine(end) && r.indent <= n // what is deeper goes on with the scalar
}

// literal reads a block of text. Package yaml makes the text of it.
func (r *blockReader) literal(n, at, end int) bool {
	if end-at > 2 || end-at == 2 && r.d.data[at+1] != '-' && r.d.data[at+1] != '+' {
		return false
	}
	stop := end
	for stop < len(r.d.data) {
		next := bytes.IndexByte(r.d.data[stop:], '\n')
		if next < 0 {
			stop = len(r.d.data)
			break
		}
		row := r.d.data[stop+next+1 : r.lineEnd(stop+next+1)]
		if text := bytes.TrimLeft(row, " "); len(text) > 0 && len(row)-len(text) <= n {
			stop += next + 1
			break
		}
		stop += next + 1 + len(row)
	}
	var doc yaml.Node
	if yaml.Unmarshal(append([]byte("x: "), r.d.data[at:stop]...), &doc) != nil || len(doc.Content) != 1 {
		return false
	}
	if m := doc.Content[0]; len(m.Content) == 2 && m.Content[1].Kind == yaml.ScalarNode {
		r.add(String, at, end)
		r.d.keepText(len(r.d.nodes)-1, m.Content[1].Value)
		return r.advance(stop)
	}
	return false
}

// scalar adds what stands between two places: quoted, or plain.
func (r *blockReader) scalar(start, end int) bool {
	raw := r.d.data[start:end]
	r.add(String, start, end)
	i := len(r.d.nodes) - 1
	if raw[0] != '"' {
		if raw[0] != '\'' {
			r.d.nodes[i].kind = plainKind(raw)
		}
		return true
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return true
	}
	var doc yaml.Node
	if yaml.Unmarshal(raw, &doc) != nil || len(doc.Content) != 1 {
		return false
	}
	r.d.keepText(i, doc.Content[0].Value)
	return true
}

// plainKind is the kind of a plain scalar, as package yaml has it, which is asked where it is not clear.
func plainKind(raw []byte) Kind {
	switch c := raw[0]; {
	case isDigit(c) || c == '.' || c == '+' || c == '-':
		if bytes.Count(raw, []byte(".")) > 1 {
			return String
		}
	case c == '~' || c == 'n' || c == 'N' || c == 't' || c == 'T' || c == 'f' || c == 'F':
		if len(raw) > len("false") {
			return String
		}
	default:
		return String
	}
	return yamlKind(&yaml.Node{Kind: yaml.ScalarNode, Tag: (&yaml.Node{Kind: yaml.ScalarNode, Value: string(raw)}).ShortTag()})
}

// nameSet knows the names of an object that is being read: a few are looked at one by one.
type nameSet struct {
	r      *blockReader
	object int
	count  int
	names  map[string]bool
}

// has reports whether the object has the name already that the node i bears, and takes it.
func (s *nameSet) has(i int, raw []byte) bool {
	key := Node{s.r.d, int32(i)}
	s.count++
	if s.count <= few {
		text := string(raw)
		if raw[0] == '"' || raw[0] == '\'' {
			text = key.text()
		}
		for c := s.object + 1; c < i; c = int(s.r.d.nodes[s.r.d.nodes[c].skip].skip) {
			if (Node{s.r.d, int32(c)}).is(text) {
				return true
			}
		}
		return false
	}
	if s.names == nil {
		s.names = map[string]bool{}
		for c := s.object + 1; c < i; c = int(s.r.d.nodes[s.r.d.nodes[c].skip].skip) {
			s.names[Node{s.r.d, int32(c)}.text()] = true
		}
	}
	text := key.text()
	if s.names[text] {
		return true
	}
	s.names[text] = true
	return false
}
