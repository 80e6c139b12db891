package cyclonedx

import (
	"slices"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/licet/licet/pkg/sbom"
)

// dependencies is the graph: an entry for every component, an empty one for those that depend on nothing, and the root's
// first. What a component needs by way of something unknown is not told as its own dependency: see [builder.compositions].
func (b builder) dependencies(root cdx.Component) *[]cdx.Dependency {
	to := make(map[sbom.ID][]string, len(b.doc.Components))
	add := func(from, id sbom.ID) {
		if b.has[id] {
			to[from] = append(to[from], string(id))
		}
	}
	for _, e := range b.doc.Relationships {
		if e.Kind != sbom.Indirect {
			add(e.From, e.To)
		}
	}
	rootID := sbom.ID(root.BOMRef)
	if !b.has[rootID] {
		for _, id := range b.doc.Roots {
			add(rootID, id)
		}
	}
	list := []cdx.Dependency{entry(root.BOMRef, to[rootID])}
	for _, c := range b.doc.Components {
		if c.ID != rootID {
			list = append(list, entry(string(c.ID), to[c.ID]))
		}
	}
	return &list
}

// entry names each dependency once, in order: two edges may differ in scope alone.
func entry(ref string, to []string) cdx.Dependency {
	d := cdx.Dependency{Ref: ref}
	if len(to) > 0 {
		slices.Sort(to)
		to = slices.Compact(to)
		d.Dependencies = &to
	}
	return d
}

// compositions say how complete the document is: components that a gap names, or that need others by way of something
// unknown, are incomplete; whether the rest is complete is unknown as soon as a gap could hide one, or does not say whom
// it concerns.
func (b builder) compositions(root cdx.Component) *[]cdx.Composition {
	incomplete := map[string]bool{}
	whole := cdx.CompositionAggregateComplete
	for _, g := range b.doc.Gaps {
		if g.Material || len(g.Components) == 0 {
			whole = cdx.CompositionAggregateUnknown
		}
		for _, id := range g.Components {
			if b.has[id] {
				incomplete[string(id)] = true
			}
		}
	}
	for _, e := range b.doc.Relationships {
		if e.Kind == sbom.Indirect {
			incomplete[string(e.From)] = true
		}
	}
	var rest, broken []cdx.BOMReference
	for _, c := range b.doc.Components {
		if ref := string(c.ID); incomplete[ref] {
			broken = append(broken, cdx.BOMReference(ref))
		} else if ref != root.BOMRef {
			rest = append(rest, cdx.BOMReference(ref))
		}
	}
	if !incomplete[root.BOMRef] {
		rest = append([]cdx.BOMReference{cdx.BOMReference(root.BOMRef)}, rest...)
	}
	list := []cdx.Composition{{Aggregate: whole, Dependencies: &rest}}
	if len(broken) > 0 {
		list = append(list, cdx.Composition{Aggregate: cdx.CompositionAggregateIncomplete, Assemblies: &broken, Dependencies: &broken})
	}
	return &list
}
