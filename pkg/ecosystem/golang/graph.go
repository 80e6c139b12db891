package golang

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// addEdges adds what the main modules require directly, what the selected modules do, and for what
// neither leads to an edge from the main module that lists it.
func (b *build) addEdges() {
	for _, m := range b.mains {
		b.addDirect(m)
	}
	for _, s := range b.order {
		if s.manifest == nil {
			continue
		}
		for _, r := range s.manifest.requires {
			if r.indirect {
				continue
			}
			if main := b.roots[r.mod.Path]; main != nil {
				b.edge(s.id, main.id, sbom.Runtime, r.mod.Version, r.at)
			} else if to := b.selected[r.mod.Path]; to != nil {
				b.edge(s.id, to.id, to.scope(sbom.Runtime), to.requirement(r), r.at)
			}
		}
	}
	b.addUnreached()
	for _, v := range b.strays {
		ships := v.ships()
		b.edge(b.mains[0].id, purl(ships.Path, ships.Version), sbom.Runtime, v.mod.Version, v.at)
	}
}

// addDirect adds the edges of the requirements that m's own packages or tools need.
func (b *build) addDirect(m *mainModule) {
	uses := b.usesOf(m)
	for _, r := range m.requires {
		use := uses[r.mod.Path]
		if use.scope == "" && r.indirect {
			continue
		}
		if use.scope == "" || !m.imports.complete {
			use.scope = sbom.Runtime
		}
		if main := b.roots[r.mod.Path]; main != nil {
			b.edge(m.id, main.id, use.scope, r.mod.Version, r.at)
		} else if s := b.selected[r.mod.Path]; s != nil {
			b.edge(m.id, s.id, s.scope(use.scope), s.requirement(r), append(s.places(r.at), use.tools...)...)
		}
	}
}

// use is for what a main module needs another one.
type use struct {
	scope sbom.Scope
	tools []source.Span
}

// usesOf finds for what m needs each module: the strongest scope in which it imports a package of it.
func (b *build) usesOf(m *mainModule) map[string]use {
	uses := map[string]use{}
	for imported, scope := range m.imports.scopes {
		p := b.moduleOf(imported)
		u := uses[p]
		u.scope = stronger(u.scope, scope)
		uses[p] = u
	}
	for _, tool := range m.tools {
		p := b.moduleOf(tool.value)
		u := uses[p]
		u.scope = stronger(u.scope, sbom.Build)
		u.tools = append(u.tools, tool.at)
		uses[p] = u
	}
	return uses
}

// maxImportPath bounds the length of an import path, in bytes, and with it the work of looking it up.
const maxImportPath = 4096

// moduleOf gives the path of the module that holds the package: the longest that is a prefix.
func (b *build) moduleOf(pkg string) string {
	if len(pkg) > maxImportPath {
		return ""
	}
	for p := pkg; ; {
		if b.selected[p] != nil || b.roots[p] != nil {
			return p
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			return ""
		}
		p = p[:i]
	}
}

// addUnreached joins what no edge leads to to the roots that list it, else to the first root.
func (b *build) addUnreached() {
	indirect := func(from sbom.ID, s *selection, r requirement, found []source.Span) {
		b.join(sbom.Relationship{From: from, To: s.id, Kind: sbom.Indirect, Scope: s.scope(sbom.Runtime), Requirement: s.requirement(r), Found: found})
	}
	for _, s := range b.unreached() {
		for _, r := range s.by {
			indirect(r.main.id, s, r.requirement, s.places(r.at))
		}
		if len(s.by) == 0 && len(b.mains) > 0 {
			indirect(b.mains[0].id, s, requirement{mod: s.mod}, s.found)
		}
	}
}

// unreached are the selected modules that no path from a main module leads to.
func (b *build) unreached() []*selection {
	next := map[sbom.ID][]sbom.ID{}
	for _, e := range b.out.Relationships[b.edges:] {
		next[e.From] = append(next[e.From], e.To)
	}
	var queue []sbom.ID
	for _, m := range b.mains {
		queue = append(queue, m.id)
	}
	reached := map[sbom.ID]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		if !reached[queue[0]] {
			reached[queue[0]] = true
			queue = append(queue, next[queue[0]]...)
		}
	}
	return slices.DeleteFunc(slices.Clone(b.order), func(s *selection) bool { return reached[s.id] })
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
