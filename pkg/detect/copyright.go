package detect

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
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
		s, ok := r.statementAt(hit)
		for ok {
			end = s.end
			r.addCopyright(s, known)
			s, ok = r.statementBelow(s)
		}
	}
}

// addCopyright adds a statement, or one more place of it.
func (r *reading) addCopyright(s statement, known map[string]int) {
	span := source.Span{Path: r.path, Start: s.start, End: s.end}
	if i, ok := known[s.Text]; ok {
		if len(r.copyrights[i].Found) < mostRepeated {
			r.copyrights[i].Found = append(r.copyrights[i].Found, span)
		}
		return
	}
	known[s.Text] = len(r.copyrights)
	s.Found = []source.Span{span}
	r.copyrights = append(r.copyrights, s.Copyright)
}

// statement is a statement of ownership and where it stands.
type statement struct {
	sbom.Copyright
	start, end int
}

// statementAt reads the statement at a cue. It is none without a year or the name of a holder: "(c)" in a
// program or a list, "copyright notice" and the blanks of a template say nothing.
func (r *reading) statementAt(hit int) (statement, bool) {
	m, ok := readMark(r.text, hit)
	if !ok || !m.mayOwn(r.text[m.end:]) {
		return statement{}, false
	}
	body := lineFrom(r.text, m.end, maxStatement)
	body = body[:statementEnd(body[:r.untilCopyright(m.end, len(body))])]
	what := plain(body)
	if !m.tag && !m.owns(what) || r.isMarginal(m, what) {
		return statement{}, false
	}
	o := r.ownership(what)
	if o.template {
		return statement{}, false
	}
	if o.holder == "" && o.years != "" {
		if at, ok := nameBefore(r.text, m.start, what); ok {
			return namedBefore(r.text, at, m, o.years, m.end+len(body)), true
		}
	}
	return r.readStatement(what, m.start, m.end, m.end+len(body))
}

// namedBefore is the statement whose holder stands at text[at:], before the sign, and whose years end it.
func namedBefore(text []byte, at int, m mark, years string, end int) statement {
	s := statement{start: at, end: end}
	s.Text = plain(text[at:end])
	s.Holder, s.Years = cleanHolder(plain(text[at:m.start])), years
	return s
}

// nameBefore finds the name of the holder before the sign at i, after which what says no more than years and that all
// rights are reserved:
//
//	Example: a library, Jane M. Doe, (c) 2019-2021, All Rights Reserved.
//
// It is the last member of a list, of large words that have no numbers.
func nameBefore(text []byte, i int, what string) (int, bool) {
	line := text[max(0, i-maxBefore):i]
	if n := bytes.LastIndexAny(line, "\n\r"); n >= 0 {
		line = line[n+1:]
	}
	name := bytes.TrimRight(line, " \t")
	listed := bytes.HasSuffix(name, []byte(","))
	if _, rest := leadingYears(what); !listed && cutRights(rest) == rest {
		return 0, false
	}
	name = bytes.TrimRight(name, ", ")
	cut := bytes.LastIndexAny(name, ",:;")
	if cut > 0 && isNameEnd(name[cut+1:]) {
		cut = bytes.LastIndexAny(name[:cut], ",:;")
	}
	name = bytes.TrimLeft(name[cut+1:], lineMarksOf)
	if by := bytes.LastIndex(name, []byte(" by ")); by >= 0 {
		name = name[by+len(" by "):]
	}
	words := bytes.Fields(name)
	if len(words) < 2 || len(words) > maxNameWords || bytes.ContainsAny(name, "0123456789\"<>()=") {
		return 0, false
	}
	for k, w := range words {
		if first, _ := utf8.DecodeRune(w); !unicode.IsUpper(first) && (k == 0 || k == len(words)-1 || len(w) > 3) {
			return 0, false
		}
	}
	return i - len(line) + bytes.Index(line, name), true
}

// maxBefore is how many bytes before a sign are looked at for its holder, maxNameWords how many words a name has.
const (
	maxBefore    = 120
	maxNameWords = 6
)

// lineMarksOf are the marks of comments that may stand before the first word of a line.
const lineMarksOf = " \t/*#;%!'\"-|"

// leastMargin is how many successive lines begin with the same word where it stands in their margin.
const leastMargin = 5

