package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// licenseText is what the list says about the wording of one license.
type licenseText struct {
	ID         string
	Deprecated bool
	Text       string
	Template   string // standardLicenseTemplate, "" if the list has none
	Header     string // standardLicenseHeaderTemplate
}

// anchorWords is how many words a pattern must begin with, so that a reader can find its start.
const anchorWords = 4

// preambleWords is how many words an optional part must have to be a preamble and no mere title.
const preambleWords = 20

// The fewest fixed words by which a wording of each kind may be known.
const (
	leastText   = 6
	leastNotice = 8
	leastAside  = 12
)

// patterns writes data/patterns.tsv, whose rows package rules describes.
func patterns(list []licenseText) []byte {
	type row struct {
		kind, anchor, program string
		ids                   []string
		size                  int
	}
	rows := map[string]*row{}
	list = slices.Clone(list)
	slices.SortFunc(list, preferred)
	insert := func(id, kind string, seq sequence) {
		program := seq.String()
		key := kind + program
		if rows[key] == nil {
			rows[key] = &row{kind: kind, anchor: fmt.Sprintf("%016x", seq[0].anchor),
				program: program, size: fixedWords(seq)}
		}
		if r := rows[key]; !slices.Contains(r.ids, id) {
			r.ids = append(r.ids, id)
		}
	}
	add := func(id, kind string, nodes []node, least int) {
		for _, seq := range beginnings(compile(nodes)) {
			if fixedWords(seq) >= least {
				insert(id, kind, seq)
			}
		}
	}
	for _, l := range list {
		if l.Template != "" {
			add(l.ID, "text", parseTemplate(l.Template), leastText)
		}
		add(l.ID, "text", plainText(l.Text), leastText)
		add(l.ID, "text", plainText(withoutTitle(l.Text)), leastText)
		if l.Header != "" && !l.Deprecated {
			add(l.ID, "notice", parseTemplate(l.Header), leastNotice)
		}
		for _, paragraph := range howToApply(l.Text) {
			add(l.ID, "aside", plainText(paragraph), leastAside)
		}
	}
	var sorted []*row
	for _, r := range rows {
		sorted = append(sorted, r)
	}
	slices.SortFunc(sorted, func(a, b *row) int {
		return cmp.Or(strings.Compare(a.anchor, b.anchor), strings.Compare(a.ids[0], b.ids[0]), strings.Compare(b.kind, a.kind), cmp.Compare(b.size, a.size),
			strings.Compare(a.program, b.program))
	})
	var out bytes.Buffer
	for _, r := range sorted {
		fmt.Fprintf(&out, "%s\t%s\t%s\t%s\n", strings.Join(r.ids, ","), r.kind, r.anchor, r.program)
	}
	return out.Bytes()
}

