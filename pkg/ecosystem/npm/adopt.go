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
	next, needed := map[sbom.ID][]sbom.ID{}, map[sbom.ID]bool{}
	for _, e := range r.Relationships {
		next[e.From] = append(next[e.From], e.To)
		needed[e.To] = true
	}
	reached := map[sbom.ID]bool{}
	reach := func(id sbom.ID) {
		for todo := []sbom.ID{id}; len(todo) > 0; {
			id := todo[len(todo)-1]
			if todo = todo[:len(todo)-1]; !reached[id] {
				reached[id] = true
				todo = append(todo, next[id]...)
			}
		}
	}
	for _, id := range r.Roots {
		reach(id)
	}
	for _, circles := range []bool{false, true} {
		for _, p := range free {
			if !reached[p.id] && (circles || !needed[p.id]) {
				from, kind := root(p)
				r.relate(from, p.id, p.dependency, kind)
				reach(p.id)
			}
		}
	}
}
