package detect

import (
	"bytes"
	"slices"
	"strings"
)

// Statements stand in all kinds of text: in strings of programs, in pages, in manuals, behind a word that
// begins each line. What is not prose there is blanked in a copy of the passage before its words are read. A blank for a
// byte: every place in the copy is a place in the file.

// prose returns the passage with its markup blanked: the text itself if it has none.
func prose(text []byte) []byte {
	b := blanker{text: text}
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(text[:min(len(text), 64)]), []byte(`{\rtf`)):
		b.commands()
	case bytes.IndexByte(text, '\\') >= 0:
		if isLaTeX(text) {
			b.commands()
		} else {
			b.escapes()
		}
	}
	if bytes.IndexByte(text, '<') >= 0 {
		b.tags()
	}
	if bytes.IndexByte(text, '&') >= 0 {
		b.entities()
	}
	b.lineStarts()
	if b.out == nil {
		return text
	}
	return b.out
}

// blanker makes the copy when there is something to blank.
type blanker struct{ text, out []byte }

func (b *blanker) blank(from, to int) {
	if b.out == nil {
		b.out = slices.Clone(b.text)
	}
	for i := from; i < to; i++ {
		if c := b.out[i]; c != '\n' && c != '\r' {
			b.out[i] = ' '
		}
	}
}

// escapes blanks the escapes of strings, "\n" and "\"", and the changes of font in manuals, "\fB".
func (b *blanker) escapes() {
	for i := 0; i+1 < len(b.text); i++ {
		if b.text[i] != '\\' {
			continue
		}
		switch b.text[i+1] {
		case 'n', 'r', 't', '"', '\'', '\\':
			b.blank(i, i+2)
			i++
		case 'f':
			if i+2 < len(b.text) && strings.IndexByte("BIRP", b.text[i+2]) >= 0 {
				b.blank(i, i+3)
				i += 2
			}
		}
	}
}

// isLaTeX reports whether a backslash begins a command here and is no escape.
func isLaTeX(text []byte) bool {
	for _, sign := range []string{`\begin{`, `\documentclass[`, `\documentclass{`, `\section{`, `\textbf{`, `\emph{`} {
		if bytes.Contains(text, []byte(sign)) {
			return true
		}
	}
	return false
}

// commands blanks those of LaTeX and of the Rich Text Format: a backslash and a word, with a number and a blank
// behind it in the latter, or a byte in hexadecimal digits.
func (b *blanker) commands() {
	for i := 0; i+1 < len(b.text); i++ {
		if b.text[i] != '\\' {
			continue
		}
		end := i + 1
		if b.text[end] == '\'' {
			end = min(end+3, len(b.text))
		} else {
			for end < len(b.text) && isASCIILetter(b.text[end]) {
				end++
			}
			for end < len(b.text) && (isDigit(b.text[end]) || b.text[end] == '-') {
				end++
			}
		}
		b.blank(i, end)
		i = end - 1
	}
}

// elements are those of pages and of DocBook that stand around and in prose. Sorted.
var elements = []string{"a", "abbr", "acronym", "address", "article", "b", "big", "blockquote", "body", "br", "center", "cite", "code", "dd", "div",
	"dl", "dt", "em", "emphasis", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i", "img", "itemizedlist",
	"kbd", "legalnotice", "li", "link", "listitem", "literal", "meta", "nobr", "ol", "orderedlist", "p", "para", "pre", "quote", "s", "samp", "section", "small", "span", "strong", "sub",
	"sup", "table", "tbody", "td", "th", "title", "tr", "tt", "u", "ul", "ulink", "var", "wbr"}

// longTag is how many bytes a tag has at most.
const longTag = 1 << 10

// tags blanks the tags of known elements, but for an address in one.
func (b *blanker) tags() {
	for i := 0; i < len(b.text); i++ {
		n := bytes.IndexByte(b.text[i:], '<')
		if n < 0 {
			return
		}
		i += n
		name := i + 1
		if name < len(b.text) && b.text[name] == '/' {
			name++
		}
		end := name
		for end < len(b.text) && (isASCIILetter(b.text[end]) || isDigit(b.text[end])) && end-name < maxWord {
			end++
		}
		if _, ok := slices.BinarySearch(elements, strings.ToLower(string(b.text[name:end]))); !ok {
			continue
		}
		n = bytes.IndexByte(b.text[end:min(len(b.text), end+longTag)], '>')
		if n < 0 || n > 1 && bytes.IndexByte(b.text[end:end+n], '=') < 0 {
			continue // words in angle brackets
		}
		b.tag(i, end+n+1)
		i = end + n
	}
}

// tag blanks one tag around the address that it may have.
func (b *blanker) tag(from, to int) {
	if n := bytes.Index(b.text[from:to], []byte("://")); n >= 0 {
		at := from + n
		start := at
		for start > from && isASCIILetter(b.text[start-1]) {
			start--
		}
		end := urlEnd(b.text, at, to)
		b.blank(from, start)
		from = end
	}
	b.blank(from, to)
}

// longEntity is how many bytes a character reference has at most.
const longEntity = 10

// entities blanks character references but for that of the copyright sign.
func (b *blanker) entities() {
	for i := 0; i < len(b.text); i++ {
		n := bytes.IndexByte(b.text[i:], '&')
		if n < 0 {
			return
		}
		i += n
		end := bytes.IndexByte(b.text[i:min(len(b.text), i+longEntity)], ';')
		if end < 2 || bytes.ContainsAny(b.text[i+1:i+end], " \n&") || string(b.text[i:i+end]) == "&copy" {
			continue
		}
		b.blank(i, i+end+1)
		i += end
	}
}

