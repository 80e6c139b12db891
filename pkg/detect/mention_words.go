package detect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/licet/licet/rules"
)

// sep is the set of marks that stand between two words.
type sep uint16

const (
	sepLine   sep = 1 << iota // a line ends
	sepBlank                  // an empty line
	sepStop                   // a full stop, question or exclamation mark before white space
	sepDot                    // a full stop within a word: 2.0, gpl.txt
	sepComma                  //
	sepSemi                   // ; : and =
	sepHyphen                 //
	sepSlash                  // / and |
	sepLow                    // _
	sepParen                  // ( [ or { opens
	sepPlus                   // +
	sepQuote                  // ' " `
	sepSpace                  // a blank
	sepOther                  // anything else
	sepAmp                    // &
)

// token is a word, a number or an address of a text, and what stands before it.
type token struct {
	start, end int32
	word       int32 // its number in the vocabulary; 0 for a word that no name has
	sep        sep
	class      wordClass
	url        bool
	digit      bool // it begins with a digit
}

// wordClass is a set of the classes of frames.tsv that a word is in.
type wordClass uint16

const (
	isLicense wordClass = 1 << iota
	isGrant
	isCue
	isGlue
	isChoice
	isNegation
	isUndo
	isRemark
	isFiller
	isLater
	isBetween
	isStyle
	isGeneric
	isChanged
	isChanges
)

// classes are named in frames.tsv as here.
var classes = []string{"license", "grant", "cue", "glue", "choice", "negate", "undo", "remark", "filler", "later", "between", "style", "generic", "changed", "changes"}

// vocabulary numbers the words of names and frames. All spellings of "license" are one word.
type vocabulary struct {
	numbers map[string]int32
	classes []wordClass // by number
	table   *wordTable  // the numbers, when all words are known
}

func newVocabulary() *vocabulary {
	v := &vocabulary{numbers: make(map[string]int32, manyNames/2), classes: make([]wordClass, 1, manyNames/2)}
	license := v.number("license")
	for _, row := range rules.Frames() {
		var class wordClass
		for i, name := range classes {
			if name == row[0] {
				class = 1 << i
			}
		}
		for w := range strings.FieldsSeq(row[1]) {
			if class == isLicense {
				v.numbers[w] = license
			}
			v.classes[v.number(w)] |= class
		}
	}
	return v
}

// number gives the number of a word, a new one if it has none.
func (v *vocabulary) number(word string) int32 {
	n, ok := v.numbers[word]
	if !ok {
		n = int32(len(v.classes))
		v.numbers[word] = n
		v.classes = append(v.classes, 0)
	}
	return n
}

// maxWord is how many letters of a word are looked at; no word of a name is longer.
const maxWord = 24

// tokens reads the words of text[from:to]. A word ends where letters and digits meet: "GPLv2" is gpl, v, 2.
// A word of names that v and a digit follow is set off from the v. The last token is an end mark.
func (v *vocabulary) tokens(out []token, text []byte, from, to int) []token {
	out = out[:0]
	head, lineStart := text[:to], true
	var marks sep
	for i := from; i < to; {
		c := text[i]
		switch {
		case isASCIILetter(c):
			word, n := lettersAt(head, i)
			end := i + n
			if n > 0 && plainEnds[head[end]] {
				number := v.table.short(word)
				out = append(out, token{start: int32(i), end: int32(end), sep: marks, word: number, class: v.classes[number]})
				i, marks, lineStart = end, 0, false
				continue
			}
			for end < to && isASCIILetter(text[end]) {
				end++
			}
			if end < to && strings.IndexByte(urlMarks, text[end]) >= 0 && startsURL(head, i, end) {
				end = urlEnd(text, i, to)
				out = append(out, token{start: int32(i), end: int32(end), sep: marks, url: true})
			} else {
				out = v.letters(out, text, i, end, marks)
				end = max(end, int(out[len(out)-1].end))
			}
			i, marks, lineStart = end, 0, false
		case isDigit(c):
			end := i + 1
			for end < to && (isDigit(text[end]) || text[end] == '.' && end+1 < to && isDigit(text[end+1])) {
				end++
			}
			out = append(out, token{start: int32(i), end: int32(end), sep: marks, digit: true, word: v.table.number(packWord(text, i, min(end-i, maxWord)))})
			i, marks, lineStart = end, 0, false
		case c == ' ':
			marks |= sepSpace
			i++
		default:
			m, n := markAt(head, i, lineStart)
			if m&sepLine != 0 && lineStart && marks&sepLine != 0 {
				m |= sepBlank
			}
			lineStart = lineStart && m&^(sepSpace|sepLine) == 0 || m&sepLine != 0
			marks |= m
			i += n
		}
	}
	return append(out, token{start: int32(to), end: int32(to), sep: marks | sepBlank | sepStop})
}

