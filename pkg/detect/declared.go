package detect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/spdx"
)

// Declared reads what somebody wrote into a field for the license: an SPDX expression, or free words such
// as "Apache 2", "GPLv2+ and (LGPL-2.1 or MIT)", "GPL (>= 2) | file LICENSE", "MIT/X11". ambiguous says
// that not all of it could be read or that it may mean more than one license ("BSD"); the expression is
// then what was read, perhaps NOASSERTION, and nothing to rely on.
//
// Words that join licenses are those of the formats in use: and, &, + are AND; or, |, /, and/or are OR; a
// comma is what the other words of the list are, AND if there are none, and so is a blank. AND binds stronger, but for an
// "and" after a comma (Debian's machine-readable debian/copyright 1.0, "License specification").
func Declared(text string) (expr spdx.Expr, ambiguous bool) {
	text = strings.Trim(strings.TrimSpace(text), "\"'`,;")
	if len(text) > maxDeclared || text == "" || strings.Count(text, "(") != strings.Count(text, ")") {
		return spdx.Expr{}, true
	}
	if !strings.Contains(text, "/") { // MIT/X11 is one license
		if e, ok := readListed(text); ok {
			return e, false
		}
	}
	b := []byte(spellRanges(text))
	n := licenseNaming()
	p := newMentionReader(b)
	p.begin(n.tokens(nil, b, 0, len(b)))
	d := declaredReader{mentionReader: p}
	d.commaIsOr = d.offers()
	written, ok := d.list()
	if !ok {
		return spdx.Expr{}, true
	}
	e, err := spdx.Parse(written)
	if err != nil {
		return spdx.Expr{}, true
	}
	return e.Normal(), d.vague || !d.atRest()
}

// offers reports whether the words that join the licenses are all or, but for those of "or later".
func (d *declaredReader) offers() bool {
	or := false
	for k := range d.last() {
		if d.and.has(d.t[k].word) {
			return false
		}
		if d.mentionReader.or.has(d.t[k].word) {
			_, later := d.laterAfter(k + 1)
			or = or || !later
		}
	}
	return or
}

// maxDeclared bounds the bytes of a field that are read.
const maxDeclared = 1 << 10

// readListed reads an expression of listed licenses as it stands.
func readListed(text string) (spdx.Expr, bool) {
	t := tagReader{text: []byte(text)}
	written := t.expression()
	if written == "" || t.broken || t.unknown || strings.TrimSpace(text[t.end:]) != "" {
		return spdx.Expr{}, false
	}
	e, err := spdx.Parse(written)
	return e.Normal(), err == nil
}

// spellRanges writes the ranges of R and others in words: "GPL (>= 2)" is "GPL 2 or later".
func spellRanges(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "≥", ">="), "|", " | ")
	for from := 0; ; {
		i := strings.Index(s[from:], ">=")
		if i < 0 {
			return s
		}
		i += from
		number := strings.TrimLeft(s[i+2:], " v")
		digits := len(number) - len(strings.TrimLeft(number, "0123456789."))
		rest := number[digits:]
		before := strings.TrimRight(s[:i], " ")
		if open := strings.TrimSuffix(before, "("); open != before {
			before, rest = open, strings.TrimPrefix(strings.TrimLeft(rest, " "), ")")
		}
		s = before + " " + number[:digits] + " or later " + rest
		from = len(s) - len(rest)
	}
}

// declaredReader reads the tokens of a field by recursive descent.
type declaredReader struct {
	*mentionReader
	k         int // the next token
	depth     int
	commaIsOr bool
	vague     bool // a name stands for several licenses
}

// maxNesting bounds the parentheses of a field.
const maxNesting = 20

// list reads groups that ", and" joins.
func (d *declaredReader) list() (string, bool) {
	return d.chain(" AND ", d.or, func() bool { return d.gap(',') && d.and.has(d.t[d.k].word) && !d.or2() })
}

func (d *declaredReader) or() (string, bool) {
	return d.chain(" OR ", d.all, func() bool {
		if d.gap(',') && d.and.has(d.t[d.k].word) {
			return d.or2()
		}
		return d.mentionReader.or.has(d.t[d.k].word) || d.or2() || d.gap('|') || d.gap('/') || d.commaIsOr && d.gap(',')
	})
}

func (d *declaredReader) all() (string, bool) {
	return d.chain(" AND ", d.operand, func() bool {
		if d.gap(',') && (d.and.has(d.t[d.k].word) || d.mentionReader.or.has(d.t[d.k].word)) || d.or2() {
			return false
		}
		return d.and.has(d.t[d.k].word) || d.gap('&') || d.plus() || d.gap(';') || d.gap(',') && !d.commaIsOr || d.adjacent()
	})
}

// or2 reports whether "and/or" stands here.
func (d *declaredReader) or2() bool {
	return d.and.has(d.t[d.k].word) && d.k+1 < d.last() && d.mentionReader.or.has(d.t[d.k+1].word)
}

