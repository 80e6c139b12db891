package source

import (
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// The characters and words of a text, as rules 1 and 2 of [TextDigest] have them. Most text is ASCII, of which
// eight bytes are looked at in one step; any other character is decoded by itself.

// decoder reads the characters of a text.
type decoder struct {
	text  []byte
	start int // after the byte order mark
	kinds *[256]kind
	wide  bool
	big   bool
}

func newDecoder(text []byte) decoder {
	switch {
	case len(text) >= 2 && text[0] == 0xFF && text[1] == 0xFE:
		return decoder{text: text, start: 2, kinds: &wideKinds, wide: true}
	case len(text) >= 2 && text[0] == 0xFE && text[1] == 0xFF:
		return decoder{text: text, start: 2, kinds: &wideKinds, wide: true, big: true}
	case len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF:
		return decoder{text: text, start: 3, kinds: &narrowKinds}
	}
	return decoder{text: text, kinds: &narrowKinds}
}

// kind is what a byte is to the words of a text.
type kind uint8

const (
	kindForgotten kind = iota // it separates words
	kindLetter                // an ASCII letter or digit
	kindMark                  // one of . , ; :
	kindLineEnd
	kindPart // of a character that has several bytes
)

var narrowKinds = func() (t [256]kind) {
	for c := range t {
		switch {
		case c >= utf8.RuneSelf:
			t[c] = kindPart
		case letters[c] != 0:
			t[c] = kindLetter
		case isMark(rune(c)):
			t[c] = kindMark
		case isLineEnd(rune(c)):
			t[c] = kindLineEnd
		}
	}
	return t
}()

// wideKinds are those of UTF-16: by no byte alone can anything be told.
var wideKinds = func() (t [256]kind) {
	for c := range t {
		t[c] = kindPart
	}
	return t
}()

// rune gives the character at i and the offset after it. i must lie inside the text.
func (d *decoder) rune(i int) (rune, int) {
	if !d.wide {
		if c := d.text[i]; c < utf8.RuneSelf {
			return rune(c), i + 1
		}
		r, n := utf8.DecodeRune(d.text[i:])
		if r == utf8.RuneError && n == 1 {
			return rune(d.text[i]), i + 1
		}
		return r, i + n
	}
	r := d.unit(i)
	if r < 0xD800 || r > 0xDFFF {
		return r, min(i+2, len(d.text))
	}
	if r < 0xDC00 && i+3 < len(d.text) {
		if low := d.unit(i + 2); low >= 0xDC00 && low <= 0xDFFF {
			return (r-0xD800)<<10 | (low - 0xDC00) + 0x10000, i + 4
		}
	}
	return unicode.ReplacementChar, min(i+2, len(d.text))
}

// unit gives the UTF-16 code unit at i.
func (d *decoder) unit(i int) rune {
	if i+1 >= len(d.text) {
		return unicode.ReplacementChar
	}
	if d.big {
		return rune(d.text[i])<<8 | rune(d.text[i+1])
	}
	return rune(d.text[i+1])<<8 | rune(d.text[i])
}

func isMark(r rune) bool { return r == '.' || r == ',' || r == ';' || r == ':' }

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' || r == '\f' }

// letters maps the ASCII characters that words are made of to lower case, and all others to 0.
var letters = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		if r := rune(c); unicode.IsLetter(r) || unicode.IsDigit(r) {
			t[c] = byte(unicode.ToLower(r))
		}
	}
	return t
}()

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return letters[r] != 0
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// word reads the next word of the line at i. At the line's end it returns false and, as the word's End,
// where the next line begins.
func (s *scanner) word(i int) (Word, bool) {
	for i < len(s.text) {
		switch s.kinds[s.text[i]] {
		case kindForgotten, kindMark:
			i++
		case kindLetter:
			return s.wordAt(i), true
		case kindLineEnd:
			return Word{Start: i + 1, End: i + 1}, false
		default:
			r, next := s.rune(i)
			if isWordRune(r) {
				return s.wordAt(i), true
			}
			i = next
			if isLineEnd(r) {
				return Word{Start: i, End: i}, false
			}
		}
	}
	return Word{Start: i, End: i}, false
}

// wordAt reads the word that begins at start.
func (s *scanner) wordAt(start int) Word {
	i, n := start, 0
	for k := 8; k == 8 && i+8 <= len(s.text) && !s.wide; {
		if len(s.buf) < n+8 {
			s.buf = append(s.buf, make([]byte, len(s.buf)+8)...)
		}
		k = lowerEight(s.buf[n:], s.text[i:])
		i, n = i+k, n+k
		if k < 8 && s.text[i] < utf8.RuneSelf {
			return Word{Text: s.buf[:n], Start: start, End: i} // nearly always
		}
	}
	buf := s.buf[:n]
	for i < len(s.text) {
		r, next := s.rune(i)
		if !isWordRune(r) {
			break
		}
		buf = utf8.AppendRune(buf, unicode.ToLower(r))
		i = next
	}
	s.buf = buf[:cap(buf)]
	return Word{Text: buf, Start: start, End: i}
}

// lowerEight copies eight bytes, ASCII letters in lower case, and counts how many there are before the first that
// is neither letter nor digit. A byte below 128 to which 128-x is added has its highest bit set if it is x or more,
// so that all eight are told at once.
func lowerEight(to, from []byte) int {
	const each = 0x0101010101010101
	eight := binary.LittleEndian.Uint64(from)
	binary.LittleEndian.PutUint64(to, eight|each*0x20)
	low := eight &^ (each * 0x80)
	small := low | each*0x20
	letter := (small + each*(0x80-'a')) &^ (small + each*(0x80-'z'-1))
	digit := (low + each*(0x80-'0')) &^ (low + each*(0x80-'9'-1))
	return bits.TrailingZeros64(^((letter|digit)&^eight)&(each*0x80)) / 8
}
