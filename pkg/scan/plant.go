package scan

import (
	"cmp"
	"path"
	"slices"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// plant decides which projects are roots of the target and how the others hang below them.
//
// A project in a folder of tests, fixtures, examples or documentation is no product: it hangs below the
// roots by an edge of that scope. One inside the files of a dependency that a package manager laid there
// is how that dependency was developed, and hangs below it. The project at the top of the tree contains
// the others; where none lies there, the tree itself is a root that does, and where two do, neither. One in the folder of
// a package that was copied into the tree, or in a submodule, is that one's, unless something says that it is one's own, and one in an archive is none of the tree's (see lodge); one
// below third_party and the like was copied itself, though nothing recorded that.
//
// What a reader found without saying what it belongs to, such as a JAR or a package that lies unpacked with the record that a
// tool wrote of it, is contained in the project around it. As a root it would be taken for the organisation's own, of which
// no license is asked.
func (s *scanner) plant(projects []project) (roots []sbom.ID, joints sbom.Fragment) {
	own, dependencies, copied := foldersOf(projects)
	var tops []sbom.ID
	var aside []sbom.Relationship
	for _, p := range projects {
		for _, id := range p.Roots {
			dir, found := p.sites[id].dir, p.sites[id].found
			if !p.whole { // a document has no files
				joints.Components = append(joints.Components, sbom.Component{ID: id, Occurrences: []sbom.Occurrence{{Dir: dir}}})
			}
			if p.in != nil {
				continue
			}
			edge := sbom.Relationship{To: id, Kind: sbom.Contains, Found: []source.Span{found}}
			if _, owner := dependencies.of(dir + "/x"); filled(dir+"/") && len(owner) > 0 {
				edge.From, edge.Scope = owner[0], sbom.Development
				joints.Relationships = append(joints.Relationships, edge)
				continue
			}
			if folder, owner := copied.of(dir + "/x"); folder != "." && len(owner) > 0 && !slices.Contains(owner, id) && !s.isClaimed(&p, id) {
				edge.From, edge.Scope = slices.Min(owner), scopeOf(s.class(dir+"/", folder))
				joints.Relationships = append(joints.Relationships, edge)
				continue
			}
			if s.isCopiedProject(&p, id) && s.classBelow(dir+"/", own) == "" {
				p.vendor(id)
				if _, above := own.of(dir); len(above) > 0 {
					edge.From = slices.Min(above)
				}
				edge.Scope = sbom.Runtime
				aside = append(aside, edge)
				continue
			}
			if class := s.classBelow(dir+"/", own); class != "" && dir != "." {
				edge.Scope = scopeOf(class)
				aside = append(aside, edge)
				continue
			}
			roots = append(roots, id)
			if dir == "." {
				tops = append(tops, id)
			}
		}
	}
	tree := s.treeRoot()
	slices.Sort(tops)
	tops = slices.Compact(tops)
	if len(tops) > 1 { // some name it, and others only read files there
		tops = slices.DeleteFunc(tops, func(id sbom.ID) bool { return id == tree.ID })
	}
	switch subject := s.Subject.Component; {
	case subject.ID != "":
		subject.Occurrences = []sbom.Occurrence{{Dir: "."}}
		joints.Components = append(joints.Components, subject)
		roots, tops = append(roots, subject.ID), []sbom.ID{subject.ID}
	case len(tops) == 0:
		joints.Components = append(joints.Components, tree)
		tops, roots = []sbom.ID{tree.ID}, append(roots, tree.ID)
	}
	slices.Sort(roots)
	roots = slices.Compact(roots)
	if len(tops) == 1 {
		for _, id := range roots {
			if id != tops[0] {
				joints.Relationships = append(joints.Relationships, sbom.Relationship{From: tops[0], To: id, Kind: sbom.Contains, Scope: sbom.Runtime})
			}
		}
	}
	others := s.others(projects)
	for _, id := range tops {
		if !others[id] {
			joints.Components = append(joints.Components, s.stated(id))
		}
	}
	for _, e := range aside {
		e.From = cmp.Or(e.From, slices.Min(tops))
		joints.Relationships = append(joints.Relationships, e)
	}
	wanted := wantedBy(projects)
	for _, p := range projects {
		joints.Relationships = append(joints.Relationships, s.loose(p, own, wanted, slices.Min(tops))...)
		if p.in != nil {
			joints.Relationships = append(joints.Relationships, s.lodge(p, own, wanted, slices.Min(tops))...)
		}
	}
	return roots, joints
}

// classBelow says what a place is for, that of its project or of one further up: what lies in an example is a part of it.
func (s *scanner) classBelow(place string, own owners) string {
	for dir := path.Dir(place); ; {
		if class, ok := s.stipulated(place); ok {
			return class
		}
		above, _ := own.of(dir)
		_, rest := source.SplitRoot(above)
		if class := s.class(place, above); class != "" || rest == "." {
			return class
		}
		place, dir = above+"/", above
	}
}

// wantedBy says which projects, by their roots, lead to what.
func wantedBy(projects []project) func(root, id sbom.ID) bool {
	by := map[sbom.ID]map[sbom.ID]bool{}
	return func(root, id sbom.ID) bool {
		if by[root] == nil {
			by[root] = map[sbom.ID]bool{}
			for _, p := range projects {
				if !p.isRoot(root) {
					continue
				}
				for _, e := range p.Relationships {
					by[root][e.To] = true
				}
			}
		}
		return by[root][id]
	}
}

// loose gives the edges to the components of a project without roots, and to what is vendored in one that has some, that
// nothing in the project leads to. Where these are packages as they were fetched and the project around them leads to one,
// it says for what.
func (s *scanner) loose(p project, own owners, wanted func(root, id sbom.ID) bool, top sbom.ID) []sbom.Relationship {
	if !slices.ContainsFunc(p.Components, func(c sbom.Component) bool { return p.isAlone(c.Origin) }) {
		return nil
	}
	held := map[sbom.ID]bool{}
	for _, e := range p.Relationships {
		held[e.To] = held[e.To] || e.From != e.To
	}
	var out []sbom.Relationship
	for _, c := range p.Components {
		if held[c.ID] && !p.about[c.ID] || p.known[c.ID] || p.isRoot(c.ID) || !p.isAlone(c.Origin) {
			continue
		}
		dir, found := cmp.Or(p.sites[c.ID].dir, "."), p.sites[c.ID].found
		if !ofTarget(dir) { // what it is made of is at hand elsewhere
			dir = source.Dir(found.Path)
		}
		_, ids := own.of(dir)
		if p.eco.Fetched && slices.ContainsFunc(ids, func(root sbom.ID) bool { return wanted(root, c.ID) }) {
			continue
		}
		place := dir + "/"
		if dir == source.Dir(found.Path) { // it has no folder of its own
			place = found.Path
		}
		if edge, ok := contained(c.ID, ids, top, scopeOf(s.classBelow(place, own)), found); ok {
			out = append(out, edge)
		}
	}
	return out
}

// contained is the edge to what lies in the folder of others, or of nobody, and so hangs below the top of the tree; ok is false
// where it is its own: elsewhere it is the project.
func contained(id sbom.ID, around []sbom.ID, top sbom.ID, scope sbom.Scope, found source.Span) (edge sbom.Relationship, ok bool) {
	from := top
	if len(around) > 0 {
		from = slices.Min(around)
	}
	return sbom.Relationship{From: from, To: id, Kind: sbom.Contains, Scope: scope, Found: []source.Span{found}}, from != id
}

// foldersOf says which folders are those of projects, which of what they depend on, and which of these were copied there, or are
// submodules.
func foldersOf(projects []project) (own, dependencies, copied owners) {
	own, dependencies, copied = owners{}, owners{}, owners{}
	for _, p := range projects {
		for _, c := range p.Components {
			if p.isRoot(c.ID) {
				continue
			}
			dependencies.add(c)
			if c.Origin == sbom.OriginVendored || c.Origin == sbom.OriginSubmodule {
				copied.add(c)
			}
		}
		for _, id := range p.Roots {
			dir := p.sites[id].dir
			own[dir] = append(own[dir], id)
		}
	}
	return own, dependencies, copied
}

// site is where what stands by itself lies: its folder, and the manifest that says so.
type site struct {
	dir   string
	found source.Span
	root  bool
}

// locate notes the sites of the project's roots and of what stands by itself in it. Several entries may be about one component,
// a lockfile's, which knows no folder, and its own manifest's: one that has a folder tells, and of several folders one of
// the product, not of its tests or examples.
func (p *project) locate(aside func(dir string) bool) {
	p.sites = map[sbom.ID]site{}
	for _, id := range p.Roots {
		p.sites[id] = site{root: true}
	}
	for _, c := range p.Components {
		at, wanted := p.sites[c.ID]
		if !wanted && !p.isAlone(c.Origin) {
			continue
		}
		for _, o := range c.Occurrences {
			better := o.Dir != "" && (at.dir == "" || aside(at.dir) && !aside(o.Dir))
			if len(o.Found) > 0 && (better || at.found.IsZero()) {
				at.found = o.Found[0]
			}
			if better {
				at.dir = o.Dir
			}
		}
		p.sites[c.ID] = at
	}
	for id, at := range p.sites {
		if at.found.IsZero() {
			at.found = source.Span{Path: p.files[0]}
		}
		at.dir = cmp.Or(at.dir, source.Dir(at.found.Path))
		p.sites[id] = at
	}
}

// isRoot reports whether the project has that root.
func (p *project) isRoot(id sbom.ID) bool { return p.sites[id].root }

// isAlone reports whether a component of that origin needs nothing to lead to it: in a project without roots any, else what is vendored.
func (p *project) isAlone(o sbom.Origin) bool {
	return len(p.Roots) == 0 && !p.uprooted || o == sbom.OriginVendored
}

// treeRoot is the root of a target that no manifest names.
func (s *scanner) treeRoot() sbom.Component {
	c := ecosystem.Unnamed(s.Facts, ".")
	c.ID, c.Origin = ecosystem.FolderID(".", c), sbom.OriginUnknown
	c.Occurrences = []sbom.Occurrence{{Dir: "."}}
	return c
}

// stated is what the facts say of the component at the top of the tree.
func (s *scanner) stated(id sbom.ID) sbom.Component {
	c := sbom.Component{ID: id}
	if project := s.Facts.Project; !project.License.IsNoAssertion() {
		c.Claims = []sbom.Claim{{
			Basis: sbom.Declared, Kind: "fact", Role: sbom.RoleManifest, Expr: project.License,
			Evidence: []sbom.Evidence{{Span: project.Found, Rule: "project"}},
		}}
	}
	return c
}
