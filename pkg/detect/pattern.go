package detect

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// pattern is one wording of a license, see [rules.Patterns].
type pattern struct {
	id      string
	kind    string // text, notice or aside
	anchor  uint64
	program []step
	written string // the program as the rules have it, which is read when a text begins as it does

	// Of a phrase: the words of the whole text, and its place among the rules.
	size, order int
}

// step is fixed words, a gap, or a choice.
type step struct {
	words int    // fixed words, if not 0
	sum   uint64 // their hash
	max   int    // longest gap
	arms  [][]step
}

// anchorWords is how many words an anchor has.
const anchorWords = 4

// patternSet is the patterns in the order of their anchors, and a filter over the anchors' hashes.
type patternSet struct {
	patterns []pattern
	anchors  []uint64 // of each
	filter   [1 << 12]uint64
	read     []atomic.Pointer[[]step] // programs that were written, as soon as one was asked for; nil if none is
}

// listed holds the patterns of the license list; they are read when the first text is looked at.
var listed = sync.OnceValue(func() *patternSet { return readPatterns(rules.Patterns()) })

// readPatterns makes a set of rows that are in the order of their anchors. Of the programs a scan needs a few, so
// that each is read when it is asked for.
func readPatterns(tsv string) *patternSet {
	s := &patternSet{patterns: make([]pattern, 0, strings.Count(tsv, "\n"))}
	for line := range strings.Lines(tsv) {
		ids, line, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		kind, line, _ := strings.Cut(line, "\t")
		hash, program, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		id, _, _ := strings.Cut(ids, ",")
		anchor, _ := strconv.ParseUint(hash, 16, 64)
		s.add(pattern{id: id, kind: kind, anchor: anchor, written: program})
	}
	s.read = make([]atomic.Pointer[[]step], len(s.patterns))
	return s
}

// program gives the program of pattern k. Two who ask at once may both read it: they read the same.
func (s *patternSet) program(k int) []step {
	if s.read == nil {
		return s.patterns[k].program
	}
	if have := s.read[k].Load(); have != nil {
		return *have
	}
	program, _ := readProgram(strings.Fields(s.patterns[k].written))
	s.read[k].Store(&program)
	return program
}

func (s *patternSet) add(p pattern) {
	s.patterns, s.anchors = append(s.patterns, p), append(s.anchors, p.anchor)
	s.filter[p.anchor>>52] |= 1 << (p.anchor >> 46 & 63)
}

func (s *patternSet) sort() {
	slices.SortStableFunc(s.patterns, func(a, b pattern) int { return cmp.Compare(a.anchor, b.anchor) })
	slices.Sort(s.anchors)
}

// readProgram reads steps up to the end of the arm they stand in, and returns what comes after.
func readProgram(tokens []string) (program []step, rest []string) {
	for len(tokens) > 0 && tokens[0] != "|" && tokens[0] != "]" {
		t := tokens[0]
		tokens = tokens[1:]
		switch {
		case t == "[":
			var st step
			for {
				var arm []step
				arm, tokens = readProgram(tokens)
				st.arms = append(st.arms, arm)
				if len(tokens) == 0 {
					break
				}
				end := tokens[0] == "]"
				tokens = tokens[1:]
				if end {
					break
				}
			}
			program = append(program, st)
		case t[0] == '~':
			n, _ := strconv.Atoi(t[1:])
			program = append(program, step{max: n})
		default:
			n, sum, _ := strings.Cut(t, ":")
			words, _ := strconv.Atoi(n)
			hash, _ := strconv.ParseUint(sum, 16, 64)
			program = append(program, step{words: words, sum: hash})
		}
	}
	return program, tokens
}

// wordText is a text as a run of words: where each lies, and the hashes that give that of any run.
type wordText struct {
	data       []byte
	start, end []int32
	codes      []uint16 // the words as the index of listed texts has them
	sums       []uint64 // sums[i] is the hash of the first i words
	powers     []uint64 // powers[i] is ChainBase to the i
}

// read reads the words of data[from:to], with offsets into data.
func (t *wordText) read(data []byte, from, to int) {
	t.data = data
	t.reserve((to-from)/2 + 1) // two words have something between them
	n, sum := 0, uint64(0)
	for w := range source.Words(data[from:to]) {
		word := source.WordSum(w.Text)
		sum = source.Chain(sum, word)
		t.codes[n] = codeOf(word)
		t.start[n] = int32(from + w.Start)
		t.end[n] = int32(from + w.End)
		n++
		t.sums[n] = sum
	}
	t.codes, t.start, t.end, t.sums = t.codes[:n], t.start[:n], t.end[:n], t.sums[:n+1]
	if len(t.powers) == 0 {
		t.powers = append(t.powers, 1)
	}
	for len(t.powers) < len(t.sums) {
		t.powers = append(t.powers, t.powers[len(t.powers)-1]*source.ChainBase)
	}
}

