package doc

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fields, "name: value" or "name = value", are written in four ways that differ in what continues a
// value on the next line and in what parts records. A value is one node over all of its lines; they are
// put together when somebody asks for the text. A line that is no field is an error that does not end
// the reading; what git could not merge does.

// INI reads sections of fields, as setup.cfg and .gitmodules hold them (docs.python.org, configparser):
// an object of objects, and before them the fields that stand in no section. Name and value are parted by
// = or :, whichever comes first; a name alone has the value null. A line that is indented deeper than the
// name continues the value, on a line of its own. Lines that begin with # or ; are comments. A section
// is named as it is written: `submodule "x"`. The Doc is never nil.
func INI(path string, data []byte) (*Doc, error) {
	d, err := newDoc(path, data, iniForm)
	if err != nil {
		return d, err
	}
	r := fieldReader{d: d, flatBuilder: flatBuilder{d: d}}
	r.open(Object, d.base)
	r.each(r.iniLine)
	return r.done()
}

var iniForm = form{plain: oneLine, unquote: func(raw []byte) string {
	return unfold(raw, "\n", func(line string) (string, bool) {
		line = strings.TrimSpace(line)
		return line, line == "" || line[0] != '#' && line[0] != ';'
	})
}}

// Stanzas reads records of fields that blank lines part: control files (Debian policy, section 5.1), and
// what resembles them: dpkg's status, DEP-5 copyright, R's DESCRIPTION, apk's installed. It gives an
// array of objects. A line that begins with white space continues the value, on a line of its own,
// without its first byte; a dot alone is an empty line. Lines that begin with # are comments. The Doc is
// never nil.
func Stanzas(path string, data []byte) (*Doc, error) { return stanzas(path, data, controlForm, false) }

// Header reads the first record of a text like those of [Stanzas] as an object: PKG-INFO and METADATA,
// whose body is not made of fields, are such. Only a line that is quite empty ends it, as in mail (RFC
// 5322, section 2.1).
func Header(path string, data []byte) (*Doc, error) { return stanzas(path, data, controlForm, true) }

// Manifest reads a JAR's MANIFEST.MF (the JAR file specification) as an array of objects, the main
// section first. A line that begins with a space continues the value without a break. The Doc is never
// nil.
func Manifest(path string, data []byte) (*Doc, error) {
	return stanzas(path, data, manifestForm, false)
}

var controlForm = form{plain: oneLine, unquote: func(raw []byte) string {
	first := true
	return unfold(raw, "\n", func(line string) (string, bool) {
		if first {
			first = false
			return line, true
		}
		if line == "" || line[0] == '#' {
			return "", false
		}
		if line = line[1:]; line == "." {
			line = ""
		}
		return line, true
	})
}}

var manifestForm = form{plain: oneLine, unquote: func(raw []byte) string {
	return unfold(raw, "", func(line string) (string, bool) { return strings.TrimPrefix(line, " "), true })
}}

func stanzas(path string, data []byte, form form, single bool) (*Doc, error) {
	d, err := newDoc(path, data, form)
	if err != nil {
		return d, err
	}
	r := fieldReader{d: d, flatBuilder: flatBuilder{d: d}}
	if single {
		r.open(Object, d.base)
	} else {
		d.nodes = slices.Grow(d.nodes, min(MaxNodes, 2*bytes.Count(d.data, []byte("\n")))) // nearly always enough
		r.open(Array, d.base)
	}
	r.each(func(start, end int) bool {
		blank := start == end || !single && len(bytes.TrimSpace(d.data[start:end])) == 0
		if blank && single && len(d.nodes) > 1 {
			return false
		}
		if blank && len(r.opened) > 1 {
			r.shut()
		}
		if blank {
			r.value = 0
			return true
		}
		r.stanzaLine(start, end, !single)
		return true
	})
	return r.done()
}

// Properties reads a Java properties file (java.util.Properties, load) as one object. The Doc is never
// nil.
func Properties(path string, data []byte) (*Doc, error) {
	d, err := newDoc(path, data, propertiesForm)
	if err != nil {
		return d, err
	}
	if !utf8.Valid(d.data) {
		d.data, d.moved = fromLatin1(d.data), true
	}
	r := fieldReader{d: d, flatBuilder: flatBuilder{d: d}}
	r.open(Object, d.base)
	r.each(r.propertyLine)
	return r.done()
}

var propertiesForm = form{unquote: propertyText, plain: func(raw []byte) ([]byte, bool) {
	return raw, bytes.IndexByte(raw, '\\') < 0
}}

// fieldReader reads line by line.
type fieldReader struct {
	flatBuilder
	d      *Doc
	err    *SyntaxError // the first
	value  int          // the node whose value the next line may continue, or 0
	indent int          // of the name of that value
	more   bool         // the value goes on for certain
}

func (r *fieldReader) fail(err *SyntaxError) {
	if r.err == nil {
		r.err = err
	}
}

// each hands on every line, until one is a conflict or line wants no more.
func (r *fieldReader) each(line func(start, end int) bool) {
	for start, end := range r.d.rows() {
		if bytes.HasPrefix(r.d.data[start:], []byte("<<<<<<< ")) {
			r.fail(r.d.syntax(start, "a merge conflict marker"))
			return
		}
		if len(r.d.nodes) > MaxNodes-4 {
			r.fail(r.d.limit(start, "more than %d values", MaxNodes))
			return
		}
		if !line(start, end) {
			return
		}
	}
}

