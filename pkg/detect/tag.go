package detect

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

const (
	tagName = "SPDX-License-Identifier"
	// maxTag bounds the bytes of a tag's value, continuation lines included.
	maxTag = 4 << 10
	// maxRaw bounds what is kept of a statement that can't be read.
	maxRaw = 200
)

// tags finds SPDX-License-Identifier tags (SPDX 2.3, annex E; SPDX 3.0.1, annex "Using SPDX short
// identifiers in source files"). What stands in a snippet is of the snippet alone (SPDX 2.3, annex H).
func (r *reading) tags() {
	for start := range r.cues(cueTag) {
		switch rest := r.text[start:]; {
		case r.isIgnored(start): // a snippet that begins in an example ends there
		case bytes.HasPrefix(rest, []byte("SPDX-SnippetBegin")):
			r.snippets++
		case bytes.HasPrefix(rest, []byte("SPDX-SnippetEnd")):
			r.snippets = max(0, r.snippets-1)
		}
		name := tagNameAt(r.text[start:])
		if name == 0 {
			continue
		}
		if value, ok := tagValue(r.text, start+name); ok && !r.isExcerpt(start) {
			r.tag(start, value)
		}
	}
}

// tagNameAt gives the length of the tag's name with which the text begins, as it is or misspelt, 0 for none. What was
// meant is plain, and to pass over it would hide a license: "SPDX-Licence-Identifier", "SPDX-License".
func tagNameAt(text []byte) int {
	if len(text) >= len(tagName) && strings.EqualFold(string(text[:len(tagName)]), tagName) {
		return len(tagName)
	}
	const stem = len("SPDX-Licen")
	if len(text) < stem || !strings.EqualFold(string(text[:stem]), tagName[:stem]) {
		return 0
	}
	end := stem
	for end < len(text) && end < len(tagName)+4 && (isASCIILetter(text[end]) || text[end] == '-' || text[end] == ' ' || text[end] == '_') {
		end++
	}
	written := strings.ToLower(strings.NewReplacer("-", "", " ", "", "_", "").Replace(string(text[:end])))
	if rules.KindsOf(written)&rules.WordTag == 0 {
		return 0
	}
	return end
}

// isExcerpt reports whether a tag in a document stands behind other words on a line that is indented as
// examples are: what a program printed, a listing with numbers.
func (r *reading) isExcerpt(start int) bool {
	if !isProse(r.path) || startsLine(r.text, start) {
		return false
	}
	line := r.text[max(0, start-maxRaw):start]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	return bytes.HasPrefix(line, []byte("    ")) || bytes.HasPrefix(line, []byte("\t"))
}

// tagValue passes over what stands between a tag's name and its value.
func tagValue(text []byte, i int) (int, bool) {
	window := text[i:min(len(text), i+64)]
	n := len(window) - len(bytes.TrimLeft(window, " \t\"'`*_"))
	if n == len(window) || window[n] != ':' && window[n] != '=' {
		return 0, false
	}
	window = window[n+1:]
	return i + n + 1 + len(window) - len(bytes.TrimLeft(window, " \t\"'`*_,=|")), true
}

// tag adds the claim of the tag that begins at start and whose value begins at value.
func (r *reading) tag(start, value int) {
	t := tagReader{text: r.text[:min(len(r.text), value+maxTag)], pos: value, end: value}
	t.skipElement()
	if r.tagList(start, value) {
		return
	}
	if t.isPlaceholder() {
		if line := lineFrom(r.text, value, maxRaw); namesListed(line) || len(bytes.TrimSpace(line)) > 0 && opensFile(r.text, start) {
			r.unreadTag(start, value)
		}
		return
	}
	written := t.expression()
	if written == "" {
		return
	}
	if !t.broken && !t.unknown {
		if expr, err := r.parsed(written); err == nil && !t.goesOn(expr) {
			raw := plain(t.text[t.start:t.end])
			if bytes.ContainsAny(t.text[t.start:t.end], "\r\n") {
				raw = written // without the comment marks between its lines
			}
			r.tagClaim(expr, raw, region{start, t.end})
			return
		}
	}
	r.unreadTag(start, value)
}

