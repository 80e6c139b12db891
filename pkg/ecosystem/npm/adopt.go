package npm

import (
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// pendant is a package that may be left without a path from a root. The dependency is what an edge to it then says.
type pendant struct {
	id    sbom.ID
	below string // the folder of its project
	dependency
}

// relate adds the edge of a requirement.
func (r *reader) relate(from, to sbom.ID, d dependency, kind sbom.Kind) {
	if from == to {
		return
	}
	e := sbom.Relationship{From: from, To: to, Kind: kind, Scope: d.scope, Requirement: ecosystem.Brief(d.requirement)}
	if d.at.Kind() != doc.Missing {
		e.Found = []source.Span{d.at.Span()}
	}
	r.Relationships = append(r.Relationships, e)
}

// adopt joins to a root what no path of edges leads to: first what nobody requires, which brings its own with it, then what is
// left in circles. root says where, and by which kind of edge.
func (r *reader) adopt(free []pendant, root func(pendant) (sbom.ID, sbom.Kind)) {
	number := make(map[sbom.ID]int32, len(free)+len(r.Roots))
	numbered := func(id sbom.ID) int32 {
		n, ok := number[id]
		if !ok {
			n = int32(len(number))
			number[id] = n
		}
		return n
	}
	first := make([]int32, 0, len(free)) // of each number the last edge from it, counted from one
	ends, next := make([]int32, len(r.Relationships)), make([]int32, len(r.Relationships))
	needed := make([]bool, 0, len(free))
	for i, e := range r.Relationships {
		from, to := numbered(e.From), numbered(e.To)
		for len(first) < len(number) {
			first, needed = append(first, 0), append(needed, false)
		}
		ends[i], next[i], first[from], needed[to] = to, first[from], int32(i+1), true
	}
	reached := make([]bool, len(number)+len(free)+len(r.Roots))
	reach := func(id sbom.ID) {
		for todo := []int32{numbered(id)}; len(todo) > 0; {
			n := todo[len(todo)-1]
			if todo = todo[:len(todo)-1]; reached[n] {
				continue
			}
			reached[n] = true
			if int(n) < len(first) {
				for e := first[n]; e > 0; e = next[e-1] {
					todo = append(todo, ends[e-1])
				}
			}
		}
	}
	for _, id := range r.Roots {
		reach(id)
	}
	for _, circles := range []bool{false, true} {
		for _, p := range free {
			if n := numbered(p.id); !reached[n] && (circles || int(n) >= len(needed) || !needed[n]) {
				from, kind := root(p)
				r.relate(from, p.id, p.dependency, kind)
				reach(p.id)
			}
		}
	}
}
