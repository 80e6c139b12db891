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

// chainer collects seeds into chains.
type chainer struct {
	index  *nearIndex
	seeds  []seed
	chains []chain
	texts  []int32           // those that have seeds
	open   [][openChains]end // by text: its chains that may go on
	found  []int32           // by text: how many of its seeds lie in chains that count
	place  []int32           // by text: where in list its next chain belongs, -1 for nowhere
	list   []chain           // see byText
	taken  []bool
	steps  []seed // see path
	done   []bool // by number of a chain: nothing is left to be found there
}

// end is the last seed of a chain that may go on, and the chain plus one; 0 for none.
type end struct{ chain, doc, text int32 }

// seedChains gives the chains of the words of a file that lie in the regions. They are to be given back to
// chainers, which spares each file the memory for its seeds, when they are no longer used.
func (x *nearIndex) seedChains(t *wordText, in []region) *chainer {
	c := x.chainers.Get().(*chainer)
	for _, k := range c.texts {
		c.open[k] = [openChains]end{}
	}
	c.seeds, c.chains, c.texts = c.seeds[:0], c.chains[:0], c.texts[:0]
	words := 0
	for _, g := range in {
		for i := g.start; i+anchorWords <= g.end; i++ {
			words++
			entries, want := c.index.bucket(t.sum(i, anchorWords))
			if len(c.seeds) > freeSeeds+seedsPerWord*words && len(entries) > 8*rarePlaces {
				continue
			}
			for ; len(entries) >= 8; entries = entries[8:] {
				if number(entries) == want {
					c.add(i, int(number(entries[4:])))
				}
			}
		}
	}
	c.done = append(c.done[:0], make([]bool, len(c.chains))...)
	return c
}

// A file of the same few words again and again has more seeds than any license. Once there are more
// than freeSeeds and seedsPerWord for each word, only grams of rarePlaces or less are looked at.
const (
	freeSeeds    = 16 << 10
	seedsPerWord = 8
	rarePlaces   = 4
)

// add appends a seed to the chain that it follows most closely, or begins one with it.
func (c *chainer) add(doc, place int) {
	k := c.index.textAt(place)
	s := seed{doc: int32(doc), text: int32(place) - c.index.starts[k], prev: -1}
	open := &c.open[k]
	if open[0].chain == 0 {
		c.texts = append(c.texts, int32(k))
	}
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
	at := int32(len(c.seeds))
	if best >= 0 {
		ch := &c.chains[open[best].chain-1]
		s.prev = ch.last
		ch.last = at
		ch.seeds++
		open[best].doc, open[best].text = s.doc, s.text
	} else {
		if len(c.chains) == cap(c.chains) {
			c.chains = slices.Grow(c.chains, len(c.chains)+1)
		}
		c.chains = append(c.chains, chain{number: int32(len(c.chains)), text: int32(k), last: at, head: at, first: s.doc, seeds: 1})
		open[oldest] = end{int32(len(c.chains)), s.doc, s.text}
	}
	if len(c.seeds) == cap(c.seeds) {
		c.seeds = slices.Grow(c.seeds, len(c.seeds)+1) // twice as many: there may be millions
	}
	c.seeds = append(c.seeds, s)
}

func abs(n int) int { return max(n, -n) }

// leastShare is the part, one in so many, of a text's grams that a chain must have to be looked into.
const leastShare = 4

// promising gives the chains that may be whole texts, the most seeds first.
func (c *chainer) promising() []chain {
	var out []chain
	for _, ch := range c.joined() {
		if t := &c.index.texts[ch.text]; leastShare*int(ch.seeds) >= t.grams {
			out = append(out, ch)
		}
	}
	slices.SortFunc(out, func(a, b chain) int {
		return cmp.Or(-cmp.Compare(c.expected(a), c.expected(b)), cmp.Compare(a.text, b.text), cmp.Compare(a.number, b.number))
	})
	return out
}

// counts reports whether a chain is more than a chance.
func (c *chainer) counts(ch *chain) bool {
	return ch.seeds > 1 || c.index.texts[ch.text].grams <= fewGrams
}

// byText gives the chains that count, by their texts and then by number, without those of texts of which all chains
// together are not enough for one that promises.
func (c *chainer) byText() []chain {
	slices.Sort(c.texts)
	for _, k := range c.texts {
		c.found[k], c.place[k] = 0, 0
	}
	for i := range c.chains {
		if ch := &c.chains[i]; c.counts(ch) {
			c.found[ch.text] += ch.seeds
			c.place[ch.text]++
		}
	}
	total := int32(0)
	for _, k := range c.texts {
		n := c.place[k]
		if leastShare*int(c.found[k]) < c.index.texts[k].grams {
			c.place[k] = -1
			continue
		}
		c.place[k] = total
		total += n
	}
	c.list = slices.Grow(c.list[:0], int(total))[:total]
	for i := range c.chains {
		if ch := &c.chains[i]; c.place[ch.text] >= 0 && c.counts(ch) {
			c.list[c.place[ch.text]] = *ch
			c.place[ch.text]++
		}
	}
	return c.list
}

// joined makes one chain of those of a text that follow one another with a paragraph more or less between
// them: each goes on from the one before it that makes the longest.
func (c *chainer) joined() []chain {
	list := c.byText()
	taken := append(c.taken[:0], make([]bool, len(list))...)
	c.taken = taken
	var ends [joinBack]seed // the last seeds of the chains before this one, which lie far apart in memory
	for i := range list {
		best := -1
		head := c.seeds[list[i].head]
		for k := i - 1; k >= max(0, i-joinBack) && list[k].text == list[i].text; k-- {
			if !taken[k] && follows(ends[k%joinBack], head) && (best < 0 || list[k].seeds > list[best].seeds) {
				best = k
			}
		}
		ends[i%joinBack] = c.seeds[list[i].last]
		if best >= 0 {
			taken[best] = true
			c.seeds[list[i].head].prev = list[best].last
			list[i].head, list[i].first = list[best].head, list[best].first
			list[i].seeds += list[best].seeds
		}
	}
	out := list[:0]
	for i, ch := range list {
		if !taken[i] {
			out = append(out, ch)
		}
	}
	return out
}

// follows reports whether a chain that begins with seed next may go on where one ends with seed last.
func follows(last, next seed) bool {
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
