package sbom

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// scopes are the scopes from strongest to weakest; the index is the rank.
var scopes = [...]Scope{Runtime, Optional, Build, Test, Development}

// rank is the position in the order of strength, 0 the strongest. An unknown scope is runtime.
func (s Scope) rank() int { return max(0, slices.Index(scopes[:], s)) }

// Weaker is the scope of what is needed only where both hold, as the tests of what may be left out.
func (s Scope) Weaker(t Scope) Scope { return scopes[max(s.rank(), t.rank())] }

// Stronger is the scope of what is needed for either.
func (s Scope) Stronger(t Scope) Scope { return scopes[min(s.rank(), t.rank())] }

// Shipped reports whether a component of this effective scope reaches those whom the deliverable is
// conveyed to. Optional and peer dependencies do.
func (s Scope) Shipped() bool { return s.rank() <= Optional.rank() }

// Component gives the component with this id, or nil.
func (d *Document) Component(id ID) *Component {
	i, ok := slices.BinarySearchFunc(d.Components, id, func(c Component, id ID) int { return cmp.Compare(c.ID, id) })
	if !ok {
		return nil
	}
	return &d.Components[i]
}

// Resolve computes what follows from the whole graph: each component's effective scope and whether it
// is a direct dependency, which gaps are material because they concern something shipped, and whether the
// stated uses agree with that.
//
// The effective scope is, over all paths from a root, the strongest of the weakest edge on each: a
// library that the product needs at run time is runtime even where it also serves the tests. It is the
// widest-path problem; with five widths a bucket a width makes it linear in the edges, cycles included.
// What no root reaches is taken as runtime and named in a gap.
func (d *Document) Resolve() {
	number := make(map[ID]int, len(d.Components))
	for i := range d.Components {
		d.Components[i].Scope, d.Components[i].Direct = "", false
		number[d.Components[i].ID] = i
	}
	edges := make([][]Relationship, len(d.Components))
	for _, e := range d.Relationships {
		if from, ok := number[e.From]; ok {
			edges[from] = append(edges[from], e)
		}
	}
	var buckets [len(scopes)][]int
	for _, r := range d.Roots {
		i, ok := number[r]
		if !ok {
			continue
		}
		buckets[0] = append(buckets[0], i)
		for _, e := range edges[i] {
			if to, ok := number[e.To]; ok && d.isDirect(e) {
				d.Components[to].Direct = true
			}
		}
	}
	for rank := range buckets {
		for len(buckets[rank]) > 0 {
			last := len(buckets[rank]) - 1
			i := buckets[rank][last]
			buckets[rank] = buckets[rank][:last]
			if d.Components[i].Scope != "" {
				continue
			}
			d.Components[i].Scope = scopes[rank]
			for _, e := range edges[i] {
				if to, ok := number[e.To]; ok && d.Components[to].Scope == "" {
					weakest := max(rank, e.Scope.rank())
					buckets[weakest] = append(buckets[weakest], to)
				}
			}
		}
	}
	unreached := d.takeAsRuntime()
	d.settleUses()
	for i, g := range d.Gaps {
		d.Gaps[i].Material = g.Material || slices.ContainsFunc(g.Components, func(id ID) bool {
			c, ok := number[id]
			return ok && d.Components[c].Scope.Shipped()
		})
	}
	d.Gaps = joinGaps(append(d.Gaps, unreached...))
}

// isDirect reports whether an edge of a root makes what it leads to a direct dependency: not another root,
// nor code without a name of its own that merely lies there.
func (d *Document) isDirect(e Relationship) bool {
	_, root := slices.BinarySearch(d.Roots, e.To)
	return !root && e.Kind != Indirect && (e.Kind != Contains || strings.HasPrefix(string(e.To), "pkg:"))
}

// takeAsRuntime gives what no root reaches the scope runtime, since whoever listed it had a reason, and
// names it in a gap. Nothing is hidden by that, so the gap is not material.
func (d *Document) takeAsRuntime() []Gap {
	var lost []ID
	for i := range d.Components {
		if c := &d.Components[i]; c.Scope == "" {
			c.Scope = Runtime
			lost = append(lost, c.ID)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return []Gap{{
		Kind: Lost, Reader: "merge", Components: lost,
		Why:  fmt.Sprintf("no path from a root leads to %s; taken as runtime", Plural(len(lost), "component")),
		Next: "look at the lockfile that lists them: an edge is missing there",
	}}
}

// Plural counts in words: "1 component", "2 components". The noun is one whose plural ends in s.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Paths gives a function that names the shortest path of dependencies from a root to a component, both
// ends included; nil for what no root reaches. Among equally short paths the first in the order of ids
// is taken. One breadth-first pass serves all components.
func (d *Document) Paths() func(ID) []ID {
	next := map[ID][]ID{}
	for _, e := range d.Relationships { // sorted by From, To
		next[e.From] = append(next[e.From], e.To)
	}
	parent := make(map[ID]ID, len(d.Components))
	queue := slices.Clone(d.Roots)
	for _, r := range queue {
		parent[r] = ""
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, to := range next[at] {
			if _, seen := parent[to]; !seen {
				parent[to] = at
				queue = append(queue, to)
			}
		}
	}
	return func(id ID) []ID {
		if _, ok := parent[id]; !ok {
			return nil
		}
		var path []ID
		for ; id != ""; id = parent[id] {
			path = append(path, id)
		}
		slices.Reverse(path)
		return path
	}
}
