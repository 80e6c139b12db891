package detect

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// Whoever owns a file often says on the same line, or right below, what may not be done with it: "Copyright 2020 Acme. Internal
// use only." In other places few of these words would be terms, "for internal use only" says of a function that nobody should
// call it; here they are. And the words of such a line are no part of any text, see [source.TextDigest].

// ownerTerms claims what the lines of the copyrights keep from others, where nothing else was read in it.
func (r *reading) ownerTerms() {
	if r.role != sbom.RoleFile || len(r.copyrights) == 0 {
		return
	}
	claimed := sync.OnceValue(func() []region { // few files ask
		var out []region
		for i := range r.claims {
			s := r.claims[i].Evidence[0].Span
			out = append(out, region{s.Start, s.End})
		}
		return union(nil, out)
	})
	keep := func(g region, holder string) bool {
		keeps := keepsOut(r.text[g.start:g.end], holder)
		if keeps && source.TextDigest(r.text[g.start:g.end]) == emptyText() { // it is said in one sentence with the holder
			g.start += max(0, bytes.Index(r.text[g.start:g.end], []byte(holder)))
		}
		if keeps && !touches(claimed(), g) && !r.isRepeated(RuleNarrow+string(r.text[g.start:g.end])) {
			r.unnamedBytes(trimmed(r.text, g), RuleNarrow, 0)
		}
		return keeps
	}
	for _, c := range r.copyrights {
		for _, at := range c.Found {
			line := lineFrom(r.text, at.Start, maxStatement)
			end, closed := at.Start+len(line), false
			for _, mark := range []string{"*/", "-->"} {
				before, _, ok := bytes.Cut(line, []byte(mark))
				line, closed = before, closed || ok
			}
			for start := 0; start < len(line) && mayKeepOut(line); {
				g := region{at.Start + start, at.Start + start + sentenceLength(line[start:])}
				if start += g.end - g.start; g.start == at.Start {
					g.start = behindHolder(r.text, g)
				}
				keep(g, c.Holder)
			}
			for i, ok := lineBelow(r.text, end); ok; i, ok = lineBelow(r.text, end) {
				below := lineFrom(r.text, i, maxStatement)
				end = i + len(below)
				said, _, _ := bytes.Cut(below, []byte("*/"))
				if closed && lineMark(r.text[lineStart(r.text, i):end]) == 0 || !mayKeepOut(said) || len(bytes.Fields(said)) > mostBelow ||
					!keep(region{i, i + len(said)}, c.Holder) {
					break
				}
			}
		}
	}
}

// mostBelow is how many words a line below a copyright has that says no more than what is kept from others.
const mostBelow = 4

// mayKeepOut tells most lines from those that keepsOut has to read.
func mayKeepOut(line []byte) bool {
	low := strings.ToLower(string(line))
	return slices.ContainsFunc(rules.WordsOf(rules.WordKeeps), func(part string) bool { return strings.Contains(low, part) })
}

// behindHolder gives where the words behind a mark begin that go on after a comma or a dash.
func behindHolder(text []byte, g region) int {
	for _, mark := range []string{", ", " - ", ": "} {
		if _, rest, ok := bytes.Cut(text[g.start:g.end], []byte(mark)); ok && keepsOut(rest, "") {
			return g.end - len(rest)
		}
	}
	return g.start
}

// sentenceLength gives how many bytes of a line are its first sentence.
func sentenceLength(line []byte) int {
	for i, c := range line {
		if strings.IndexByte(".;!", c) >= 0 && (i+1 == len(line) || line[i+1] == ' ') {
			return i + 1
		}
	}
	return len(line)
}

// trimmed leaves out the blanks around g.
func trimmed(text []byte, g region) region {
	for g.start < g.end && text[g.start] <= ' ' {
		g.start++
	}
	for g.end > g.start && text[g.end-1] <= ' ' {
		g.end--
	}
	return g
}

// mostSecret is how many words say no more than that.
const mostSecret = 4

// nearForbidden is how many words behind one that forbids name what it forbids: "may not be used, copied or sold".
const nearForbidden = 5

// keepsOut reports whether a sentence on the line of a copyright keeps somebody or some use out: it bars all use, a word that
// narrows and one that limits stand together, it forbids to pass the work on, it has a phrase of terms.tsv, or it says no more
// than that it is secret.
func keepsOut(sentence []byte, holder string) bool {
	words := strings.FieldsFunc(strings.ToLower(string(sentence)), func(c rune) bool { return !isLetter(c) })
	all := " " + strings.Join(words, " ") + " "
	says := func(kind rules.WordKind) bool {
		return slices.ContainsFunc(rules.WordsOf(kind), func(s string) bool { return strings.Contains(all, " "+s+" ") })
	}
	has := func(kind rules.WordKind) bool {
		return slices.ContainsFunc(words, func(w string) bool { return rules.KindsOf(w)&kind != 0 })
	}
	var t wordText // of what the holder begins: the words that say who it is are none of a text
	r := &reading{text: sentence[max(0, bytes.Index(sentence, []byte(holder))):]}
	t.read(r.text, 0, len(r.text))
	g := region{0, t.len()}
	switch {
	case r.frees(&t, g):
		return false
	case says(rules.WordBars), forbidsPassing(all), r.hasPhrase(&t, g, keepBack...):
		return true
	case says(rules.WordDenied) && (has(rules.WordPassing) || slices.Contains(words, "use")):
		return true
	case len(words) <= mostSecret && has(rules.WordSecret):
		holder = strings.ToLower(holder)
		return !slices.ContainsFunc(words, func(w string) bool {
			return rules.KindsOf(w)&(rules.WordSecret|rules.WordBeside) == 0 && !strings.Contains(holder, w)
		})
	}
	narrows := slices.ContainsFunc(words, func(w string) bool { return rules.BindingWords()[w]&rules.Narrows != 0 })
	return narrows && says(rules.WordLimits) && has(rules.WordUse)
}

// forbidsPassing reports whether one of the words that forbid stands closely before one for passing the work on. all is words
// with a blank around each.
func forbidsPassing(all string) bool {
	for _, forbids := range rules.WordsOf(rules.WordForbids) {
		_, behind, ok := strings.Cut(all, " "+forbids+" ")
		if !ok {
			continue
		}
		near := strings.Fields(behind)
		near = near[:min(len(near), nearForbidden)]
		if forbids == "no" {
			near = near[:min(len(near), 1)] // "no redistribution", and not "no warranty"
		}
		if slices.ContainsFunc(near, func(w string) bool { return rules.KindsOf(w)&rules.WordPassing != 0 }) {
			return true
		}
	}
	return false
}
