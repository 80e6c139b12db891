package python

import (
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// ranks are the scopes from strongest to weakest.
var ranks = [...]sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development}

// rank is the place of a scope among them; one that is not known is runtime.
func rank(s sbom.Scope) int { return max(0, slices.Index(ranks[:], s)) }

// stronger is the stronger of two scopes.
func stronger(a, b sbom.Scope) sbom.Scope { return ranks[min(rank(a), rank(b))] }

// spread walks over a lock from the projects that need its packages, and finds in which scope each package is needed,
// and each extra of it: the widest paths of a graph whose nodes are pairs of both, by one bucket a scope. What is
// asked for less than its package is has an edge of that scope; what nobody asks for has none.
//
// What the walk does not reach hangs on the root, in the order of the scopes that the lock gives: first what no
// other package needs. Without a manifest that is how the direct dependencies are told.
type spread struct {
	*lock
	buckets [len(ranks)][]arrival
	roots   []*pack
	lists   bool // the roots' needs are all known
}

// arrival is that a package is needed with an extra, or without: "".
type arrival struct {
	*pack
	extra string
}

// spread joins roots and packages. Those of the roots that are no packages of the lock have needs all the same.
func (r *reader) spread(l *lock, roots []*pack, lists bool) {
	s := &spread{lock: l, roots: roots, lists: lists}
	for _, p := range slices.Concat(roots, l.packages) {
		p.reached = map[string]int{}
		for i := range p.needs {
			if p.needs[i].to == nil {
				p.needs[i].to = l.find(p.needs[i])
			}
		}
		slices.SortStableFunc(p.needs, func(a, b need) int { return compare(a.extra, b.extra) })
	}
	s.ask()
	for _, p := range roots {
		s.arrive(p, "", 0)
	}
	for level := range ranks {
		s.drain()
		for _, orphans := range []bool{true, false} {
			r.attach(s, func(p *pack) bool { return p.scope == ranks[level] && p.asked != orphans })
		}
	}
	for _, orphans := range []bool{true, false} {
		r.attach(s, func(p *pack) bool { return p.scope == "" && p.asked != orphans })
	}
	for _, p := range slices.Concat(roots, l.packages) {
		r.edges(l, p)
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// ask notes which packages are needed by others that are needed as much.
func (s *spread) ask() {
	for _, p := range s.packages {
		if p.root {
			continue
		}
		for _, n := range p.needs {
			for _, i := range n.to {
				if to := s.packages[i]; to != p && rank(p.scope) <= rank(to.scope) {
					to.asked = true
				}
			}
		}
	}
}

// arrive notes that a package is needed in a scope, unless it is known to be needed as much.
func (s *spread) arrive(p *pack, extra string, rank int) {
	if had, ok := p.reached[extra]; ok && had <= rank {
		return
	}
	p.reached[extra] = rank
	s.buckets[rank] = append(s.buckets[rank], arrival{p, extra})
}

func (s *spread) drain() {
	for level := range s.buckets {
		for len(s.buckets[level]) > 0 {
			last := len(s.buckets[level]) - 1
			a := s.buckets[level][last]
			s.buckets[level] = s.buckets[level][:last]
			if a.reached[a.extra] == level {
				s.visit(a, level)
			}
		}
	}
}

func (s *spread) visit(a arrival, level int) {
	needs := a.needs
	if !a.root { // a project is built with all its extras
		needs = needsFor(needs, a.extra)
	}
	for _, n := range needs {
		to := max(level, rank(n.scope))
		for _, i := range n.to {
			s.arrive(s.packages[i], "", to)
			for _, extra := range n.extras {
				s.arrive(s.packages[i], extra, to)
			}
		}
	}
}

// needsFor are the needs of one extra, of needs in the order of the extras.
func needsFor(needs []need, extra string) []need {
	start, _ := slices.BinarySearchFunc(needs, extra, func(n need, extra string) int { return compare(n.extra, extra) })
	end := start
	for end < len(needs) && needs[end].extra == extra {
		end++
	}
	return needs[start:end]
}

// attach hangs those on the root that nothing leads to. A package that no other needs is a direct dependency where
// the roots' own lists are not known.
func (r *reader) attach(s *spread, these func(*pack) bool) {
	for _, p := range s.packages {
		if p.root || !these(p) {
			continue
		}
		level := rank(p.scope)
		if had, ok := p.reached[""]; ok && (had <= level || p.scope == "") {
			continue
		}
		e := sbom.Relationship{From: s.roots[0].id, To: p.id, Scope: ranks[level], Kind: sbom.Indirect, Found: p.at[:min(1, len(p.at))]}
		if !s.lists && !p.asked || p.direct == sbom.Yes {
			e.Kind = ""
		}
		if p.direct == sbom.No {
			e.Kind = sbom.Indirect
		}
		r.Relationships = append(r.Relationships, e)
		s.arrive(p, "", level)
		s.drain()
	}
}

// edges writes what a package needs of what was reached.
func (r *reader) edges(l *lock, p *pack) {
	whole, ok := p.reached[""]
	if !ok {
		return
	}
	for _, n := range p.needs {
		scope := n.scope
		if !p.root {
			scope = sbom.Runtime
			level, asked := p.reached[n.extra]
			if !asked {
				continue
			}
			if level > whole {
				scope = ranks[level]
			}
		}
		for _, i := range n.to {
			if to := l.packages[i]; to.id != p.id {
				r.Depend(p.id, to.id, scope, n.raw, firstSpan(n.at, p.at))
			}
		}
	}
}

func firstSpan(at source.Span, others []source.Span) source.Span {
	if at.IsZero() && len(others) > 0 {
		return others[0]
	}
	return at
}
