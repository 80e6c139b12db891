package scan

import (
	"path"
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// plant decides which projects are roots of the target and how the others hang below them.
//
// A project in a folder of tests, fixtures, examples or documentation is no product: it hangs below the
// roots by an edge of that scope. One inside the files of a dependency that a package manager laid there
// is how that dependency was developed, and hangs below it. The project at the top of the tree contains
// the others; where none lies there, the tree itself is a root that does, and where two do, neither.
//
// What a reader found without saying what it belongs to, such as a JAR, is contained in the project around it.
func (s *scanner) plant(projects []project) (roots []sbom.ID, joints sbom.Fragment) {
	own, dependencies := foldersOf(projects)
	var tops []sbom.ID
	var aside []sbom.Relationship
	for _, p := range projects {
		for _, id := range p.Roots {
			dir, found := rootPlace(p, id)
			joints.Components = append(joints.Components, sbom.Component{ID: id, Occurrences: []sbom.Occurrence{{Dir: dir}}})
			edge := sbom.Relationship{To: id, Kind: sbom.Contains, Found: []source.Span{found}}
			if _, owner := dependencies.of(dir + "/x"); filled(dir+"/") && len(owner) > 0 {
				edge.From, edge.Scope = owner[0], sbom.Development
				joints.Relationships = append(joints.Relationships, edge)
				continue
			}
			above, _ := own.of(dir)
			if class := s.class(dir+"/", above); class != "" && dir != "." {
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
	if len(tops) == 0 {
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
	for _, id := range tops {
		joints.Components = append(joints.Components, s.stated(id))
	}
	for _, e := range aside {
		e.From = slices.Min(tops)
		joints.Relationships = append(joints.Relationships, e)
	}
	wanted := wantedBy(projects)
	for _, p := range projects {
		joints.Relationships = append(joints.Relationships, s.loose(p, own, wanted, slices.Min(tops))...)
	}
	return roots, joints
}

// wantedBy says which projects, by their roots, lead to what.
func wantedBy(projects []project) func(root, id sbom.ID) bool {
	by := map[sbom.ID]map[sbom.ID]bool{}
	return func(root, id sbom.ID) bool {
		if by[root] == nil {
			by[root] = map[sbom.ID]bool{}
			for _, p := range projects {
				if !slices.Contains(p.Roots, root) {
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

// loose gives the edges to the components of a project without roots that nothing in it leads to. Where these are
// packages as they were fetched and the project around them leads to one, it says for what.
func (s *scanner) loose(p project, own owners, wanted func(root, id sbom.ID) bool, top sbom.ID) []sbom.Relationship {
	if len(p.Roots) > 0 {
		return nil
	}
	held := map[sbom.ID]bool{}
	for _, e := range p.Relationships {
		held[e.To] = held[e.To] || e.From != e.To
	}
	var out []sbom.Relationship
	for _, c := range p.Components {
		if held[c.ID] {
			continue
		}
		dir, found := rootPlace(p, c.ID)
		if !ofTarget(dir) { // what it is made of is at hand elsewhere
			dir = path.Dir(found.Path)
		}
		above, ids := own.of(dir)
		if p.eco.Fetched && slices.ContainsFunc(ids, func(root sbom.ID) bool { return wanted(root, c.ID) }) {
			continue
		}
		edge := sbom.Relationship{From: top, To: c.ID, Kind: sbom.Contains, Scope: sbom.Runtime, Found: []source.Span{found}}
		if len(ids) > 0 {
			edge.From = slices.Min(ids)
		}
		place := dir + "/"
		if dir == path.Dir(found.Path) { // it has no folder of its own
			place = found.Path
		}
		if class := s.class(place, above); class != "" {
			edge.Scope = scopeOf(class)
		}
		out = append(out, edge)
	}
	return out
}

// foldersOf says which folders are those of projects, and which of what they depend on.
func foldersOf(projects []project) (own, dependencies owners) {
	own, dependencies = owners{}, owners{}
	for _, p := range projects {
		for _, c := range p.Components {
			if slices.Contains(p.Roots, c.ID) {
				dir, _ := rootPlace(p, c.ID)
				own[dir] = append(own[dir], c.ID)
			} else {
				dependencies.add(c)
			}
		}
	}
	return own, dependencies
}

// rootPlace is the folder of a project's root, and the manifest that says so.
func rootPlace(p project, id sbom.ID) (dir string, found source.Span) {
	found = source.Span{Path: p.files[0]}
	i := slices.IndexFunc(p.Components, func(c sbom.Component) bool { return c.ID == id })
	if i < 0 {
		return path.Dir(found.Path), found
	}
	for _, o := range p.Components[i].Occurrences {
		if len(o.Found) > 0 {
			found = o.Found[0]
		}
		if o.Dir != "" {
			return o.Dir, found
		}
	}
	return path.Dir(found.Path), found
}

// treeRoot is the root of a target that no manifest names.
func (s *scanner) treeRoot() sbom.Component {
	name := s.Facts.Project.Name
	if name == "" {
		name = "target"
	}
	version := s.Facts.Project.Version
	return sbom.Component{
		ID: sbom.ID("file:.#" + name + "@" + version), Name: name, Version: version,
		Type: sbom.TypeApplication, Origin: sbom.OriginUnknown, Occurrences: []sbom.Occurrence{{Dir: "."}},
	}
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
