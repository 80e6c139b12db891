package detect

import (
	"cmp"
	"slices"
)

// seed is a gram that a file and a listed text have in common: the word of the file, that of the text
// (counted from the text's first), and the seed before it in its chain (-1 for none).
type seed struct{ doc, text, prev int32 }

// chain is a run of seeds of one text that follow one another in file and text alike.
type chain struct {
	number int32 // its place among all
	text   int32
	last   int32 // its last seed
	head   int32 // its first seed
	first  int32 // the word of the file that its first seed begins with
	seeds  int32
}

// The bounds within which seeds belong to one chain: how many words apart they may be, and how many of
// these, and one in driftShare of them, may be missing or too many. Whole chains are joined over more.
const (
	mostApart  = 400
	mostDrift  = 12
	driftShare = 8
	joinDrift  = 300
	// joinBack is how many chains before it one is compared with.
	joinBack = 32
	// fewGrams is how many grams a text may have of which one alone is a chain.
	fewGrams = 16
	// openChains is how many beginnings of one text are followed at a time.
	openChains = 3
)

// chainer collects seeds into chains. A file has seeds of hundreds of texts in turn: they are taken down as they are met,
// and then those of each text, laid side by side, are made into chains. Texts of which there are too few cost no more.
type chainer struct {
	index  *nearIndex
	met    []sighting
	found  []int32 // by text: how many seeds were met
	texts  []int32 // those that have any
	ends   []int32 // by text: where in seeds its own end, -1 for one that has too few
	seeds  []seed  // by text, and then in the order of the file
	chains []chain // of one text
	taken  []bool  // see joined
	tails  []tail  // likewise
	steps  []seed  // see path
	done   []bool  // by number of a chain: nothing is left to be found there
}

// sighting is a seed as it is met: the word of the file, and the text and its word.
type sighting struct{ doc, text, word int32 }

// end is the last seed of a chain that may go on, and the chain plus one; 0 for none.
type end struct{ chain, doc, text int32 }

// begin gives the chainer another index to look into.
func (c *chainer) begin(x *nearIndex) {
	for _, k := range c.texts {
		c.found[k] = 0
	}
	c.index, c.met, c.texts = x, c.met[:0], c.texts[:0]
	if n := len(x.texts) - len(c.found); n > 0 {
		c.found, c.ends = append(c.found, make([]int32, n)...), append(c.ends, make([]int32, n)...)
	}
}

// seek takes down the seeds of the words of a file that lie in the regions, ready to be made into chains.
func (c *chainer) seek(x *nearIndex, t *wordText, in []region) {
	c.begin(x)
	words := 0
	for _, g := range in {
		for i := g.start; i+anchorWords <= g.end; i++ {
			words++
			entries, want := x.bucket(t.sum(i, anchorWords))
			if len(c.met) > freeSeeds+seedsPerWord*words && len(entries) > 8*rarePlaces {
				continue
			}
			for ; len(entries) >= 8; entries = entries[8:] {
				if number(entries) == want {
					c.meet(i, int(number(entries[4:])))
				}
			}
		}
	}
}

// A file of the same few words again and again has more seeds than any license. Once there are more
// than freeSeeds and seedsPerWord for each word, only grams of rarePlaces or less are looked at.
const (
	freeSeeds    = 16 << 10
	seedsPerWord = 8
	rarePlaces   = 4
)

// meet takes down a seed.
func (c *chainer) meet(doc, place int) {
	k := c.index.textAt(place)
	if c.found[k] == 0 {
		c.texts = append(c.texts, int32(k))
	}
	c.found[k]++
	if len(c.met) == cap(c.met) {
		c.met = slices.Grow(c.met, len(c.met)+1) // twice as many: there may be millions
	}
	c.met = append(c.met, sighting{int32(doc), int32(k), int32(place) - c.index.starts[k]})
}

// byText lays the seeds of each text side by side, or only of those of which there are enough for a chain that promises.
func (c *chainer) byText(enough bool) {
	slices.Sort(c.texts)
	total := int32(0)
	for _, k := range c.texts {
		c.ends[k] = total
		if enough && !c.promises(k, c.found[k]) {
			c.ends[k] = -1
		} else {
			total += c.found[k]
		}
	}
	c.seeds = slices.Grow(c.seeds[:0], int(total))[:total]
	for i, m := range c.met {
		if at := c.ends[m.text]; at >= 0 {
			c.seeds[at] = seed{m.doc, m.word, int32(i)}
			c.ends[m.text]++
		}
	}
}

