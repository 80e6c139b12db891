package annotation

import (
	"fmt"
	"path"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// DEP5 reads a machine-readable debian/copyright (copyright-format 1.0), or a .reuse/dep5, the same under
// another name. What is wrong with it is among the gaps of the set, which is never nil.
//
// Files stanzas become the annotations. Those of .reuse/dep5 are [Aggregate] (REUSE 3.3, "Order of
// precedence"). Those of debian/copyright are [Closest]: they are what a packager gathered from the files, often
// for a whole tree at once, and no better than what a file states itself. Of a License field the first line
// is the name, or an expression of several; the lines below it are its text.
func DEP5(p string, data []byte) *Set {
	dir, _ := Home(p)
	r := stanzaReader{Set: newSet(p, dir, RuleDEP5), text: string(data), order: Aggregate}
	if path.Base(p) == "copyright" {
		r.order, r.Collective = Closest, true
	}
	r.text = strings.TrimPrefix(r.text, "\ufeff")
	r.base = len(data) - len(r.text)
	first := true
	for s := r.stanza(); len(s) > 0; s = r.stanza() {
		r.read(s, first)
		first = false
	}
	if r.strays > 0 {
		r.lost(r.stray, fmt.Sprintf("%d lines that are neither a field nor the continuation of one", r.strays),
			"begin what goes on with a blank, and write a blank and a dot for an empty line")
	}
	return r.Set
}

// stanzaReader reads the syntax of Debian's control files (Debian Policy, section 5.1) line by line.
type stanzaReader struct {
	*Set
	order  Precedence
	text   string
	base   int // bytes of the file before text
	pos    int
	line   int // number of the line at pos, from 0
	stray  source.Span
	strays int
}

// lineText is one line without its end, or a part of it, and where it stands.
type lineText struct {
	text   string
	start  int // in the reader's text
	line   int // where the whole line begins there
	number int // from 1
}

// part gives line[from:to].
func (l lineText) part(from, to int) lineText {
	return lineText{l.text[from:to], l.start + from, l.line, l.number}
}

// fieldText is one field: its name in lower case and its lines, the first without the name.
type fieldText struct {
	name  string
	at    lineText // the first line, whole
	lines []lineText
}

// next takes one line; ok is false at the end.
func (r *stanzaReader) next() (l lineText, ok bool) {
	if r.pos >= len(r.text) {
		return l, false
	}
	r.line++
	l = lineText{start: r.pos, line: r.pos, number: r.line}
	l.text, _, _ = strings.Cut(r.text[r.pos:], "\n")
	r.pos += len(l.text) + 1
	l.text = strings.TrimRight(l.text, " \t\r")
	return l, true
}

// stanza takes the fields up to the next empty line; none at the end.
func (r *stanzaReader) stanza() []fieldText {
	var out []fieldText
	for l, ok := r.next(); ok; l, ok = r.next() {
		name, _, isField := strings.Cut(l.text, ":")
		switch {
		case l.text == "" && len(out) > 0:
			return out
		case l.text == "" || l.text[0] == '#':
		case l.text[0] == ' ' || l.text[0] == '\t':
			if len(out) == 0 {
				r.astray(l)
				continue
			}
			f := &out[len(out)-1]
			f.lines = append(f.lines, l)
		case !isField || strings.ContainsAny(name, " \t"):
			r.astray(l)
		default:
			value := l.part(len(name)+1, len(l.text))
			out = append(out, fieldText{name: strings.ToLower(name), at: l, lines: []lineText{value}})
		}
	}
	return out
}

func (r *stanzaReader) astray(l lineText) {
	if r.strays == 0 {
		r.stray = r.span(l)
	}
	r.strays++
}

// span is the place of a line, without the blanks before it.
func (r *stanzaReader) span(l lineText) source.Span {
	indent := len(l.text) - len(strings.TrimLeft(l.text, " \t"))
	start := l.start + indent
	return source.Span{Path: r.path, Start: r.base + start, End: r.base + l.start + len(l.text), Line: l.number, Col: start - l.line + 1}
}

// read takes what one stanza says.
func (r *stanzaReader) read(fields []fieldText, first bool) {
	a := Annotation{Precedence: r.order}
	var files, license, copyright *fieldText
	for i := range fields {
		switch f := &fields[i]; f.name {
		case "files":
			files = f
		case "license":
			license = f
			a.Licenses, a.Body = r.license(f)
		case "copyright":
			copyright = f
			a.Copyrights = r.statements(f)
		}
	}
	switch {
	case files != nil:
		if len(a.Licenses) == 0 {
			r.lost(r.span(files.at), "files without a license", "add a field License to the stanza")
		}
		r.patterns(files)
		r.Annotations = append(r.Annotations, a)
	case first:
		if license != nil || copyright != nil {
			r.Header = &a
		}
	case copyright != nil:
		r.lost(r.span(copyright.at), "a copyright of no files", "add a field Files to the stanza")
	case license != nil && len(a.Licenses) > 0 && a.Body.End > 0:
		if name := strings.ToLower(a.Licenses[0].Text); r.Texts[name].IsZero() {
			r.Texts[name] = a.Body
		}
	}
}

// license takes the name of a license, and where its text stands. The place of a name begins with the
// field's.
func (r *stanzaReader) license(f *fieldText) (names []Statement, body source.Span) {
	if name := strings.TrimSpace(f.lines[0].text); name != "" {
		names = []Statement{{Text: name, Span: r.span(f.at), EndLine: f.at.number}}
	}
	if rest := f.lines[1:]; len(rest) > 0 {
		body = r.span(rest[0])
		last := rest[len(rest)-1]
		body.End = r.base + last.start + len(last.text)
		if names == nil { // the name stands below
			names = []Statement{{Text: strings.TrimSpace(rest[0].text), Span: r.span(rest[0]), EndLine: rest[0].number}}
		}
	}
	return names, body
}

// statements takes the lines of a Copyright field, which may have any form. A line goes on with the one
// above if that ends in a comma, or if it begins in small letters. It also does where the field begins with
// a year or a sign and the line does not, unless the one above ends in an address: then it is a name.
func (r *stanzaReader) statements(f *fieldText) []Statement {
	var out []Statement
	for _, l := range f.lines {
		text := strings.TrimSpace(l.text)
		if text == "" || text == "." {
			continue
		}
		if n := len(out); n > 0 && goesOn(out[0].Text, out[n-1].Text, text) {
			out[n-1].Text += " " + text
			out[n-1].Span.End, out[n-1].EndLine = r.span(l).End, l.number
			continue
		}
		out = append(out, Statement{Text: text, Span: r.span(l), EndLine: l.number})
	}
	return out
}

// maxStatement is how many bytes of a statement may stand on the lines before one that goes on with it.
const maxStatement = 1000

func goesOn(first, above, text string) bool {
	return !beginsStatement(text) && len(above) < maxStatement &&
		(strings.HasSuffix(above, ",") || text[0] >= 'a' && text[0] <= 'z' || beginsStatement(first) && !strings.HasSuffix(above, ">"))
}

// beginsStatement reports whether a line begins with a year, a sign or the word.
func beginsStatement(text string) bool {
	if len(text) >= 4 && strings.Trim(text[:4], "0123456789") == "" {
		return true
	}
	for _, mark := range []string{"©", "(c)", "copyright"} {
		if len(text) >= len(mark) && strings.EqualFold(text[:len(mark)], mark) {
			return true
		}
	}
	return false
}

// patterns adds those of a Files field: "*" is any run and "?" any character, slashes included; a
// backslash takes the meaning from one of these, or from itself.
func (r *stanzaReader) patterns(f *fieldText) {
	n := 0
	for _, l := range f.lines {
		for end := 0; end < len(l.text); {
			start := end
			for end < len(l.text) && l.text[end] != ' ' && l.text[end] != '\t' {
				end++
			}
			if end > start {
				r.compile(l.part(start, end))
				n++
			}
			end++
		}
	}
	if n == 0 {
		r.lost(r.span(f.at), "a list of files that names none", "write which files the stanza is about")
	}
}

// compile adds one. The comma that drafts of the format had between them is none of it.
func (r *stanzaReader) compile(at lineText) {
	word := at.text
	var out []step
	runes := []rune(strings.TrimSuffix(strings.TrimPrefix(word, "./"), ","))
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; {
		case c == '*':
			out = append(out, step{kind: deep})
		case c == '?':
			out = append(out, step{kind: one})
		case c == '\\':
			if i++; i == len(runes) || !strings.ContainsRune(`*?\`, runes[i]) {
				r.lost(r.span(at), fmt.Sprintf(`%q: only *, ? and \ may follow a backslash`, word), "remove the backslash")
				return
			}
			out = append(out, step{r: runes[i]})
		default:
			out = append(out, step{r: c})
		}
	}
	if n := len(out); n > 0 && out[n-1] == (step{r: '/'}) {
		r.lost(r.span(at), fmt.Sprintf("%q matches no file: a path never ends in a slash", word), "write "+word+"*")
		return
	}
	r.pattern(out, r.span(at))
}
