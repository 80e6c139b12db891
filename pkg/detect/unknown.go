package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// Terms that are in no list are found by phrases: "unauthorized copying of this file", "may be freely
// used". What is claimed is the paragraphs from the first that has one to the last, so that the same words
// bear the same digest in every file. "All rights reserved" is no such phrase: it stands above most licenses.

// strange is a run of paragraphs that read like terms, and the kind of phrase by which they do. Or it is a sentence
// that narrows what is stated around it, and phrase is the words that do.
type strange struct {
	region
	kind   termsKind // "open", "bound", "closed" or "narrow"
	phrase region
}

// findStrange notes the paragraphs of a passage that read like terms. Whether they are any license's is
// known when the whole file is.
func (r *reading) findStrange(t *wordText) {
	if r.role == sbom.RoleLicenseFile {
		return // explainRest looks at all that its licenses leave
	}
	var out []strange
	to := 0
	for i := r.nextPhrase(t, 0); i < t.len(); i = r.nextPhrase(t, to) {
		from := r.paragraphStart(t, to, i)
		to = r.paragraphEnd(t, i)
		if out = r.narrowing(t, region{from, to}, out); len(out) > 0 && out[len(out)-1].end > int(t.start[from]) {
			continue
		}
		if kind := r.paragraphTerms(t, region{from, to}); kind != "" {
			g := region{int(t.start[from]), int(t.end[to-1])}
			n := len(out)
			if n == 0 || out[n-1].kind == "narrow" || (out[n-1].kind == "open") != (kind == "open") || len(bytes.TrimSpace(r.text[out[n-1].end:g.start])) >= maxBreak {
				out = append(out, strange{region: g, kind: kind})
				continue
			}
			out[n-1].end = g.end
			if kind == "closed" {
				out[n-1].kind = kind
			}
		}
	}
	r.strange = append(out, r.solidTerms()...)
}

// narrowing adds the sentences of a paragraph that narrow what is stated around them.
func (r *reading) narrowing(t *wordText, g region, out []strange) []strange {
	for i := g.start; i < g.end; i++ {
		kind, end := r.phraseAt(t, i)
		if kind != "narrow" && (kind != "tied" || !r.hasKind(t, g, rules.WordWork|rules.WordWritten)) || r.isSpokenOf(t, i) {
			continue
		}
		end = min(end, g.end)
		from, to := i, end
		for from > g.start && !r.sentenceEnds(t, from-1) {
			from--
		}
		for to < g.end && !r.sentenceEnds(t, to-1) {
			to++
		}
		out = append(out, strange{
			region: region{int(t.start[from]), int(t.end[to-1])},
			kind:   "narrow",
			phrase: region{int(t.start[i]), int(t.end[end-1])},
		})
		i = to - 1
	}
	return out
}

// isSpokenOf reports whether word i, or the one before it, begins a quotation.
func (r *reading) isSpokenOf(t *wordText, i int) bool {
	for k := max(0, i-1); k <= i; k++ {
		if at := int(t.start[k]); at > 0 && strings.IndexByte("\"'`", r.text[at-1]) >= 0 {
			return true
		}
	}
	return false
}

// maxBreak is how many bytes of comment marks and punctuation lie between two paragraphs.
const maxBreak = 16

// paragraphStart gives the word that begins the paragraph of word i; none before low does.
func (r *reading) paragraphStart(t *wordText, low, i int) int {
	for i > low && !r.paragraphBetween(t, i-1) {
		i--
	}
	return i
}

// paragraphEnd gives the word after the paragraph of word i: an empty line, or one of comment marks only, ends it.
func (r *reading) paragraphEnd(t *wordText, i int) int {
	for i++; i < t.len(); i++ {
		if bytes.Count(r.text[t.end[i-1]:t.start[i]], []byte{'\n'}) > 1 {
			break
		}
	}
	return i
}

// mostPhrases is how many phrases a paragraph of terms has; one with more is a table of them.
const mostPhrases = 12

// paragraphTerms gives the kind of phrase by which a paragraph states terms, "" if it states none. A phrase in quotation
// marks is spoken about.
func (r *reading) paragraphTerms(t *wordText, g region) termsKind {
	found := map[termsKind]int{}
	for i := g.start; i < g.end; i++ {
		kind, _ := r.phraseAt(t, i)
		if kind != "" && !r.isSpokenOf(t, i) {
			found[kind]++
		}
	}
	if found["secret"] > 0 && r.hasKind(t, g, rules.WordWork) && !r.hasKind(t, g, rules.WordData) {
		found["closed"] += found["secret"]
	}
	switch closed, bound, granted := found["closed"], found["bound"], found["open"]; {
	case closed+bound+granted > mostPhrases:
		return ""
	case closed > 0:
		return "closed"
	case bound > 0 && r.hasKind(t, g, rules.WordWritten):
		return "bound"
	case found["grant"] > 0, granted > 0 && r.readsLikeTerms(t, g):
		return "open"
	}
	return ""
}