// chainsOf makes chains of the seeds of one text, in the order of their first seeds, by which they are numbered. Each seed
// follows the chain that it is closest to, or begins one.
func (c *chainer) chainsOf(k int32) []chain {
	c.chains = c.chains[:0]
	if c.ends[k] < 0 {
		return nil
	}
	var open [openChains]end
	for at := c.ends[k] - c.found[k]; at < c.ends[k]; at++ {
		s := &c.seeds[at]
		best, drift, oldest := -1, int32(0), 0
		for i := range open {
			last := &open[i]
			if last.chain == 0 {
				oldest = i
				break
			}
			if last.doc < open[oldest].doc {
				oldest = i
			}
			apart, ahead := s.doc-last.doc, s.text-last.text
			d := max(ahead-apart, apart-ahead)
			if ahead > 0 && apart > 0 && apart <= mostApart && d <= mostDrift+apart/driftShare && (best < 0 || d < drift) {
				best, drift = i, d
			}
		}
		if best < 0 {
			c.chains = append(c.chains, chain{number: s.prev, text: k, last: at, head: at, first: s.doc, seeds: 1})
			open[oldest] = end{int32(len(c.chains)), s.doc, s.text}
			s.prev = -1
			continue
		}
		ch := &c.chains[open[best].chain-1]
		s.prev = ch.last
		ch.last = at
		ch.seeds++
		open[best].doc, open[best].text = s.doc, s.text
	}
	return c.chains
}

func abs(n int) int { return max(n, -n) }

// leastShare is the part, one in so many, of a text's grams that a chain must have to be looked into.
const leastShare = 4

// promises reports whether so many seeds of a text may be the whole of it.
func (c *chainer) promises(text, seeds int32) bool {
	return leastShare*int(seeds) >= c.index.texts[text].grams
}

// promising gives the chains that may be whole texts, the most seeds first.
func (c *chainer) promising() []chain {
	c.byText(true)
	var out []chain
	for _, k := range c.texts {
		for _, ch := range c.joined(c.chainsOf(k)) {
			if c.promises(k, ch.seeds) {
				out = append(out, ch)
			}
		}
	}
	slices.SortFunc(out, func(a, b chain) int { return cmp.Compare(a.number, b.number) })
	for i := range out {
		out[i].number = int32(i)
	}
	c.done = append(c.done[:0], make([]bool, len(out))...)
	slices.SortFunc(out, func(a, b chain) int {
		return cmp.Or(-cmp.Compare(c.expected(a), c.expected(b)), cmp.Compare(a.text, b.text), cmp.Compare(a.number, b.number))
	})
	return out
}

// all gives the chains of all texts, the most seeds first.
func (c *chainer) all() []chain {
	c.byText(false)
	var out []chain
	for _, k := range c.texts {
		out = append(out, c.chainsOf(k)...)
	}
	slices.SortFunc(out, func(a, b chain) int {
		return cmp.Or(-cmp.Compare(a.seeds, b.seeds), cmp.Compare(a.number, b.number))
	})
	return out
}

// counts reports whether a chain is more than a chance.
func (c *chainer) counts(ch *chain) bool {
	return ch.seeds > 1 || c.index.texts[ch.text].grams <= fewGrams
}

// tail is the last seed of a chain that another may go on from, and how many it has.
type tail struct{ chain, doc, text, seeds int32 }

// joined makes one chain of those of a text that follow one another with a paragraph more or less between
// them: each goes on from the one before it that makes the longest.
func (c *chainer) joined(chains []chain) []chain {
	list := slices.DeleteFunc(chains, func(ch chain) bool { return !c.counts(&ch) })
	open, out := c.tails[:0], list[:0]
	taken := append(c.taken[:0], make([]bool, len(list))...)
	for i := range list {
		if len(open) > 0 && int(open[0].chain) < i-joinBack {
			open = slices.Delete(open, 0, 1)
		}
		ch, head := &list[i], &c.seeds[list[i].head]
		best, most := -1, int32(0)
		for k := len(open) - 1; k >= 0; k-- {
			if open[k].seeds > most && open[k].goesOn(head) {
				best, most = k, open[k].seeds
			}
		}
		if best >= 0 {
			before := &list[open[best].chain]
			taken[open[best].chain] = true
			open = slices.Delete(open, best, best+1)
			head.prev = before.last
			ch.head, ch.first = before.head, before.first
			ch.seeds += before.seeds
		}
		last := &c.seeds[ch.last]
		open = append(open, tail{int32(i), last.doc, last.text, ch.seeds})
	}
	c.tails, c.taken = open, taken
	for i, ch := range list {
		if !taken[i] {
			out = append(out, ch)
		}
	}
	return out
}

// goesOn reports whether a chain that begins with a seed may go on where another ends.
func (last *tail) goesOn(next *seed) bool {
	apart, ahead := int(next.doc-last.doc), int(next.text-last.text)
	return apart > 0 && ahead > 0 && max(apart, ahead) <= mostApart+joinDrift && abs(ahead-apart) <= joinDrift
}

// expected is how many words of the text a chain promises.
func (c *chainer) expected(ch chain) int {
	t := &c.index.texts[ch.text]
	return int(ch.seeds) * t.words / max(1, t.grams)
}

// span gives the words of the file from the first seed of a chain to the last.
func (c *chainer) span(ch chain) region {
	return region{int(ch.first), int(c.seeds[ch.last].doc) + anchorWords}
}

// path gives the seeds of a chain from the first to the last, until it is asked for another.
func (c *chainer) path(ch chain) []seed {
	c.steps = c.steps[:0]
	for i := ch.last; i >= 0; i = c.seeds[i].prev {
		c.steps = append(c.steps, c.seeds[i])
	}
	slices.Reverse(c.steps)
	return c.steps
}
