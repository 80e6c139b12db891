package doc

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/licet/licet/pkg/source"
)

var (
	bom      = []byte("\xef\xbb\xbf")
	bomBig   = []byte("\xfe\xff")
	bomSmall = []byte("\xff\xfe")
)

// decode gives the text of a file as UTF-8, the offset behind its byte order mark, and whether offsets
// in the text differ from those in the file.
func decode(data []byte) (text []byte, base int, moved bool) {
	switch {
	case bytes.HasPrefix(data, bom):
		return data, len(bom), false
	case bytes.HasPrefix(data, bomBig):
		return fromUTF16(data[2:], binary.BigEndian), 0, true
	case bytes.HasPrefix(data, bomSmall):
		return fromUTF16(data[2:], binary.LittleEndian), 0, true
	}
	return data, 0, false
}

// makeValid replaces each bad byte by U+FFFD, for tokenizers that refuse them.
func (d *Doc) makeValid() {
	if !utf8.Valid(d.data) {
		d.data, d.moved = bytes.ToValidUTF8(d.data, []byte("\uFFFD")), true
	}
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	text := make([]byte, 0, len(data)/2)
	for len(data) >= 2 {
		r := rune(order.Uint16(data))
		data = data[2:]
		if utf16.IsSurrogate(r) && len(data) >= 2 {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(data))); pair != utf8.RuneError {
				r, data = pair, data[2:]
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// index lists the offsets at which the lines begin; a byte order mark belongs to the first.
func (d *Doc) index() []int32 {
	lines := make([]int32, 1, 1+bytes.Count(d.data, []byte("\n")))
	for i := 0; ; {
		n := bytes.IndexByte(d.data[i:], '\n')
		if n < 0 {
			return lines
		}
		i += n + 1
		lines = append(lines, int32(i))
	}
}

func (d *Doc) span(start, end int) source.Span {
	lines := d.lines()
	line, exact := slices.BinarySearch(lines, int32(start))
	if exact {
		line++
	}
	s := source.Span{Path: d.path, Line: line, Col: 1 + start - int(lines[line-1])}
	if !d.moved {
		s.Start, s.End = start, end
	}
	return s
}
