// Package doc reads structured text into a tree in which every node knows its place.
//
// A decoder that fills structs forgets where a value stood, and a report that cannot name the line of
// the manifest convinces nobody. So every format becomes one kind of tree: a [Doc] holds the bytes of the
// file and one flat slice of 16-byte nodes. A node is its kind, its first and last byte, and the index of
// the node that follows its last descendant; the first child is simply the next node. Hardly anything
// else is stored: strings are unescaped, and lines and columns counted, only for those nodes that
// somebody asks about. A lockfile of 50 MB costs about as much memory again as the file itself.
//
//	JSON JSONC TOML YAML              values, as their specifications have them
//	XML                               elements: attributes are members "@name", text is Text
//	INI Properties                    sections of fields, fields
//	Stanzas Header Manifest           records of "Name: value", the first record, a JAR's manifest
//	Outline Lines                     lines by their indentation, lines one by one
//	Code                              the strings, numbers, words and brackets of a program
//
// The nodes stand in the order of the text but for TOML, whose tables need not: there the members are
// linked first and laid out at the end (link.go). What YAML borrows by aliases and merge keys is found
// at every place that names it.
//
// Reading is tolerant, because files in the field are: a byte order mark, UTF-16, duplicate names and
// invalid UTF-8 (each bad byte becomes U+FFFD in [Node.Text]) are accepted. What cannot be read is an
// error that comes together with everything before it, and the marks that git leaves in what it could
// not merge are named as such. Size, depth and number of nodes are bounded, and the time is linear.
//
// The package knows nothing of what the documents mean and does not write them.
package doc

import (
	"fmt"
	"iter"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/licet/licet/pkg/source"
)

// The limits of one document. Past one the reader returns what it read so far and a [*SyntaxError] with
// Limit set.
const (
	MaxSize     = 256 << 20 // bytes
	MaxDepth    = 1000      // arrays and objects within each other
	MaxNodes    = 1 << 24   // keys, values and items
	MaxExpanded = 100_000   // nodes that the aliases and merge keys of a YAML document stand for
)

// Kind is the kind of a node.
type Kind uint8

// The kinds. Missing is what is not there.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
	Word // of a program, see [Code]
)

var kindNames = [...]string{"missing", "null", "boolean", "number", "string", "array", "object", "word"}

// String gives the kind's name in JSON's words.
func (k Kind) String() string { return kindNames[k] }

// Doc is one document. It is immutable and safe for concurrent use.
type Doc struct {
	path  string
	data  []byte // UTF-8 but for stray bytes
	base  int    // where the text begins in data: behind a byte order mark
	moved bool   // data is a conversion, so its offsets are not those of the file
	nodes []node
	form  form
	texts map[int32]string // of the few nodes whose text is not to be had from their bytes
	lines func() []int32
}

// node is one node of the tree; its children follow it, an object's as key, value, key, value.
type node struct {
	start, end int32
	skip       int32 // index of the first node that is not a descendant
	kind       Kind
	mark       byte // stands before the text: the @ of an attribute of XML
}

// form is how a format writes its scalars.
type form struct {
	plain   func(raw []byte) (text []byte, ok bool) // the text, if it stands in raw as it is
	unquote func(raw []byte) string                 // the text of every other
	content func(raw []byte) string                 // the text of an object, for XML
}

// SyntaxError says where and why a text stops being a document, or which limit it exceeds.
type SyntaxError struct {
	Span  source.Span
	Msg   string
	Limit bool // the text may be well-formed, but is past one of the limits
}

func (e *SyntaxError) Error() string { return e.Span.String() + ": " + e.Msg }

func newDoc(path string, data []byte, form form) (*Doc, error) {
	d := &Doc{path: path, form: form}
	d.lines = sync.OnceValue(d.index)
	if len(data) > MaxSize {
		return d, d.limit(0, "larger than %d bytes", MaxSize)
	}
	d.data, d.base, d.moved = decode(data)
	return d, nil
}

func (d *Doc) syntax(offset int, format string, args ...any) *SyntaxError {
	offset = max(d.base, min(offset, len(d.data)))
	return &SyntaxError{Span: d.span(offset, offset), Msg: fmt.Sprintf(format, args...)}
}

func (d *Doc) limit(offset int, format string, args ...any) *SyntaxError {
	e := d.syntax(offset, format, args...)
	e.Limit = true
	return e
}

// Root is the document's value: Missing when nothing could be read.
func (d *Doc) Root() Node {
	if len(d.nodes) == 0 {
		return Node{}
	}
	return Node{d, 0}
}