func (r *fieldReader) done() (*Doc, error) {
	r.shutAll()
	if nodes := r.d.nodes; cap(nodes) > len(nodes)+len(nodes)/4 {
		r.d.nodes = slices.Clone(nodes) // without what is held in reserve
	}
	if r.err != nil {
		return r.d, r.err
	}
	return r.d, nil
}

// trim moves both ends over white space.
func (r *fieldReader) trim(start, end int) (int, int) {
	data := r.d.data
	for start < end && data[start] <= ' ' {
		start++
	}
	for start < end && data[end-1] <= ' ' {
		end--
	}
	return start, end
}

// field adds a name and its value. The value may go on below.
func (r *fieldReader) field(name, nameEnd, value, valueEnd int) {
	r.scalar(String, name, nameEnd)
	r.value = len(r.d.nodes)
	r.scalar(String, value, valueEnd)
}

// extend lets the last value reach to end.
func (r *fieldReader) extend(end int) {
	r.d.nodes[r.value].end = int32(end)
	r.end = max(r.end, end)
}

func (r *fieldReader) iniLine(lineStart, lineEnd int) bool {
	start, end := r.trim(lineStart, lineEnd)
	if start == end {
		return true
	}
	text, indent := r.d.data[start:end], start-lineStart
	switch {
	case text[0] == '#' || text[0] == ';':
	case r.value > 0 && indent > r.indent:
		r.extend(end)
	case text[0] == '[':
		shut := bytes.LastIndexByte(text, ']')
		if shut < 0 {
			r.fail(r.d.syntax(start, "a section without ]"))
			return true
		}
		if len(r.opened) > 1 {
			r.shut()
		}
		name, nameEnd := r.trim(start+1, start+shut)
		r.scalar(String, name, nameEnd)
		r.open(Object, start)
		r.end, r.value = start+shut+1, 0
	default:
		r.indent = indent
		eq := bytes.IndexAny(text, "=:")
		if eq < 0 {
			r.scalar(String, start, end)
			r.scalar(Null, end, end)
			r.value = 0
			return true
		}
		_, nameEnd := r.trim(start, start+eq)
		if nameEnd == start {
			r.fail(r.d.syntax(start, "a value without a name"))
			r.value = 0
			return true
		}
		value, valueEnd := r.trim(start+eq+1, end)
		r.field(start, nameEnd, value, valueEnd)
	}
	return true
}

func (r *fieldReader) stanzaLine(start, end int, record bool) {
	data := r.d.data
	_, textEnd := r.trim(start, end)
	switch c := data[start]; {
	case c == '#':
		return
	case (c == ' ' || c == '\t') && r.value > 0:
		r.extend(textEnd)
		return
	}
	colon := bytes.IndexByte(data[start:end], ':')
	if colon <= 0 || bytes.ContainsAny(data[start:start+colon], " \t") {
		r.fail(r.d.syntax(start, "no field: a name and a colon are expected"))
		r.value = 0
		return
	}
	if record && len(r.opened) == 1 {
		r.open(Object, start)
	}
	value, valueEnd := r.trim(start+colon+1, end)
	r.field(start, start+colon, value, valueEnd)
}

func (r *fieldReader) propertyLine(lineStart, lineEnd int) bool {
	data := r.d.data
	start := lineStart
	for start < lineEnd && (data[start] == ' ' || data[start] == '\t' || data[start] == '\f') {
		start++
	}
	goesOn := (lineEnd-len(bytes.TrimRight(data[start:lineEnd], `\`))-start)%2 == 1
	if r.more {
		r.extend(lineEnd)
		r.more = goesOn
		return true
	}
	if start == lineEnd || data[start] == '#' || data[start] == '!' {
		return true
	}
	nameEnd := start
	for nameEnd < lineEnd && strings.IndexByte("=: \t\f", data[nameEnd]) < 0 {
		if data[nameEnd] == '\\' {
			nameEnd++
		}
		nameEnd++
	}
	nameEnd = min(nameEnd, lineEnd)
	value := nameEnd
	for sign := false; value < lineEnd; value++ {
		c := data[value]
		if (c == '=' || c == ':') && !sign {
			sign = true
		} else if c != ' ' && c != '\t' && c != '\f' {
			break
		}
	}
	r.field(start, nameEnd, value, lineEnd)
	r.more = goesOn
	return true
}

func oneLine(raw []byte) (text []byte, ok bool) { return raw, bytes.IndexByte(raw, '\n') < 0 }

// unfold joins the lines of a value; each says what of it counts, and whether it does.
func unfold(raw []byte, join string, each func(line string) (string, bool)) string {
	var lines []string
	for line := range strings.SplitSeq(string(raw), "\n") {
		if line, ok := each(strings.TrimSuffix(line, "\r")); ok {
			lines = append(lines, line)
		}
	}
	return strings.ToValidUTF8(strings.Join(lines, join), "\uFFFD")
}

// propertyText resolves the escapes of a name or value; a backslash at the end of a line joins it with
// the next, without the white space that begins that.
func propertyText(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			if raw[i] != '\\' {
				out = append(out, raw[i])
			}
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'u':
			r, n := utf16Escape(raw[i-1:])
			out = utf8.AppendRune(out, r)
			i += n - 2
		case '\r', '\n':
			rest := bytes.TrimLeft(bytes.TrimPrefix(raw[i:], []byte("\r")), "\n")
			i = len(raw) - len(bytes.TrimLeft(rest, " \t\f")) - 1
		default:
			if at := strings.IndexByte("f\fn\nr\rt\t", c); at >= 0 && at%2 == 0 {
				c = "f\fn\nr\rt\t"[at+1]
			}
			out = append(out, c)
		}
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}
