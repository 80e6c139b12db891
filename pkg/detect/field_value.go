package detect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/licet/licet/rules"
)

// fieldBytes bounds what is read of a field's values.
const fieldBytes = 1 << 10

// readValue finds the values of a field, whose key ends at f.keyEnd. The forms are those of JSON, YAML, TOML,
// XML, Python, Ruby and headers; what can't be told apart by looking at it is read alike.
func (r *reading) readValue(f *field) bool {
	v := valueReader{text: r.text[:min(len(r.text), f.keyEnd+fieldBytes)], pos: f.keyEnd}
	if f.written == '<' {
		return v.element(f)
	}
	quoted := v.skip("\"'`")
	v.skip(" \t*")
	switch c := v.peek(); {
	case f.key == "module_license" || f.key == "file_license":
		if c != '(' {
			return false
		}
		v.skip("( \t")
		if f.key == "module_license" && !v.skip("\"") {
			return false // a macro
		}
		return v.upTo(f, "\")\n")
	case f.written == '@':
		v.skip(":= \t")
		return v.plain(f)
	case f.written == 'L' && !quoted && v.heading():
		f.written = 'H'
		return v.plain(f)
	case bytes.HasPrefix(v.text[v.pos:], []byte("==")):
		return false // a program compares: [[ $license == "MIT" ]]
	case c == ':' || c == '=':
		v.skip(":=>~")
	case c == '(' && f.key == "license" && f.written == 'L' && strings.ContainsAny(string(v.text[v.pos:min(len(v.text), v.pos+2)]), "\"'"):
		v.pos++ // license("MIT")
	case f.written == 'L' && f.key != "license" && (c == '"' || c == '\''):
	default:
		return false
	}
	v.skip(" \t*")
	switch c := v.peek(); {
	case c == '"' || c == '\'' || c == '`' || c == '%' && quoted:
		v.pos++
		return v.upTo(f, string(c)+"\n")
	case c == '[' || c == '(' && f.written != 'L':
		f.either = quoted
		v.pos++
		return v.items(f)
	case c == '{':
		v.pos++
		return v.object(f)
	case c == '\n' || c == '\r':
		f.either = strings.HasSuffix(r.path, ".cff") || // "their relationship is OR", says its schema
			r.headedByChoice(f)
		return v.lines(f)
	case quoted && f.written != 0 && !isYAML(r.path):
		return false // a value that is no literal
	}
	return v.plain(f)
}

func isYAML(path string) bool {
	return strings.HasSuffix(path, ".yml") || strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".cff")
}

// valueReader reads values from pos on.
type valueReader struct {
	text []byte
	pos  int
}

func (v *valueReader) peek() byte {
	if v.pos >= len(v.text) {
		return 0
	}
	return v.text[v.pos]
}

// skip passes over bytes of a set and reports whether there were any.
func (v *valueReader) skip(set string) bool {
	start := v.pos
	for v.pos < len(v.text) && strings.IndexByte(set, v.text[v.pos]) >= 0 {
		v.pos++
	}
	return v.pos > start
}

// add takes text[start:end] for a value.
func (v *valueReader) add(f *field, start, end int) bool {
	if end <= start {
		return false
	}
	f.values = append(f.values, region{start, end})
	f.end = end
	return true
}

// upTo takes what stands before one of the bytes of a set.
func (v *valueReader) upTo(f *field, set string) bool {
	n := bytes.IndexAny(v.text[v.pos:], set)
	if n < 0 {
		return false
	}
	start := v.pos
	v.pos += n
	return v.add(f, start, v.pos)
}

// plain takes the rest of the line, up to what ends a comment or a statement.
func (v *valueReader) plain(f *field) bool {
	line := lineFrom(v.text, v.pos, maxRaw)
	for _, end := range []string{"*/", "-->", "\\n", "\"", " # ", "\t#", "]", "</", " | Licen"} {
		if n := bytes.Index(line, []byte(end)); n >= 0 {
			line = line[:n]
		}
	}
	line = line[:firstSentence(line)]
	line = bytes.TrimRight(line, " \t*,;#|")
	return v.add(f, v.pos, v.pos+len(line))
}

// leastEnd is how many letters or digits the last word of a sentence has at least: "Lic." and "v." are short for others.
const leastEnd = 4

// firstSentence gives the end of the first sentence of a line: what the next ones say of parts is no longer the value,
// "Apache-2.0. The server is AGPL-3.0."
func firstSentence(line []byte) int {
	for i := 0; i+2 < len(line); i++ {
		word := line[bytes.LastIndexByte(line[:i], ' ')+1 : i]
		if line[i] == '.' && line[i+1] == ' ' && 'A' <= line[i+2] && line[i+2] <= 'Z' && (len(word) >= leastEnd || bytes.Equal(word, bytes.ToUpper(word)) && len(word) > 1) {
			return i
		}
	}
	return len(line)
}

