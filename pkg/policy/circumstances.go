package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// circumstances finds the rules and exceptions for the component.
func (s *survey) circumstances(c *sbom.Component, kind string) circumstances {
	out := circumstances{kind: kind}
	bare, _ := sbom.BarePURL(c.PURL) // "" matches nothing
	for _, r := range s.Policy.Rules {
		if s.holds(r.When, c, bare) {
			out.rules = append(out.rules, r)
		}
	}
	for _, x := range s.live {
		if x.selector.MatchBare(bare, c.Version) {
			out.exceptions = append(out.exceptions, x)
		}
	}
	return out
}

func (s *survey) holds(w When, c *sbom.Component, bare string) bool {
	linkage := s.linkage[c.ID]
	if linkage == "" {
		linkage = sbom.Static
	}
	return (len(w.Scope) == 0 || slices.Contains(w.Scope, s.scope(c))) &&
		(len(w.Linkage) == 0 || slices.Contains(w.Linkage, linkage)) &&
		(w.PURL == nil || w.PURL.MatchBare(bare, c.Version))
}

// scope is the one that rules see: the effective scope, but what may be inside of a bundle is shipped, unless
// its imports tell that it is not.
func (s *survey) scope(c *sbom.Component) sbom.Scope {
	mayBe := func(u sbom.Use) bool { return u.Shipped != sbom.No }
	uses := s.Document.UsesOf(c.ID)
	if c.Scope == "" || c.Scope == sbom.Development && s.bundled[c.ID] && (len(uses) == 0 || slices.ContainsFunc(uses, mayBe)) {
		return sbom.Runtime
	}
	return c.Scope
}

// bundledIn gives everything that the roots of bundled deliverables lead to. A deliverable whose folders
// are no component's is that of the component around them.
func bundledIn(doc *sbom.Document, deliverables []sbom.Deliverable) map[sbom.ID]bool {
	out := map[sbom.ID]bool{}
	var queue []sbom.ID
	for _, id := range doc.Roots {
		c := doc.Component(id)
		if c != nil && slices.ContainsFunc(deliverables, func(d sbom.Deliverable) bool { return d.Bundled && holdsRoot(d, c) }) {
			out[id] = true
			queue = append(queue, id)
		}
	}
	if len(queue) == 0 {
		return nil
	}
	next := map[sbom.ID][]sbom.ID{}
	for _, e := range doc.Relationships {
		next[e.From] = append(next[e.From], e.To)
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, to := range next[at] {
			if !out[to] {
				out[to] = true
				queue = append(queue, to)
			}
		}
	}
	return out
}

// holdsRoot reports whether a root lies in one of the deliverable's folders, or around one.
func holdsRoot(d sbom.Deliverable, root *sbom.Component) bool {
	within := func(dir, folder string) bool {
		return folder == "." || dir == folder || strings.HasPrefix(dir, folder+"/")
	}
	return len(d.Roots) == 0 || slices.ContainsFunc(root.Occurrences, func(o sbom.Occurrence) bool {
		prefix, dir := source.SplitRoot(o.Dir)
		return prefix == "" && dir != "" && slices.ContainsFunc(d.Roots, func(folder string) bool {
			return within(dir, folder) || within(folder, dir)
		})
	})
}

// closeness orders linkages from closest. What is not known counts as static.
var closeness = []sbom.Linkage{sbom.Static, sbom.Bundled, sbom.Header, sbom.Dynamic, sbom.Process, sbom.Aggregate}

// linkagesOf gives each component its closest linkage: over the deliverables that use it where these are
// known, else over the edges that lead to it. An edge that says nothing is of the linkage that the
// deliverables state, the closest of them.
func linkagesOf(doc *sbom.Document, deliverables []sbom.Deliverable) map[sbom.ID]sbom.Linkage {
	rank := func(l sbom.Linkage) int { return max(0, slices.Index(closeness, l)) }
	stated := 0
	if len(deliverables) > 0 {
		stated = len(closeness)
	}
	for _, d := range deliverables {
		stated = min(stated, rank(d.Linking))
	}
	out := map[sbom.ID]sbom.Linkage{}
	closest := func(id sbom.ID, rank int) {
		if had, ok := out[id]; !ok || rank < slices.Index(closeness, had) {
			out[id] = closeness[rank]
		}
	}
	for _, u := range doc.Uses {
		if u.Linkage != "" {
			closest(u.Component, rank(u.Linkage))
		}
	}
	known := maps.Clone(out)
	for _, e := range doc.Relationships {
		if _, ok := known[e.To]; ok {
			continue
		}
		if slices.Contains(closeness, e.Linkage) {
			closest(e.To, rank(e.Linkage))
		} else {
			closest(e.To, stated)
		}
	}
	return out
}
