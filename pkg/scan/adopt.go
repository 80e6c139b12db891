package scan

import (
	"path"
	"slices"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// adopt makes the projects that have no name of their own part of the one that has, in the same folder. A
// workflow, a Dockerfile or a list of submodules beside go.mod is about that module: as a root of its own
// it would be a second product, to which all the module's files belong a second time. Where several
// projects have names there, nothing says which of them it is about, and it stays by itself.
func adopt(projects []project, facts *sbom.Facts) {
	unnamed := func(dir string) sbom.ID {
		dir = path.Clean(dir) // of the top of an archive
		return ecosystem.FolderID(dir, ecosystem.Unnamed(facts, dir))
	}
	named, copied := map[string][]sbom.ID{}, map[sbom.ID]bool{}
	for _, p := range projects {
		if p.copies {
			for id, at := range p.sites {
				named[at.dir], copied[id] = []sbom.ID{id}, true
			}
		}
		for _, id := range p.Roots {
			if dir := p.sites[id].dir; id != unnamed(dir) && !slices.Contains(named[dir], id) {
				named[dir] = append(named[dir], id)
			}
		}
	}
	for i := range projects {
		p := &projects[i]
		for _, id := range slices.Clone(p.Roots) {
			dir := p.sites[id].dir
			if to := named[dir]; id == unnamed(dir) && len(to) == 1 {
				p.rename(id, to[0])
				if copied[to[0]] {
					p.uproot(to[0])
				}
			}
		}
	}
}

// uproot takes a component from the roots of the project: others made it.
func (p *project) uproot(id sbom.ID) {
	p.Roots = slices.DeleteFunc(p.Roots, func(root sbom.ID) bool { return root == id })
	at := p.sites[id]
	at.root = false
	p.sites[id], p.uprooted = at, true
}

// rename makes one component of the project part of another, whose name, version, type and place stand.
func (p *project) rename(from, to sbom.ID) {
	for i := range p.Components {
		if c := &p.Components[i]; c.ID == from {
			c.ID, c.Name, c.Version, c.Type, c.Origin = to, "", "", "", ""
			for k := range c.Occurrences {
				c.Occurrences[k].Found = nil
			}
		}
	}
	if from != to { // a copy may be called as its folder is
		p.sites[to] = p.sites[from]
		delete(p.sites, from)
	}
	for i := range p.Roots {
		if p.Roots[i] == from {
			p.Roots[i] = to
		}
	}
	for i := range p.Relationships {
		e := &p.Relationships[i]
		if e.From == from {
			e.From = to
		}
		if e.To == from {
			e.To = to
		}
	}
	p.Relationships = slices.DeleteFunc(p.Relationships, func(e sbom.Relationship) bool { return e.From == e.To && e.To == to })
	for i := range p.Uses {
		if u := &p.Uses[i]; u.Component == from {
			u.Component = to
		}
	}
	for i := range p.Gaps {
		for k, id := range p.Gaps[i].Components {
			if id == from {
				p.Gaps[i].Components[k] = to
			}
		}
	}
}
