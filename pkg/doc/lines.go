package doc

import (
	"bytes"
	"iter"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// Line is one line of a text that is not blank.
type Line struct {
	Text   string // without the white space around it
	Indent int    // bytes of white space before the text
	start  int    // offset of the text
	row    int    // offset of the line
	number int
	joined bool // Text is that of several lines
	d      *Doc
}

// Lines yields the lines of a text that are not blank. The error, if there is one, comes last, with the
// zero Line: the text is too large, or the lines from there on are what git could not merge.
func Lines(path string, data []byte) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		d, err := newDoc(path, data, rawForm)
		if err != nil {
			yield(Line{}, err)
			return
		}
		text, number := string(d.data[d.base:]), 0
		for start, end := range d.rows() {
			number++
			row := text[start-d.base : end-d.base]
			if strings.HasPrefix(row, "<<<<<<< ") {
				yield(Line{}, d.syntax(start, "a merge conflict marker"))
				return
			}
			body := strings.TrimSpace(row)
			if body == "" {
				continue
			}
			indent := strings.Index(row, body)
			l := Line{Text: strings.ToValidUTF8(body, "\uFFFD"), Indent: indent, start: start + indent, row: start, number: number, d: d}
			if number == 1 {
				l.row = 0 // a byte order mark belongs to the line
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// rawForm is that of texts without a form of their own.
var rawForm = form{
	plain:   func(raw []byte) ([]byte, bool) { return raw, true },
	unquote: func(raw []byte) string { return strings.ToValidUTF8(string(raw), "\uFFFD") },
}

// rows yields where the lines of the text begin and end, without what ends them.
func (d *Doc) rows() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for at := d.base; at < len(d.data); {
			next := bytes.IndexByte(d.data[at:], '\n')
			if next < 0 {
				next = len(d.data) - at
			}
			end := at + next
			if end > at && d.data[end-1] == '\r' {
				end--
			}
			if !yield(at, end) {
				return
			}
			at += next + 1
		}
	}
}

// Span is where the text of the line stands; of a joined line, its first part.
func (l Line) Span() source.Span { return l.Part(0, len(l.Text)) }

// Part is where Text[start:end] stands; of a joined line, its first part.
func (l Line) Part(start, end int) source.Span {
	if l.d == nil {
		return source.Span{}
	}
	row := len(bytes.TrimSpace(l.d.rest(l.start)))
	if l.joined {
		start, end = 0, row
	}
	// A text whose bad bytes were replaced is longer than the line.
	start, end = l.start+min(start, row), l.start+min(end, row)
	s := source.Span{Path: l.d.path, Line: l.number, Col: 1 + start - l.row}
	if !l.d.moved {
		s.Start, s.End = start, end
	}
	return s
}

// Uncomment is the line without the comment that mark begins: at the start, or after white space. Nothing
// but a comment leaves an empty Text.
func (l Line) Uncomment(mark string) Line {
	for at := 0; ; at++ {
		n := strings.Index(l.Text[at:], mark)
		if n < 0 {
			return l
		}
		at += n
		if at == 0 || l.Text[at-1] == ' ' || l.Text[at-1] == '\t' {
			l.Text = strings.TrimRight(l.Text[:at], " \t")
			return l
		}
	}
}

// Joined joins every line that ends in a backslash with the next, a space between them, as shells and
// pip do.
func Joined(lines iter.Seq2[Line, error]) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		var parts []string
		var first Line
		flush := func() bool {
			if parts == nil {
				return true
			}
			l := first
			l.Text, l.joined = strings.TrimSpace(strings.Join(parts, " ")), len(parts) > 1
			parts = nil
			return yield(l, nil)
		}
		for l, err := range lines {
			if err != nil {
				if flush() {
					yield(l, err)
				}
				return
			}
			if parts == nil {
				first = l
			}
			body, more := strings.CutSuffix(l.Text, `\`)
			parts = append(parts, strings.TrimSpace(body))
			if !more && !flush() {
				return
			}
		}
		flush()
	}
}

// Outline reads a text whose lines are ordered by their indentation, as those of Gemfile.lock and
// version 1 of yarn.lock: each line is a member of the one above it that is indented less, its name is
// the text of the line, and its value the object of the lines below. Lines that begin with the comment
// mark are left out. On an error what stood before it is kept; the Doc is never nil.
func Outline(path string, data []byte, comment string) (*Doc, error) {
	d, err := newDoc(path, data, rawForm)
	if err != nil {
		return d, err
	}
	b := flatBuilder{d: d}
	b.open(Object, d.base)
	indents := []int{-1}
	for l, err := range Lines(path, data) {
		if err != nil {
			b.shutAll()
			return d, err
		}
		if comment != "" && strings.HasPrefix(l.Text, comment) {
			continue
		}
		for l.Indent <= indents[len(indents)-1] {
			indents = indents[:len(indents)-1]
			b.shut()
		}
		switch end := l.start + len(bytes.TrimSpace(d.rest(l.start))); {
		case len(indents) > MaxDepth:
			err = d.limit(l.start, "nested deeper than %d", MaxDepth)
		case len(d.nodes) > MaxNodes-2:
			err = d.limit(l.start, "more than %d values", MaxNodes)
		default:
			b.scalar(String, l.start, end)
			b.open(Object, l.start)
			b.end = end
			indents = append(indents, l.Indent)
		}
		if err != nil {
			b.shutAll()
			return d, err
		}
	}
	b.shutAll()
	return d, nil
}

// rest is what follows an offset on its line.
func (d *Doc) rest(start int) []byte {
	row, _, _ := bytes.Cut(d.data[start:], []byte("\n"))
	return row
}

// flatBuilder appends nodes in the order of the text.
type flatBuilder struct {
	d      *Doc
	opened []int32
	end    int // behind the last scalar
}

func (b *flatBuilder) scalar(kind Kind, start, end int) {
	b.d.nodes = append(b.d.nodes, node{kind: kind, start: int32(start), end: int32(end), skip: int32(len(b.d.nodes) + 1)})
	b.end = max(b.end, end)
}

func (b *flatBuilder) open(kind Kind, start int) {
	b.opened = append(b.opened, int32(len(b.d.nodes)))
	b.scalar(kind, start, start)
}

// shut ends the innermost object or array behind the last scalar.
func (b *flatBuilder) shut() {
	last := len(b.opened) - 1
	n := &b.d.nodes[b.opened[last]]
	b.opened = b.opened[:last]
	n.end, n.skip = int32(b.end), int32(len(b.d.nodes))
}

func (b *flatBuilder) shutAll() {
	for len(b.opened) > 0 {
		b.shut()
	}
}
