package spdx

import (
	"fmt"
	"strings"

	"github.com/licet/licet/rules"
)

// Bounds of an expression. The longest ones in the wild, summaries of whole distributions, have a few
// hundred operators; past these a text is refused, so that no input costs more than its length.
const (
	MaxDepth     = 200    // nested parentheses
	MaxOperators = 10_000 // AND, OR and WITH
)

const (
	licenseRef  = "LicenseRef-"
	additionRef = "AdditionRef-"
	documentRef = "DocumentRef-"
)

// Parse reads an expression by the grammar of SPDX 3.0.1 (annex "SPDX license expressions"), which
// contains that of 2.3 (annex D): ids in any case, operators all in upper or all in lower case, WITH
// before AND before OR. NONE and NOASSERTION are read where they are the whole text. Ids that are not
// listed are an error, a *SyntaxError as all of them are: licet does not guess.
func Parse(s string) (Expr, error) {
	p := parser{s: s}
	p.next()
	if p.word == "" && p.paren == 0 {
		return Expr{}, &SyntaxError{Offset: 0, End: len(s), Msg: "empty license expression"}
	}
	if e, ok := p.special(); ok {
		return e, nil
	}
	n := p.or(0)
	if p.err == nil && !p.atEnd() {
		p.fail(p.unexpected("AND, OR or the end"))
	}
	if p.err != nil {
		return Expr{}, p.err
	}
	return Expr{n: n}, nil
}

// parser is a recursive descent over one token of lookahead. After an error it stands at the end of
// the text, so that every rule returns at once.
type parser struct {
	s          string
	start, end int    // the token's bytes
	word       string // the token if it is a word
	paren      byte   // '(' or ')' if it is one
	operators  int
	err        *SyntaxError
}

func (p *parser) next() {
	i := p.end
	for i < len(p.s) && isSpace(p.s[i]) {
		i++
	}
	p.start, p.end, p.word, p.paren = i, i, "", 0
	if i == len(p.s) {
		return
	}
	if isParen(p.s[i]) {
		p.paren = p.s[i]
		p.end++
		return
	}
	for p.end < len(p.s) && !isSpace(p.s[p.end]) && !isParen(p.s[p.end]) {
		p.end++
	}
	p.word = p.s[p.start:p.end]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isParen(c byte) bool { return c == '(' || c == ')' }

func (p *parser) atEnd() bool { return p.start == len(p.s) }

// fail keeps the first error and moves to the end.
func (p *parser) fail(err *SyntaxError) *node {
	if p.err == nil {
		p.err = err
	}
	p.start, p.end, p.word, p.paren = len(p.s), len(p.s), "", 0
	return nil
}

func (p *parser) errorf(format string, args ...any) *SyntaxError {
	return &SyntaxError{Offset: p.start, End: p.end, Msg: fmt.Sprintf(format, args...)}
}

func (p *parser) unexpected(want string) *SyntaxError {
	got := "the expression ends"
	switch {
	case p.paren != 0:
		got = fmt.Sprintf("found %q", string(p.paren))
	case isMixedOperator(p.word):
		return p.errorf("operator %q is neither all upper nor all lower case", p.word)
	case p.word != "":
		got = fmt.Sprintf("found %s", quote(p.word))
	}
	return p.errorf("%s where %s is due", got, want)
}

// special reads a text that is NONE or NOASSERTION as a whole.
func (p *parser) special() (Expr, bool) {
	if strings.TrimFunc(p.s[p.end:], func(r rune) bool { return r < 0x80 && isSpace(byte(r)) }) != "" {
		return Expr{}, false
	}
	switch p.word {
	case none:
		return None(), true
	case noAssertion:
		return Expr{}, true
	}
	return Expr{}, false
}

func (p *parser) or(depth int) *node  { return p.chain(opOr, "OR", depth, p.and) }
func (p *parser) and(depth int) *node { return p.chain(opAnd, "AND", depth, p.operand) }

// chain reads operands that one operator joins.
func (p *parser) chain(o op, name string, depth int, operand func(int) *node) *node {
	kids := []*node{operand(depth)}
	for p.operator(name) {
		kids = append(kids, operand(depth))
	}
	if p.err != nil {
		return nil
	}
	return combine(o, kids)
}

// operator consumes the operator if it comes next.
func (p *parser) operator(name string) bool {
	if p.word != name && p.word != strings.ToLower(name) {
		return false
	}
	if p.operators++; p.operators > MaxOperators {
		p.fail(p.errorf("more than %d operators", MaxOperators))
		return false
	}
	p.next()
	return true
}

func (p *parser) operand(depth int) *node {
	switch {
	case p.paren == '(':
		return p.group(depth + 1)
	case p.word == "" || isOperator(p.word) || isMixedOperator(p.word):
		return p.fail(p.unexpected("a license"))
	}
	t := p.license()
	if p.operator("WITH") {
		t.Exception = p.exception()
	}
	if p.err != nil {
		return nil
	}
	return &node{term: t}
}

func (p *parser) group(depth int) *node {
	if depth > MaxDepth {
		return p.fail(p.errorf("more than %d nested parentheses", MaxDepth))
	}
	open := *p
	p.next()
	n := p.or(depth)
	if p.err != nil {
		return nil
	}
	if p.paren != ')' {
		if p.atEnd() {
			return p.fail(open.errorf(`"(" is never closed`))
		}
		return p.fail(p.unexpected(`AND, OR or ")"`))
	}
	p.next()
	if p.word == "WITH" || p.word == "with" {
		return p.fail(p.errorf("WITH follows a license, not a parenthesis"))
	}
	return n
}

// license reads a license id, with its "+", or a user-defined one.
func (p *parser) license() Term {
	if isRef(p.word, licenseRef) {
		t := Term{ID: p.word}
		p.next()
		return t
	}
	id, plus := strings.CutSuffix(p.word, "+")
	l, ok := rules.LicenseByID(id)
	if !ok {
		p.fail(p.unknownLicense())
		return Term{}
	}
	p.next()
	return Term{ID: l.ID, Plus: plus}
}

// exception reads what follows WITH.
func (p *parser) exception() string {
	if isRef(p.word, additionRef) {
		id := p.word
		p.next()
		return id
	}
	x, ok := rules.ExceptionByID(p.word)
	if !ok {
		p.fail(p.unknownException())
		return ""
	}
	p.next()
	return x.ID
}

// isRef reports whether word is prefix and a name, with or without the document it is defined in:
// [DocumentRef-(idstring):]LicenseRef-(idstring).
func isRef(word, prefix string) bool {
	if rest, ok := strings.CutPrefix(word, documentRef); ok {
		document, ref, found := strings.Cut(rest, ":")
		if !found || !isIDString(document) {
			return false
		}
		word = ref
	}
	name, ok := strings.CutPrefix(word, prefix)
	return ok && isIDString(name)
}

// isIDString reports whether s is 1*(ALPHA / DIGIT / "-" / ".").
func isIDString(s string) bool {
	for i := range len(s) {
		c := lower(s[i])
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return s != ""
}

func isOperator(word string) bool {
	switch word {
	case "AND", "and", "OR", "or", "WITH", "with":
		return true
	}
	return false
}

func isMixedOperator(word string) bool {
	return len(word) <= len("WITH") && !isOperator(word) && isOperator(strings.ToUpper(word))
}
