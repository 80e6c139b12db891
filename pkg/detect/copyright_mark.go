package detect

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// These bound what may stand before a holder: "(c) Copyright ©" and the blanks between.
const (
	maxMarks  = 6
	maxBlanks = 40
	markBytes = 16 // of one mark, at most
)

// latinSign is the copyright sign in Latin-1.
const latinSign = 0xA9

// mark is the word or sign that a statement begins with.
type mark struct {
	start, end int
	tag        bool // SPDX-FileCopyrightText
	word       bool // "copyright" is written
	title      bool // as "Copyright", at the beginning of its line
	letter     bool // "(c)" is written
	sign       bool // "©" is written
}

const (
	copyrightTag = "SPDX-FileCopyrightText"
	snippetTag   = "SPDX-SnippetCopyrightText"
)

// readMark reads the marks around an anchor, and the blanks and colons after them.
func readMark(text []byte, hit int) (mark, bool) {
	m := mark{start: hit, end: hit}
	if text[hit] >= utf8.RuneSelf && hit > 0 && text[hit-1] >= utf8.RuneSelf {
		return m, false // in a table of characters
	}
	if text[hit]|0x20 == 'c' {
		for _, tag := range []string{copyrightTag, snippetTag} {
			at := hit - strings.Index(tag, "Copyright")
			if at >= 0 && bytes.HasPrefix(text[at:], []byte(tag)) {
				value, ok := tagValue(text, at+len(tag))
				if !ok {
					return m, false
				}
				m = mark{start: at, end: value, tag: true}
			}
		}
		command := max(0, hit-1)
		if command > 0 && (text[command-1] == '{' || text[command-1] == '$') {
			command--
		}
		switch {
		case m.tag:
		case writtenSign(text[command:min(len(text), hit+markBytes)]) > 0 && yearAfterSign(text[command:]):
			m.start, m.end = command, command
		case m.start > 0 && isNameByte(text[m.start-1]):
			return m, false
		}
	}
	for range maxMarks {
		rest := text[m.end:min(len(text), m.end+markBytes)]
		switch {
		case hasFold(rest, "copyright") && (len(rest) == len("copyright") || !isNameByte(rest[len("copyright")])):
			if !m.word && !m.letter && !m.sign {
				m.title = string(rest[:2]) == "Co" && startsLine(text, m.start)
			}
			m.word = true
			m.end += len("copyright")
		case hasFold(rest, "(c)"):
			m.letter = true
			m.end += len("(c)")
		case bytes.HasPrefix(rest, []byte("©")):
			m.sign = true
			m.end += len("©")
		case len(rest) > 0 && rest[0] == latinSign:
			m.letter = true // of which any byte of a program may be one
			m.end++
		case writtenSign(rest) > 0:
			m.sign = true
			m.end += writtenSign(rest)
		case m.word && hasFold(rest, "by "):
			m.end += len("by")
		default:
			return m, m.tag || m.word || m.letter || m.sign
		}
		for n := 0; n < maxBlanks && m.end < len(text) && markBlanks[text[m.end]]; n++ {
			m.end++
		}
	}
	return m, false
}

// markBlanks stand between the marks, and before what they are about.
var markBlanks = [256]bool{' ': true, '\t': true, '.': true, ',': true, ':': true, '-': true, '*': true, '_': true, '~': true}

// writtenSigns are how the sign is written for HTML, in the string of a program, and for TeX, Texinfo, troff and
// reStructuredText. What begins as another one does comes first.
var writtenSigns = []string{"&copy;", "&#169;", "&#xa9;", `\u00a9`, `\xa9`, `{\copyright}`, `$\copyright$`, `\copyright{}`, `\copyright\ `,
	`\copyright`, "@copyright{}", `\(co`, "|copy|"}

// writtenSign gives the length of a sign that is written in other letters, 0 if there is none. An at sign before a
// year stands for it too.
func writtenSign(rest []byte) int {
	if len(rest) == 0 || strings.IndexByte("&\\{$@|", rest[0]) < 0 {
		return 0
	}
	if rest[0] == '@' && yearAt(string(rest[1:min(len(rest), 6)])) {
		return 1
	}
	for _, s := range writtenSigns {
		if hasFold(rest, s) && !(s == `\copyright` && len(rest) > len(s) && isASCIILetter(rest[len(s)])) {
			return len(s)
		}
	}
	return 0
}