// parsed parses an expression, each once where a file has many tags: those that say the same share it.
func (r *reading) parsed(written string) (spdx.Expr, error) {
	if expr, ok := r.exprs[written]; ok {
		return expr, nil
	}
	expr, err := spdx.Parse(written)
	if err == nil && len(r.tagged) > 0 && len(r.exprs) < mostRepeated {
		if r.exprs == nil {
			r.exprs = map[string]spdx.Expr{}
		}
		r.exprs[written] = expr
	}
	return expr, err
}

// unreadTag adds the claim of a tag whose value is no expression: for what it plainly means in free words
// ("GPL v2"), else for nothing that can be told.
func (r *reading) unreadTag(start, value int) {
	line := lineFrom(r.text, value, maxRaw)
	raw := trimComment(plain(line))
	v := r.declared(&field{}, raw)
	expr := v.expr
	if v.ambiguous {
		expr = spdx.Expr{}
	}
	r.tagClaim(expr, raw, region{start, value + len(bytes.TrimRight(line, " \t\r"))})
}

// tagList reads the list of expressions that REUSE.toml may have, all of which hold (REUSE 3.3, "REUSE.toml").
func (r *reading) tagList(start, value int) bool {
	if value >= len(r.text) || r.text[value] != '[' {
		return false
	}
	v := valueReader{text: r.text[:min(len(r.text), value+maxTag)], pos: value + 1}
	var f field
	if !v.items(&f) {
		return false
	}
	var all []spdx.Expr
	for _, g := range f.values {
		e, err := spdx.Parse(string(r.text[g.start:g.end]))
		if err != nil {
			r.unreadTag(start, value)
			return true
		}
		all = append(all, e)
	}
	r.tagClaim(spdx.And(all...), plain(r.text[value:f.end]), region{start, f.end})
	return true
}

func (r *reading) tagClaim(expr spdx.Expr, raw string, g region) {
	r.tagged = append(r.tagged, g)
	rule := RuleTag
	if r.snippets > 0 {
		rule = RuleSnippet
	}
	if len(r.tagged) > mostRepeated && r.isRepeated(rule+raw) { // few files have so many
		return
	}
	r.claim("tag", rule, expr, raw, g.start, g.end, sbom.Evidence{})
}

// opensFile reports whether a file begins with the tag at start: there it is meant for the file, whatever
// its value.
func opensFile(text []byte, start int) bool {
	return start < 16 && !bytes.ContainsFunc(text[:start], func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) })
}

// namesListed reports whether the id of a license, one that is no common word, stands anywhere on the line.
func namesListed(line []byte) bool {
	for _, word := range bytes.FieldsFunc(line, func(c rune) bool { return c > unicode.MaxASCII || !isIDByte(byte(c)) || c == '_' }) {
		if bytes.ContainsAny(word, "0123456789") && isListed(string(word), false) {
			return true
		}
	}
	return false
}

// lineFrom gives the rest of the line at i, at most n bytes of it.
func lineFrom(text []byte, i, n int) []byte {
	rest := text[i:min(len(text), i+n)]
	for _, c := range []byte{'\n', '\r'} {
		if end := bytes.IndexByte(rest, c); end >= 0 {
			rest = rest[:end]
		}
	}
	return rest
}

// trimComment cuts what ends a comment or a string.
func trimComment(s string) string {
	for _, end := range []string{"/*", "*/", "-->", "--%>", "#}", "%}", "}}", `"""`, "'''", "*)", "-}", "]]", `\n`} {
		if i := strings.Index(s, end); i >= 0 {
			s = s[:i]
		}
	}
	return strings.TrimRight(s, " \t\"'`,;*")
}

// tagReader reads the longest beginning of a text that has the shape of an expression.
type tagReader struct {
	text    []byte
	start   int  // of the first token
	pos     int  // of the next token
	end     int  // after the last token that was taken
	broken  bool // what follows the expression belongs to it and is none
	unknown bool // an id is not listed
}

