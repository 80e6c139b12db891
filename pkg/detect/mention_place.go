package detect

import (
	"bytes"
	"strings"
)

// Where a license can be read stands behind its name, and parts it from what is joined to it: "Apache License, Version
// 2.0 <LICENSE-APACHE or https://...> or the MIT license". And of several licenses one is often a point of a list.

// maxPlace is how many bytes say where a license can be read.
const maxPlace = 300

// behindPlace gives the first token behind the brackets that begin at token k, if they say where the license before
// them can be read, and k otherwise.
func (p *mentionReader) behindPlace(k int) int {
	if k == 0 || k >= p.last() {
		return k
	}
	start := int(p.t[k-1].end)
	open := start + len(p.text[start:p.t[k].start]) - len(bytes.TrimLeft(p.text[start:p.t[k].start], " \t\r\n*/#;,]"))
	if open >= int(p.t[k].start) {
		return k
	}
	end := closing(p.text[open:min(len(p.text), open+maxPlace)])
	if end < 0 || !saysPlace(p.text[open:open+end]) {
		return k
	}
	for k < p.last() && int(p.t[k].start) < open+end {
		k++
	}
	if k+1 < p.last() && p.or.has(p.t[k].word) && bytes.HasPrefix(bytes.TrimSpace(p.text[p.t[k].end:p.t[k+1].start]), []byte("<")) {
		if other := p.behindPlace(k + 1); other > k+1 {
			return other // <LICENSE-MIT> or <https://...>; "or [the MIT license](https://...)" is another license
		}
	}
	return k
}

// connectorBehind reads what may join the license m, which ends before token k, to another: see connector. Where it can be read
// may stand between them.
func (p *mentionReader) connectorBehind(k int, m *mention) (next int, joint byte) {
	if next, joint = p.connector(k); joint != 0 {
		return next, joint
	}
	if next, joint = p.connector(p.behindPlace(k)); joint != 0 {
		return next, joint
	}
	if next, joint = p.connector(p.behindAddress(k, m)); joint == 'o' {
		return next, joint
	}
	return 0, 0 // "the A is available at https://..., and the B at https://..." grants nothing
}

// maxToAddress is how many words lead from a license to its address.
const maxToAddress = 4

// behindAddress gives the token behind the address of the license m, if the words at token k lead to it: "as shown at https://...",
// and k otherwise. The address of another license is a statement of its own.
func (p *mentionReader) behindAddress(k int, m *mention) int {
	for at := k; at < p.last() && at <= k+maxToAddress && !p.ends(at); at++ {
		if p.t[at].url {
			if link, ok := p.item(at); at == k || ok && link.expr != m.expr {
				return k
			}
			return at + 1
		}
		if p.t[at].class&(isGlue|isGrant) == 0 && !p.found.has(p.t[at].word) {
			return k
		}
	}
	return k
}

// maxTerm is how many bytes a defined term has, with its brackets and quotation marks.
const maxTerm = 24

// behindTerm gives the first token behind the brackets that begin at token k, if they give the license before them a short
// name: ("GPL"), (the "License").
func (p *mentionReader) behindTerm(k int) int {
	if k == 0 || k >= p.last() || p.t[k].sep&sepParen == 0 {
		return k
	}
	start := int(p.t[k-1].end)
	text := bytes.TrimLeft(p.text[start:min(len(p.text), start+maxTerm)], " \t\r\n*/#")
	end := closing(text)
	if end < 0 {
		return k
	}
	inner := bytes.TrimPrefix(text[1:end-1], []byte("the "))
	if len(inner) < 2 || strings.IndexByte("\"'", inner[0]) < 0 || inner[len(inner)-1] != inner[0] {
		return k
	}
	stop := start + bytes.IndexByte(p.text[start:], text[0]) + end
	for k < p.last() && int(p.t[k].start) < stop {
		k++
	}
	return k
}

// closing gives where the brackets end with which the text begins, pairs inside and more behind them included; -1 for
// none.
func closing(text []byte) int {
	const opening, ending = "(<[", ")>]"
	if len(text) == 0 || strings.IndexByte(opening, text[0]) < 0 {
		return -1
	}
	var open []byte
	for i, c := range text {
		switch {
		case strings.IndexByte(opening, c) >= 0:
			open = append(open, ending[strings.IndexByte(opening, c)])
		case len(open) > 0 && c == open[len(open)-1]:
			open = open[:len(open)-1]
			if len(open) == 0 && (i+1 == len(text) || strings.IndexByte(opening, text[i+1]) < 0) {
				return i + 1
			}
		case c == '\n' && i+1 < len(text) && text[i+1] == '\n':
			return -1
		}
	}
	return -1
}

// saysPlace reports whether the text names a license's file or address.
func saysPlace(text []byte) bool {
	low := bytes.ToLower(text)
	for _, sign := range []string{"://", "license-", "licence-", "license_", "license.", "licence.", "copying", "license/", "licenses/", "license file", "licence file", ".txt", ".md"} {
		if bytes.Contains(low, []byte(sign)) {
			return true
		}
	}
	return false
}

// bullet gives the token with which a point of a list begins at token k, behind "the", and 0 if none does.
func (p *mentionReader) bullet(k int) int {
	if k == 0 || k >= p.last() {
		return 0
	}
	line := p.text[p.t[k-1].end:p.t[k].start]
	i := bytes.LastIndexByte(line, '\n')
	if i < 0 || len(line) > maxBulletBreak {
		return 0
	}
	mark := bytes.Trim(line[i+1:], " \t/#;")
	if len(mark) == 0 || strings.IndexByte("*-+", mark[0]) < 0 {
		return 0
	}
	if p.the.has(p.t[k].word) {
		k++
	}
	if _, ok := p.item(k); !ok {
		return 0
	}
	return k
}

// maxBulletBreak is how many bytes part two points of a list at most.
const maxBulletBreak = 40

// heads reports whether token i is in the first point of a list whose heading says that one of several may be chosen:
// "Licensed under either of", an empty line, and the points.
func (p *mentionReader) heads(i int) bool {
	if i < 2 || p.bullet(i) == 0 || p.t[i].sep&sepStop != 0 {
		return false
	}
	for k := i - 1; k >= 0 && k >= i-maxHeading; k-- {
		if p.is(k, isChoice) && !p.the.has(p.t[k].word) {
			return true
		}
		if p.ends(k) {
			return false
		}
	}
	return false
}

// maxHeading is how many words before a list say what it lists.
const maxHeading = 6

// underHeading reports whether token i is in the first sentence under a heading that says that licenses are spoken of:
// "## License", "Copyright and licensing".
func (p *mentionReader) underHeading(i int) bool {
	first := i
	for first > 0 && !p.ends(first) {
		if first--; first < i-maxBack {
			return false
		}
	}
	if first == 0 || p.t[first].sep&sepBlank == 0 {
		return false
	}
	says := false
	for k := first - 1; k >= 0 && k >= first-maxHeading; k-- {
		says = says || p.is(k, isLicense) || p.licensing.has(p.t[k].word)
		if !p.is(k, isLicense|isGlue) && !p.heading.has(p.t[k].word) {
			return false
		}
		if k == 0 || p.t[k].sep&sepBlank != 0 || p.t[k].sep&sepLine != 0 && p.t[k].sep&sepOther != 0 {
			return says && bytes.IndexByte(p.text[p.t[first-1].end:p.t[first].start], '.') < 0
		}
	}
	return false
}