// isMarginal reports whether the word of a mark begins this line and those around it, whatever they say, as in
// PostScript files that keep their license behind "%%Copyright:". A list of holders is not such lines: none of its
// lines is empty or goes on with a small letter.
func (r *reading) isMarginal(m mark, what string) bool {
	if !m.word || m.letter || m.sign || yearAt(what) || !bytes.HasPrefix(r.text[m.start:], []byte("Copyright:")) || !startsLine(r.text, m.start) {
		return false
	}
	lines, prose := 0, false
	look := func(start int) bool {
		line := bytes.TrimLeft(lineFrom(r.text, start, maxStatement), lineMarksOf)
		rest, ok := bytes.CutPrefix(line, []byte("Copyright:"))
		if ok {
			rest = bytes.TrimSpace(rest)
			prose = prose || len(rest) == 0 || unicode.IsLower(rune(rest[0]))
			lines++
		}
		return ok
	}
	at := bytes.LastIndexByte(r.text[:m.start], '\n') + 1
	for i := at; i < len(r.text) && lines < 4*leastMargin && look(i); {
		n := bytes.IndexByte(r.text[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
	}
	for i := at; i > 0 && lines < 8*leastMargin; {
		i = bytes.LastIndexByte(r.text[:i-1], '\n') + 1
		if !look(i) {
			break
		}
	}
	return prose && lines >= leastMargin
}

// untilCopyright gives how many of the n bytes at i precede the next statement. A sign that follows no
// more than years belongs to them.
func (r *reading) untilCopyright(i, n int) int {
	letter := bytes.IndexFunc(r.text[i:i+n], unicode.IsLetter)
	if letter < 0 {
		return n
	}
	for _, h := range r.from(i + letter + 1) {
		if int(h.at) >= i+n {
			break
		}
		if h.cue == cueCopyright {
			return int(h.at) - i
		}
	}
	return n
}

// statementBelow reads a statement that leaves out the word because it stands above it:
//
//	Copyright: 2019, Jane Doe
//	           2020, John Doe
func (r *reading) statementBelow(above statement) (statement, bool) {
	if above.Years == "" || above.Holder == "" {
		return statement{}, false
	}
	i, ok := lineBelow(r.text, above.end)
	if !ok {
		return statement{}, false
	}
	line := lineFrom(r.text, i, maxStatement)
	line = line[:statementEnd(line[:r.untilCopyright(i, len(line))])]
	what := plain(line)
	if !yearAt(what) || r.ownership(what).template {
		return statement{}, false
	}
	s, ok := r.readStatement(what, i, i, i+len(line))
	first, _ := utf8.DecodeRuneInString(s.Holder)
	return s, ok && s.Years != "" && unicode.IsUpper(first)
}

// ownership is what the words of a statement say, whatever stands around them.
type ownership struct {
	holder, years    string
	template, quoted bool
}

// ownership takes the words of a statement apart, each once: a file says most of them many times.
func (r *reading) ownership(what string) ownership {
	o, known := r.owners[what]
	if !known {
		o = ownership{template: isTemplate(what), quoted: quoted(what)}
		o.holder, o.years = splitYears(what)
		if r.owners == nil || len(r.owners) == mostValues {
			r.owners = map[string]ownership{}
		}
		r.owners[what] = o
	}
	return o
}

// readStatement reads a statement in text[start:end] whose years and holder begin at body with the words what.
func (r *reading) readStatement(what string, start, body, end int) (statement, bool) {
	text, o := r.text, r.ownership(what)
	if o.quoted {
		return statement{}, false
	}
	holder, years := o.holder, o.years
	for named, lines := 0, 0; named < maxContinued && lines < maxLines; lines++ {
		more := end
		switch {
		case holder == "" && years != "":
			more = continued(text, end, strings.HasSuffix(what, " by"))
		case isOpen(what) && !yearBelow(text, end), isBroken(what) && nameEndsBelow(text, end):
			more = continued(text, end, strings.HasSuffix(what, " et"))
		case strings.HasSuffix(what, " Institute") && belowBegins(text, end, "of "):
			more = continued(text, end, true)
		}
		if more == end {
			break
		}
		if end = more; holder != "" {
			named++ // years may fill any number of lines
		}
		what = stripMarks(plain(text[body:end]))
		o = r.ownership(what)
		holder, years = o.holder, o.years
	}
	if holder == "" && years == "" || saysOtherwise(holder) {
		return statement{}, false
	}
	end = start + len(bytes.TrimRight(text[start:end], " \t,;&"))
	s := statement{start: start, end: end}
	s.Text = strings.TrimSpace(stripMarks(plain(text[start:end])))
	s.Holder, s.Years = holder, years
	return s, true
}

// Copyright reads a statement of ownership that stands where nothing else can, as in a field: the word or
// sign that others begin with may be left out.
func Copyright(text string) sbom.Copyright {
	c := sbom.Copyright{Text: plain([]byte(text))}
	body := c.Text
	for _, tag := range []string{copyrightTag, snippetTag} {
		if rest, ok := strings.CutPrefix(body, tag); ok {
			body = strings.TrimLeft(rest, " :")
		}
	}
	if body != "" {
		if m, ok := readMark([]byte(body), 0); ok {
			body = body[m.end:]
		}
	}
	c.Holder, c.Years = splitYears(body)
	return c
}

// maxContinued is how many lines a statement goes on for behind that of its years, and maxLines how many in all.
const (
	maxContinued = 3
	maxLines     = 12
)

// isOpen reports whether a line of a statement ends within a list of holders or years.
func isOpen(what string) bool {
	return slices.ContainsFunc([]string{",", "&", " and", " et", " of"}, func(end string) bool { return strings.HasSuffix(what, end) })
}

// longLine is how many bytes a line has at least that was broken for its length.
const longLine = 36

// isBroken reports whether a line of a statement may have been broken within a name.
func isBroken(what string) bool {
	return len(what) >= longLine && !strings.HasSuffix(what, ".") && !strings.HasSuffix(what, ">")
}

// belowBegins reports whether the next line begins with the words.
func belowBegins(text []byte, end int, words string) bool {
	i, ok := lineBelow(text, end)
	return ok && bytes.HasPrefix(text[i:], []byte(words))
}

// nameEnds are words that end the name of a holder and begin none.
var nameEnds = []string{"association", "board", "center", "company", "consortium", "corp", "corporation", "foundation", "gmbh", "inc", "incorporated", "institute",
	"laboratories", "laboratory", "limited", "ltd", "software foundation", "technologies", "technology", "university"}

// nameEndsBelow reports whether the next line begins with the end of a name.
func nameEndsBelow(text []byte, end int) bool {
	i, ok := lineBelow(text, end)
	if !ok {
		return false
	}
	return isNameEnd(text[i:])
}

// isNameEnd reports whether rest begins with the end of a name.
func isNameEnd(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " ")
	return slices.ContainsFunc(nameEnds, func(w string) bool {
		return hasFold(rest, w) && unicode.IsUpper(rune(rest[0])) && (len(rest) == len(w) || strings.IndexByte(" .,\r\n", rest[len(w)]) >= 0)
	})
}

// quoted reports whether a string ends after the years, so that what follows is about the string.
func quoted(what string) bool {
	_, rest := leadingYears(what)
	return len(rest) > 1 && strings.IndexByte("\"'`", rest[0]) >= 0 && rest[1] == ' '
}

// saysOtherwise reports whether what follows a year is a remark on it, not the name of somebody.
func saysOtherwise(holder string) bool {
	word, _, _ := strings.Cut(holder, " ")
	return slices.Contains([]string{"are", "as", "because", "can", "if", "is", "must", "not", "should", "that", "then", "was", "when",
		"which", "will"}, word)
}

// statementMarks end a statement: a full stop belongs to it.
var statementMarks = []string{"*/", "*)", "+AAoA", "-->", "#}", `"""`, "'''", `\n`, `\r`, "</", "<br", "<p>", "\t\t", ". Permission", ". Licensed",
	". Redistribution", ". Use of", ". This ", ". Distributed", ". Released", ". See ", " Permission is", " Licensed under",
	" Redistribution and", " Use of this", " This program", " This file", " SPDX-", " (MIT", " | ", "](", "]]>", `";`, `",`, `"]`, `")`, `"}`, `',`, "')"}

// markStarts holds statementMarks by their first byte, with a set of the lowest bits of the second.
var markStarts = func() (t [256]struct {
	second uint64
	marks  []string
}) {
	for _, mark := range statementMarks {
		start := &t[mark[0]]
		start.second |= 1 << (mark[1] & 63)
		start.marks = append(start.marks, mark)
	}
	return t
}()

// startsMark reports whether a mark stands at i, behind which there is another byte.
func startsMark(line []byte, i int) bool {
	start := &markStarts[line[i]]
	return start.second&(1<<(line[i+1]&63)) != 0 &&
		slices.ContainsFunc(start.marks, func(m string) bool { return bytes.HasPrefix(line[i:], []byte(m)) })
}

// statementEnd finds where a statement ends on its line: at the end of a comment or string, or where
// another sentence begins.
func statementEnd(line []byte) int {
	marked := false
	for i, c := range line {
		if c < ' ' && c != '\t' {
			line = line[:i]
			break
		}
		marked = marked || i+1 < len(line) && startsMark(line, i)
	}
	if marked {
		for _, mark := range statementMarks {
			if i := bytes.Index(line, []byte(mark)); i >= 0 {
				if mark[0] == '.' {
					i++
				}
				line = line[:i]
			}
		}
	}
	return len(bytes.TrimRight(line, " \t*#\"';|/\\"))
}

// leastFrame is how many blanks stand at least before the end of a comment that is one line of a frame.
const leastFrame = 2

// lineBelow gives where the words of the next line begin, after its comment marks. Where a comment ends on the line,
// far from its words, the next one has to be a comment too.
func lineBelow(text []byte, end int) (int, bool) {
	t := tagReader{text: text[:min(len(text), end+2*maxStatement)], pos: end}
	for t.pos < len(t.text) && strings.IndexByte(" \t,.:", t.text[t.pos]) >= 0 {
		t.pos++
	}
	opens := ""
	if t.pos-end < leastFrame {
		// not drawn as one side of a frame
	} else if rest := t.text[t.pos:]; bytes.HasPrefix(rest, []byte("*/")) {
		opens = "/*"
	} else if bytes.HasPrefix(rest, []byte("*)")) {
		opens = "(*"
	}
	t.pos += len(opens)
	t.blanks()
	if !t.atLineEnd() || opens != "" && !bytes.HasPrefix(bytes.TrimLeft(t.text[t.pos:], " \t\r\n"), []byte(opens)) || !t.nextLine() {
		return t.pos, false
	}
	for _, mark := range []string{"(*", `.\"`, `\"`} {
		if rest, ok := bytes.CutPrefix(t.text[t.pos:], []byte(mark)); ok {
			t.pos = len(t.text) - len(bytes.TrimLeft(rest, " \t"))
			break
		}
	}
	return t.pos, true
}

// yearBelow reports whether the next line begins with a year, which makes it a statement of its own.
func yearBelow(text []byte, end int) bool {
	i, ok := lineBelow(text, end)
	return ok && yearAt(string(text[i:min(len(text), i+5)]))
}

// continued finds the end of a statement on the next line: that of the holder's name, where only years
// were read, or that of a list. It is end if the next line is something else: it begins with a large letter or a
// year, and only within a name with a small one.
func continued(text []byte, end int, within bool) int {
	i, ok := lineBelow(text, end)
	if !ok {
		return end
	}
	line := lineFrom(text, i, maxStatement)
	line = line[:statementEnd(line)]
	first, _ := utf8.DecodeRune(line)
	if !unicode.IsUpper(first) && !(within && unicode.IsLetter(first)) && !yearAt(string(line[:min(len(line), 5)])) || len(line) > 100 || len(bytes.Fields(line)) > 12 {
		return end
	}
	for _, other := range []string{"All ", "Author", "Contact", "Created", "Distributed", "License", "Permission", "Redistribution",
		"Released", "SPDX-", "The above", "The software", "This ", "Use ", "Version", "Written"} {
		if hasFold(line, other) {
			return end
		}
	}
	if word := bytes.TrimRight(line[:min(len(line), 10)], " :"); bytes.EqualFold(word, []byte("copyright")) || bytes.IndexByte(line[:min(len(line), 16)], ':') >= 0 {
		return end
	}
	return i + len(line)
}

// stripMarks removes the comment marks that stand between the two lines of a statement.
func stripMarks(s string) string {
	for _, m := range []string{" *) (* ", " */ /* ", ` .\" `, ` '\" `, " * ", " // ", " # ", " ;; ", " -- ", " % ", " dnl "} {
		s = strings.ReplaceAll(s, m, " ")
	}
	return s
}
