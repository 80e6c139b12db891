package golang

import (
	"cmp"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// addEdges adds what the main modules and the selected ones require directly, and what they import besides.
// An edge has the scope in which packages of the one import packages of the other, and development where
// none does. Where the one's files are not at hand, what it requires counts as imported.
func (b *build) addEdges() {
	said := map[pair]bool{}
	for _, o := range b.imports.mains {
		tools := b.toolsOf(o)
		for _, r := range o.manifest.requires {
			to := b.imports.members[r.mod.Path]
			b.require(o, to, r, said, append(b.placesOf(to, r.at), tools[to]...))
		}
	}
	for _, s := range b.order {
		if s.manifest == nil {
			continue
		}
		for _, r := range s.manifest.requires {
			b.require(s.member, b.imports.members[r.mod.Path], r, said, []source.Span{r.at})
		}
	}
	b.addUnsaid(said)
	b.addUnreached()
	for _, v := range b.strays {
		ships := v.ships()
		b.edge(b.mains[0].id, purl(ships.Path, ships.Version), sbom.Runtime, v.mod.Version, v.at)
	}
}

// require adds the edge of a requirement. One that is marked indirect is an edge only if a package is
// imported all the same.
func (b *build) require(from, to *member, r requirement, said map[pair]bool, found []source.Span) {
	if to == nil {
		return
	}
	scope := b.links[pair{from, to}]
	said[pair{from, to}] = true
	if scope == "" && r.indirect {
		return
	}
	if !r.indirect {
		scope = stronger(scope, b.maybe[from])
	}
	if scope == "" {
		scope = b.unimported()
	}
	requirement := r.mod.Version
	if s := b.selected[r.mod.Path]; s != nil && to.main == nil {
		scope, requirement = s.scope(scope), s.requirement(r)
	}
	b.edge(from.id, to.id, scope, requirement, found...)
}

// unimported is the scope of what no package that is known imports: where some are not known, one of those
// may.
func (b *build) unimported() sbom.Scope {
	return cmp.Or(b.murky, sbom.Development)
}

// toolsOf are the tool directives of a main module, by the module that holds the tool.
func (b *build) toolsOf(o *member) map[*member][]source.Span {
	tools := map[*member][]source.Span{}
	for _, t := range o.manifest.tools {
		if p := b.imports.at(t.value); p != nil && p.of != nil {
			tools[p.of] = append(tools[p.of], t.at)
		}
	}
	return tools
}

// placesOf are the lines that state a requirement of a main module.
func (b *build) placesOf(to *member, required source.Span) []source.Span {
	if to != nil && to.main == nil {
		if s := b.selected[to.path]; s != nil {
			return s.places(required)
		}
	}
	return []source.Span{required}
}

// addUnsaid adds the imports that no requirement covers: those of modules without a go.mod of their own.
func (b *build) addUnsaid(said map[pair]bool) {
	for p, scope := range b.links {
		if said[p] {
			continue
		}
		if s := b.selected[p.to.path]; s != nil && p.to.main == nil {
			b.edge(p.from.id, p.to.id, s.scope(scope), "", s.found...)
		} else {
			b.edge(p.from.id, p.to.id, scope, "")
		}
	}
}

// addUnreached joins what no edge leads to in the scope it is needed in to the roots that list it, else to
// the first root. Where the requirements of one module alone are not known, what is marked indirect can only
// be needed by way of that one.
func (b *build) addUnreached() {
	if len(b.mains) == 0 {
		return
	}
	reached := b.scopes()
	gate := b.gate(reached)
	for _, s := range b.order {
		scope := s.scope(cmp.Or(stronger(b.needed[s.member], b.maybe[s.member]), b.unimported()))
		if had := reached[s.id]; had != "" && stronger(had, scope) == had {
			continue
		}
		by := s.by
		if len(by) == 0 {
			by = []rootRequirement{{b.mains[0], requirement{mod: s.mod}}}
		}
		for _, r := range by {
			from := r.main.id
			if gate != nil && gate != s && (r.indirect || len(s.by) == 0) && reached[s.id] == "" {
				from = gate.id
			}
			found := s.places(r.at)
			if r.at.IsZero() {
				found = s.found
			}
			b.join(sbom.Relationship{From: from, To: s.id, Kind: sbom.Indirect, Scope: scope, Requirement: s.requirement(r.requirement), Found: found})
		}
	}
}

// gate is the one module that edges lead to and whose own requirements are not at hand, nil if there are none
// or several.
func (b *build) gate(reached map[sbom.ID]sbom.Scope) *selection {
	var gate *selection
	for _, s := range b.order {
		if s.manifest != nil || reached[s.id] == "" {
			continue
		}
		if gate != nil {
			return nil
		}
		gate = s
	}
	return gate
}

// scopes are the effective scopes that the edges give so far, as [sbom.Document.Resolve] finds them; "" is
// what no edge leads to.
func (b *build) scopes() map[sbom.ID]sbom.Scope {
	next := map[sbom.ID][]sbom.Relationship{}
	for _, e := range b.out.Relationships[b.edges:] {
		next[e.From] = append(next[e.From], e)
	}
	waiting := map[sbom.Scope][]sbom.ID{}
	for _, m := range b.mains {
		waiting[sbom.Runtime] = append(waiting[sbom.Runtime], m.id)
	}
	scopes := map[sbom.ID]sbom.Scope{}
	for _, scope := range strengths {
		for len(waiting[scope]) > 0 {
			last := len(waiting[scope]) - 1
			id := waiting[scope][last]
			waiting[scope] = waiting[scope][:last]
			if scopes[id] != "" {
				continue
			}
			scopes[id] = scope
			for _, e := range next[id] {
				weaker := scope
				if stronger(scope, e.Scope) == scope {
					weaker = e.Scope
				}
				waiting[weaker] = append(waiting[weaker], e.To)
			}
		}
	}
	return scopes
}

func (b *build) edge(from, to sbom.ID, scope sbom.Scope, requirement string, found ...source.Span) {
	b.join(sbom.Relationship{From: from, To: to, Scope: scope, Requirement: requirement, Found: found})
}

func (b *build) join(e sbom.Relationship) {
	if e.From == e.To {
		return
	}
	if e.Scope == sbom.Runtime {
		e.Linkage = sbom.Static
	}
	b.out.Relationships = append(b.out.Relationships, e)
}

// scope is that of an edge to s. Without a package in vendor nothing of s is compiled or tested: it
// serves to choose versions.
func (s *selection) scope(scope sbom.Scope) sbom.Scope {
	if s.hollow {
		return sbom.Development
	}
	return scope
}

// requirement is the version that a line asks for, with the path where something else stands in its
// place.
func (s *selection) requirement(r requirement) string {
	if s.replaced != nil {
		return strings.TrimSpace(r.mod.Path + " " + r.mod.Version)
	}
	return r.mod.Version
}

// places are the lines that state an edge to s: the one that requires, and the one that replaces.
func (s *selection) places(required source.Span) []source.Span {
	if s.replaced != nil {
		return []source.Span{required, s.replaced.at}
	}
	return []source.Span{required}
}
