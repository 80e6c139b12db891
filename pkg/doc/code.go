package doc

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Code reads the literal values of a program, as a setup.py, a gemspec or a mix.lock hold them. Nothing is
// executed, and nothing of the language understood but its strings, numbers, comments and brackets: the
// document is an array, what stands in a pair of brackets is an array in it, and in between stand
// strings, numbers and words. A word is a name, with what it is part of ("s.name", ":git", ".package"),
// a sign, the end of a line where it may end a statement ("\n"), or a string into which the program
// fills in something, quotes and all. [Node.Calls] and [Terms] find their way in it.
//
// Brackets that do not match and strings that do not end are errors; the reading goes on. The Doc is
// never nil. data must not change afterwards.
func Code(path string, data []byte, lang *Language) (*Doc, error) {
	d, err := newDoc(path, data, lang.form())
	if err != nil {
		return d, err
	}
	r := codeReader{fieldReader: fieldReader{d: d, flatBuilder: flatBuilder{d: d}}, lang: lang, pos: d.base}
	r.open(Array, d.base)
	for r.pos < len(d.data) {
		if len(d.nodes) >= MaxNodes-2 {
			r.fail(d.limit(r.pos, "more than %d values", MaxNodes))
			break
		}
		if len(r.opened) > MaxDepth {
			r.fail(d.limit(r.pos-1, "nested deeper than %d", MaxDepth))
			break
		}
		r.token()
	}
	if n := len(r.opened); n > 1 && r.err == nil {
		r.fail(d.syntax(int(d.nodes[r.opened[n-1]].start), "a bracket that is not closed"))
	}
	return r.done()
}

// codeReader builds the tree token by token.
type codeReader struct {
	fieldReader
	lang     *Language
	pos      int
	complete bool // the last token may end a statement
	resume   int  // where the next line begins behind the text of a here-document, or 0
	oneLine  bool // a string did not end, so that none is believed to have several lines any more
}

func (r *codeReader) add(kind Kind, end int) {
	r.scalar(kind, r.pos, end)
	r.pos, r.complete = end, true
}

func (r *codeReader) has(prefix string) bool {
	return prefix != "" && bytes.HasPrefix(r.d.data[r.pos:], []byte(prefix))
}

func (r *codeReader) token() {
	switch c := r.d.data[r.pos]; {
	case c == '\n':
		r.newline()
	case c <= ' ', c == '\\' && r.pos+1 < len(r.d.data) && r.d.data[r.pos+1] <= ' ':
		r.pos++
		if c == '\\' {
			r.pos = min(len(r.d.data), r.pos+len(r.d.rest(r.pos))+1)
		}
	case c == ',':
		r.add(Word, r.pos+1)
		r.complete = false
	case isDigit(c):
		r.number()
	case startsName(r.d.data[r.pos:]) && strings.IndexByte(r.lang.Prefixes, c) < 0:
		r.name()
	case r.comment(), r.lang.Heredocs && !r.oneLine && r.heredoc(), r.lang.Percent && !r.oneLine && r.percent(), r.text():
	case r.lang.Atoms && c == ':' && startsName(r.d.data[r.pos+1:]), startsName(r.d.data[r.pos:]):
		r.name()
	case c == '.' && startsName(r.d.data[r.pos+1:]):
		r.name()
	case c == '(' || c == '[' || c == '{':
		r.open(Array, r.pos)
		r.pos, r.complete = r.pos+1, false
		r.end = r.pos
	case c == ')' || c == ']' || c == '}':
		r.bracket(c)
	default:
		r.sign()
	}
}

// newline ends a statement, but not within ( and [.
func (r *codeReader) newline() {
	inner := r.d.nodes[r.opened[len(r.opened)-1]].start
	if r.complete && (len(r.opened) == 1 || r.d.data[inner] == '{') {
		r.add(Word, r.pos+1)
	} else {
		r.pos++
	}
	r.complete = false
	if r.resume > 0 {
		r.pos, r.resume = max(r.pos, r.resume), 0
	}
}

func (r *codeReader) comment() bool {
	for _, mark := range r.lang.Comments {
		if r.has(mark) {
			if !r.block(mark) {
				r.pos += len(r.d.rest(r.pos))
			}
			return true
		}
	}
	return r.block("")
}

// block goes past a comment that has an end; of those that begin like a comment without one, such as --[[.
func (r *codeReader) block(mark string) bool {
	for _, pair := range r.lang.Blocks {
		if r.has(pair[0]) && strings.HasPrefix(pair[0], mark) {
			end := bytes.Index(r.d.data[r.pos+len(pair[0]):], []byte(pair[1]))
			if end < 0 {
				r.fail(r.d.syntax(r.pos, "a comment that does not end"))
				r.pos = len(r.d.data)
			} else {
				r.pos += len(pair[0]) + end + len(pair[1])
			}
			return true
		}
	}
	return false
}

