package annotation

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
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
	r := stanzaReader{Set: newSet(p, dir, RuleDEP5), data: data, order: Aggregate}
	if path.Base(p) == "copyright" {
		r.order, r.Collective = Closest, true
	}
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		r.lost(source.Span{Path: p, Line: 1, Col: 1}, "a text in UTF-16", "write it in UTF-8, as the format asks for")
		return r.Set
	}
	d, err := doc.Stanzas(p, data)
	if bad, ok := errors.AsType[*doc.SyntaxError](err); ok {
		r.lost(bad.Span, bad.Msg, "begin what goes on with a blank, and write a blank and a dot for an empty line")
	} else if err != nil {
		r.lost(source.Span{Path: p, Line: 1, Col: 1}, err.Error(), "mend the file")
	}
	first := true
	for stanza := range d.Root().Items() {
		var fields []fieldText
		for key, value := range stanza.Members() {
			fields = append(fields, r.field(key, value))
		}
		r.read(fields, first)
		first = false
	}
	return r.Set
}

// stanzaReader reads what the fields of a stanza say, line by line.
type stanzaReader struct {
	*Set
	data  []byte
	order Precedence
}

// lineText is one line without its end, or a part of it, and where it stands.
type lineText struct {
	text   string
	start  int // in the file
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

// field takes the lines of a field, each with its place. A remark between them is none.
func (r *stanzaReader) field(key, value doc.Node) fieldText {
	from, to := key.Span(), value.Span()
	f := fieldText{name: strings.ToLower(key.Text())}
	at, row, number := to.Start, from.Start-from.Col+1, from.Line
	for text := range strings.Lines(string(r.data[to.Start:max(to.Start, to.End)]) + "\n") {
		if l := (lineText{strings.TrimRight(text, " \t\r\n"), at, row, number}); !strings.HasPrefix(l.text, "#") || number == from.Line {
			f.lines = append(f.lines, l)
		}
		at += len(text)
		row = at
		number++
	}
	f.at = lineText{string(r.data[from.Start : f.lines[0].start+len(f.lines[0].text)]), from.Start, from.Start - from.Col + 1, from.Line}
	return f
}

// span is the place of a line, without the blanks before it.
func (r *stanzaReader) span(l lineText) source.Span {
	indent := len(l.text) - len(strings.TrimLeft(l.text, " \t"))
	start := l.start + indent
	return source.Span{Path: r.path, Start: start, End: l.start + len(l.text), Line: l.number, Col: start - l.line + 1}
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
		body.End = last.start + len(last.text)
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
