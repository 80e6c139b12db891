package source

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is one word of a text normalised as [TextDigest] says, and the bytes [Start, End) of the text it
// was read from. Text is valid until the next word.
type Word struct {
	Text       []byte
	Start, End int
}

// Words yields the words of a text normalised as [TextDigest] says. It takes time linear in the text
// and no memory that grows with it.
func Words(text []byte) iter.Seq[Word] {
	return func(yield func(Word) bool) {
		d := newDecoder(text)
		s := scanner{decoder: d, item: true}
		pos := d.start
		for pos < len(text) {
			pos = s.lineStart(pos)
			joined := false // the last word is "and" or "or" after a mark
			w, ok := s.word(pos)
			for ; ok; w, ok = s.word(w.End) {
				if s.inParentheses(w) {
					continue
				}
				joined = s.mark && (string(w.Text) == "and" || string(w.Text) == "or")
				if string(w.Text) == "https" {
					w.Text = w.Text[:4]
				}
				if !yield(w) {
					return
				}
			}
			s.item = s.mark || joined
			pos = w.End
		}
	}
}

// decoder reads the characters of a text.
type decoder struct {
	text  []byte
	start int // after the byte order mark
	wide  bool
	big   bool
}

func newDecoder(text []byte) decoder {
	switch {
	case len(text) >= 2 && text[0] == 0xFF && text[1] == 0xFE:
		return decoder{text: text, start: 2, wide: true}
	case len(text) >= 2 && text[0] == 0xFE && text[1] == 0xFF:
		return decoder{text: text, start: 2, wide: true, big: true}
	case len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF:
		return decoder{text: text, start: 3}
	}
	return decoder{text: text}
}

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

// scanner finds the words that are kept.
type scanner struct {
	decoder
	buf  []byte
	mark bool // one of . , ; : stood before the word or line end that was read last
	item bool // the line before allows a list item to begin
}

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
	s.mark = false
	for {
		if i >= len(s.text) {
			return Word{Start: i, End: i}, false
		}
		r, next := s.rune(i)
		if isWordRune(r) {
			break
		}
		i = next
		switch r {
		case '.', ',', ';', ':':
			s.mark = true
		case '\n', '\r', '\f':
			return Word{Start: i, End: i}, false
		}
	}
	start := i
	s.buf = s.buf[:0]
	for i < len(s.text) {
		if c := s.text[i]; c < utf8.RuneSelf && !s.wide { // most text, and much faster
			if letters[c] == 0 {
				break
			}
			s.buf = append(s.buf, letters[c])
			i++
			continue
		}
		r, next := s.rune(i)
		if !isWordRune(r) {
			break
		}
		s.buf = utf8.AppendRune(s.buf, unicode.ToLower(r))
		i = next
	}
	return Word{Text: s.buf, Start: start, End: i}, true
}

// lineStart passes over what rules 3 to 5 forget: it returns where the words of the line at i begin, or
// where the next line begins that has any.
func (s *scanner) lineStart(i int) int {
	for i < len(s.text) {
		w, ok := s.word(i)
		if ok && s.isCommentWord(w) {
			i = w.End
			w, ok = s.word(i)
		}
		if !ok {
			i, s.item = w.End, true
			continue
		}
		if s.mayStateCopyright(i, w) {
			if end, dropped := s.copyrightLine(i, w); dropped {
				i, s.item = end, true
				continue
			}
			w, _ = s.word(i) // what was read since has overwritten it
		}
		if end, ok := s.listMarker(w); ok && s.item {
			return end
		}
		return i
	}
	return i
}

// isCommentWord reports whether w, the first word of a line, marks a comment.
func (s *scanner) isCommentWord(w Word) bool {
	return (string(w.Text) == "dnl" || string(w.Text) == "rem") && s.blankAt(w.End)
}

// blankAt reports whether the character at i is white space or the text ends there.
func (s *scanner) blankAt(i int) bool {
	if i >= len(s.text) {
		return true
	}
	r, _ := s.rune(i)
	return unicode.IsSpace(r)
}

// inParentheses reports whether w is a list marker by its parentheses.
func (s *scanner) inParentheses(w Word) bool {
	if w.End >= len(s.text) || len(w.Text) > 5 {
		return false
	}
	if r, _ := s.rune(w.End); r != ')' {
		return false
	}
	before := s.before(w.Start)
	if isLetterOrRoman(w.Text) {
		return before == '(' || unicode.IsSpace(before)
	}
	return before == '(' && isNumber(w.Text) && len(w.Text) <= 2
}

// before gives the character that ends at i, a blank at the start of the text.
func (s *scanner) before(i int) rune {
	if i <= s.start {
		return ' '
	}
	if s.wide {
		return s.unit(i - 2)
	}
	r, n := utf8.DecodeLastRune(s.text[s.start:i])
	if r == utf8.RuneError && n == 1 {
		return rune(s.text[i-1])
	}
	return r
}

// listMarker reports whether a marker that may stand at the start of a line begins with w, and where it
// ends.
func (s *scanner) listMarker(w Word) (int, bool) {
	number := isNumber(w.Text)
	if !number && !isLetterOrRoman(w.Text) {
		return 0, false
	}
	end := w.End
	for end < len(s.text) {
		r, next := s.rune(end)
		if r != '.' && (r != ')' || !number) {
			return 0, false
		}
		if s.blankAt(next) {
			return next, true
		}
		if r == ')' || !number {
			return 0, false
		}
		v, ok := s.word(next)
		if !ok || v.Start != next || !isNumber(v.Text) {
			return 0, false
		}
		end = v.End
	}
	return 0, false
}

