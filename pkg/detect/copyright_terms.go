package detect

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// Whoever owns a file often says on the same line what may not be done with it: "Copyright 2020 Acme. Internal use only." In
// other places few of these words would be terms, "for internal use only" says of a function that nobody should call it; here
// they are.

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
	for _, c := range r.copyrights {
		for _, at := range c.Found {
			line := lineFrom(r.text, at.Start, maxStatement)
			if !mayKeepOut(line) {
				continue
			}
			for _, end := range []string{"*/", "-->"} {
				line, _, _ = bytes.Cut(line, []byte(end))
			}
			for start := 0; start < len(line); {
				g := region{at.Start + start, at.Start + start + sentenceLength(line[start:])}
				if start += g.end - g.start; g.start == at.Start {
					g.start = behindHolder(r.text, g)
				}
				if keepsOut(r.text[g.start:g.end]) && !touches(claimed(), g) && !r.isRepeated(RuleNarrow+string(r.text[g.start:g.end])) {
					r.unnamedBytes(trimmed(r.text, g), RuleNarrow, 0)
				}
			}
		}
	}
}

// keepers are parts of words one of which every sentence has that keeps somebody out, see keepsOut.
var keepers = [][]byte{[]byte("use"), []byte("usage"), []byte("purpose"), []byte("distribut"), []byte("student"), []byte("confidential"),
	[]byte("proprietary"), []byte("copied"), []byte("disclose"), []byte("reproduce"), []byte("resale"), []byte("sold")}

// mayKeepOut tells most lines from those that keepsOut has to read.
func mayKeepOut(line []byte) bool {
	low := bytes.ToLower(line)
	return slices.ContainsFunc(keepers, func(k []byte) bool { return bytes.Contains(low, k) })
}

// behindHolder gives where the words behind a mark begin that go on after a comma or a dash.
func behindHolder(text []byte, g region) int {
	for _, mark := range []string{", ", " - ", ": "} {
		if _, rest, ok := bytes.Cut(text[g.start:g.end], []byte(mark)); ok && keepsOut(rest) {
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

// limits stand beside a word that narrows: "internal use only"; passing are what may not be done, behind one of forbids; and
// secrets are all that is said of what nobody may have.
var (
	limits  = []string{" only ", " solely ", " exclusively ", " prohibited ", " forbidden ", " not for ", " free for ", " no "}
	forbids = []string{" not for ", " may not be ", " must not be ", " shall not be ", " do not ", " no ", " not to be "}
	passing = []string{"copied", "disclose", "disclosed", "distribute", "distributed", "distribution", "redistribute", "redistributed",
		"redistribution", "reproduce", "reproduced", "resale", "sold"}
	secrets = []string{"and", "company", "confidential", "internal", "only", "proprietary", "secret", "strictly", "top"}
)

// mostSecret is how many words say no more than that.
const mostSecret = 4

// keepsOut reports whether a sentence on the line of a copyright keeps somebody or some use out.
func keepsOut(sentence []byte) bool {
	words := strings.FieldsFunc(strings.ToLower(string(sentence)), func(c rune) bool { return !isLetter(c) })
	all := " " + strings.Join(words, " ") + " "
	says := func(list []string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(all, s) })
	}
	has := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	narrows := slices.ContainsFunc(words, func(w string) bool { return rules.BindingWords()[w]&rules.Narrows != 0 })
	secret := len(words) <= mostSecret && (slices.Contains(words, "confidential") || slices.Contains(words, "proprietary")) &&
		!slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(secrets, w) })
	return secret || narrows && says(limits) && has([]string{"use", "purposes", "purpose", "usage", "students", "distribution"}) || says(forbids) && has(passing) ||
		strings.Contains(all, " may not be used ")
}
