package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// reader walks the tree of a policy file and collects everything that is wrong in it.
type reader struct {
	path     string
	data     []byte
	lines    []string // of data
	errors   Diagnostics
	warnings Diagnostics
}

// label gives a place in the file with the line that it is on.
func (r *reader) label(n doc.Node) Label {
	return Label{Span: n.Span(), Line: r.line(n.Span().Line)}
}

// line gives the text of a 1-based line, redacted; "" for one that is too long to be shown.
func (r *reader) line(number int) string {
	if number < 1 || number > len(r.lines) {
		return ""
	}
	return r.lines[number-1]
}

// longestLine is what a diagnostic or a finding shows: each quotes the line, and a file of one line could
// have a million of them.
const longestLine = 1000

// splitLines gives the lines of a text as they may be shown.
func splitLines(data []byte) []string {
	text := strings.ToValidUTF8(string(data), "\ufffd")
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		if len(line) > longestLine {
			lines[i] = ""
		} else {
			lines[i] = source.Redact(line)
		}
	}
	return lines
}

func (r *reader) failAt(span source.Span, help, format string, args ...any) {
	r.errors = append(r.errors, Diagnostic{Span: span, Line: r.line(span.Line), Msg: source.Redact(fmt.Sprintf(format, args...)), Help: help})
}

func (r *reader) fail(n doc.Node, help, format string, args ...any) {
	r.failAt(n.Span(), help, format, args...)
}

func (r *reader) warn(n doc.Node, msg string) {
	r.warnings = append(r.warnings, Diagnostic{Span: n.Span(), Line: r.line(n.Span().Line), Msg: msg})
}

// failInside reports an error at a byte offset of a scalar's text. Where the text is not written as it
// reads (escapes, several lines) the whole scalar is shown.
func (r *reader) failInside(n doc.Node, from, to int, help, format string, args ...any) {
	r.failAt(r.inside(n, from, to), help, format, args...)
}

func (r *reader) inside(n doc.Node, from, to int) source.Span {
	span, text := n.Span(), n.Text()
	raw := string(r.data[min(span.Start, len(r.data)):min(span.End, len(r.data))])
	i := strings.Index(raw, text)
	if i < 0 || i > 1 || strings.Contains(text, "\n") {
		return span
	}
	from = min(from, len(text))
	span.End = span.Start + i + max(from, min(to, len(text)))
	span.Start += i + from
	span.Col += i + from
	return span
}

// done sorts the errors by place and bounds their number.
func (r *reader) done() error {
	if len(r.errors) == 0 {
		return nil
	}
	slices.SortStableFunc(r.errors, func(a, b Diagnostic) int { return a.Span.Compare(b.Span) })
	r.errors = slices.Compact(r.errors) // an alias repeats what its anchor has wrong
	if more := len(r.errors) - maxDiagnostics; more > 0 {
		r.errors = r.errors[:maxDiagnostics]
		last := &r.errors[maxDiagnostics-1]
		last.Help = strings.TrimPrefix(fmt.Sprintf("%s; and %d more errors in this file", last.Help, more), "; ")
	}
	return r.errors
}

// field is one key that an object may have.
type field struct {
	name     string
	read     func(doc.Node)
	required bool
	help     string // when it is required and missing
}

// object reads the members of n; every key that is not among the fields is an error.
func (r *reader) object(n doc.Node, what string, fields ...field) {
	if !r.is(n, doc.Object, what) {
		return
	}
	seen := make([]bool, len(fields))
	for k, v := range n.Members() {
		if len(r.errors) >= enough {
			return
		}
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == k.Text() })
		if i < 0 {
			names := make([]string, len(fields))
			for j, f := range fields {
				names[j] = f.name
			}
			if meant := slices.Index(names, spdx.Nearest(k.Text(), names)); meant >= 0 {
				seen[meant] = true
			}
			r.fail(k, didYouMean(k.Text(), names), "unknown key %q in %s", k.Text(), what)
			continue
		}
		seen[i] = true
		fields[i].read(v)
	}
	for i, f := range fields {
		if f.required && !seen[i] {
			r.failAt(firstByte(n), f.help, "%s without %s", what, f.name)
		}
	}
}

// listOf says how the node is written as the only item of a list.
func listOf(n doc.Node) string {
	text := source.Redact(n.Text())
	switch {
	case n.Kind() == doc.Object:
		return "write a list: begin each item with -"
	case n.Kind() != doc.String && n.Kind() != doc.Number || len(text) > longestItem:
		return "write a list, in brackets: [...]"
	case strings.Trim(text, plainItem) != "":
		text = strconv.Quote(text)
	}
	return "write a list, [" + text + "]"
}

const (
	longestItem = 80
	// plainItem are the characters of an item that needs no quotes.
	plainItem = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.+/"
)

func firstByte(n doc.Node) source.Span {
	span := n.Span()
	span.End = min(span.End, span.Start+1)
	return span
}

var kindWords = [...]string{"nothing", "nothing", "a boolean", "a number", "a text", "a list", "a mapping"}

