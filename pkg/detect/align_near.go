package detect

import (
	"cmp"
	"slices"
)

// leastGap is how many words must be left by the texts found word for word before damaged ones are sought.
const leastGap = 10

// mostRivals is how many texts are compared for one place.
const mostRivals = 16

// near adds to the texts that stand word for word those that stand there damaged: with words replaced,
// sentences missing or put in, another holder. What was put in and reads like terms is a claim of its own.
func (r *reading) near(x *nearIndex, t *wordText, found []textMatch) []textMatch {
	n := nearFinder{index: x, t: t, found: found, chains: &r.work.chains}
	if n.seek(); len(n.near) == 0 {
		return found
	}
	for _, a := range n.near {
		found = slices.DeleteFunc(found, func(m textMatch) bool { return a.from <= m.from && m.to <= a.to })
	}
	for _, a := range n.near {
		m := textMatch{pattern: &a.text.pattern, from: a.from, to: a.to, coverage: min(a.coverage(), mostCoverage),
			altered: a.text.kind == "text" && r.binds(x, t, &a)}
		found = append(found, m)
	}
	slices.SortFunc(found, func(a, b textMatch) int { return cmp.Compare(a.from, b.from) })
	return found
}

// mostCoverage is the coverage of a text that is not there word for word.
const mostCoverage = 0.99

// nearFinder finds the damaged texts in what the texts found word for word have left of a file.
type nearFinder struct {
	index  *nearIndex
	t      *wordText
	found  []textMatch
	chains *chainer
	list   []chain // promising ones, by their beginning
	done   []bool
	widest int // words of the longest chain
	near   []alignment
}

func (n *nearFinder) seek() {
	var covered []region
	for _, m := range n.found {
		covered = append(covered, region{m.from, m.to})
	}
	var left []region
	for _, g := range gaps(covered, n.t.len()) {
		if g.end-g.start >= leastGap {
			left = append(left, g)
		}
	}
	if len(left) == 0 {
		return
	}
	n.chains.seek(n.index, n.t, left)
	ranked := n.chains.promising()
	n.list = slices.Clone(ranked)
	slices.SortFunc(n.list, func(a, b chain) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.number, b.number)) })
	n.done = n.chains.done
	for _, c := range n.list {
		s := n.chains.span(c)
		n.widest = max(n.widest, s.end-s.start)
	}
	for _, c := range ranked {
		if !n.done[c.number] {
			n.settle(c)
		}
	}
}

// settle finds out which text stands where the chain says that there is one, if any.
func (n *nearFinder) settle(c chain) {
	rivals := n.rivals(c)
	var best alignment
	var plain []alignment // those of frequent texts
	for _, rival := range rivals {
		n.done[rival.number] = true
		low, top := n.bounds(rival)
		a := n.chains.align(n.t, rival, low, top)
		if !n.accepts(&a) {
			continue
		}
		if best.text == nil || a.better(&best) {
			best = a
		}
		if a.text.frequent {
			plain = append(plain, a)
		}
	}
	if best.text != nil && !best.text.frequent {
		best = best.orPlain(plain)
	}
	if best.text == nil {
		return
	}
	n.near = append(n.near, best)
	n.over(region{best.from, best.to}, func(rival chain) { n.done[rival.number] = true })
}

// rivals gives the chain and those others that lie on the same words, the most promising first.
func (n *nearFinder) rivals(c chain) []chain {
	out := []chain{c}
	least := n.chains.expected(c) * 2 / 3
	n.over(n.chains.span(c), func(rival chain) {
		if rival.number != c.number && !n.done[rival.number] && n.chains.expected(rival) >= least {
			out = append(out, rival)
		}
	})
	texts := n.chains.index.texts
	first := func(c chain) int {
		if texts[c.text].frequent {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out[1:], func(a, b chain) int {
		return cmp.Or(cmp.Compare(first(a), first(b)), -cmp.Compare(n.chains.expected(a), n.chains.expected(b)), cmp.Compare(a.text, b.text))
	})
	return out[:min(len(out), mostRivals)]
}

// over calls f for each chain of which half or more lies on the words of g.
func (n *nearFinder) over(g region, f func(chain)) {
	i, _ := slices.BinarySearchFunc(n.list, g.start-n.widest, func(c chain, at int) int { return cmp.Compare(int(c.first), at) })
	for ; i < len(n.list) && int(n.list[i].first) < g.end; i++ {
		s := n.chains.span(n.list[i])
		if shared := min(s.end, g.end) - max(s.start, g.start); 2*shared >= s.end-s.start {
			f(n.list[i])
		}
	}
}

// bounds gives the words that may belong to the text of a chain: none of a text beside it.
func (n *nearFinder) bounds(c chain) (low, top int) {
	s := n.chains.span(c)
	low, top = 0, n.t.len()
	i, _ := slices.BinarySearchFunc(n.found, s.start, func(m textMatch, at int) int { return cmp.Compare(m.from, at) })
	if i > 0 && n.found[i-1].to <= s.start {
		low = n.found[i-1].to
	}
	for ; i < len(n.found); i++ {
		if n.found[i].from >= s.end {
			top = n.found[i].from
			break
		}
	}
	for _, a := range n.near[max(0, len(n.near)-8):] {
		if a.to <= s.start {
			low = max(low, a.to)
		} else if a.from >= s.end {
			top = min(top, a.from)
		}
	}
	return low, top
}

// accepts reports whether the text is there, and no text that stands there word for word says more.
func (n *nearFinder) accepts(a *alignment) bool {
	if !a.convinces() || a.disagrees(n.t) || a.otherFlavour(n.t) {
		return false
	}
	exact := 0
	i, _ := slices.BinarySearchFunc(n.found, a.from, func(m textMatch, at int) int { return cmp.Compare(m.to, at) })
	for ; i < len(n.found) && n.found[i].from < a.to; i++ {
		exact += min(n.found[i].to, a.to) - max(n.found[i].from, a.from)
	}
	return 2*exact <= a.matched
}
