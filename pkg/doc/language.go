package doc

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Language is what [Code] must know of a programming language.
type Language struct {
	Comments []string    // begin a comment that the end of the line ends
	Blocks   [][2]string // begin and end a comment
	Quotes   []Quote     // of strings; a longer one before those it begins with
	Prefixes string      // letters that may stand before a string: r (no escapes), f (filled in), and others
	Atoms    bool        // :name is one word, and names may end in ? and !
	Dashes   bool        // names may hold a -
	Heredocs bool        // <<~END begins a text on the next line
	Percent  bool        // %w(a b) and its like
}

// Quote is one way to write a string.
type Quote struct {
	Open, Close string
	Raw         bool   // a backslash means itself
	Lines       bool   // the string may have several lines
	Fill        string // begins what the program fills in, as "#{" does
}

// The languages whose manifests hold literal values, with those that write them alike.
var (
	// Python, and Starlark.
	Python = &Language{
		Comments: []string{"#"},
		Quotes:   []Quote{{Open: `"""`, Close: `"""`, Lines: true}, {Open: "'''", Close: "'''", Lines: true}, {Open: `"`, Close: `"`}, {Open: "'", Close: "'"}},
		Prefixes: "rRbBuUfF",
	}
	// Ruby, and the little of Perl in a cpanfile.
	Ruby = &Language{
		Comments: []string{"#"},
		Blocks:   [][2]string{{"=begin\n", "\n=end"}},
		Quotes:   []Quote{{Open: `"`, Close: `"`, Lines: true, Fill: "#{"}, {Open: "'", Close: "'", Lines: true}},
		Atoms:    true, Heredocs: true, Percent: true,
	}
	// Elixir.
	Elixir = &Language{
		Comments: []string{"#"},
		Quotes:   []Quote{{Open: `"""`, Close: `"""`, Lines: true, Fill: "#{"}, {Open: `"`, Close: `"`, Lines: true, Fill: "#{"}, {Open: "'", Close: "'", Fill: "#{"}},
		Atoms:    true,
	}
	// Erlang, whose binaries are strings between << and >>.
	Erlang = &Language{Comments: []string{"%"}, Quotes: []Quote{{Open: `"`, Close: `"`, Lines: true}, {Open: "'", Close: "'"}}}
	// Groovy, and Kotlin.
	Groovy = &Language{
		Comments: []string{"//"},
		Blocks:   [][2]string{{"/*", "*/"}},
		Quotes:   []Quote{{Open: `"""`, Close: `"""`, Lines: true, Fill: "$"}, {Open: "'''", Close: "'''", Lines: true}, {Open: `"`, Close: `"`, Fill: "$"}, {Open: "'", Close: "'"}},
	}
	// Nim, of which a ' begins no string.
	Nim = &Language{
		Comments: []string{"#"},
		Blocks:   [][2]string{{"#[", "]#"}, {"##[", "]##"}},
		Quotes:   []Quote{{Open: `"""`, Close: `"""`, Raw: true, Lines: true}, {Open: `"`, Close: `"`}},
		Prefixes: "rR",
	}
	// Swift.
	Swift = &Language{
		Comments: []string{"//"},
		Blocks:   [][2]string{{"/*", "*/"}},
		Quotes:   []Quote{{Open: `#"`, Close: `"#`, Raw: true}, {Open: `"""`, Close: `"""`, Lines: true, Fill: `\(`}, {Open: `"`, Close: `"`, Fill: `\(`}},
	}
	// Lua.
	Lua = &Language{
		Comments: []string{"--"},
		Blocks:   [][2]string{{"--[[", "]]"}, {"--[=[", "]=]"}},
		Quotes:   []Quote{{Open: "[[", Close: "]]", Raw: true, Lines: true}, {Open: "[=[", Close: "]=]", Raw: true, Lines: true}, {Open: `"`, Close: `"`}, {Open: "'", Close: "'"}},
	}
	// HCL, which Terraform is configured in.
	HCL = &Language{
		Comments: []string{"#", "//"},
		Blocks:   [][2]string{{"/*", "*/"}},
		Quotes:   []Quote{{Open: `"`, Close: `"`, Fill: "${"}},
		Dashes:   true, Heredocs: true,
	}
	// OCaml, and what opam writes.
	OCaml = &Language{
		Comments: []string{"#"},
		Blocks:   [][2]string{{"(*", "*)"}},
		Quotes:   []Quote{{Open: `"""`, Close: `"""`, Lines: true}, {Open: `"`, Close: `"`, Lines: true}},
		Dashes:   true,
	}
)

// quote is how the string is written that begins text, after so many letters; nil if none does.
func (l *Language) quote(text []byte) (prefix int, q *Quote) {
	for prefix < len(text) && prefix < 2 && l.Prefixes != "" && strings.IndexByte(l.Prefixes, text[prefix]) >= 0 {
		prefix++
	}
	for i := range l.Quotes {
		if bytes.HasPrefix(text[prefix:], []byte(l.Quotes[i].Open)) {
			return prefix, &l.Quotes[i]
		}
	}
	return 0, nil
}

