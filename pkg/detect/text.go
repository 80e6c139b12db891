package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// licenseTexts claims the wordings of the list that were found in a passage, and looks into what the list does not explain
// of a license file.
func (r *reading) licenseTexts(t *wordText, found []textMatch) {
	r.textClaims(t, found)
	if r.role == sbom.RoleLicenseFile {
		r.explainRest(t, found)
	}
}

// find returns the wordings in the text: those that stand word for word, and damaged ones beside them.
func (r *reading) find(t *wordText) []textMatch {
	found := r.exact(t)
	if r.own != nil {
		found = r.near(r.own.near, t, found)
	}
	found = r.named(t, whole(t, r.near(nearTexts(), t, found)))
	for i, m := range found {
		if m.kind == "text" && m.from > 0 && t.code(m.from-1) == wordCode([]byte("no")) && !r.paragraphBetween(t, m.from-1) {
			found[i].altered = true // "No permission is hereby granted"
		}
		if m.kind == "text" && r.narrowedBefore(t, m.from) {
			found[i].altered = true // "Non-commercial redistribution and use"
		}
	}
	return found
}

// verbatim gives the insides of the license texts that stand word for word: what they name is no statement.
func verbatim(t *wordText, found []textMatch) []region {
	var out []region
	for _, m := range found {
		if m.kind == "text" && m.coverage == 1 && !m.altered {
			if g := (region{int(t.start[m.from]) + mentionBefore, int(t.end[m.to-1]) - mentionAfter}); g.start < g.end {
				out = append(out, g)
			}
		}
	}
	return out
}

// narrowedBefore reports whether the word before a text that begins at word i narrows it, or where the text begins inside a
// sentence ("Until December, permission"), one of the words before it takes something back.
func (r *reading) narrowedBefore(t *wordText, i int) bool {
	if i == 0 || r.sentenceEnds(t, i-1) {
		return false
	}
	if first := r.text[t.start[i]]; 'a' <= first && first <= 'z' {
		before := region{max(0, i-longBefore), i}
		before.start = max(before.start, r.sentenceAround(t, region{i - 1, i}).start)
		if r.hasBinding(t, before, rules.Put) {
			return true
		}
	}
	return r.bindingAt(t, i-1)&rules.Narrows != 0 && !r.frees(t, region{i - 1, i})
}

// longBefore is how many words of a sentence may stand before the text that goes on with it.
const longBefore = 12

// exact returns the wordings that stand word for word: the given ones, and of the list's those that lie
// beside them.
func (r *reading) exact(t *wordText) []textMatch {
	found := listed().find(t)
	if r.own == nil {
		return found
	}
	own := r.own.patterns.find(t)
	for _, m := range found {
		if !slices.ContainsFunc(own, func(o textMatch) bool { return m.from < o.to && o.from < m.to }) {
			own = append(own, m)
		}
	}
	slices.SortFunc(own, func(a, b textMatch) int { return cmp.Compare(a.from, b.from) })
	return own
}

// textClaims adds a claim for each wording found that states something.
func (r *reading) textClaims(t *wordText, found []textMatch) {
	for _, m := range found {
		m = plainText(m)
		start, end := int(t.start[m.from]), int(t.end[m.to-1])
		if m.kind == "text" {
			r.quoted = append(r.quoted, region{start, end})
		}
		if m.kind == "aside" || m.kind == "notice" && r.isExample(start) {
			continue
		}
		expr, raw := stated(m), ""
		ev := sbom.Evidence{Coverage: m.coverage, Text: r.digest(t, region{m.from, m.to})}
		if id := exceptionOf(m, expr); id != "" {
			r.claim(kindException, RuleException+id, spdx.Expr{}, id, start, end, ev)
			continue
		}
		if m.altered {
			r.unnamedBytes(region{start, end}, RuleAltered+m.id, m.coverage)
			continue
		}
		if m.id == "BUSL-1.1" {
			raw = r.parameters(start, end)
		}
		c := r.claim(m.kind, m.kind+"/"+m.id, expr, raw, start, end, ev)
		c.Evidence = r.confirm(t, m, c.Evidence)
	}
}

// digest gives the digest of a known text, "" if none is asked for.
func (r *reading) digest(t *wordText, g region) sbom.Digest {
	if r.bare {
		return ""
	}
	return source.WordsDigest(r.alone(t, g))
}

// alone gives the words that the bytes of g have when they are read alone, joined by blanks. These nearly always are those
// of the passage: no markup was blanked there, and nothing else depends on what stands around.
func (r *reading) alone(t *wordText, g region) []byte {
	start, end := int(t.start[g.start]), int(t.end[g.end-1])
	if bytes.Equal(r.text[start:end], t.data[start:end]) && source.ReadAlone(t.data, start, end) {
		return t.run(g)
	}
	return source.JoinWords(r.text[start:end])
}

// wholeText is how many words make a license's text rather than a notice of it.
const wholeText = 500

// plainText gives the match of a whole text of the Free Documentation License its plain id: whether there are invariant
// sections is said by a notice, and the text is the same.
func plainText(m textMatch) textMatch {
	version, _, ok := strings.Cut(m.id, "-invariants")
	if !ok {
		version, _, ok = strings.Cut(m.id, "-no-invariants")
	}
	if ok && m.kind == "text" && m.to-m.from >= wholeText {
		p := *m.pattern
		p.id = version + "-only"
		m.pattern = &p
	}
	return m
}

