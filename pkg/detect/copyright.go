package detect

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// maxMarks and maxBlanks bound what may stand before a holder: "(c) Copyright ©" and the blanks between.
const (
	maxMarks  = 6
	maxBlanks = 40
)

// maxStatement bounds the bytes of a statement; what is longer is cut there.
const maxStatement = 400

// copyrightLines finds statements of ownership.
func (r *reading) copyrightLines() {
	known := map[string]int{}
	end := 0
	for hit := range r.cues(cueCopyright) {
		if hit < end || r.isIgnored(hit) {
			continue
		}
		s, ok := readStatement(r.text, hit)
		if !ok {
			continue
		}
		end = s.end
		span := source.Span{Path: r.path, Start: s.start, End: s.end}
		if i, ok := known[s.Text]; ok {
			r.copyrights[i].Found = append(r.copyrights[i].Found, span)
			continue
		}
		known[s.Text] = len(r.copyrights)
		s.Found = []source.Span{span}
		r.copyrights = append(r.copyrights, s.Copyright)
	}
}

// statement is a statement of ownership and where it stands.
type statement struct {
	sbom.Copyright
	start, end int
}

// readStatement reads the statement at an anchor. It is none without a year or the name of a holder:
// "(c)" in a program or a list, "copyright notice" and the blanks of a template say nothing.
func readStatement(text []byte, hit int) (statement, bool) {
	m, ok := readMark(text, hit)
	if !ok {
		return statement{}, false
	}
	body := lineFrom(text, m.end, maxStatement)
	body = body[:statementEnd(body)]
	what := plain(body)
	if m.tag {
		what = withoutMarks(what)
	}
	if !m.tag && !m.owns(what) || isTemplate(what) {
		return statement{}, false
	}
	end := m.end + len(bytes.TrimRight(body, " \t"))
	holder, years := splitYears(what)
	if holder == "" && years != "" {
		if more := continued(text, end); more > end {
			end = more
			what = plain(text[m.end:end])
			what = stripMarks(what)
			holder, years = splitYears(what)
		}
	}
	if holder == "" && years == "" {
		return statement{}, false
	}
	s := statement{start: m.start, end: end}
	s.Text = strings.TrimSpace(stripMarks(plain(text[m.start:end])))
	s.Holder, s.Years = holder, years
	return s, true
}

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
	if text[hit]|0x20 == 'c' {
		for _, tag := range []string{copyrightTag, snippetTag} {
			at := hit - strings.Index(tag, "Copyright")
			if at >= 0 && bytes.HasPrefix(text[at:], []byte(tag)) {
				value, ok := tagValue(text, at+len(tag))
				return mark{start: at, end: value, tag: true}, ok
			}
		}
		if m.start > 0 && isNameByte(text[m.start-1]) {
			return m, false
		}
	}
	for range maxMarks {
		rest := text[m.end:min(len(text), m.end+16)]
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
		case hasFold(rest, "&copy;"):
			m.sign = true
			m.end += len("&copy;")
		case m.word && hasFold(rest, "by "):
			m.end += len("by")
		default:
			return m, m.word || m.letter || m.sign
		}
		for n := 0; n < maxBlanks && m.end < len(text) && strings.IndexByte(" \t.,:-*_", text[m.end]) >= 0; n++ {
			m.end++
		}
	}
	return m, false
}

// withoutMarks cuts the words and signs that the value of a tag may repeat.
func withoutMarks(s string) string {
	for again := true; again; {
		again = false
		for _, m := range []string{"copyright", "(c)", "©"} {
			if hasFold([]byte(s), m) {
				s, again = strings.TrimLeft(s[len(m):], " :"), true
			}
		}
	}
	return s
}

func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
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
	"or", "owner", "owners", "permission", "protection", "statement", "statements", "status", "text", "to", "year", "years", "yyyy"}

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
	case m.sign, m.title:
		return unicode.IsUpper(first)
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

// statementEnd finds where a statement ends on its line: at the end of a comment or string, or where
// another sentence begins.
func statementEnd(line []byte) int {
	end := len(line)
	for _, mark := range []string{"*/", "-->", "#}", `"""`, "'''", `\n`, `\r`, "</", "<br", "<p>", "\t\t", ". Permission", ". Licensed",
		". Redistribution", ". Use of", ". This ", ". Distributed", ". Released", ". See ", " Permission is", " Licensed under",
		" Redistribution and", " Use of this", " This program", " This file", " SPDX-", " (MIT", " | ", `";`, `",`, `"]`, `")`, `',`, "')"} {
		if i := bytes.Index(line[:end], []byte(mark)); i >= 0 {
			end = i
			if mark[0] == '.' {
				end++
			}
		}
	}
	return len(bytes.TrimRight(line[:end], " \t*#\"';|/\\"))
}

// continued finds the end of the holder's name on the next line, where a statement ended after its years.
func continued(text []byte, end int) int {
	t := tagReader{text: text[:min(len(text), end+2*maxStatement)], pos: end}
	for t.pos < len(t.text) && strings.IndexByte(" \t,", t.text[t.pos]) >= 0 {
		t.pos++
	}
	if !t.atLineEnd() || !t.nextLine() {
		return end
	}
	line := lineFrom(text, t.pos, maxStatement)
	line = line[:statementEnd(line)]
	first, _ := utf8.DecodeRune(line)
	if !unicode.IsUpper(first) || len(line) > 100 || len(bytes.Fields(line)) > 12 {
		return end
	}
	for _, other := range []string{"All ", "Permission", "Licensed", "Redistribution", "This ", "The above", "The software", "Use ", "Distributed", "SPDX-", "Copyright", "Author"} {
		if bytes.HasPrefix(line, []byte(other)) {
			return end
		}
	}
	return t.pos + len(line)
}

// stripMarks removes the comment marks that stand between the two lines of a statement.
func stripMarks(s string) string {
	for _, m := range []string{" * ", " // ", " # ", " ;; ", " -- ", " % ", " dnl "} {
		s = strings.ReplaceAll(s, m, " ")
	}
	return s
}
