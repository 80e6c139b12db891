package doc

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Package yaml gives the line and column, in characters, at which a node starts. The rest is found here
// by looking at the text once more; no step looks further than the node reaches.

// cursor walks the text as package yaml counts it: lines end at CR, LF, CR LF, NEL, LS and PS, columns
// are characters.
type cursor struct {
	text      []byte
	offset    int
	line, col int // of offset, 1-based
}

// seek goes forward to a line and column and returns their offset. A place that lies behind is answered
// with the present one.
func (c *cursor) seek(line, col int) int {
	for c.offset < len(c.text) && (c.line < line || c.line == line && c.col < col) {
		r, size := utf8.DecodeRune(c.text[c.offset:])
		c.offset += size
		c.col++
		switch r {
		case '\r':
			if bytes.HasPrefix(c.text[c.offset:], []byte("\n")) {
				continue
			}
			fallthrough
		case '\n', '\u0085', '\u2028', '\u2029':
			c.line, c.col = c.line+1, 1
		}
	}
	return c.offset
}

// scalarEnd is the end of a scalar, or of its first line when it has several; for all other nodes it is
// the start.
func (d *Doc) scalarEnd(n *yaml.Node, start int) int {
	if n.Kind != yaml.ScalarNode {
		return start
	}
	at := d.skipProperties(start)
	text := d.data[at:]
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := 1; i < len(text) && text[i] != '\n'; i++ {
			if text[i] == '\\' {
				i++
			} else if text[i] == '"' {
				return at + i + 1
			}
		}
	case n.Style&yaml.SingleQuotedStyle != 0:
		for i := 1; i < len(text) && text[i] != '\n'; i++ {
			if text[i] != '\'' {
				continue
			}
			if i+1 == len(text) || text[i+1] != '\'' {
				return at + i + 1
			}
			i++
		}
	case bytes.HasPrefix(text, []byte(n.Value)):
		return at + len(n.Value)
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return at + len(bytes.TrimRight(line, " \t\r"))
}

// skipProperties goes past the anchor and the tag that may stand before a scalar.
func (d *Doc) skipProperties(at int) int {
	text := d.data
	for at < len(text) && (text[at] == '&' || text[at] == '!') {
		for at < len(text) && text[at] > ' ' {
			at++
		}
		for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
			at++
		}
	}
	return at
}

// bracketEnd finds the bracket that closes a flow collection whose last child ends at i.
func (d *Doc) bracketEnd(i int) int {
	for at := i; at < len(d.data); at++ {
		switch d.data[at] {
		case ']', '}':
			return at + 1
		case '#':
			next := bytes.IndexByte(d.data[at:], '\n')
			if next < 0 {
				return i
			}
			at += next
		}
	}
	return i
}