// is reports, as an error too, whether n is of the kind.
func (r *reader) is(n doc.Node, kind doc.Kind, what string) bool {
	if n.Kind() == kind {
		return true
	}
	r.failAt(firstLine(n), "", "%s must be %s, not %s", what, kindWords[kind], kindWords[n.Kind()])
	return false
}

// firstLine is the node's place, but for what has several lines only its first byte.
func firstLine(n doc.Node) source.Span {
	if n.Kind() == doc.Object || n.Kind() == doc.Array {
		return firstByte(n)
	}
	return n.Span()
}

// scalar gives the text of a text or number, and reports whether it is one.
func (r *reader) scalar(n doc.Node, what string) (string, bool) {
	if n.Kind() != doc.Number && !r.is(n, doc.String, what) {
		return "", false
	}
	if strings.TrimSpace(n.Text()) == "" {
		r.fail(n, "", "%s is empty", what)
		return "", false
	}
	return n.Text(), true
}

// text reads into a string.
func (r *reader) text(name string, into *string) field {
	return field{name: name, read: func(n doc.Node) { *into, _ = r.scalar(n, name) }}
}

// word reads one of a fixed set of words.
func word[T ~string](r *reader, name string, into *T, choices ...T) field {
	return field{name: name, read: func(n doc.Node) {
		if w, ok := oneOf(r, n, name, choices); ok {
			*into = w
		}
	}}
}

func oneOf[T ~string](r *reader, n doc.Node, what string, choices []T) (T, bool) {
	text, ok := r.scalar(n, what)
	if !ok {
		return "", false
	}
	if slices.Contains(choices, T(text)) {
		return T(text), true
	}
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = string(c)
	}
	r.fail(n, cmp.Or(didYouMean(text, words), "one of: "+strings.Join(words, ", ")), "%q is no value of %s", text, what)
	return "", false
}

// expr reads an SPDX expression.
func (r *reader) expr(name string, into *spdx.Expr) field {
	return field{name: name, read: func(n doc.Node) { *into, _ = r.expression(n, name) }}
}

func (r *reader) expression(n doc.Node, what string) (spdx.Expr, bool) {
	text, ok := r.scalar(n, what)
	if !ok {
		return spdx.Expr{}, false
	}
	e, err := spdx.Parse(text)
	if err == nil {
		return e, true
	}
	var syntax *spdx.SyntaxError
	if !errors.As(err, &syntax) {
		r.fail(n, "", "%s: %v", what, err)
		return e, false
	}
	help := ""
	if syntax.Suggestion != "" {
		help = "did you mean " + syntax.Suggestion + "?"
	}
	r.failInside(n, syntax.Offset, syntax.End, help, "%s", syntax.Msg)
	return e, false
}

// list reads every item of an array. Where there is one item instead, the help says how to write it.
func (r *reader) list(name string, item func(doc.Node)) field {
	return field{name: name, read: func(n doc.Node) {
		if n.Kind() != doc.Array {
			r.failAt(firstLine(n), listOf(n), "%s must be a list, not %s", name, kindWords[n.Kind()])
			return
		}
		for i := range n.Items() {
			if len(r.errors) >= enough {
				return
			}
			item(i)
		}
	}}
}

// flag reads a boolean.
func (r *reader) flag(name string, into *bool) field {
	return field{name: name, read: func(n doc.Node) {
		if r.is(n, doc.Bool, name) {
			*into, _ = n.Bool()
		}
	}}
}

// notYet refuses a key whose meaning is fixed but not built: to ignore it would be to judge otherwise
// than the file says.
func (r *reader) notYet(name string) field {
	return field{name: name, read: func(n doc.Node) {
		r.failAt(firstLine(n), "remove it, or use a version of licet that knows it", "%s is not yet supported", name)
	}}
}

func must(f field) field {
	f.required = true
	return f
}

// plainText refuses what is no UTF-8 text, before a parser guesses.
func (r *reader) plainText() bool {
	place := func(offset int) source.Span {
		before := r.data[:offset]
		return source.Span{Path: r.path, Start: offset, End: offset, Line: 1 + bytes.Count(before, []byte("\n")),
			Col: offset - bytes.LastIndexByte(before, '\n')}
	}
	switch nul := bytes.IndexByte(r.data, 0); {
	case bytes.HasPrefix(r.data, []byte("\xff\xfe")), bytes.HasPrefix(r.data, []byte("\xfe\xff")):
		r.errors = append(r.errors, Diagnostic{Span: place(0), Msg: "the file is UTF-16", Help: "save it as UTF-8"})
	case nul >= 0:
		r.errors = append(r.errors, Diagnostic{Span: place(nul), Msg: "a NUL byte: this is no text file"})
	case !utf8.Valid(r.data):
		i := 0
		for {
			c, size := utf8.DecodeRune(r.data[i:])
			if c == utf8.RuneError && size == 1 {
				break
			}
			i += size
		}
		r.failAt(place(i), "save the file as UTF-8", "byte %#02x is not UTF-8", r.data[i])
	}
	return len(r.errors) == 0
}