// chain reads operands as long as joined says that another one follows.
func (d *declaredReader) chain(op string, operand func() (string, bool), joined func() bool) (string, bool) {
	first, ok := operand()
	if !ok {
		return "", false
	}
	all := []string{first}
	for d.k < d.last() && !d.closes() && joined() {
		before := d.k
		for d.k < d.last() && (d.and.has(d.t[d.k].word) || d.mentionReader.or.has(d.t[d.k].word)) {
			d.k++
		}
		next, ok := operand()
		if !ok {
			d.k = before
			break
		}
		all = append(all, next)
	}
	if len(all) == 1 {
		return first, true
	}
	return "(" + strings.Join(all, op) + ")", true
}

// operand reads a license with its exception, or a list in parentheses.
func (d *declaredReader) operand() (string, bool) {
	if d.k < d.last() && d.gap('(') {
		return d.group()
	}
	for d.k < d.last() && (d.is(d.k, isChoice) || d.the.has(d.t[d.k].word) || d.is(d.k, isLicense)) {
		d.k++
	}
	if d.k >= d.last() || d.t[d.k].word == 0 && !d.t[d.k].url {
		return "", false
	}
	from := d.k
	m, ok := d.item(d.k)
	if !ok {
		return "", false
	}
	d.exception(&m)
	d.k = max(m.to, d.k+1)
	if d.k < d.last() && d.t[d.k].digit && strings.HasSuffix(m.expr, "-"+d.raw(d.k)) {
		d.k++ // the version of a license that has only one
	}
	d.again(&m)
	d.vague = d.vague || m.moved || isVague(string(bytes.ToLower(d.text[d.t[from].start:d.t[d.k-1].end])))
	if strings.Contains(m.expr, " OR ") {
		return "(" + m.expr + ")", true
	}
	return m.expr, true
}

// group reads a list in parentheses.
func (d *declaredReader) group() (string, bool) {
	if d.depth == maxNesting {
		return "", false
	}
	inside := *d
	inside.depth++
	inside.begin(opened(d.t, d.k))
	e, ok := inside.list()
	if !ok || !inside.closes() {
		return "", false
	}
	inside.t, inside.depth = d.t, d.depth
	*d = inside
	return e, true
}

// again takes the same license once more in parentheses, "GNU General Public License v2 (GPLv2)", or by its address.
func (d *declaredReader) again(m *mention) {
	if d.k >= d.last() || !d.gap('(') && !d.t[d.k].url {
		return
	}
	next, ok := d.item(d.k)
	if !ok || next.expr != m.expr && (next.family == nil || next.family != m.family || m.version != "" && next.version != m.version) {
		return
	}
	if m.version == "" || next.later {
		m.expr = next.expr
	}
	d.k = next.to
}

// adjacent reports whether another license follows with nothing but a blank between. Both are taken: that
// holds whichever was meant.
func (d *declaredReader) adjacent() bool {
	if d.t[d.k].url || d.t[d.k].word == 0 || strings.Trim(string(d.between()), " +") != "" {
		return false
	}
	_, ok := d.item(d.k)
	return ok
}

// opened gives the tokens with the parenthesis before token k taken off.
func opened(t []token, k int) []token {
	out := append([]token(nil), t...)
	out[k].sep &^= sepParen
	return out
}

// vagueNames stand for several licenses of a family that differ in what they ask for.
var vagueNames = []string{"bsd", "bsd license", "bsd licence", "bsd-style", "bsd style", "bsd-like", "bsd like", "bsd-style license", "bsd-license",
	"the bsd license", "bsd-like license", "bsd licensed"}

func isVague(name string) bool { return containsFold(vagueNames, name) }

// gap reports whether the mark stands before the next token.
func (d *declaredReader) gap(c byte) bool {
	if c == '(' && d.t[d.k].sep&sepParen == 0 {
		return false
	}
	return bytes.IndexByte(d.between(), c) >= 0
}

// plus reports whether a plus stands between two names, not at the end of one for "or later".
func (d *declaredReader) plus() bool {
	marks := d.between()
	i := bytes.IndexByte(marks, '+')
	return i > 0 || i == 0 && len(marks) == 1
}

// closes reports whether a parenthesis is closed before the next token.
func (d *declaredReader) closes() bool { return d.depth > 0 && bytes.IndexByte(d.between(), ')') >= 0 }

// between gives what stands before the next token.
func (d *declaredReader) between() []byte {
	start := int32(0)
	if d.k > 0 {
		start = d.t[d.k-1].end
	}
	return d.text[start:d.t[d.k].start]
}

// remarks begin what may follow a license and takes nothing from it.
var remarks = []string{"see", "file", "copyright", "http", "https", "www", "license", "licence", "licensed", "style", "version", "dual",
	"generic", "international", "universal", "unported", "january", "february", "june", "v"}

// atRest reports whether nothing follows that says more than a remark would.
func (d *declaredReader) atRest() bool {
	if d.k >= d.last() || d.t[d.k].url {
		return true
	}
	if bytes.ContainsAny(d.between(), "<[.#") || bytes.Contains(d.between(), []byte("//")) {
		start := int(d.t[d.k].start)
		return bytes.IndexByte(d.between(), '[') < 0 || !isAddition(slices.Concat([]byte{'('}, d.text[start:])) // "MIT [non-commercial]"
	}
	return containsFold(remarks, d.raw(d.k)) || (d.and.has(d.t[d.k].word) || d.mentionReader.or.has(d.t[d.k].word) || d.plus()) && d.k+1 < d.last() && containsFold(remarks, d.raw(d.k+1))
}