// preferred orders licenses that may share one text: the first names it. Current ids come before
// deprecated ones, "-only" before "-or-later", then the shorter id, then by the alphabet.
func preferred(a, b licenseText) int {
	rank := func(l licenseText) int {
		switch {
		case l.Deprecated:
			return 2
		case strings.HasSuffix(l.ID, "-or-later"):
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
}

var applyTitles = []string{"END OF TERMS AND CONDITIONS", "ADDENDUM: How to use this License", "How to Apply These Terms"}

// howToApply gives the paragraphs in which a license tells its users how to apply it to a work, but for
// the notice that they shall use.
func howToApply(text string) []string {
	start := len(text)
	for _, title := range applyTitles {
		if i := strings.Index(text, title); i >= 0 {
			start = min(start, i)
		}
	}
	var out []string
	for _, paragraph := range strings.Split(text[start:], "\n\n") {
		notice := slices.ContainsFunc([]string{"This program is", "This library is", "You should have", "Licensed under"},
			func(s string) bool { return strings.HasPrefix(strings.TrimSpace(paragraph), s) })
		if !notice {
			out = append(out, paragraph)
		}
	}
	return out
}

// withoutTitle cuts the short lines that a text begins with: its title, in whatever number of lines.
func withoutTitle(text string) string {
	rest := strings.TrimLeft(text, "\n ")
	for range 4 {
		line, after, _ := strings.Cut(rest, "\n")
		words := strings.Fields(line)
		if len(words) > 9 || strings.HasSuffix(strings.TrimSpace(line), ",") {
			break
		}
		if !titled(words) {
			break
		}
		rest = strings.TrimLeft(after, "\n ")
	}
	return rest
}

// titled reports whether most of the words begin with a capital, a digit or a mark, as in a title.
func titled(words []string) bool {
	low := 0
	for _, w := range words {
		if w[0] >= 'a' && w[0] <= 'z' && !strings.Contains(w, "://") {
			low++
		}
	}
	return 3*low <= len(words)
}

// piece is one step of a pattern: fixed words, a gap of at most max words, or a choice.
type piece struct {
	words  int // fixed words, if not 0
	sum    uint64
	anchor uint64
	max    int
	arms   []sequence // the empty arm makes it optional
}

type sequence []piece

// String writes the program that package rules describes.
func (s sequence) String() string {
	var parts []string
	for _, p := range s {
		switch {
		case p.words > 0:
			parts = append(parts, fmt.Sprintf("%d:%016x", p.words, p.sum))
		case p.arms != nil:
			parts = append(parts, "[")
			for i, arm := range p.arms {
				if i > 0 {
					parts = append(parts, "|")
				}
				if len(arm) > 0 {
					parts = append(parts, arm.String())
				}
			}
			parts = append(parts, "]")
		default:
			parts = append(parts, fmt.Sprintf("~%d", p.max))
		}
	}
	return strings.Join(parts, " ")
}

// fixedWords counts the words that every match has.
func fixedWords(s sequence) int {
	n := 0
	for _, p := range s {
		n += p.words
	}
	return n
}

// beginnings gives the sequence from each place on where it can be found to begin: the first fixed words
// that can serve as an anchor, and each optional preamble before them. Other things before those, a title
// or a copyright line, are left out; so are the gaps at the end.
func beginnings(s sequence) []sequence {
	for len(s) > 0 && s[len(s)-1].words == 0 && s[len(s)-1].arms == nil {
		s = s[:len(s)-1]
	}
	var out []sequence
	for i, p := range s {
		if p.words >= anchorWords {
			return append(out, s[i:])
		}
		if len(p.arms) == 2 && len(p.arms[1]) == 0 && p.arms[0][0].words >= preambleWords {
			out = append(out, slices.Concat(p.arms[0], s[i+1:]))
		}
	}
	return out
}

// compile turns a tree over a text into a sequence of pieces. The words are those of the text as a
// whole, because line ends and neighbours decide which words lt1 keeps.
func compile(nodes []node) sequence {
	var text strings.Builder
	place(nodes, &text)
	c := compiler{}
	for w := range source.Words([]byte(text.String())) {
		c.words = append(c.words, word{source.WordSum(w.Text), w.Start})
	}
	return c.sequence(nodes)
}

type word struct {
	sum   uint64
	start int
}

type compiler struct{ words []word }

// between gives the words that begin in [start, end).
func (c *compiler) between(start, end int) []word {
	at := func(off int) int {
		i, _ := slices.BinarySearchFunc(c.words, off, func(w word, off int) int { return cmp.Compare(w.start, off) })
		return i
	}
	return c.words[at(start):at(end)]
}

func (c *compiler) sequence(nodes []node) sequence {
	var out sequence
	var run []word
	flush := func() {
		if len(run) > 0 {
			out = append(out, literal(run))
			run = nil
		}
	}
	for _, n := range nodes {
		switch {
		case n.optional != nil:
			if arm := c.sequence(n.optional); len(arm) > 0 {
				flush()
				out = append(out, piece{arms: []sequence{arm, nil}})
			}
		case n.match != "":
			kept := c.between(n.start, n.end)
			if len(kept) == 0 && strings.TrimSpace(n.text) != "" && n.match != bulletMatch {
				continue // the line it stands on is forgotten
			}
			if p, ok := variable(n); ok {
				flush()
				out = append(out, p)
			}
		default:
			run = append(run, c.between(n.start, n.end)...)
		}
	}
	flush()
	return out
}

func literal(run []word) piece {
	p := piece{words: len(run)}
	for i, w := range run {
		p.sum = source.Chain(p.sum, w.sum)
		if i == anchorWords-1 {
			p.anchor = p.sum
		}
	}
	return p
}
