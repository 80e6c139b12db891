package doc

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSONC reads JSON as people and some tools write it (json5.org): with comments, commas before closing
// brackets, names without quotes, single quotes, hexadecimal numbers, NaN and Infinity. What is plain
// JSON is read by [JSON]. Errors and all else are as there.
func JSONC(path string, data []byte) (*Doc, error) {
	if d, err := JSON(path, data); err == nil {
		return d, nil
	}
	d, err := newDoc(path, data, jsoncForm)
	if err != nil {
		return d, err
	}
	r := jsoncReader{jsonReader{d: d, pos: d.base}}
	d.nodes = make([]node, 0, min(MaxNodes, estimate(d.data)))
	if err := r.document(); err != nil {
		r.close()
		return d, err
	}
	return d, nil
}

var jsoncForm = form{plain: jsoncPlain, unquote: jsoncUnquote}

func jsoncPlain(raw []byte) (text []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' && raw[0] != '\'' {
		return raw, true
	}
	return raw[1 : len(raw)-1], bytes.IndexByte(raw, '\\') < 0
}

// jsoncReader is recursive; MaxDepth bounds it.
type jsoncReader struct{ jsonReader }

func (r *jsoncReader) document() *SyntaxError {
	if c, err := r.next(); err != nil {
		return err
	} else if c == 0 {
		return r.d.syntax(r.pos, "the document is empty")
	}
	if err := r.value(); err != nil {
		return err
	}
	c, err := r.next()
	if err == nil && c != 0 {
		err = r.d.syntax(r.pos, "text after the end of the document")
	}
	return err
}

// next goes to the next byte that is neither white space nor part of a comment, and gives it; 0 at the
// end.
func (r *jsoncReader) next() (byte, *SyntaxError) {
	data := r.d.data
	for r.pos < len(data) {
		c := data[r.pos]
		switch {
		case c <= ' ':
			r.pos++
		case c == '/' && bytes.HasPrefix(data[r.pos:], []byte("//")):
			line := bytes.IndexByte(data[r.pos:], '\n')
			if line < 0 {
				line = len(data) - r.pos
			}
			r.pos += line
		case c == '/' && bytes.HasPrefix(data[r.pos:], []byte("/*")):
			end := bytes.Index(data[r.pos+2:], []byte("*/"))
			if end < 0 {
				return 0, r.d.syntax(r.pos, "a comment that does not end")
			}
			r.pos += 2 + end + 2
		default:
			return c, nil
		}
	}
	return 0, nil
}

// expected says what is missing at the present place.
func (r *jsoncReader) expected(what string) *SyntaxError {
	switch {
	case r.pos >= len(r.d.data):
		return r.d.syntax(r.pos, "the document ends in the middle")
	case r.d.atConflict(r.pos):
		return r.d.syntax(r.pos, "a merge conflict marker")
	}
	c, _ := utf8.DecodeRune(r.d.data[r.pos:])
	return r.d.syntax(r.pos, "%q where %s is expected", c, what)
}

func (r *jsoncReader) value() *SyntaxError {
	switch c := r.d.data[r.pos]; c {
	case '{', '[':
		return r.collection(c)
	case '"', '\'':
		return r.quoted()
	}
	word := r.word()
	kind := Missing
	switch t := strings.TrimLeft(string(word), "+-"); {
	case t == "true" || t == "false":
		kind = Bool
	case t == "null":
		kind = Null
	case t == "NaN" || t == "Infinity" || t != "" && (isDigit(t[0]) || t[0] == '.'):
		kind = Number
	default:
		return r.expected("a value")
	}
	return r.scalar(kind, r.pos+len(word))
}

// collection reads an object or an array from its opening bracket on.
func (r *jsoncReader) collection(open byte) *SyntaxError {
	d, start, i := r.d, r.pos, int32(len(r.d.nodes))
	kind, shut, want := Object, byte('}'), "a name or }"
	if open == '[' {
		kind, shut, want = Array, ']', "a value or ]"
	}
	if len(r.open) == MaxDepth {
		return d.limit(start, "nested deeper than %d", MaxDepth)
	}
	if err := r.scalar(kind, start+1); err != nil {
		return err
	}
	r.open = append(r.open, i)
	for {
		c, err := r.next()
		switch {
		case err != nil:
			return err
		case c == 0:
			return r.expected(want)
		case c == shut:
			r.pos++
			r.open = r.open[:len(r.open)-1]
			d.nodes[i].end, d.nodes[i].skip = int32(r.pos), int32(len(d.nodes))
			return nil
		case kind == Object:
			err = r.name()
		}
		if err == nil {
			err = r.value()
		}
		if err != nil {
			return err
		}
		if c, err = r.next(); err != nil {
			return err
		}
		if c == ',' {
			r.pos++
		} else if c != shut {
			return r.expected("a comma or " + string(shut))
		}
	}
}

