package scan

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/vendored"
)

// Copied code that no manifest names becomes components here, from where it lies: below third_party, deps and the like. It is
// a component whatever its license is, for a library without one would else hide in that of the project around it. What a
// manifest names, or a package manager laid there, is known already, and what the facts call one's own is no copy.

// vendoring is the reader that such components and their gaps name.
var vendoring = &ecosystem.Ecosystem{Name: "vendored"}

// copies finds the libraries at the places that the walk met, as a project without roots.
func (s *scanner) copies(m *met, projects []project) project {
	out := project{eco: vendoring, copies: true}
	own, dependencies, _ := foldersOf(projects)
	named := s.namedFolders(projects)
	taken, open := owners{}, map[string]bool{}
	for _, dir := range slices.Sorted(maps.Keys(m.places)) {
		place := m.places[dir]
		above := path.Dir(dir)
		if above != place.Root && !open[above] || named[dir] || installed(dir+"/") || sitePackages(dir+"/") != "" || s.own.HasPath(dir) {
			continue
		}
		if folder, ids := dependencies.of(dir + "/x"); folder != "." && len(ids) > 0 {
			continue
		}
		if s.classBelow(dir+"/", own) != "" {
			continue
		}
		lib := s.identify(dir)
		if lib.Sorts || vendored.IsGroup(dir) {
			open[dir] = true
		}
		if lib.Sorts || !isCopy(&lib, dir, place.Strength) {
			continue
		}
		if len(lib.Found) == 0 {
			lib.Found = []source.Span{{Path: place.File}}
		}
		c, gaps := componentOf(&lib, dir)
		out.Components, out.Gaps = append(out.Components, c), append(out.Gaps, gaps...)
		if _, ids := taken.of(dir); len(ids) > 0 && ids[0] != c.ID {
			out.Relationships = append(out.Relationships, sbom.Relationship{
				From: ids[0], To: c.ID, Kind: sbom.Contains, Scope: sbom.Runtime, Found: lib.Found[:1],
			})
		}
		taken.add(c)
	}
	s.scattered(m, own, dependencies, &out)
	out.locate(func(string) bool { return false })
	return out
}

// maxLoose is how many loose files are named.
const maxLoose = 100

// scattered makes a component of the files in third_party and the like that lie in no folder of their own and state nothing: nobody knows whose
// they are, and they are not the project's. Where the folder's name tells less, that is a gap, one for all.
func (s *scanner) scattered(m *met, own, dependencies owners, out *project) {
	var unsure []string
	known := map[string]bool{}
	licensed := func(dir string) bool { // what lies there has the license that lies beside it
		if _, looked := known[dir]; !looked {
			known[dir] = s.hasLicenseFile(dir)
		}
		return known[dir]
	}
	for _, root := range slices.Sorted(maps.Keys(m.loose)) {
		if installed(root+"/") || sitePackages(root+"/") != "" || s.classBelow(root+"/", own) != "" {
			continue
		}
		if folder, ids := dependencies.of(root + "/x"); folder != "." && len(ids) > 0 {
			continue
		}
		files := slices.DeleteFunc(m.loose[root], func(p string) bool {
			_, mine := own[path.Dir(p)]
			return mine || s.own.HasPath(p) || s.classBelow(p, own) != "" || licensed(path.Dir(p)) || licensed(root)
		})
		if len(files) == 0 {
			continue
		}
		slices.Sort(files)
		if _, sure, _ := vendored.Loose(files[0]); !sure {
			unsure = append(unsure, files...)
			continue
		}
		c := sbom.Component{Name: path.Base(root), Type: sbom.TypeLibrary, Origin: sbom.OriginVendored}
		c.ID = ecosystem.FolderID(root, c)
		for _, p := range files[:min(len(files), maxLoose)] {
			c.Occurrences = append(c.Occurrences, sbom.Occurrence{Dir: p, Found: []source.Span{{Path: p}}})
		}
		out.Components = append(out.Components, c)
	}
	if len(unsure) > 0 {
		out.Gaps = append(out.Gaps, sbom.Gap{
			Kind: sbom.Unavailable, Span: source.Span{Path: unsure[0]}, Reader: vendoring.Name,
			Why:  "of " + sbom.Plural(len(unsure), "file") + " where copied code is put nothing says whose they are, nor under which license: they are taken for one's own",
			Next: "state their license in them or beside them, or that they are your own under `first_party`",
		})
	}
}

