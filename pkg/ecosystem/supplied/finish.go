package supplied

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// finish draws the edges, finds the roots, and hangs below them what nothing leads to.
func (v *inventory) finish() sbom.Fragment {
	roots := v.roots()
	next := make(map[sbom.ID][]sbom.ID, len(v.order))
	missing := map[string]bool{}
	v.Relationships = slices.Grow(v.Relationships, len(v.links))
	for _, l := range v.links {
		from, known := v.end(l.from, l.at, missing)
		to, also := v.end(l.to, l.at, missing)
		if !known || !also || from == to {
			continue
		}
		v.edge(from, to, l)
		next[from] = append(next[from], to)
	}
	v.tell()
	for _, f := range v.open {
		v.isIncomplete(f.at, []string{f.text})
	}
	if len(v.order) == 0 && len(v.Gaps) == 0 {
		v.Lost(source.Span{Path: v.file}, "ask who wrote it for the components", "the document lists no components")
	}
	if len(roots) == 0 && len(v.order) > 0 {
		roots = []sbom.ID{v.frame()}
	}
	v.Roots = roots
	if len(roots) > 0 {
		v.reach(roots, next)
	}
	return v.Fragment
}

// end is the component at one end of a link. One that is not there is lost, and told of once.
func (v *inventory) end(ref string, at source.Span, missing map[string]bool) (sbom.ID, bool) {
	id, ok := v.ids[ref]
	switch {
	case ok || v.ignored[ref] || missing[ref]:
	case strings.HasPrefix(ref, "DocumentRef-") || strings.HasPrefix(ref, "urn:cdx:"):
		missing[ref] = true
		v.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Material: true, Why: "what another document lists is needed: " + ecosystem.Quote(ref), Next: "scan that document too"})
	default:
		missing[ref] = true
		v.Lost(at, "ask for the whole document, or write it anew", "%s is referred to and not listed", ecosystem.Quote(ref))
	}
	return id, ok
}

func (v *inventory) edge(from, to sbom.ID, l link) {
	if l.scope == "" {
		l.scope = v.scopes[to]
	}
	v.Relationships = append(v.Relationships, sbom.Relationship{From: from, To: to, Kind: l.kind, Scope: l.scope, Linkage: l.linkage, Found: []source.Span{l.at}})
}

// maxSubjects is how many things one document can be about: one that describes all that it lists is about nothing in particular.
const maxSubjects = 100

// roots are the subjects of the document, in order, none if they are too many.
func (v *inventory) roots() []sbom.ID {
	var out []sbom.ID
	known := map[sbom.ID]bool{}
	for _, ref := range v.subjects {
		if id, ok := v.ids[ref]; ok && !known[id] {
			known[id] = true
			out = append(out, id)
		}
	}
	if len(out) > maxSubjects {
		return nil
	}
	return out
}

// frame adds a root for a document that is about nothing in particular.
func (v *inventory) frame() sbom.ID {
	c := v.project.Unnamed(source.Dir(v.file))
	c.Origin = sbom.OriginUnknown
	return v.add(field{}, c, "", source.Span{Path: v.file})
}

// reach hangs what no root leads to below the first one, by ways that the document does not tell: first what nothing leads
// to at all, and then one of each circle that is left.
func (v *inventory) reach(roots []sbom.ID, next map[sbom.ID][]sbom.ID) {
	reached := make(map[sbom.ID]bool, len(v.order))
	visit := func(id sbom.ID) {
		for stack := []sbom.ID{id}; len(stack) > 0; {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !reached[at] {
				reached[at] = true
				stack = append(stack, next[at]...)
			}
		}
	}
	for _, id := range roots {
		visit(id)
	}
	led := make(map[sbom.ID]bool, len(v.order))
	for _, to := range next {
		for _, id := range to {
			led[id] = true
		}
	}
	for _, any := range []bool{false, true} {
		for _, id := range v.order {
			if !reached[id] && (any || !led[id]) {
				v.edge(roots[0], id, link{kind: sbom.Indirect, at: v.at[id]})
				visit(id)
			}
		}
	}
}
