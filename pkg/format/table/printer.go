package table

import (
	"bufio"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/licet/licet/pkg/format"
)

// printer writes lines that are never wider than the terminal.
type printer struct {
	w     *bufio.Writer
	width int
	color bool
}

// seg is a piece of a line. Its text is made by [format.Visible], so that nothing else reaches the terminal.
type seg struct {
	style style
	text  string
}

// style is an SGR sequence's parameters.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	red     style = "1;31"
	green   style = "32"
	yellow  style = "1;33"
	blue    style = "1;34"
	magenta style = "1;35"
	cyan    style = "36"
)

// text is s in a style, with everything in it that a terminal would obey made visible.
func text(st style, s string) seg { return seg{st, format.Visible(s)} }

func pad(n int) seg { return seg{plain, strings.Repeat(" ", max(n, 0))} }

// columns is the width of s on a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide are the blocks of East Asian Wide and Fullwidth characters (UAX #11), and of emoji.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x2e80, Hi: 0x303e, Stride: 1}, {Lo: 0x3041, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97c, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, {Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, {Lo: 0xff00, Hi: 0xff60, Stride: 1}, {Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, {Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1}, {Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1}, {Lo: 0x20000, Hi: 0x3fffd, Stride: 1}},
}

const ellipsis = "…"

// head cuts s behind n columns, tail before its last n; both leave an ellipsis where they cut.
func head(s string, n int) string {
	switch {
	case columns(s) <= n:
		return s
	case n <= 0:
		return ""
	}
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used >= n {
			return s[:i] + ellipsis
		}
	}
	return s
}

func tail(s string, n int) string {
	left := columns(s)
	if left <= n {
		return s
	}
	for i, r := range s {
		if left < n {
			return ellipsis + s[i:]
		}
		left -= runeColumns(r)
	}
	return ellipsis
}

// tailPath is tail, cut at a slash where one is near.
func tailPath(s string, n int) string {
	short := tail(s, n)
	if i := strings.IndexByte(short, '/'); short != s && i > 0 && strings.IndexByte(short[i+1:], '/') >= 0 {
		return ellipsis + short[i:]
	}
	return short
}

// line writes one line and cuts what does not fit.
func (p *printer) line(segs ...seg) {
	left := p.width
	for _, s := range segs {
		t := head(s.text, left)
		left -= columns(t)
		p.paint(s.style, t)
		if t != s.text {
			break
		}
	}
	p.w.WriteByte('\n')
}

func (p *printer) paint(st style, s string) {
	if !p.color || st == plain || s == "" {
		p.w.WriteString(s)
		return
	}
	p.w.WriteString("\x1b[" + string(st) + "m" + s + "\x1b[0m")
}

func (p *printer) blank() { p.w.WriteByte('\n') }

// deepest is how far the further lines of a wrapped text are indented at most.
const deepest = 20

// wrap writes lead and behind it s, broken between words; further lines begin under the first word,
// unless that stands far to the right.
func (p *printer) wrap(s seg, lead ...seg) {
	first := 0
	for _, l := range lead {
		first += columns(l.text)
	}
	indent := first
	if indent > deepest {
		indent = 4
	}
	p.wrapAt(indent, s, lead...)
}

// wrapAt wraps with further lines indented by so many columns.
func (p *printer) wrapAt(indent int, s seg, lead ...seg) {
	first := 0
	for _, l := range lead {
		first += columns(l.text)
	}
	const least = 20
	for _, row := range broken(s.text, max(p.width-first, least), max(p.width-indent, least)) {
		p.line(append(lead, seg{s.style, row})...)
		lead = []seg{pad(indent)}
	}
}

// broken breaks s into rows, the first of at most n columns, the others of at most rest, between words
// where it can.
func broken(s string, n, rest int) []string {
	var rows []string
	row := ""
	flush := func(r string) { rows, n = append(rows, r), rest }
	for word := range strings.FieldsSeq(s) {
		for columns(word) > n {
			if row != "" {
				flush(row)
				row = ""
				continue
			}
			cut, used := 0, 0
			for i, r := range word {
				if used += runeColumns(r); used > n {
					break
				}
				cut = i + utf8.RuneLen(r)
			}
			flush(word[:cut])
			word = word[cut:]
		}
		switch {
		case row == "":
			row = word
		case columns(row)+1+columns(word) <= n:
			row += " " + word
		default:
			flush(row)
			row = word
		}
	}
	if row != "" || len(rows) == 0 {
		rows = append(rows, row)
	}
	return rows
}