// text reads a string, with the letters that may stand before it.
func (r *codeReader) text() bool {
	data := r.d.data
	prefix, q := r.lang.quote(data[r.pos:])
	if q == nil {
		return false
	}
	kind := String
	if bytes.ContainsAny(data[r.pos:r.pos+prefix], "fF") {
		kind = Word
	}
	signs := string([]byte{'\\', '\n', q.Close[0]}) + q.Fill[:min(1, len(q.Fill))]
	for i := r.pos + prefix + len(q.Open); i < len(data); i++ {
		switch {
		case strings.IndexByte(signs, data[i]) < 0:
		case data[i] == '\\' && !q.Raw && (q.Fill == "" || !bytes.HasPrefix(data[i:], []byte(q.Fill))):
			i++
		case bytes.HasPrefix(data[i:], []byte(q.Close)):
			r.add(kind, i+len(q.Close))
			return true
		case data[i] == '\n' && (!q.Lines || r.oneLine):
			i = len(data)
		case q.Fill != "" && bytes.HasPrefix(data[i:], []byte(q.Fill)) && fills(data[i+len(q.Fill):], q.Fill):
			kind = Word
			i += len(q.Fill) - 1
			i += filling(data[i:])
		}
	}
	r.unending("a string")
	return true
}

// unending reports what begins here and has no end; the rest of the line is left out. To look for the end
// of every such text would take quadratic time.
func (r *codeReader) unending(what string) {
	r.fail(r.d.syntax(r.pos, "%s that does not end", what))
	r.oneLine = true
	r.add(Word, r.pos+len(r.d.rest(r.pos)))
}

// fills reports whether the sign for what is filled in is one: a $ alone needs a name or a brace.
func fills(rest []byte, sign string) bool {
	return sign != "$" || startsName(rest) || bytes.HasPrefix(rest, []byte("{"))
}

// filling is how far the brackets reach that begin at the last byte of the sign, or behind a $: to their
// last byte, or to the end of the line.
func filling(text []byte) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '{', '(':
			depth++
		case '}', ')':
			depth--
		case '\n':
			return i - 1
		case '$':
			continue
		}
		if depth == 0 {
			return i
		}
	}
	return len(text) - 1
}

// startsName reports whether a name begins text.
func startsName(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	c := text[0]
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$' || c == '@' || c >= utf8.RuneSelf
}

func (r *codeReader) name() {
	data, i := r.d.data, r.pos+1
	for i < len(data) {
		switch c := data[i]; {
		case isDigit(c), startsName(data[i:]) && c != '$' && c != '@', r.lang.Dashes && c == '-':
			i++
		case c == '.' && startsName(data[i+1:]), r.lang.Atoms && (c == '?' || c == '!') && !bytes.HasPrefix(data[i+1:], []byte("=")):
			i++
		case c == ':' && bytes.HasPrefix(data[i+1:], []byte(":")) && startsName(data[i+2:]):
			i += 2
		default:
			r.add(Word, i)
			return
		}
	}
	r.add(Word, i)
}

func (r *codeReader) number() {
	data, i := r.d.data, r.pos+1
	for i < len(data) && (isDigit(data[i]) || data[i] == '_' || data[i]|0x20 >= 'a' && data[i]|0x20 <= 'z' ||
		data[i] == '.' && i+1 < len(data) && isDigit(data[i+1])) {
		i++
	}
	r.add(Number, i)
}

// bracket closes the innermost bracket of its kind, and those within that were left open.
func (r *codeReader) bracket(c byte) {
	open := byte('(')
	if c != ')' {
		open = c - 2
	}
	for last := len(r.opened) - 1; last > 0; last-- {
		if r.d.data[r.d.nodes[r.opened[last]].start] != open {
			continue
		}
		for n := len(r.opened); n > last+1; n-- {
			r.fail(r.d.syntax(int(r.d.nodes[r.opened[n-1]].start), "a bracket that is not closed"))
			r.shut()
		}
		r.pos++
		r.end, r.complete = r.pos, true
		r.shut()
		return
	}
	r.fail(r.d.syntax(r.pos, "%q closes no bracket", c))
	r.add(Word, r.pos+1)
}

// sign reads a sign, of two bytes where these are one.
func (r *codeReader) sign() {
	size := 1
	for _, s := range []string{"=>", "->", "==", "!=", "<=", ">=", "~>", "::", "||", "&&", "..", "<<", ">>", "|>", "+=", "=~"} {
		if r.has(s) {
			size = 2
			break
		}
	}
	bar := r.lang.Atoms && r.d.data[r.pos] == '|' && size == 1 // behind the parameters of a block
	r.add(Word, r.pos+size)
	r.complete = bar
}