// items takes the strings and objects of a list.
func (v *valueReader) items(f *field) bool {
	for v.pos < len(v.text) {
		v.skip(" \t\r\n,")
		switch c := v.peek(); c {
		case '"', '\'':
			v.pos++
			if !v.upTo(f, string(c)+"\n") {
				return false
			}
			v.pos++
		case '{':
			v.pos++
			if !v.object(f) {
				return len(f.values) > 0
			}
		default:
			return len(f.values) > 0
		}
	}
	return len(f.values) > 0
}

// objectKeys name a license inside an object or element, the best first.
var objectKeys = []string{"type", "id", "name", "text", "expression"}

// object takes the name of the license from an object.
func (v *valueReader) object(f *field) bool {
	start := v.pos
	body, _, _ := bytes.Cut(v.text[start:], []byte{'}'})
	v.pos = min(len(v.text), start+len(body)+1)
	for _, key := range objectKeys {
		i := bytes.Index(body, []byte(key))
		if i < 0 || i > 0 && isKeyByte(body[i-1]) {
			continue
		}
		in := valueReader{text: body, pos: i + len(key)}
		in.skip("\"' \t:=>")
		if in.pos == i+len(key) {
			continue
		}
		var inner field
		if in.upTo(&inner, "\"'\n,}") {
			return v.add(f, start+inner.values[0].start, start+inner.values[0].end)
		}
	}
	return false
}

// heading passes over the end of a heading, its underline and blank lines, up to the first line below it.
func (v *valueReader) heading() bool {
	at := v.pos
	rest := bytes.TrimLeft(v.text[at:], "# :")
	if len(rest) == 0 || rest[0] != '\n' && rest[0] != '\r' {
		return false
	}
	below := bytes.TrimLeft(rest, "-=~ \r\n")
	between := rest[:len(rest)-len(below)]
	if bytes.Count(between, []byte{'\n'}) > 4 || bytes.HasSuffix(between, []byte("- ")) || len(below) == 0 || !isASCIILetter(below[0]) {
		return false
	}
	v.pos = len(v.text) - len(below)
	return true
}

// maxItems bounds the lines of a list.
const maxItems = 10

// lines takes the items of a YAML list.
func (v *valueReader) lines(f *field) bool {
	for range maxItems {
		v.skip("\r\n \t")
		if v.peek() != '-' || v.pos+1 >= len(v.text) || v.text[v.pos+1] != ' ' {
			break
		}
		v.skip("- \"'")
		if bytes.HasPrefix(v.text[v.pos:], []byte("type:")) {
			v.pos += len("type:")
			v.skip(" \"'")
		}
		line := bytes.TrimRight(lineFrom(v.text, v.pos, maxRaw), " \t\"'\r")
		if !v.add(f, v.pos, v.pos+len(line)) {
			break
		}
		v.pos += len(lineFrom(v.text, v.pos, fieldBytes))
	}
	return len(f.values) > 0
}

// headedByChoice reports whether the line of a field says before the key that one of what is listed is enough.
func (r *reading) headedByChoice(f *field) bool {
	before := r.text[max(0, f.start-maxRaw):f.start]
	low := " " + strings.ToLower(string(before[bytes.LastIndexByte(before, '\n')+1:]))
	return slices.ContainsFunc(rules.WordsOf(rules.WordOneOf), func(words string) bool { return strings.Contains(low, " "+words+" ") })
}

// element takes the content of an XML element, or the name that stands inside it.
func (v *valueReader) element(f *field) bool {
	n := bytes.IndexByte(v.text[v.pos:], '>')
	if n < 0 || n > 200 || n > 0 && v.text[v.pos+n-1] == '/' {
		return false
	}
	if bytes.Contains(v.text[v.pos:v.pos+n], []byte(`"file"`)) {
		return false // nuspec: the name of a file
	}
	v.pos += n + 1
	v.skip(" \t\r\n")
	if v.peek() != '<' {
		return v.upTo(f, "<")
	}
	if f.key == "licenses" {
		return false // its elements speak for themselves
	}
	end := bytes.Index(v.text[v.pos:], []byte("</license"))
	if end < 0 {
		return false
	}
	body := v.text[:v.pos+end]
	for _, tag := range []string{"<name>", "<id>", "<expression>"} {
		if i := bytes.Index(body[v.pos:], []byte(tag)); i >= 0 {
			v.text, v.pos = body, v.pos+i+len(tag)
			return v.upTo(f, "<")
		}
	}
	return false
}