// reserve makes room for n words and forgets those that were there.
func (t *wordText) reserve(n int) {
	t.codes = slices.Grow(t.codes[:0], n)[:n]
	t.start, t.end = slices.Grow(t.start[:0], n)[:n], slices.Grow(t.end[:0], n)[:n]
	t.sums = slices.Grow(t.sums[:0], n+1)[:n+1]
	t.sums[0] = 0
}

func (t *wordText) len() int { return len(t.start) }

// word gives word i, normalised.
func (t *wordText) word(i int) string {
	var room [64]byte
	return string(source.AppendWord(room[:0], t.data[t.start[i]:t.end[i]]))
}

// run gives the words of g, normalised and joined by blanks.
func (t *wordText) run(g region) []byte {
	out := make([]byte, 0, t.end[g.end-1]-t.start[g.start])
	for i := g.start; i < g.end; i++ {
		if i > g.start {
			out = append(out, ' ')
		}
		out = source.AppendWord(out, t.data[t.start[i]:t.end[i]])
	}
	return out
}

// sum is the hash of n words from i on; there must be so many.
func (t *wordText) sum(i, n int) uint64 { return t.sums[i+n] - t.sums[i]*t.powers[n] }

// textMatch is a pattern found at words [from, to) of a text.
type textMatch struct {
	*pattern
	from, to int
	loose    int     // words that stood in gaps
	coverage float64 // 1 for word for word
	altered  bool    // words were put in that take back some of what the text grants
}

// find returns the patterns in the text, from left to right and disjoint: of those that begin at one
// word the longest, of equally long ones the one with the least words in gaps.
//
// Each word is looked up once and each fixed run of a pattern is compared in one step, so the time is
// linear in the text whatever it is made of.
func (s *patternSet) find(t *wordText) []textMatch { return s.matches(t, true) }

// matches returns the patterns in the text, from left to right; disjoint ones if that is asked for.
func (s *patternSet) matches(t *wordText, disjoint bool) []textMatch {
	var out []textMatch
	for i := 0; i+anchorWords <= t.len(); i++ {
		if !s.mayBegin(t, i) {
			continue
		}
		if m, ok := s.at(t, i); ok {
			out = append(out, m)
			if disjoint {
				i = m.to - 1
			}
		}
	}
	return out
}

// mayBegin is the cheap test whether a pattern may begin at word i; there must be as many words as an anchor has.
func (s *patternSet) mayBegin(t *wordText, i int) bool {
	anchor := t.sum(i, anchorWords)
	return s.filter[anchor>>52]&(1<<(anchor>>46&63)) != 0
}

// at returns the best pattern that begins at word i.
func (s *patternSet) at(t *wordText, i int) (best textMatch, ok bool) {
	anchor := t.sum(i, anchorWords)
	k, _ := slices.BinarySearch(s.anchors, anchor)
	for ; k < len(s.anchors) && s.anchors[k] == anchor; k++ {
		p := &s.patterns[k]
		m := matcher{t: t}
		end, found := m.run(s.program(k), i)
		if found && (!ok || end > best.to || end == best.to && m.loose < best.loose) {
			best, ok = textMatch{pattern: p, from: i, to: end, loose: m.loose, coverage: 1}, true
		}
	}
	return best, ok
}

// matcher runs one program over a text.
type matcher struct {
	t     *wordText
	loose int
}

// run matches the program from word i on and returns where it ends. It never goes back on a choice.
func (m *matcher) run(program []step, i int) (int, bool) {
	for k := 0; k < len(program); k++ {
		st := &program[k]
		switch {
		case st.words > 0:
			if !m.fixed(st, i) {
				return 0, false
			}
			i += st.words
		case st.arms != nil:
			end, ok := m.choice(st.arms, i)
			if !ok {
				return 0, false
			}
			i = end
		default:
			skip := 0
			for !m.canBegin(program[k+1:], i+skip) {
				if skip++; skip > st.max || i+skip > m.t.len() {
					return 0, false
				}
			}
			m.loose += skip
			i += skip
		}
	}
	return i, true
}

func (m *matcher) fixed(st *step, i int) bool {
	return i+st.words <= m.t.len() && m.t.sum(i, st.words) == st.sum
}

// choice takes the first arm that matches.
func (m *matcher) choice(arms [][]step, i int) (int, bool) {
	for _, arm := range arms {
		loose := m.loose
		if end, ok := m.run(arm, i); ok {
			return end, true
		}
		m.loose = loose
	}
	return 0, false
}

// canBegin reports whether the program could match from word i on, by its first fixed words.
func (m *matcher) canBegin(program []step, i int) bool {
	for k := range program {
		st := &program[k]
		switch {
		case st.words > 0:
			return m.fixed(st, i)
		case st.arms == nil:
			return true // a gap after a gap: the next one searches
		}
		optional := false
		for _, arm := range st.arms {
			if len(arm) == 0 {
				optional = true
			} else if m.canBegin(arm, i) {
				return true
			}
		}
		if !optional {
			return false
		}
	}
	return true
}
