package source

import (
	"bytes"
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
		s := scanner{decoder: newDecoder(text), buf: make([]byte, 64), item: true}
		for pos := s.start; pos < len(text) && pos >= 0; {
			pos = s.line(s.lineStart(pos), yield)
		}
	}
}

// line yields the words of the line at i that are not forgotten, and returns where the next line begins; -1
// when no more are wanted. Most words are a few ASCII letters: these are read here, all others by wordAt.
func (s *scanner) line(i int, yield func(Word) bool) int {
	mark := false   // one of . , ; : stood before the word or line end that was read last
	joined := false // the last word is "and" or "or" after a mark
	text, kinds := s.text, s.kinds
	for i < len(text) {
		w := Word{Start: i}
		switch kinds[text[i]] {
		case kindForgotten:
			i++
			continue
		case kindMark:
			mark = true
			i++
			continue
		case kindLineEnd:
			s.item = mark || joined
			return i + 1
		case kindLetter:
			if i+8 <= len(text) {
				if n := lowerEight(s.buf, text[i:]); n < 8 && text[i+n] < utf8.RuneSelf {
					w.Text, w.End = s.buf[:n], i+n
				}
			}
		case kindPart:
			r, next := s.rune(i)
			if isWordRune(r) {
				break
			}
			i = next
			mark = mark || isMark(r)
			if isLineEnd(r) {
				s.item = mark || joined
				return i
			}
			continue
		}
		if w.End == 0 {
			w = s.wordAt(i)
		}
		i = w.End
		if (s.wide || i < len(text) && text[i] == ')') && s.inParentheses(w) {
			mark = false
			continue
		}
		joined = mark && (string(w.Text) == "and" || string(w.Text) == "or")
		mark = false
		if string(w.Text) == "https" {
			w.Text = w.Text[:4]
		}
		if !yield(w) {
			return -1
		}
	}
	s.item = mark || joined
	return i
}

// scanner finds the words that are kept.
type scanner struct {
	decoder
	buf  []byte
	item bool // the line before allows a list item to begin
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
	if len(w.Text) > 5 || w.End >= len(s.text) {
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
	if bytes.IndexByte(s.text[i:end], 0xA9) < 0 {
		return false // in every encoding the sign has this byte
	}
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
	if plain := s.text[i:min(i+headLength, len(s.text))]; !s.wide {
		end := 0
		for end < len(plain) && s.kinds[plain[end]] != kindLineEnd && s.kinds[plain[end]] != kindPart {
			end++
		}
		if end == len(plain) || s.kinds[plain[end]] == kindLineEnd {
			return string(plain[:end])
		}
	}
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