// hasKind reports whether a word of the kind is in g.
func (r *reading) hasKind(t *wordText, g region, kind rules.WordKind) bool {
	for w := range bytes.SplitSeq(r.alone(t, g), []byte{' '}) {
		if rules.KindsOf(string(w))&kind != 0 {
			return true
		}
	}
	return false
}

// strangeTerms claims the paragraphs that no other claim explains. Where something is granted, a license stated nearby is
// taken for what it is about: a sentence of it that was reworded is no second license. What says that a file is not free to
// use is explained by the wording of a license only: a name beside it takes nothing back.
func (r *reading) strangeTerms() {
	if r.strange == nil {
		return
	}
	var claimed, worded []region // by any claim, by the wording of a license
	tagged := false              // by a tag that is not passed over
	noCommerce := false          // by a license that keeps it out
	for i := range r.claims {
		s := r.claims[i].Evidence[0].Span
		claimed = append(claimed, region{s.Start, s.End})
		if kind := r.claims[i].Kind; kind == "text" || kind == "notice" && !isMention(&r.claims[i]) {
			worded = append(worded, region{s.Start, s.End})
		}
		tagged = tagged || r.claims[i].Kind == "tag"
		for _, term := range r.claims[i].Expr.Terms() {
			noCommerce = noCommerce || slices.Contains(rules.Categories(term.ID), "non-commercial")
		}
	}
	claimed, worded = union(nil, claimed), union(nil, worded)
	var last region // of the paragraphs claimed here
	for _, s := range r.strange {
		g := s.region
		if s.kind == "narrow" {
			says := bytes.ToLower(r.text[g.start:g.end])
			if !touches(worded, s.phrase) && !(noCommerce && (bytes.Contains(says, []byte("commercial")) || bytes.Contains(says, []byte("商")))) && !r.isRepeated(RuleNarrow+string(says)) {
				r.unnamedBytes(g, RuleNarrow, 0)
			}
			continue
		}
		explained := claimed
		switch {
		case s.kind == "closed":
			explained = worded
		case s.kind == "open" && tagged:
			continue
		case s.kind == "open":
			g = region{g.start - nearby, g.end + nearby}
		}
		if touches(explained, g) || last.end > 0 && g.start < last.end {
			continue
		}
		n := len(r.claims)
		rule := RuleUnknown
		if s.kind != "closed" {
			rule = cmp.Or(pointerTo(r.text[s.start:s.end]), rule)
		}
		if r.unnamedBytes(s.region, rule, 0); len(r.claims) > n {
			last = s.region
		}
	}
}

// nearby is how many bytes around a license what is granted is taken for a part of it.
const nearby = 2000

// unnamedBytes claims bytes for terms that are named by their digest only, and keeps them. coverage is that of the listed
// text that they are like, 0 for none.
func (r *reading) unnamedBytes(g region, rule string, coverage float64) {
	for g.end < len(r.text) && strings.IndexByte(".!?)\"", r.text[g.end]) >= 0 {
		g.end++
	}
	if source.TextDigest(r.text[g.start:g.end]) == emptyText() {
		return // holders and what lt1 leaves out besides: terms of nothing
	}
	digest := r.keepText(g)
	r.claim("text", rule, spdx.Leaf(spdx.Term{ID: unknownID(digest)}), "", g.start, g.end, sbom.Evidence{Text: digest, Coverage: coverage})
}

// unknownID names what nobody knows by the digest of its words.
func unknownID(digest sbom.Digest) string { return UnknownPrefix + string(digest[len("lt1:"):]) }

// keepText keeps the words by which something unknown is named, and gives their digest.
func (r *reading) keepText(g region) sbom.Digest {
	digest := source.TextDigest(r.text[g.start:g.end])
	if r.texts == nil {
		r.texts = map[sbom.Digest]string{}
	}
	r.texts[digest] = string(bytes.ToValidUTF8(r.text[g.start:g.end], []byte("\uFFFD")))
	return digest
}

// emptyText is the digest of a text without words.
var emptyText = sync.OnceValue(func() source.Digest { return source.TextDigest(nil) })
