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
	number int // its place among all
	text   int
	last   int32 // its last seed
	first  int32 // the word of the file that its first seed begins with
	seeds  int
}

// The bounds within which seeds belong to one chain: how many words apart they may be, and how many of
// these may be missing or too many.
const (
	mostApart = 400
	mostDrift = 250
	// openChains is how many beginnings of one text are followed at a time.
	openChains = 3
)

// chainer collects seeds into chains.
type chainer struct {
	index  *nearIndex
	seeds  []seed
	chains []chain
	open   map[int][]int // by text: its chains that may go on
}

// seedChains gives the chains of the words of a file that lie in the regions.
func seedChains(x *nearIndex, t *wordText, in []region) *chainer {
	c := &chainer{index: x, open: map[int][]int{}}
	for _, g := range in {
		for i := g.start; i+anchorWords <= g.end; i++ {
			x.places(t.sum(i, anchorWords), func(place int) { c.add(i, place) })
		}
	}
	return c
}

// add appends a seed to the chain that it follows most closely, or begins one with it.
func (c *chainer) add(doc, place int) {
	k := c.index.textAt(place)
	s := seed{doc: int32(doc), text: int32(place - c.index.texts[k].at), prev: -1}
	open := c.open[k]
	best, drift := -1, mostDrift+1
	for _, n := range open {
		last := c.seeds[c.chains[n].last]
		apart, ahead := int(s.doc-last.doc), int(s.text-last.text)
		if ahead > 0 && apart > 0 && apart <= mostApart && abs(ahead-apart) < drift {
			best, drift = n, abs(ahead-apart)
		}
	}
	c.seeds = append(c.seeds, s)
	at := int32(len(c.seeds) - 1)
	if best >= 0 {
		c.seeds[at].prev = c.chains[best].last
		c.chains[best].last = at
		c.chains[best].seeds++
		return
	}
	c.chains = append(c.chains, chain{number: len(c.chains), text: k, last: at, first: s.doc, seeds: 1})
	if len(open) == openChains {
		oldest := 0
		for i, n := range open {
			if c.seeds[c.chains[n].last].doc < c.seeds[c.chains[open[oldest]].last].doc {
				oldest = i
			}
		}
		open = slices.Delete(open, oldest, oldest+1)
	}
	c.open[k] = append(open, len(c.chains)-1)
}

func abs(n int) int { return max(n, -n) }

// leastShare is the part, one in so many, of a text's grams that a chain must have to be looked into.
const leastShare = 4

// promising gives the chains that may be whole texts, the most seeds first.
func (c *chainer) promising() []chain {
	var out []chain
	for _, ch := range c.chains {
		if t := &c.index.texts[ch.text]; leastShare*ch.seeds >= t.grams {
			out = append(out, ch)
		}
	}
	slices.SortStableFunc(out, func(a, b chain) int {
		return cmp.Or(-cmp.Compare(c.expected(a), c.expected(b)), cmp.Compare(a.text, b.text))
	})
	return out
}

// expected is how many words of the text a chain promises.
func (c *chainer) expected(ch chain) int {
	t := &c.index.texts[ch.text]
	return ch.seeds * t.words / max(1, t.grams)
}

// span gives the words of the file from the first seed of a chain to the last.
func (c *chainer) span(ch chain) region {
	return region{int(ch.first), int(c.seeds[ch.last].doc) + anchorWords}
}

// path gives the seeds of a chain from the first to the last.
func (c *chainer) path(ch chain) []seed {
	out := make([]seed, 0, ch.seeds)
	for i := ch.last; i >= 0; i = c.seeds[i].prev {
		out = append(out, c.seeds[i])
	}
	slices.Reverse(out)
	return out
}
