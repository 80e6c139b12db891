package scan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/conclude"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Where the files of a package are not at hand, the user may name who knows it (package known). It is asked by the digests
// that the lockfiles name, so the lockfiles are read first. What then is known takes the place of the files in all three
// things that are made of these:
//
//   - its outline is laid over the cache that would hold the package, and the manifests are read once more: requirements,
//     imports and what a cached manifest declares are found as in the cache;
//   - what no reader looks for in a cache, such as a package of node_modules, has its manifest's claims with it;
//   - and the search of its folder is answered (see examine).

// recall asks for the packages whose files are not at hand, and gives the graph with what is known of them.
func (s *scanner) recall(ctx context.Context, m *met, graph *sbom.Document) (*sbom.Document, error) {
	var gaps []sbom.Gap
	outlines := map[string]map[string]string{} // by cache
	byID := map[sbom.ID]*known.Package{}
	own, err := conclude.FirstParty(s.Facts.FirstParty, graph.Roots)
	if err != nil {
		return nil, err
	}
	for _, src := range s.Known {
		asked := askedOf(graph, byID, own)
		if len(asked) == 0 {
			break
		}
		answer, err := src.Look(ctx, asked)
		if err != nil {
			return nil, err
		}
		gaps = append(gaps, answer.Gaps...)
		for i := range answer.Packages {
			p := &answer.Packages[i]
			c := graph.Component(sbom.ID(p.PURL))
			if c == nil || byID[c.ID] != nil || s.known[p.Dir] != nil || !p.Answers(known.Asked{PURL: c.PURL, Hashes: c.Hashes}) {
				continue
			}
			byID[c.ID], s.known[p.Dir] = p, p
			if len(p.Outline) > 0 {
				root, _ := source.SplitRoot(p.Dir)
				if outlines[root] == nil {
					outlines[root] = map[string]string{}
				}
				maps.Copy(outlines[root], p.Outline)
			}
		}
	}
	if len(outlines) > 0 {
		for root, files := range outlines {
			s.recorded[root] = newOverlay(s.recorded[root], files)
		}
		graph = s.read(ctx, m)
	}
	settleKnown(graph, byID)
	for _, g := range gaps {
		if g.Kind != sbom.Unavailable { // who says that it was given something else is right, whoever answers after that
			graph.Gaps = append(graph.Gaps, g)
			continue
		}
		g.Components = slices.DeleteFunc(g.Components, func(id sbom.ID) bool { return byID[id] != nil })
		if len(g.Components) > 0 {
			graph.Gaps = append(graph.Gaps, g)
		}
	}
	return graph, nil
}

// askedOf are the components without files that nobody has answered for yet. A root is asked of nobody: it is what is scanned.
func askedOf(graph *sbom.Document, answered map[sbom.ID]*known.Package, own func(*sbom.Component) bool) []known.Asked {
	var out []known.Asked
	sources := sourcesOf(graph)
	for i := range graph.Components {
		c := &graph.Components[i]
		if c.PURL != "" && string(c.ID) == c.PURL && answered[c.ID] == nil && isAbsent(c) && !slices.Contains(graph.Roots, c.ID) {
			out = append(out, known.Asked{PURL: c.PURL, Name: c.Name, Version: c.Version, Hashes: c.Hashes, FirstParty: own(c),
				Declared: slices.ContainsFunc(c.Claims, isDeclared), File: listedIn(c),
				Source: c.Source, Sources: sources[typeOf(c)]})
		}
	}
	return out
}

// sourcesOf are the sources of all components, by the types of their purls. A repository that a purl names is no registry.
func sourcesOf(graph *sbom.Document) map[string][]string {
	out := map[string][]string{}
	for i := range graph.Components {
		if c := &graph.Components[i]; c.Source != "" && !strings.Contains(c.PURL, "vcs_url=") {
			out[typeOf(c)] = append(out[typeOf(c)], c.Source)
		}
	}
	for kind, list := range out {
		slices.Sort(list)
		out[kind] = slices.Compact(list)
	}
	return out
}

// typeOf is the type of a component's purl.
func typeOf(c *sbom.Component) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(c.PURL, "pkg:"), "/")
	return kind
}

func isAbsent(c *sbom.Component) bool {
	return !slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool { return o.Dir != "" })
}

// settleKnown gives the components that no reader found in a cache the folder of what is known of them, and what a reader would
// have taken from their manifests. What is known is missing no longer.
func settleKnown(graph *sbom.Document, byID map[sbom.ID]*known.Package) {
	if len(byID) == 0 {
		return
	}
	answered := map[sbom.ID]bool{}
	for id, p := range byID {
		c := graph.Component(id)
		if c == nil || !isAbsent(c) {
			continue
		}
		answered[id] = true
		part := sbom.Fragment{Components: []sbom.Component{{Supplier: p.Supplier, Homepage: p.Homepage, Claims: p.Claims, Copyrights: p.Copyrights}}}
		ecosystem.Clean("facts", &part)
		if len(c.Occurrences) == 0 {
			c.Occurrences = []sbom.Occurrence{{}}
		}
		told := part.Components[0]
		claims, own := joined(c.Claims, told.Claims)
		for i := range c.Occurrences {
			o := &c.Occurrences[i]
			o.Dir, o.Claims = p.Dir, append(slices.Clip(o.Claims), own...)
			slices.Sort(o.Claims)
			o.Claims = slices.Compact(o.Claims)
		}
		if c.Supplier == "" {
			c.Supplier = told.Supplier
		}
		if c.Homepage == "" {
			c.Homepage = told.Homepage
		}
		c.Claims = claims
		c.Copyrights = append(slices.Clip(c.Copyrights), told.Copyrights...)
	}
	for i := range graph.Gaps {
		g := &graph.Gaps[i]
		if g.Kind != sbom.Unavailable || len(g.Components) == 0 {
			continue
		}
		if !g.FilesOnly { // what they need may be unknown too
			if n := countOf(g.Components, answered); n > 0 {
				g.Why += fmt.Sprintf("; the licenses of %d of them are known by other means", n)
			}
			continue
		}
		had := len(g.Components)
		g.Components = slices.DeleteFunc(slices.Clone(g.Components), func(id sbom.ID) bool { return answered[id] })
		if n := had - len(g.Components); n > 0 && len(g.Components) > 0 {
			g.Why += fmt.Sprintf("; %d of them are known by other means", n)
		}
		if len(g.Components) == 0 {
			g.Kind = ""
		}
	}
	graph.Gaps = slices.DeleteFunc(graph.Gaps, func(g sbom.Gap) bool { return g.Kind == "" })
}

// countOf is how many of the components are in the set.
func countOf(ids []sbom.ID, set map[sbom.ID]bool) (n int) {
	for _, id := range ids {
		if set[id] {
			n++
		}
	}
	return n
}

// joined adds claims to those of a component, and tells which numbers they have there. One that was written the same is the
// same claim on more evidence, as where a lockfile and the package's own manifest say it.
func joined(claims, more []sbom.Claim) (all []sbom.Claim, numbers []int) {
	all = slices.Clone(claims)
	for _, c := range more {
		i := slices.IndexFunc(all, func(d sbom.Claim) bool { return d.Basis == c.Basis && d.Raw == c.Raw && d.Expr.Equal(c.Expr) })
		if i < 0 {
			i, all = len(all), append(all, c)
		} else {
			all[i].Evidence = append(slices.Clip(all[i].Evidence), c.Evidence...)
		}
		numbers = append(numbers, i)
	}
	return all, numbers
}