// yearAfterSign reports whether a year follows a written sign. There are programs that have a command of its name.
func yearAfterSign(text []byte) bool {
	rest := bytes.TrimLeft(text[writtenSign(text[:min(len(text), markBytes)]):min(len(text), 2*markBytes)], " \t~\\")
	return yearAt(string(rest[:min(len(rest), 5)]))
}

// withoutMarks cuts the words and signs that are repeated before or after a holder.
func withoutMarks(s string) string {
	for again := true; again; {
		again = false
		for _, m := range []string{"copyright ", "(c)", "©", "&copy;"} {
			if hasFold(s, m) {
				s, again = strings.TrimLeft(s[len(m):], " :,.-"), true
			}
			if n := len(s) - len(m); n > 0 && strings.EqualFold(s[n:], m) {
				s, again = strings.TrimRight(s[:n], " ,-"), true
			}
		}
	}
	return s
}

// hasFold reports whether s begins with the prefix, whatever the case of its ASCII letters.
func hasFold[T string | []byte](s T, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != lower(prefix[i]) {
			return false
		}
	}
	return true
}

// isNameByte reports whether c can stand in a program's name for something.
func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '$' || c == '.' || c == '/' || c == '@' || c == '\\'
}

// startsLine reports whether nothing but comment marks, and perhaps the word Portions, stands before i
// on its line.
func startsLine(text []byte, i int) bool {
	before := text[max(0, i-60):i]
	if n := bytes.LastIndexAny(before, "\n\r"); n >= 0 {
		before = before[n+1:]
	} else if i > 60 {
		return false
	}
	before = bytes.TrimSuffix(bytes.TrimRight(before, " "), []byte("Portions"))
	return !bytes.ContainsFunc(before, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// notHolders are the words that follow "Copyright" where nothing is stated.
var notHolders = []string{"act", "acts", "and", "assignment", "directive", "disclaimer", "file", "header", "holder", "holders", "in",
	"info", "information", "is", "law", "laws", "license", "licence", "licenses", "line", "lines", "notice", "notices", "of", "office",
	"or", "owner", "owners", "permission", "protection", "statement", "statements", "status", "text", "to", "treaty", "year", "years", "yyyy"}

// mayOwn is the cheap test for what follows the marks, by its first byte: for a year, or a name in a large letter.
func (m mark) mayOwn(rest []byte) bool {
	if m.tag || m.word && (m.letter || m.sign) {
		return true
	}
	for _, c := range rest[:min(len(rest), maxStatement)] {
		if c != ' ' && c != '\t' {
			return c == '1' || c == '2' || 'A' <= c && c <= 'Z' && (m.title || m.sign) || c < ' ' || c >= utf8.RuneSelf
		}
	}
	return true
}

// owns reports whether what follows the marks names a year or a holder.
func (m mark) owns(what string) bool {
	if yearAt(what) {
		return true
	}
	word := what
	if i := strings.IndexFunc(what, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		word = what[:i]
	}
	if word == "" || containsFold(notHolders, word) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case m.word && (m.letter || m.sign):
		return true
	case m.title:
		return unicode.IsUpper(first)
	case m.sign: // in a table of characters, others follow
		return unicode.IsUpper(first) && utf8.RuneCountInString(word) > 1 && (first < utf8.RuneSelf || strings.ToUpper(word) != word)
	}
	return false
}

// yearAt reports whether s begins with a year from 1900 to 2099.
func yearAt(s string) bool {
	if len(s) < 4 || s[:2] != "19" && s[:2] != "20" || !isDigit(s[2]) || !isDigit(s[3]) {
		return false
	}
	return len(s) == 4 || !isDigit(s[4])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isTemplate reports whether a statement has blanks to be filled in where year or holder would stand.
func isTemplate(what string) bool {
	_, rest := leadingYears(what)
	for _, s := range []string{what, rest} {
		s = strings.TrimLeft(s, " ,.-")
		if s == "" {
			continue
		}
		if strings.IndexByte("[{$%", s[0]) >= 0 || s[0] == '<' && !strings.Contains(between(s, '<', '>'), "@") {
			return true
		}
		word, _, _ := strings.Cut(s, " ")
		if containsFold([]string{"year", "years", "yyyy", "xxxx", "20xx", "19xx", "19yy", "20yy", "yyyy-yyyy"}, strings.Trim(word, ",.")) {
			return true
		}
	}
	return false
}

// between gives what stands between the first open and the close after it.
func between(s string, open, end byte) string {
	i := strings.IndexByte(s, open)
	if i < 0 {
		return ""
	}
	s, _, _ = strings.Cut(s[i+1:], string(end))
	return s
}