// letters adds the word text[i:end].
func (v *vocabulary) letters(out []token, text []byte, i, end int, marks sep) []token {
	t := token{start: int32(i), end: int32(end), sep: marks}
	n := end - i
	if word, rest := v.broken(text, i, end); word != 0 {
		t.word, t.class, t.end = word, v.classes[word], int32(rest)
		return append(out, t)
	}
	if n > 1 && n <= maxWord && lower(text[end-1]) == 'v' && end < len(text) && (isDigit(text[end]) || text[end] == '.') {
		isWord := text[end] == '.' && v.table.number(packWord(text, i, n)) != 0 // "rev."
		if w := v.table.number(packWord(text, i, n-1)); w != 0 && !isWord {
			t.word, t.class, t.end = w, v.classes[w], int32(end-1)
			return append(out, t, token{start: int32(end - 1), end: int32(end), word: v.numbers["v"], class: v.classes[v.numbers["v"]]})
		}
	}
	if n <= maxWord {
		t.word = v.table.number(packWord(text, i, n))
		t.class = v.classes[t.word]
	}
	return append(out, t)
}

// maxLineBreak is how many bytes part the halves of a word that the end of a line broke.
const maxLineBreak = 16

// broken gives the word whose first half is text[i:end], behind which a hyphen ends the line, and where it ends: "Gen-" and
// "eral" behind the mark of a comment. It is 0 if the halves make no word of names.
func (v *vocabulary) broken(text []byte, i, end int) (word int32, rest int) {
	if end+1 >= len(text) || text[end] != '-' || text[end+1] != '\n' && text[end+1] != '\r' {
		return 0, 0
	}
	at := end + 1
	for at < len(text) && at-end < maxLineBreak && strings.IndexByte(" \t\r\n*#/;%|", text[at]) >= 0 {
		at++
	}
	rest = at
	for rest < len(text) && isASCIILetter(text[rest]) && rest-at < maxWord {
		rest++
	}
	if rest == at || end-i+rest-at > maxWord {
		return 0, 0
	}
	whole := slices.Concat(text[i:end], text[at:rest])
	return v.table.number(packWord(whole, 0, len(whole))), rest
}

// markAt reads the mark at i: what it is and how many bytes it has. Marks of comments at the start of a
// line mean nothing, escaped line ends are line ends.
func markAt(text []byte, i int, lineStart bool) (sep, int) {
	next := byte(' ')
	if i+1 < len(text) {
		next = text[i+1]
	}
	switch c := text[i]; c {
	case ' ', '\t', '\r', '\f', '\v':
		return sepSpace, 1
	case '\n':
		return sepLine, 1
	case '\\':
		if next == 'n' || next == 'r' {
			return sepLine, 2
		}
		if next == 't' {
			return sepSpace, 2
		}
		return sepOther, 1
	case '*', '#', '%', '!', '|', '>':
		if lineStart {
			return sepSpace, 1
		}
		switch c {
		case '|':
			return sepSlash, 1
		case '!':
			return sepStop, 1
		}
		return sepOther, 1
	case '/', '-', ';', '.', '\'', ':':
		if lineStart && (c != '\'' || !closes(text, i)) {
			return sepSpace, 1
		}
	}
	return plainMark(text[i], next), 1
}

