package detect

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/licet/licet/rules"
)

// Chinese and Japanese part no words, and the words of Korean have endings. What says there that something is not free to use is
// found by its characters, which the gate knows, and is claimed with its line, or the sentence of it.

// solidPhrases are the phrases of terms.tsv of such a script, with their kinds.
var solidPhrases = sync.OnceValue(func() [][]string {
	return slices.DeleteFunc(rules.Terms(), func(row []string) bool { return !isSolid(row[1]) })
})

// firstSolid is the first of the characters that stand without blanks between words.
const firstSolid = '\u3040'

func isSolid(phrase string) bool {
	first, _ := utf8.DecodeRuneInString(phrase)
	return first >= firstSolid
}

// solidCues are the cues of the phrases: the gate finds each by a pair of characters that it has.
func solidCues() []cueWord {
	var out []cueWord
	for _, row := range solidPhrases() {
		key := 0
		for _, pair := range rules.WordsOf(rules.WordPair) {
			if i := strings.Index(row[1], pair); i >= 0 && len(row[1]) >= i+keyBytes {
				key = i
				break
			}
		}
		out = append(out, cueWord{cueReserved, key, row[1], true})
	}
	return out
}

// solidTerms gives the sentences of a passage that have such a phrase.
func (r *reading) solidTerms() []strange {
	var out []strange
	for at := range r.cues(cueReserved) {
		if len(out) > 0 && at < out[len(out)-1].end {
			continue
		}
		if phrase := r.solidAt(at); phrase != nil {
			g := r.solidSentence(at)
			out = append(out, strange{region: g, kind: termsKind(phrase[0]), phrase: region{at, at + len(phrase[1])}})
		}
	}
	return out
}

// solidAt gives the longest phrase that begins at a cue, nil for none and for one that is denied or spoken of.
func (r *reading) solidAt(at int) []string {
	if r.text[at] < utf8.RuneSelf {
		return nil
	}
	var longest []string
	for _, row := range solidPhrases() {
		if (longest == nil || len(row[1]) > len(longest[1])) && bytes.HasPrefix(r.text[at:], []byte(row[1])) {
			longest = row
		}
	}
	if longest == nil || isDenied(r.text[:at], r.text[at+len(longest[1]):]) {
		return nil
	}
	return longest
}

// isDenied reports whether what stands before or behind a phrase denies it, or speaks of it.
func isDenied(before, behind []byte) bool {
	return slices.ContainsFunc(rules.WordsOf(rules.WordDenying), func(d string) bool { return bytes.HasSuffix(before, []byte(d)) }) ||
		slices.ContainsFunc(rules.WordsOf(rules.WordUndoing), func(d string) bool { return bytes.HasPrefix(behind, []byte(d)) })
}

// solidStops end a sentence.
var solidStops = []string{"。", "！", "\n"}

// solidSentence gives the sentence around a place, of one line.
func (r *reading) solidSentence(at int) region {
	g := region{0, len(r.text)}
	for _, stop := range solidStops {
		if i := bytes.LastIndex(r.text[:at], []byte(stop)); i >= 0 {
			g.start = max(g.start, i+len(stop))
		}
		if i := bytes.Index(r.text[at:], []byte(stop)); i >= 0 {
			g.end = min(g.end, at+i)
		}
	}
	g.start, g.end = max(g.start, at-before), min(g.end, at+after)
	g.start += len(r.text[g.start:at]) - len(bytes.TrimLeft(r.text[g.start:at], " \t*/#;>-"))
	return g
}

// hasSolid reports whether such a phrase stands in g.
func (r *reading) hasSolid(g region) bool {
	return slices.ContainsFunc(r.between(g), func(h hit) bool { return r.solidAt(int(h.at)) != nil })
}