// How many lines a word must begin for it to be no part of what they say, and in what share of them, in percent.
const (
	leastPrefixed = 5
	mostPrefixed  = 70
	longPrefix    = 40 // bytes
)

// lineStarts blanks what begins most lines and is no part of what they say: one and the same word, as COMMENT
// in a font or the call that prints the line, a number that counts lines, and the names of macros in manuals.
func (b *blanker) lineStarts() {
	macros := bytes.HasPrefix(b.text, []byte(".")) || bytes.Contains(b.text, []byte("\n."))
	alike, margin := b.beginAlike()
	if margin {
		b.margins()
	}
	if !macros && !alike {
		return // nearly always
	}
	prefix, numbered := b.prefixes()
	for start := range lineOffsets(b.text) {
		word := lineWord(b.text[start:])
		if len(word) == 0 {
			continue
		}
		if numbered && isCount(word) || prefix != "" && string(word) == prefix || isMacro(word) {
			at := start + bytes.Index(b.text[start:], word)
			b.blank(at, at+len(word))
		}
	}
}

// fewLines is how many lines tell whether it is worth while to look at all of them.
const fewLines = 6

// beginAlike reports whether among the first lines two in a row begin with the same word, or with numbers, and whether
// anywhere as many as make a margin do.
func (b *blanker) beginAlike() (alike, margin bool) {
	var last []byte
	lines, run := 0, 1
	for start := range lineOffsets(b.text) {
		word := lineWord(b.text[start:])
		if len(word) == 0 {
			continue
		}
		same := bytes.Equal(word, last)
		if run++; !same {
			run = 1
		}
		alike = alike || lines < fewLines && (same || isCount(word) && isCount(last) && len(last) > 0)
		if run >= leastPrefixed {
			return alike, true
		}
		last = word
		lines++
	}
	return alike, false
}

// margins blanks the words that begin successive lines and end in a colon: what such a passage keeps behind
// "%%Copyright:" may be a small part of it.
func (b *blanker) margins() {
	var last []byte
	var run []int // where the words of the lines stand that begin alike
	flush := func() {
		if len(run) >= leastPrefixed && bytes.HasSuffix(last, []byte(":")) && !aboutLicenses(last) {
			for _, at := range run {
				b.blank(at, at+len(last))
			}
		}
		run = run[:0]
	}
	for start := range lineOffsets(b.text) {
		word := lineWord(b.text[start:])
		if !bytes.Equal(word, last) {
			flush()
			last = word
		}
		if len(word) > 0 {
			run = append(run, start+bytes.Index(b.text[start:], word))
		}
	}
	flush()
}

// prefixes finds the word that begins most lines, "" for none, and whether numbers do.
func (b *blanker) prefixes() (prefix string, numbered bool) {
	var word []byte // more often than not the first of its line, if one is
	lead, lines, numbers, prefixed := 0, 0, 0, 0
	for start := range lineOffsets(b.text) {
		w := lineWord(b.text[start:])
		switch {
		case len(w) == 0:
			continue
		case isCount(w):
			numbers++
		case lead == 0:
			word, lead = w, 1
		case bytes.Equal(w, word):
			lead++
		default:
			lead--
		}
		lines++
	}
	if lead > 0 {
		for start := range lineOffsets(b.text) {
			if bytes.Equal(lineWord(b.text[start:]), word) {
				prefixed++
			}
		}
	}
	comment := prefixed > 1 && slices.Contains(commentWords, string(word))
	if comment || prefixed >= leastPrefixed && 100*prefixed >= mostPrefixed*lines {
		if !aboutLicenses(word) {
			prefix = string(word)
		}
	}
	return prefix, numbers >= leastPrefixed && 100*numbers >= mostPrefixed*lines
}

// aboutLicenses reports whether the word that begins lines is what they are about.
func aboutLicenses(word []byte) bool { return bytes.Contains(bytes.ToLower(word), []byte("licen")) }

// commentWords are the words that begin a comment.
var commentWords = []string{"C", "REM", "Rem", "rem", "@REM", "@rem", "dnl"}

// lineOffsets yields where the lines of a text begin.
func lineOffsets(text []byte) func(func(int) bool) {
	return func(yield func(int) bool) {
		for at := 0; at < len(text); {
			if !yield(at) {
				return
			}
			n := bytes.IndexByte(text[at:], '\n')
			if n < 0 {
				return
			}
			at += n + 1
		}
	}
}

// Around the first word of a line stand the marks of comments and lists, and blanks.
var (
	lineMarks  = [256]bool{' ': true, '\t': true, '#': true, '*': true, ';': true, '/': true, '%': true, '|': true, '-': true}
	lineBlanks = [256]bool{' ': true, '\t': true, '\r': true, '\n': true}
)

// lineWord gives what stands before the first blank of a line if there is a letter or digit in it.
func lineWord(text []byte) []byte {
	line := text[:min(len(text), 2*longPrefix)]
	start := 0
	for start < len(line) && lineMarks[line[start]] {
		start++
	}
	end, tells := start, false
	for end < len(line) && !lineBlanks[line[end]] {
		tells = tells || isASCIILetter(line[end]) || isDigit(line[end])
		end++
	}
	if !tells || end-start > longPrefix {
		return nil
	}
	return line[start:end]
}

// isCount reports whether a word is a number as editors put before lines.
func isCount(word []byte) bool {
	return len(word) < 6 && len(bytes.Trim(word, "0123456789")) == 0
}

// isMacro reports whether a word is the name of a troff macro.
func isMacro(word []byte) bool {
	return len(word) >= 3 && len(word) <= 4 && word[0] == '.' && isASCIILetter(word[1]) && isASCIILetter(word[2])
}