// skipElement passes over an HTML element that the value stands in: <code>MIT</code>.
func (t *tagReader) skipElement() {
	for _, name := range []string{"<a ", "<a>", "<b>", "<code>", "<code ", "<em>", "<i>", "<span>", "<span ", "<strong>", "<td>", "<td ", "</b>", "</strong>", "</td>", "</th>"} {
		if len(t.text)-t.pos > len(name) && strings.EqualFold(string(t.text[t.pos:t.pos+len(name)]), name) {
			if i := bytes.IndexByte(t.text[t.pos:min(len(t.text), t.pos+300)], '>'); i >= 0 {
				t.pos += i + 1
				t.blanks()
				t.skipElement()
			}
			return
		}
	}
}

// placeholders are words that stand where a license would, in text about tags.
var placeholders = []string{"comment", "comments", "expr", "expression", "field", "header", "headers", "id", "identifier", "identifiers",
	"license", "licence", "license-id", "license_id", "licenseid", "line", "lines", "name", "string", "tag", "tags", "todo", "value",
	"xxx", "your-license", "your_license"}

// isPlaceholder reports whether no license is meant: nothing follows, or a variable, a format, a regular
// expression, or the word that it is a tag. In doubt it is not one: an unreadable tag is reported.
func (t *tagReader) isPlaceholder() bool {
	i := t.pos
	for i < len(t.text) && t.text[i] == '(' {
		i++
	}
	if i >= len(t.text) {
		return true
	}
	word := t.wordAt(i)
	if word == "" {
		return true
	}
	return strings.EqualFold(word, tagName) || containsFold(placeholders, word)
}

