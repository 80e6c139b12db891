package python

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// ranks are the scopes from strongest to weakest.
var ranks = [...]sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development}

// rank is the place of a scope among them; one that is not known is runtime.
func rank(s sbom.Scope) int {
	if s == "" {
		return 0
	}
	return max(0, slices.Index(ranks[:], s))
}

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

// level is the rank of a scope, and one more, for 0 says that none is known.
type level int8

// arrival is that a package is needed with an extra, or without: "".
type arrival struct {
	*pack
	extra string
}

// spread joins roots and packages. Those of the roots that are no packages of the lock have needs all the same.
func (r *reader) spread(l *lock, roots []*pack, lists bool) {
	s := &spread{lock: l, roots: roots, lists: lists}
	edges := 0
	for _, p := range slices.Concat(roots, l.packages) {
		p.whole, p.asks = 0, nil
		for i := range p.needs {
			if p.needs[i].to == nil && !(p.root && l.lacks(p.needs[i])) {
				p.needs[i].to = l.find(p.needs[i])
			}
		}
		slices.SortStableFunc(p.needs, func(a, b need) int { return strings.Compare(a.extra, b.extra) })
		edges += len(p.needs)
	}
	s.ask()
	for _, p := range roots {
		s.arrive(p, "", 0)
	}
	s.drain()
	for _, packages := range s.byScope() {
		r.attach(s, packages)
	}
	r.Relationships = slices.Grow(r.Relationships, edges)
	for _, p := range slices.Concat(roots, l.packages) {
		r.edges(l, p)
	}
	if len(l.unmet) > 0 {
		r.Unavailable(at(l.file), "install what is missing: `pip check` lists it", "installed packages need others that are not installed here", l.unmet...)
	}
}

// ask notes which packages are needed by others that are needed as much, in all events or for an extra that somebody
// wants.
func (s *spread) ask() {
	wanted := map[arrival]bool{}
	for _, p := range slices.Concat(s.roots, s.packages) {
		for _, n := range p.needs {
			for _, i := range n.to {
				for _, extra := range n.extras {
					wanted[arrival{s.packages[i], extra}] = true
				}
			}
		}
	}
	for _, p := range s.packages {
		if p.root {
			continue
		}
		for _, n := range p.needs {
			if n.extra != "" && !wanted[arrival{p, n.extra}] {
				continue
			}
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
	if had := p.level(extra); had > 0 && had <= level(rank+1) {
		return
	}
	switch {
	case extra == "":
		p.whole = level(rank + 1)
	case p.asks == nil:
		p.asks = map[string]level{extra: level(rank + 1)}
	default:
		p.asks[extra] = level(rank + 1)
	}
	s.buckets[rank] = append(s.buckets[rank], arrival{p, extra})
}

// level is the scope in which an extra is needed, or the package itself.
func (p *pack) level(extra string) level {
	if extra == "" {
		return p.whole
	}
	return p.asks[extra]
}

func (s *spread) drain() {
	for rank := range s.buckets {
		for len(s.buckets[rank]) > 0 {
			last := len(s.buckets[rank]) - 1
			a := s.buckets[rank][last]
			s.buckets[rank] = s.buckets[rank][:last]
			if a.level(a.extra) == level(rank+1) {
				s.visit(a, rank)
			}
		}
	}
}

func (s *spread) visit(a arrival, from int) {
	needs := a.needs
	if !a.root { // a project is built with all its extras
		needs = needsFor(needs, a.extra)
	}
	for _, n := range needs {
		to := max(from, rank(n.scope))
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
	start, _ := slices.BinarySearchFunc(needs, extra, func(n need, extra string) int { return strings.Compare(n.extra, extra) })
	end := start
	for end < len(needs) && needs[end].extra == extra {
		end++
	}
	return needs[start:end]
}

// byScope are the packages from the strongest scope to none, and of each first those that no other needs.
func (s *spread) byScope() [2 * (len(ranks) + 1)][]*pack {
	var out [2 * (len(ranks) + 1)][]*pack
	for _, p := range s.packages {
		i := 2 * len(ranks)
		if p.scope != "" {
			i = 2 * rank(p.scope)
		}
		if p.asked {
			i++
		}
		if !p.root {
			out[i] = append(out[i], p)
		}
	}
	return out
}

// attach hangs those on the root that nothing leads to. A package that no other needs is a direct dependency where
// the roots' own lists are not known.
func (r *reader) attach(s *spread, packages []*pack) {
	for _, p := range packages {
		rank := rank(p.scope)
		if p.whole > 0 && (p.whole <= level(rank+1) || p.scope == "") {
			continue
		}
		e := sbom.Relationship{From: s.roots[0].id, To: p.id, Scope: ranks[rank], Kind: sbom.Indirect, Found: p.at[:min(1, len(p.at))]}
		if !s.lists && !p.asked || p.direct == sbom.Yes {
			e.Kind = ""
		}
		if p.direct == sbom.No {
			e.Kind = sbom.Indirect
		}
		r.Relationships = append(r.Relationships, e)
		s.arrive(p, "", rank)
		s.drain()
	}
}

// edges writes what a package needs of what was reached.
func (r *reader) edges(l *lock, p *pack) {
	if p.whole == 0 {
		return
	}
	for _, n := range p.needs {
		scope := ranks[rank(n.scope)]
		if !p.root {
			scope = sbom.Runtime
			asked := p.level(n.extra)
			if asked == 0 {
				continue
			}
			if asked > p.whole {
				scope = ranks[asked-1]
			}
		}
		if l.misses(p, n) {
			missing := r.component(&pack{requirement: requirement{name: n.name, written: n.written, origin: n.origin}, at: []source.Span{n.at}})
			r.Depend(p.id, missing, scope, plain(n.raw), n.at)
			l.unmet = append(l.unmet, missing)
		}
		for _, i := range n.to {
			if to := l.packages[i]; to.id != p.id {
				r.Depend(p.id, to.id, scope, plain(n.raw), firstSpan(n.at, p.at))
			}
		}
	}
}

// misses reports whether something that is installed needs what is not: a marker may be why it is not there.
func (l *lock) misses(p *pack, n need) bool {
	return l.within != nil && !p.root && !p.sealed && n.extra == "" && n.marker == "" && n.name != "" && len(l.within.byName[n.name]) == 0 &&
		!strings.HasPrefix(n.name, "conda:__") // what conda finds in the system
}

func firstSpan(at source.Span, others []source.Span) source.Span {
	if at.IsZero() && len(others) > 0 {
		return others[0]
	}
	return at
}