// stated is the license of a wording. A text alone does not say "or later", though the list has some texts
// under such an id only.
func stated(m textMatch) spdx.Expr {
	t := spdx.Term{ID: m.id}
	if m.kind == "text" && m.to-m.from >= wholeText {
		t = t.Normal()
		t = t.Alternatives()[0]
	}
	return spdx.Leaf(t)
}

// isExample reports whether the notice at start is the one that the appendix of a license shows. It is asked for
// one place after the other, and looks at each byte once.
func (r *reading) isExample(start int) bool {
	from, e := max(0, start-appendixBytes), &r.example
	if from < e.low || from > e.high || start < e.high {
		*e = example{from, from, 0}
	}
	for {
		begin := max(e.low, e.high-len(appendixSays)+1, e.end)
		n := bytes.Index(r.text[begin:start], []byte(appendixSays))
		if n < 0 {
			break
		}
		e.end = begin + n + len(appendixSays)
	}
	e.high = start
	return e.end-len(appendixSays) >= from
}

// example is where an appendix that says that its notice follows last ended to say so in text[low:high]; 0 for nowhere.
type example struct{ low, high, end int }

// appendixSays stands in an appendix before its notice.
const appendixSays = "ttach the following"

// appendixBytes is how far before its notice an appendix says what to do with it.
const appendixBytes = 800

// explainRest deals with the words of a license file that no wording of the list explains: the file may
// name a license or point to a file and do no more; else the second opinion is asked; and what that
// leaves too, if it reads like terms, is a license that nobody knows.
func (r *reading) explainRest(t *wordText, found []textMatch) {
	var covered []region
	stated := false
	for _, m := range found {
		covered = append(covered, region{m.from, m.to})
		stated = stated || m.kind != "aside"
	}
	rest := gaps(covered, t.len())
	if t.len() == 0 || !slices.ContainsFunc(rest, func(g region) bool { return !stated || r.isRemainder(t, g) }) {
		return
	}
	if !stated && (r.onlyNames(t) || r.hasTag(t) || r.onlyGrants(t, region{0, t.len()}) || isStub(r.text)) {
		return
	}
	covered = append(covered, r.secondOpinion(t, rest)...)
	slices.SortFunc(covered, func(a, b region) int { return cmp.Compare(a.start, b.start) })
	if len(covered) == 0 {
		r.unknown(t, region{0, t.len()})
		return
	}
	for _, g := range gaps(covered, t.len()) {
		if r.isRemainder(t, g) && !r.onlyGrants(t, g) {
			r.unknown(t, g)
		}
	}
}

// isRemainder reports whether words beside the text of a license are terms of their own.
func (r *reading) isRemainder(t *wordText, g region) bool {
	return r.readsLikeTerms(t, g) || g.end-g.start <= mostDenial && r.bindsBeside(t, g)
}

// mostDenial is how many words beside a text are terms for one sentence: "You may not modify it."
const mostDenial = 24

// mostGrant is how many words of a license file may be no more than a grant: "dual-licensed under the Unlicense and MIT
// licenses. You may use this code under the terms of either".
const mostGrant = 220

// onlyGrants reports whether few words name under which licenses something is given, or in which files these are, and ask
// for nothing else.
func (r *reading) onlyGrants(t *wordText, g region) bool {
	if g.end-g.start > mostGrant || r.bindsBeside(t, g) || r.hasPhrase(t, g, keepBack...) {
		return false
	}
	start, end := int(t.start[g.start]), int(t.end[g.end-1])
	return saysPlace(r.text[start:end]) && g.end-g.start <= mostPointer ||
		slices.ContainsFunc(r.mentioned, func(m mentioned) bool {
			return (m.grant || m.framed || m.strong) && m.expr != noAssertion && !m.isStranger() && m.start >= start && m.end <= end
		})
}

// mostPointer is how many words say no more than in which file a license stands.
const mostPointer = 40

// isStub reports whether a license file says only who holds the copyright and since when, for the text that R keeps
// elsewhere (Writing R Extensions, 1.1.2 "Licensing").
func isStub(text []byte) bool {
	lines := 0
	for line := range bytes.Lines(text) {
		key, _, ok := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		switch strings.ToUpper(string(key)) {
		case "":
		case "YEAR", "COPYRIGHT HOLDER", "ORGANIZATION":
			if lines++; !ok {
				return false
			}
		default:
			return false
		}
	}
	return lines > 1
}

// hasTag reports whether a tag speaks for a file of few words.
func (r *reading) hasTag(t *wordText) bool {
	return t.len() <= mostNameWords && r.hasTags
}

// gaps gives what the sorted regions leave of [0, n).
func gaps(covered []region, n int) []region {
	var out []region
	at := 0
	for _, c := range covered {
		if c.start > at {
			out = append(out, region{at, c.start})
		}
		at = max(at, c.end)
	}
	if at < n {
		out = append(out, region{at, n})
	}
	return out
}

// unknown claims the words of g for a license that nobody knows.
func (r *reading) unknown(t *wordText, g region) { r.unnamed(t, g, RuleUnknown) }

// added claims the words of g, which stand inside the text of a license and are not of it: whatever they
// say, it is not that license alone.
func (r *reading) added(t *wordText, g region) { r.unnamed(t, g, RuleAdded) }

// unnamed claims the words of g for terms that are named by their digest only, and keeps them.
func (r *reading) unnamed(t *wordText, g region, rule string) {
	r.unnamedBytes(region{int(t.start[g.start]), int(t.end[g.end-1])}, rule, 0)
}