// Node is a handle on one value or key of a document. The zero Node is Missing; every method is safe on
// it, so that a path into a document can be walked without asking at each step whether it exists.
type Node struct {
	d *Doc
	i int32
}

// Kind is the node's kind.
func (n Node) Kind() Kind {
	if n.d == nil {
		return Missing
	}
	return n.d.nodes[n.i].kind
}

// Get returns the value of an object's member: of several with the same name the last one, as in
// JavaScript; Missing if there is none or n is no object. It looks at every member in turn, see [Node.Index].
func (n Node) Get(key string) Node {
	var found Node
	if n.Kind() != Object {
		return found
	}
	nodes := n.d.nodes // as Members goes, whose calls for each member cost more than the comparison
	for k := n.i + 1; k < nodes[n.i].skip; {
		v := nodes[k].skip
		if (Node{n.d, k}).is(key) {
			found = Node{n.d, v}
		}
		k = nodes[v].skip
	}
	return found
}

// Index gives the values of an object by their names, for a reader that looks up many: Get looks at every
// member each time. Of several members with the same name the last one counts.
func (n Node) Index() map[string]Node {
	index := map[string]Node{}
	for k, v := range n.Members() {
		index[k.Text()] = v
	}
	return index
}

// Members yields the names and values of an object in written order, duplicates included.
func (n Node) Members() iter.Seq2[Node, Node] {
	return func(yield func(Node, Node) bool) {
		if n.Kind() != Object {
			return
		}
		nodes := n.d.nodes
		for i := n.i + 1; i < nodes[n.i].skip; {
			v := nodes[i].skip
			if !yield(Node{n.d, i}, Node{n.d, v}) {
				return
			}
			i = nodes[v].skip
		}
	}
}

// Items yields the items of an array.
func (n Node) Items() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.Kind() != Array {
			return
		}
		nodes := n.d.nodes
		for i := n.i + 1; i < nodes[n.i].skip; i = nodes[i].skip {
			if !yield(Node{n.d, i}) {
				return
			}
		}
	}
}

// Len is the number of members or items; it counts them.
func (n Node) Len() int {
	count := 0
	for range n.Items() {
		count++
	}
	for range n.Members() {
		count++
	}
	return count
}

// Text is a scalar's text: a string unescaped, a number or boolean as written; "" for all else, but for
// the elements of [XML].
func (n Node) Text() string {
	switch n.Kind() {
	case Bool, Number, String:
		return n.text()
	case Word:
		return strings.ToValidUTF8(string(n.raw()), "\uFFFD")
	case Object:
		if n.d.form.content != nil && n.i > 0 {
			return n.d.form.content(n.raw())
		}
	}
	return ""
}

func (n Node) text() string {
	if text, ok := n.d.texts[n.i]; ok {
		return text
	}
	if mark := n.d.nodes[n.i].mark; mark != 0 {
		return string(mark) + n.d.text(n.raw())
	}
	return n.d.text(n.raw())
}

// keepText keeps the text of a node that its bytes do not give.
func (d *Doc) keepText(i int, text string) {
	if d.texts == nil {
		d.texts = map[int32]string{}
	}
	d.texts[int32(i)] = text
}

func (d *Doc) text(raw []byte) string {
	if body, ok := d.form.plain(raw); ok && utf8.Valid(body) {
		return string(body)
	}
	return d.form.unquote(raw)
}

// is reports whether the node's text is s, without making a string of it.
func (n Node) is(s string) bool {
	if len(n.d.texts) > 0 {
		if text, ok := n.d.texts[n.i]; ok {
			return text == s
		}
	}
	if mark := n.d.nodes[n.i].mark; mark != 0 {
		if s == "" || s[0] != mark {
			return false
		}
		s = s[1:]
	}
	raw := n.raw()
	if body, ok := n.d.form.plain(raw); ok {
		return string(body) == s
	}
	return n.d.form.unquote(raw) == s
}

func (n Node) raw() []byte { return n.d.data[n.d.nodes[n.i].start:n.d.nodes[n.i].end] }

// Bool is the value of a boolean; ok is false for every other kind.
func (n Node) Bool() (value, ok bool) {
	if n.Kind() != Bool {
		return false, false
	}
	switch n.Text() {
	case "true", "True", "TRUE":
		return true, true
	}
	return false, true
}

// Span is where the value stands, quotes and brackets included. Start and End are 0 when the file had to
// be converted to UTF-8 first (line and column hold). The end of a YAML scalar of several lines is that
// of its first line.
func (n Node) Span() source.Span {
	if n.d == nil {
		return source.Span{}
	}
	at := n.d.nodes[n.i]
	return n.d.span(int(at.start), int(at.end))
}
