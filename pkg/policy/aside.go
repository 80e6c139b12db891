package policy

import (
	"maps"
	"slices"

	"github.com/licet/licet/pkg/sbom"
)

// A project holds manifests that are none of its own: inputs of its tests, examples, templates. What these name is listed, and
// judged by what is known of it, as everything is; what is not known of it is nobody's to find out, for nothing of it ships.
// [Assumptions] says how many there are.

// asideIn gives the components to which nothing leads from a root but that tests, examples or documents lie in it.
func asideIn(doc *sbom.Document) map[sbom.ID]bool {
	holds := func(e sbom.Relationship) bool {
		return e.Kind == sbom.Contains && (e.Scope == sbom.Test || e.Scope == sbom.Development)
	}
	if !slices.ContainsFunc(doc.Relationships, holds) {
		return nil // as in most projects
	}
	needs, all := map[sbom.ID][]sbom.ID{}, map[sbom.ID][]sbom.ID{}
	for _, e := range doc.Relationships {
		all[e.From] = append(all[e.From], e.To)
		if !holds(e) {
			needs[e.From] = append(needs[e.From], e.To)
		}
	}
	product, aside := map[sbom.ID]bool{}, map[sbom.ID]bool{}
	reach(doc.Roots, needs, product)
	for _, e := range doc.Relationships {
		if holds(e) && product[e.From] {
			reach([]sbom.ID{e.To}, all, aside)
		}
	}
	maps.DeleteFunc(aside, func(id sbom.ID, _ bool) bool { return product[id] })
	return aside
}

// reach notes some components, and all that the edges lead to from them.
func reach(from []sbom.ID, edges map[sbom.ID][]sbom.ID, met map[sbom.ID]bool) {
	for open := slices.Clone(from); len(open) > 0; {
		id := open[len(open)-1]
		open = open[:len(open)-1]
		if !met[id] {
			met[id] = true
			open = append(open, edges[id]...)
		}
	}
}