// form is how the language writes strings; numbers are as they stand.
func (l *Language) form() form {
	return form{
		plain: func(raw []byte) (text []byte, ok bool) {
			prefix, q := l.quote(raw)
			if q == nil || len(raw) < prefix+len(q.Open)+len(q.Close) {
				return raw, true
			}
			text = raw[prefix+len(q.Open) : len(raw)-len(q.Close)]
			return text, q.Raw || bytes.IndexByte(text, '\\') < 0 || bytes.ContainsAny(raw[:prefix], "rR")
		},
		unquote: func(raw []byte) string {
			if prefix, q := l.quote(raw); q != nil && len(raw) >= prefix+len(q.Open)+len(q.Close) {
				raw = raw[prefix+len(q.Open) : len(raw)-len(q.Close)]
			}
			return codeText(raw)
		},
	}
}

// codeText resolves the escapes that all languages share. A backslash before any other letter stays.
func codeText(body []byte) string {
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			out = append(out, body[i])
			continue
		}
		i++
		switch c := body[i]; {
		case c == 'u' && i+1 < len(body) && body[i+1] != '{':
			r, n := utf16Escape(body[i-1:])
			out = utf8.AppendRune(out, r)
			i += n - 2
		case c == 'x':
			r, n := hexEscape(body[i+1:], 2)
			out = utf8.AppendRune(out, r)
			i += n
		case c == '\n':
		case strings.IndexByte("nrt", c) >= 0:
			out = append(out, "\n\r\t"[strings.IndexByte("nrt", c)])
		case c|0x20 >= 'a' && c|0x20 <= 'z' || isDigit(c):
			out = append(out, '\\', c)
		default:
			out = append(out, c)
		}
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// heredoc reads <<~END: its text are the lines below up to one that is END, for the ~ without the
// indentation that all of them share. The node stands at the mark.
func (r *codeReader) heredoc() bool {
	data := r.d.data
	rest, ok := bytes.CutPrefix(data[r.pos:], []byte("<<"))
	if !ok {
		return false
	}
	at := len(data) - len(bytes.TrimLeft(rest, "~-"))
	end := at
	for end < len(data) && (isMark(data[end]) || data[end] == '"' || data[end] == '\'') {
		end++
	}
	mark := string(bytes.Trim(data[at:end], `"'`))
	if mark != "" && (isDigit(mark[0]) || mark[0] >= 'a' && at == r.pos+2 && !r.lang.Dashes) {
		return false // Ruby's sign for what is appended
	}
	if mark == "" {
		return false
	}
	start := max(r.resume, end+len(r.d.rest(end))+1)
	for line := start; line < len(data); {
		row := r.d.rest(line)
		if string(bytes.TrimSpace(row)) == mark {
			kind, text := String, string(data[start:line])
			if data[at-1] == '~' {
				text = dedent(text)
			}
			if data[end-1] != '\'' && strings.Contains(text, "#{") {
				kind = Word
			}
			r.d.keepText(len(r.d.nodes), strings.ToValidUTF8(text, "\uFFFD"))
			r.add(kind, end)
			r.resume = line + len(row) + 1
			return true
		}
		line += len(row) + 1
	}
	r.unending("a text")
	return true
}

// isMark reports whether a letter can be one of the name that ends a text.
func isMark(c byte) bool { return isDigit(c) || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// dedent takes from all lines the white space that the least indented one has.
func dedent(text string) string {
	least := len(text)
	for line := range strings.Lines(text) {
		if body := strings.TrimLeft(line, " \t"); body != "\n" && body != "" {
			least = min(least, len(line)-len(body))
		}
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		out.WriteString(line[min(least, indent):])
	}
	return out.String()
}

// percent reads %w(a b), an array of strings, and %q(a), a string.
func (r *codeReader) percent() bool {
	data := r.d.data[r.pos:]
	if len(data) < 4 || data[0] != '%' {
		return false
	}
	letter, at := byte('Q'), 1
	if strings.IndexByte("wWiIqQ", data[1]) >= 0 {
		letter, at = data[1], 2
	}
	shut := strings.IndexByte("()[]{}<>", data[at])
	if shut < 0 || shut%2 == 1 || letter == 'Q' && r.complete {
		return false
	}
	size := bytes.IndexByte(data[at+1:], "()[]{}<>"[shut+1])
	if size < 0 {
		r.unending("a string")
		return true
	}
	start, body := r.pos+at+1, data[at+1:at+1+size]
	switch {
	case letter|0x20 == 'q' && bytes.Contains(body, []byte("#{")):
		r.add(Word, start+size+1)
	case letter|0x20 == 'q':
		r.d.keepText(len(r.d.nodes), strings.ToValidUTF8(string(body), "\uFFFD"))
		r.add(String, start+size+1)
	default:
		r.open(Array, r.pos)
		for i := 0; i < len(body); {
			word := len(body[i:]) - len(bytes.TrimLeft(body[i:], " \t\r\n"))
			i += word
			end := bytes.IndexAny(body[i:], " \t\r\n")
			if end < 0 {
				end = len(body) - i
			}
			if end > 0 {
				r.scalar(String, start+i, start+i+end)
			}
			i += end
		}
		r.pos, r.complete = start+size+1, true
		r.end = r.pos
		r.shut()
	}
	return true
}