// isCopy reports whether what was found in a folder is enough to take it for a copied library.
func isCopy(lib *vendored.Library, dir string, strength vendored.Strength) bool {
	versioned := lib.Version != "" || len(lib.Versions) > 0
	switch {
	case lib.Known:
		return true
	case vendored.IsGroup(dir):
		return lib.Licensed && lib.Described && strength == vendored.Certain
	case strength == vendored.Certain:
		return true
	case strength == vendored.Likely:
		return versioned || lib.Licensed || lib.Described
	}
	return versioned && lib.Licensed
}

// componentOf is the component of a copied library, and a gap if its files disagree on the version.
func componentOf(lib *vendored.Library, dir string) (sbom.Component, []sbom.Gap) {
	c := sbom.Component{Name: lib.Name, Version: lib.Version, Type: sbom.TypeLibrary, Origin: sbom.OriginVendored}
	c.PURL = versioned(lib.PURL, lib.Version)
	c.ID = cmp.Or(sbom.ID(c.PURL), ecosystem.FolderID(dir, c))
	c.Occurrences = []sbom.Occurrence{{Dir: dir, Found: lib.Found}}
	if lib.Inner != "" {
		c.Occurrences = append(c.Occurrences, sbom.Occurrence{Dir: lib.Inner, Found: lib.Found})
	}
	if len(lib.Versions) == 0 {
		return c, nil
	}
	return c, []sbom.Gap{{
		Kind: sbom.Lost, Span: lib.Versions[0].At, Reader: vendoring.Name,
		Why:  "the files of " + dir + " tell different versions: " + lib.Disagreement() + "; none is taken",
		Next: "correct the file that is wrong",
	}}
}

// versioned is a purl of the list of libraries with the version, "" for none.
func versioned(purl, version string) string {
	kind, rest, ok := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "/")
	if !ok {
		return ""
	}
	return ecosystem.PURL(kind, strings.Trim(path.Dir(rest), "."), path.Base(rest), version)
}

// identify says what library lies in a folder of the target.
func (s *scanner) identify(dir string) vendored.Library {
	return vendored.Identify(s.record("", s.files), dir, s.excluded, detect.RoleOf)
}

// namedFolders are the folders of projects that have names of their own.
func (s *scanner) namedFolders(projects []project) map[string]bool {
	out := map[string]bool{}
	for _, p := range projects {
		for _, id := range p.Roots {
			if dir := p.sites[id].dir; id != ecosystem.FolderID(dir, ecosystem.Unnamed(s.Facts, dir)) {
				out[dir] = true
			}
		}
	}
	return out
}

// isCopiedProject reports whether a project lies where copied code does, and nothing says that it is one's own. Where the folder's
// name tells little, less than vendor, a license file beside the manifest has to.
func (s *scanner) isCopiedProject(p *project, id sbom.ID) bool {
	dir := p.sites[id].dir
	strength, ok := vendored.Below(dir)
	if !ok || strength == vendored.Unlikely || s.isClaimed(p, id) {
		return false
	}
	return strength == vendored.Certain || hasSegment(dir, "vendor") || s.hasLicenseFile(dir)
}

// isClaimed reports whether something says that a project is one's own wherever it lies: the facts, or a project elsewhere that it is
// a part of.
func (s *scanner) isClaimed(p *project, id sbom.ID) bool {
	return s.own.HasPath(p.sites[id].dir) || s.own.HasPackage(&sbom.Component{PURL: string(id)}) || slices.ContainsFunc(p.Relationships, func(e sbom.Relationship) bool {
		return e.To == id && e.Kind == sbom.Contains && p.isRoot(e.From) && e.From != id // a workspace lists its members
	})
}

func (s *scanner) hasLicenseFile(dir string) bool {
	entries, _ := fs.ReadDir(s.files, dir)
	for _, e := range entries {
		if e.Type().IsRegular() && detect.RoleOf(e.Name()) == sbom.RoleLicenseFile {
			return true
		}
	}
	return false
}

// vendor says of one of the project's components that it was copied here.
func (p *project) vendor(id sbom.ID) {
	for i := range p.Components {
		if p.Components[i].ID == id {
			p.Components[i].Origin = sbom.OriginVendored
		}
	}
}