func isNumber(w []byte) bool {
	if len(w) > 3 {
		return false
	}
	for _, c := range w {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func isLetterOrRoman(w []byte) bool {
	if len(w) == 1 {
		return 'a' <= w[0] && w[0] <= 'z'
	}
	if len(w) > 5 {
		return false
	}
	for _, c := range w {
		if c != 'i' && c != 'v' && c != 'x' {
			return false
		}
	}
	return true
}

// headLength is how many characters of a line tell whether it states a copyright.
const headLength = 256

// mayStateCopyright is the cheap test for rule 5 by the line's first word.
func (s *scanner) mayStateCopyright(i int, w Word) bool {
	switch string(w.Text) {
	case "all", "c", "copr", "copyright", "portions", "spdx":
		return true
	}
	return s.signBefore(i, w.Start)
}

// copyrightLine reports whether rule 5 forgets the line at i, whose first word is w, and where the next
// one begins.
func (s *scanner) copyrightLine(i int, w Word) (int, bool) {
	if string(w.Text) == "all" {
		return s.allRights(w)
	}
	if !statesCopyright(s.head(i)) {
		return 0, false
	}
	for ok := true; ok; w, ok = s.word(w.End) {
		for _, prefix := range tellingPrefixes {
			if strings.HasPrefix(string(w.Text), prefix) {
				return 0, false
			}
		}
	}
	return w.End, true
}

// allRights reports whether "rights reserved" and no more follows w, and where the next line begins.
func (s *scanner) allRights(w Word) (int, bool) {
	for _, want := range []string{"rights", "reserved"} {
		next, ok := s.word(w.End)
		if !ok || string(next.Text) != want {
			return 0, false
		}
		w = next
	}
	end, more := s.word(w.End)
	return end.End, !more
}

// signBefore reports whether a copyright sign lies between i and end.
func (s *scanner) signBefore(i, end int) bool {
	for i < end {
		r, next := s.rune(i)
		if r == '©' {
			return true
		}
		i = next
	}
	return false
}

// head gives the first characters of the line at i.
func (s *scanner) head(i int) string {
	var b strings.Builder
	for n := 0; n < headLength && i < len(s.text); n++ {
		r, next := s.rune(i)
		if isLineEnd(r) {
			break
		}
		b.WriteRune(r)
		i = next
	}
	return b.String()
}

var tellingPrefixes = []string{"commerc", "distribut", "grant", "licenc", "licens", "permi", "prohibit", "restrict", "warrant"}

// notHolders are the words that follow "Copyright" where it states nothing.
var notHolders = []string{"act", "and", "disclaimer", "disclaimers", "holder", "holders", "information", "law", "laws",
	"license", "licence", "notice", "notices", "or", "owner", "owners", "permission", "protection", "statement", "status"}

// statesCopyright applies the second half of rule 5 to the head of a line.
func statesCopyright(head string) bool {
	h := trimMarks(head)
	if word, rest := leadingWord(h); strings.EqualFold(word, "portions") {
		h = trimMarks(rest)
	}
	if hasFold(h, "spdx-filecopyrighttext:") || hasFold(h, "spdx-snippetcopyrighttext:") {
		return true
	}
	title := strings.HasPrefix(h, "Copyright")
	written, marked, signed := false, false, false
	for {
		word, rest := leadingWord(h)
		switch {
		case strings.EqualFold(word, "copyright"), strings.EqualFold(word, "copr"):
			h, written = rest, true
		case hasFold(h, "(c)"):
			h, marked = h[len("(c)"):], true
		case strings.HasPrefix(h, "©"):
			h, signed = h[len("©"):], true
		case (written || marked || signed) && strings.EqualFold(word, "by"):
			h = rest
		default:
			return (written || marked || signed) && namesOwner(h, word, title, signed || written && marked)
		}
		h = strings.TrimLeft(h, " \t\u00a0.,:-–—")
	}
}

// namesOwner reports whether h, which follows the word or sign of copyright and begins with word, is a
// year, a placeholder or a name.
func namesOwner(h, word string, title, sign bool) bool {
	low := strings.ToLower(word)
	switch {
	case h == "":
		return false
	case strings.ContainsRune("<[{$%", rune(h[0])), low == "year", low == "years", low == "yyyy":
		return true
	case len(word) == 4 && (word[:2] == "19" || word[:2] == "20") && isDigits(word):
		return true
	}
	r, _ := utf8.DecodeRuneInString(h)
	if sign && unicode.IsLetter(r) {
		return true
	}
	return title && unicode.IsUpper(r) && !slices.Contains(notHolders, low)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// trimMarks cuts what is neither letter nor number nor the beginning of a copyright sign.
func trimMarks(s string) string {
	for i, r := range s {
		if isWordRune(r) || r == '©' || hasFold(s[i:], "(c)") {
			return s[i:]
		}
	}
	return ""
}

// leadingWord cuts the word that s begins with.
func leadingWord(s string) (word, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool { return !isWordRune(r) })
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}