func containsFold(list []string, word string) bool {
	for _, w := range list {
		if len(word) > 0 && (word[0] >= utf8.RuneSelf || lower(word[0]) == lower(w[0])) && strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

func isIDByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '+' || c == '_' || c == ':'
}

// wordAt gives the word at i, without the marks of the sentence or program around it.
func (t *tagReader) wordAt(i int) string {
	end := i
	for end < len(t.text) && isIDByte(t.text[end]) {
		end++
	}
	word := strings.TrimRight(string(t.text[i:end]), ".:-_")
	if word == "" || strings.IndexByte(".-+_:", word[0]) >= 0 {
		return ""
	}
	return word
}

func (t *tagReader) blanks() {
	for t.pos < len(t.text) && (t.text[t.pos] == ' ' || t.text[t.pos] == '\t') {
		t.pos++
	}
}

// operator gives the operator that word is, in the case that the grammar wants.
func operator(word string) string {
	for _, op := range []string{"AND", "OR", "WITH"} {
		if len(word) == len(op) && strings.EqualFold(word, op) {
			return op
		}
	}
	return ""
}

// expression reads ids, operators and parentheses as long as they follow one another as in an
// expression. A line that ends inside it is continued on the next. A slash between two ids is an OR, as
// older Cargo manifests have it; two ids without an operator, as older boot loaders have them, are
// joined by AND, which holds whichever was meant.
func (t *tagReader) expression() string {
	var out []string
	depth, operand := 0, false // operand: one was read last
	t.start = t.pos
	for {
		t.blanks()
		inside := depth > 0 || len(out) > 0 && !operand
		if t.atLineEnd() {
			if !inside && !t.operatorFollows() || !t.nextLine() {
				break
			}
			continue
		}
		switch c := t.text[t.pos]; {
		case c == '(' && !operand:
			depth++
			out = append(out, "(")
			t.take(1)
			continue
		case c == ')' && operand && depth > 0:
			depth--
			out = append(out, ")")
			t.take(1)
			continue
		case c == '/' && operand && isListed(t.wordAt(t.pos+1), false):
			out, operand = append(out, "OR"), false
			t.take(1)
			continue
		}
		word := t.wordAt(t.pos)
		op := operator(word)
		if word == "" || op != "" && !operand {
			break
		}
		if operand && op == "" && isListed(word, false) && !bytes.HasPrefix(t.text[t.pos+len(word):], []byte(": ")) { // vim: set et
			out = append(out, "AND")
		} else if operand && op == "" {
			t.broken = !t.complete(out)
			break
		}
		if op == "OR" && t.orLater(&out) {
			continue
		}
		if op != "" && inside && !operand {
			break
		}
		if op != "" {
			if !t.operandFollows(len(word)) {
				break
			}
			word = op
		} else if !isListed(word, len(out) > 0 && out[len(out)-1] == "WITH") {
			t.unknown = true
		}
		out, operand = append(out, word), op == ""
		t.take(len(word))
	}
	return strings.Join(out, " ")
}

// complete reports whether what was read is an expression of listed licenses, so that other words may
// follow it on its line.
func (t *tagReader) complete(out []string) bool {
	if t.unknown {
		return false
	}
	_, err := spdx.Parse(strings.Join(out, " "))
	return err == nil
}

// isListed reports whether an expression may have word for an operand, or after WITH. To ask this
// first is cheaper than to let the parser look for what was meant.
func isListed(word string, exception bool) bool {
	if exception {
		_, ok := rules.ExceptionByID(word)
		return ok || strings.HasPrefix(word, "AdditionRef-")
	}
	_, ok := rules.LicenseByID(strings.TrimSuffix(word, "+"))
	return ok || strings.HasPrefix(word, "LicenseRef-") || strings.HasPrefix(word, "DocumentRef-") ||
		word == "NONE" || word == "NOASSERTION"
}

// operandFollows reports whether a license or parenthesis comes after the operator of n bytes, perhaps
// on the next line.
func (t *tagReader) operandFollows(n int) bool {
	ahead := *t
	ahead.pos += n
	ahead.blanks()
	if ahead.atLineEnd() && !ahead.nextLine() || ahead.pos >= len(ahead.text) {
		return false
	}
	return ahead.text[ahead.pos] == '(' || ahead.wordAt(ahead.pos) != ""
}

// orLater takes "or later" and "or any later version" after a GNU license for the plus that they mean.
func (t *tagReader) orLater(out *[]string) bool {
	rest := strings.ToLower(string(t.text[t.pos:min(len(t.text), t.pos+40)]))
	for _, words := range []string{"or any later version", "or later version", "or later"} {
		if strings.HasPrefix(rest, words) && (len(rest) == len(words) || !isIDByte(rest[len(words)])) {
			last := &(*out)[len(*out)-1]
			*last = strings.TrimSuffix(strings.TrimSuffix(*last, "-only"), "+") + "+"
			t.take(len(words))
			return true
		}
	}
	return false
}

func (t *tagReader) take(n int) {
	t.pos += n
	t.end = t.pos
}

func (t *tagReader) atLineEnd() bool {
	return t.pos >= len(t.text) || t.text[t.pos] == '\n' || t.text[t.pos] == '\r'
}

// nextLine goes to the first word or parenthesis of the next line, over its comment marks.
func (t *tagReader) nextLine() bool {
	rest := t.text[t.pos:]
	trimmed := bytes.TrimLeft(rest, "\r\n")
	if breaks := rest[:len(rest)-len(trimmed)]; bytes.Count(breaks, []byte{'\n'}) > 1 || len(trimmed) == 0 {
		return false
	}
	trimmed = bytes.TrimLeft(trimmed, " \t/*#;%!'\"-|")
	if len(trimmed) == 0 || trimmed[0] == '\n' || trimmed[0] == '\r' {
		return false
	}
	t.pos = len(t.text) - len(trimmed)
	return true
}

// operatorFollows reports whether the next line goes on with an operator written large.
func (t *tagReader) operatorFollows() bool {
	ahead := *t
	if !ahead.nextLine() {
		return false
	}
	w := ahead.wordAt(ahead.pos)
	return w != "" && w == operator(w) && ahead.operandFollows(len(w))
}