// name reads the name of a member and the colon, up to where the value begins.
func (r *jsoncReader) name() *SyntaxError {
	var err *SyntaxError
	if c := r.d.data[r.pos]; c == '"' || c == '\'' {
		err = r.quoted()
	} else if word := r.word(); len(word) > 0 && !r.d.atConflict(r.pos) {
		err = r.scalar(String, r.pos+len(word))
	} else {
		err = r.expected("a name")
	}
	if err != nil {
		return err
	}
	c, err := r.next()
	if err != nil {
		return err
	}
	if c != ':' {
		return r.expected("a colon")
	}
	end := r.pos
	r.pos++
	if c, err = r.next(); err == nil && c == 0 {
		err = r.expected("a value")
	}
	if err != nil {
		r.pos = end
	}
	return err
}

// word is what stands here up to a sign that ends it.
func (r *jsoncReader) word() []byte {
	rest := r.d.data[r.pos:]
	if end := bytes.IndexAny(rest, " \t\r\n,:/{}[]\"'<>=|"); end >= 0 {
		return rest[:end]
	}
	return rest
}

func (r *jsoncReader) quoted() *SyntaxError {
	data, quote := r.d.data, r.d.data[r.pos]
	for i := r.pos + 1; i < len(data); i++ {
		switch data[i] {
		case quote:
			return r.scalar(String, i+1)
		case '\\':
			if bytes.HasPrefix(data[i+1:], []byte("\r\n")) {
				i++
			}
			i++
		case '\n':
			return r.d.syntax(r.pos, "a string that does not end on its line")
		}
	}
	return r.d.syntax(r.pos, "the document ends in the middle of a string")
}

// scalar adds a node from here to end.
func (r *jsoncReader) scalar(kind Kind, end int) *SyntaxError {
	d := r.d
	if len(d.nodes) == MaxNodes {
		return d.limit(r.pos, "more than %d values", MaxNodes)
	}
	d.nodes = append(d.nodes, node{kind: kind, start: int32(r.pos), end: int32(end), skip: int32(len(d.nodes) + 1)})
	r.pos = end
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// jsoncUnquote gives the text of a string with escapes (JSON5, section 5).
func jsoncUnquote(raw []byte) string {
	body, _ := jsoncPlain(raw)
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			out = append(out, body[i])
			continue
		}
		i++
		switch c := body[i]; c {
		case 'u':
			r, n := utf16Escape(body[i-1:])
			out = utf8.AppendRune(out, r)
			i += n - 2
		case 'x':
			r, n := hexEscape(body[i+1:], 2)
			out = utf8.AppendRune(out, r)
			i += n
		case '\r':
			if i+1 < len(body) && body[i+1] == '\n' {
				i++
			}
		case '\n':
		default:
			if at := strings.IndexByte("b\bf\fn\nr\rt\tv\v0\x00", c); at >= 0 && at%2 == 0 {
				c = "b\bf\fn\nr\rt\tv\v0\x00"[at+1]
			}
			out = append(out, c)
		}
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// utf16Escape reads \uXXXX, or two that are a surrogate pair, and gives the number of bytes they take.
func utf16Escape(s []byte) (r rune, size int) {
	r, n := hexEscape(s[2:], 4)
	size = 2 + n
	if utf16.IsSurrogate(r) && bytes.HasPrefix(s[size:], []byte(`\u`)) {
		low, n := hexEscape(s[size+2:], 4)
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, size + 2 + n
		}
	}
	return r, size
}

// hexEscape reads that many hexadecimal digits; what are none is U+FFFD and takes no bytes.
func hexEscape(s []byte, digits int) (r rune, size int) {
	n, err := strconv.ParseUint(string(s[:min(digits, len(s))]), 16, 32)
	if err != nil || len(s) < digits {
		return utf8.RuneError, 0
	}
	return rune(n), digits
}