// closes reports whether a word follows the quotation mark at i, and the same mark again in its line: it is no comment of
// Visual Basic.
func closes(text []byte, i int) bool {
	rest := lineFrom(text, i+1, maxQuoted)
	return len(rest) > 0 && isASCIILetter(rest[0]) && bytes.IndexByte(rest, text[i]) >= 0
}

// maxQuoted is how many bytes stand in quotation marks at most.
const maxQuoted = 80

func plainMark(c, next byte) sep {
	switch c {
	case '.', '?':
		if isASCIILetter(next) || isDigit(next) {
			return sepDot
		}
		return sepStop
	case ',':
		return sepComma
	case ';', ':', '=':
		return sepSemi
	case '-':
		return sepHyphen
	case '/':
		return sepSlash
	case '_':
		return sepLow
	case '(', '[', '{':
		return sepParen
	case '+':
		return sepPlus
	case '\'', '"', '`':
		return sepQuote
	case '&':
		return sepAmp
	}
	if c >= 0x80 {
		return sepSpace
	}
	return sepOther
}

// hostEndings are what the hosts of addresses without a scheme end in.
var hostEndings = []string{"org", "net", "com", "info", "io", "dev", "cn", "edu"}

// maxHost bounds the bytes of a host, and of a path that is an address without one.
const maxHost = 60

// plainEnds are the bytes behind letters that are a word of text and nothing else.
var plainEnds = [256]bool{' ': true, '\n': true, ',': true, ')': true, '"': true, ';': true}

// urlMarks may follow the letters with which an address begins.
const urlMarks = ":-/."

// startsURL reports whether an address begins with the letters text[i:end]: by its scheme, by a host and a
// path, or as the folder where Debian keeps licenses.
func startsURL(text []byte, i, end int) bool {
	rest := text[end:min(len(text), end+maxHost)]
	if end-i >= 3 && end-i < 6 && bytes.HasPrefix(rest, []byte("://")) || string(text[i:end]) == "common" && bytes.HasPrefix(rest, []byte("-licenses/")) ||
		string(text[i:end]) == "magnet" && bytes.HasPrefix(rest, []byte(":?xt=urn:btih:")) {
		return true
	}
	if end-i <= len("licenses") && bytes.HasPrefix(rest, []byte("/")) && strings.EqualFold(string(text[i:i+min(7, end-i)]), "license") {
		return hasTextEnding(text[i:urlEnd(text, i, min(len(text), end+maxHost))])
	}
	if len(rest) < 4 || rest[0] != '.' || !isASCIILetter(rest[1]) {
		return false
	}
	n, label := 1, 1
	for n < len(rest) && (isASCIILetter(rest[n]) || isDigit(rest[n]) || rest[n] == '-' || rest[n] == '.') {
		n++
		if rest[n-1] == '.' {
			label = n
		}
	}
	return n < len(rest) && rest[n] == '/' && containsFold(hostEndings, string(rest[label:n]))
}

// hasTextEnding reports whether a path ends as that of a text does: licenses/MIT.txt.
func hasTextEnding(path []byte) bool {
	return bytes.HasSuffix(path, []byte(".txt")) || bytes.HasSuffix(path, []byte(".md")) || bytes.HasSuffix(path, []byte(".html"))
}

// urlEnd gives the end of the address at i.
func urlEnd(text []byte, i, to int) int {
	end := i
	for end < to && text[end] > ' ' && text[end] < 0x7F && strings.IndexByte("<>\"'`()[]{}|\\^,;", text[end]) < 0 {
		end++
	}
	return i + len(bytes.TrimRight(text[i:end], ".:!?*/#"))
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
