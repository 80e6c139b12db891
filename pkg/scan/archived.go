package scan

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// What lies in an archive in a tree is somebody's copy, and no product of the tree, whatever manifests are in it. The package that the
// manifest at its top names is what the archive is; where none names it, the archive is a component itself, of which no more is known
// than what its name says. All other projects in it hang below that one, as do those of archives in it, and it below the project
// around it.

// packing is the ecosystem of archives that nothing in them names.
var packing = &ecosystem.Ecosystem{Name: "archive"}

// boxed makes what the projects in archives make copies, and adds a project for each archive that none of them names.
func (s *scanner) boxed(m *met, projects []project) []project {
	if len(m.archives) == 0 {
		return projects
	}
	named := map[string]bool{}
	for i := range projects {
		p := &projects[i]
		if p.copies {
			continue // what was copied into the archives lies where it lies
		}
		if file, _, in := s.files.Split(p.files[0]); in {
			a := m.archives[file]
			p.in = &a
			s.box(p)
			named[file] = named[file] || slices.ContainsFunc(p.Roots, func(id sbom.ID) bool { return a.isTop(p.sites[id].dir) })
		}
	}
	licensed := s.licensedArchives(m)
	for _, file := range slices.Sorted(maps.Keys(m.archives)) {
		a := m.archives[file]
		if kind, _ := rules.Packed(file); kind == "" && !licensed[file] {
			continue // a file of data in the form of an archive, which says nothing: a part of what it lies in
		}
		if !named[file] && !a.empty && !a.bare && s.class(file, ".") == "" {
			projects = append(projects, a.unnamed())
		}
	}
	return projects
}

// licensedArchives are those in which a license file lies that states something.
func (s *scanner) licensedArchives(m *met) map[string]bool {
	out := map[string]bool{}
	for _, f := range m.files {
		if len(f.Claims) > 0 && detect.RoleOf(f.Path) == sbom.RoleLicenseFile {
			if file, _, in := s.files.Split(f.Path); in {
				out[file] = true
			}
		}
	}
	return out
}

// top is the folder of what is in an archive: its top, or the only one there.
func (a *archived) top() string { return a.path + "!/" + a.folder }

func (a *archived) isTop(dir string) bool { return dir == a.top() || dir == a.path+"!/" }

// box makes a project in an archive a copy. A system of one package that says nothing of itself is but the form of that package; any other that
// has no name is about what the archive is, and so has the name of that.
func (s *scanner) box(p *project) {
	for _, id := range slices.Clone(p.Roots) {
		dir := path.Clean(p.sites[id].dir)
		if id != ecosystem.FolderID(dir, ecosystem.Unnamed(s.Facts, dir)) || !p.in.isTop(p.sites[id].dir) {
			continue
		}
		to := p.onlyPackage(id)
		if to == "" {
			c := p.in.component()
			p.Components = append(p.Components, c)
			to = c.ID
		}
		p.rename(id, to)
	}
	for i := range p.Components {
		if c := &p.Components[i]; p.isRoot(c.ID) && p.in.isTop(p.sites[c.ID].dir) {
			is := p.in.component()
			c.Origin = sbom.OriginVendored
			c.Occurrences, c.Hashes = append(c.Occurrences, is.Occurrences...), append(c.Hashes, is.Hashes...)
		}
	}
}

// onlyPackage is the one package of a system that a Debian package is read as, "" for what is none.
func (p *project) onlyPackage(system sbom.ID) (only sbom.ID) {
	for _, e := range p.Relationships {
		switch {
		case e.From != system || e.Kind != sbom.Contains:
		case only != "" || !strings.HasPrefix(string(e.To), "pkg:deb/"):
			return ""
		default:
			only = e.To
		}
	}
	return only
}

// unnamed is the project of an archive in which no manifest names it.
func (a *archived) unnamed() project {
	c := a.component()
	p := project{eco: packing, files: []string{a.path}, in: a, Fragment: sbom.Fragment{Roots: []sbom.ID{c.ID}, Components: []sbom.Component{c}}}
	p.locate(func(string) bool { return false })
	return p
}

// component is an archive by what it is called. Its files lie at its top, or in the one folder there.
func (a *archived) component() sbom.Component {
	name, version := nameOf(path.Base(a.path))
	c := sbom.Component{
		Name: name, Version: version, Type: sbom.TypeLibrary, Origin: sbom.OriginVendored,
		Occurrences: []sbom.Occurrence{{Dir: a.top(), Found: []source.Span{{Path: a.path}}}},
	}
	c.ID = ecosystem.FolderID(a.path, c)
	if a.sha256 != "" {
		c.Hashes = []sbom.Hash{{Algorithm: "SHA-256", Hex: a.sha256}}
	}
	return c
}

// nameOf takes the name of an archive apart that is a name, a hyphen, and a version: digits with points between, and letters behind a
// digit. Of any other it is all name: what looks like a version may be anything.
func nameOf(file string) (name, version string) {
	_, ending := rules.Packed(file)
	stem := strings.TrimSuffix(file, ending)
	if stem == "" {
		stem = file
	}
	for i := 1; i+1 < len(stem); i++ {
		if stem[i] == '-' && isVersion(strings.TrimPrefix(stem[i+1:], "v")) {
			return stem[:i], strings.TrimPrefix(stem[i+1:], "v")
		}
	}
	return stem, ""
}

func isVersion(s string) bool {
	parts := strings.Split(s, ".")
	for _, part := range parts {
		digits := strings.TrimLeft(part, "0123456789")
		if digits == part || strings.Trim(digits, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return len(parts) > 1
}

// unpackedPath is the path that a file which was packed by itself would have if it had not been: doc/LICENSE of doc/LICENSE.gz!/LICENSE.
// It is any other path as it is.
func unpackedPath(p string) string {
	if i := strings.LastIndex(p, "!/"); i >= 0 && archive.Unpacked(p[:i]) == p[i+2:] {
		return path.Join(path.Dir(p[:i]), p[i+2:])
	}
	return p
}

// lodge gives the edges to what the projects in archives make: from the owners of the folder around, or from the top of the tree, unless
// these lead to it otherwise.
func (s *scanner) lodge(p project, own owners, wanted func(root, id sbom.ID) bool, top sbom.ID) []sbom.Relationship {
	var out []sbom.Relationship
	for _, id := range p.Roots {
		dir, found := p.sites[id].dir, p.sites[id].found
		around, place := dir, dir+"/"
		if p.in.isTop(dir) { // it is what the archive is
			around, place = p.in.path, p.in.path
		}
		_, owners := own.of(around)
		if slices.Contains(owners, id) || slices.ContainsFunc(owners, func(root sbom.ID) bool { return wanted(root, id) }) {
			continue
		}
		if edge, ok := contained(id, owners, top, scopeOf(s.classBelow(place, own)), found); ok {
			out = append(out, edge)
		}
	}
	return out
}

// atTops writes the tops of archives in the folders of components as [source.Dir] does: "a.tgz!/", where readers say "a.tgz!".
func (s *scanner) atTops(p *project) {
	for _, c := range p.Components {
		for i, o := range c.Occurrences {
			if strings.HasSuffix(o.Dir, "!") && ofTarget(o.Dir) {
				if _, top, in := s.files.Split(o.Dir); in && top == "." {
					c.Occurrences[i].Dir += "/"
				}
			}
		}
	}
}
