package scan

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/conclude"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/vendored"
)

// assignment gives statements to components.
type assignment struct {
	*scanner
	owners
	out     sbom.Fragment
	curated []bool                 // for each curation of the facts, whether it applied
	homes   map[string]home        // by path
	strays  map[string]source.Span // folders that an installer fills, and a file there that states something and is no package's
	looked  map[sbom.ID]conclude.Files
	read    map[string]bool    // manifests and lockfiles, which speak through their readers
	dep5    map[string]bool    // files whose statements went to the files that they are about
	pieces  map[string][]piece // by file, what of it is of libraries that it holds
}

// home is a folder that has license files: what they state, and where the first of them does.
type home struct {
	claims []sbom.Claim
	place  source.Span
}

// assign gives every statement to the component whose file it stands in, those of the target and those
// of the folders in caches alike. A folder with a license of its own that no manifest explains, an
// island, becomes a component first: someone else's code that was copied in.
func (s *scanner) assign(m *met, caches []searched, graph *sbom.Document) *assignment {
	a := &assignment{
		scanner: s, owners: ownersOf(graph, s.treeRoot().ID), curated: make([]bool, len(s.Facts.Curations)),
		homes: map[string]home{}, strays: map[string]source.Span{}, looked: map[sbom.ID]conclude.Files{}, read: m.named(), dep5: m.dep5,
	}
	files := [][]sbom.FileFacts{m.files}
	for _, c := range caches {
		files = append(files, c.files)
	}
	for _, part := range files {
		a.prepare(part)
	}
	a.addIslands()
	a.addPieces(m, graph)
	parts := map[string]*sbom.Component{}
	for _, part := range files {
		for i := range part {
			a.give(&part[i], parts)
		}
	}
	for key, c := range parts {
		for _, id := range a.owners[key] {
			c.ID = id
			part := *c
			part.Occurrences = []sbom.Occurrence{{Dir: key, Digest: digestIn(graph.Component(id), key), Claims: c.Occurrences[0].Claims}}
			a.out.Components = append(a.out.Components, part)
		}
	}
	a.countSilent(m, caches)
	a.inherit(graph, parts)
	a.blame(m)
	a.out.Gaps = append(a.out.Gaps, a.stale()...)
	return a
}

// digestIn is the digest of what the component is in that folder, by which its occurrences are told apart.
func digestIn(c *sbom.Component, dir string) sbom.Digest {
	if c != nil {
		for _, o := range c.Occurrences {
			if o.Dir == dir {
				return o.Digest
			}
		}
	}
	return ""
}

// countSilent counts the files of each component that ship and state nothing.
func (a *assignment) countSilent(m *met, caches []searched) {
	silent := maps.Clone(m.plain)
	for _, c := range caches {
		for _, f := range c.files {
			if len(f.Claims) == 0 && f.Size > 0 && !isTestProgram(f.Path) {
				silent[kindOf(f.Path)]++
			}
		}
	}
	for k, n := range silent {
		p := source.Join(k.dir, "x"+k.ending)
		dir, ids := a.of(p)
		if a.class(p, dir) != "" {
			continue
		}
		for _, id := range ids {
			files := a.looked[id]
			if files.Silent == nil {
				files.Silent = map[string]int{}
			}
			files.Silent[k.ending] += n
			a.looked[id] = files
		}
	}
}

// prepare notes what license files state, folder by folder.
func (a *assignment) prepare(files []sbom.FileFacts) {
	for i := range files {
		f := &files[i]
		dir, _ := a.of(f.Path)
		a.stray(f, dir)
		if a.class(f.Path, dir) != "" || detect.RoleOf(f.Path) != sbom.RoleLicenseFile || len(f.Claims) == 0 {
			continue
		}
		if a.dep5[f.Path] && !slices.ContainsFunc(f.Claims, func(c sbom.Claim) bool { return c.Role == sbom.RoleLicenseFile }) {
			continue
		}
		at := a.homeOf(f.Path)
		h := a.homes[at]
		if h.place.IsZero() {
			h.place = f.Claims[0].Evidence[0].Span
		}
		for _, c := range f.Claims {
			if c.Role == sbom.RoleLicenseFile {
				h.claims = append(h.claims, a.curate(f.Path, c))
			}
		}
		a.homes[at] = h
	}
}

// homeOf is the folder that a license file speaks for. The header of a machine-readable debian/copyright speaks for the
// folder above debian.
func (a *assignment) homeOf(p string) string {
	if a.dep5[p] {
		return source.Dir(source.Dir(p))
	}
	return homeOf(p)
}

// homeOf is the folder that a license file speaks for by its place: its own, or the one above LICENSES, where the REUSE
// specification keeps texts, which in lower case is more often a package that deals with licenses, above
// META-INF, where Java archives have them, or above debian.
func homeOf(p string) string {
	p = unpackedPath(p)
	dir := source.Dir(p)
	if name := path.Base(dir); isOfDebian(p) || name == "LICENSES" || name == "Licenses" || name == "META-INF" {
		return source.Dir(dir)
	}
	return dir
}

// addIslands makes components of the folders that have license files of their own, that no component
// owns, and whose license is another than that of the component around them. A copy of the same license
// is the habit of many repositories and tells nothing, except where a package manager put it.
func (a *assignment) addIslands() {
	type land struct {
		dir    string
		place  source.Span
		around []sbom.ID
	}
	var islands []land
	for dir, h := range a.homes {
		around, ids := a.of(source.Join(dir, "x"))
		if around == dir || len(ids) == 0 || !isPackageFolder(dir) && subset(h.claims, a.homes[around].claims) {
			continue
		}
		islands = append(islands, land{dir, h.place, ids})
	}
	for dir, place := range a.strays {
		if _, ids := a.of(source.Join(dir, "x")); len(ids) > 0 {
			islands = append(islands, land{dir, place, ids})
		}
	}
	release := a.foresee(func() {
		for _, l := range islands {
			if ofTarget(l.dir) {
				a.identify(l.dir)
			}
		}
	})
	defer release()
	for _, l := range islands {
		a.island(l.dir, l.place, l.around)
	}
	for _, c := range a.out.Components { // only now: an island in an island hangs below the component around both
		a.add(c)
	}
}

// island makes a component of a folder, which those around it contain.
func (a *assignment) island(dir string, place source.Span, around []sbom.ID) {
	lib := vendored.Library{Name: path.Base(dir)}
	if ofTarget(dir) {
		lib = a.identify(dir)
	}
	if len(lib.Versions) == 0 && lib.Version == "" {
		lib.Found = []source.Span{place} // the license, and not any other file that is there
	}
	island, gaps := componentOf(&lib, dir)
	a.out.Gaps = append(a.out.Gaps, gaps...)
	a.out.Components = append(a.out.Components, island)
	for _, id := range around {
		a.out.Relationships = append(a.out.Relationships, sbom.Relationship{
			From: id, To: island.ID, Kind: sbom.Contains, Scope: sbom.Runtime, Found: []source.Span{place},
		})
	}
}

// stray notes a file that states something and lies in a folder that an installer of Python fills, of which no package says
// that it is its own. It came from elsewhere all the same, and what it states is no matter of the project around it; nor of
// anybody, where the folder is one of tests.
func (a *assignment) stray(f *sbom.FileFacts, owner string) {
	dir := sitePackages(f.Path)
	if dir == "" || a.read[f.Path] || strings.HasPrefix(owner+"/", dir+"/") || a.class(f.Path, owner) != "" {
		return
	}
	for _, c := range f.Claims {
		if at, known := a.strays[dir]; speaks(c) && !isIgnored(c) && (!known || c.Evidence[0].Span.Compare(at) < 0) {
			a.strays[dir] = c.Evidence[0].Span
		}
	}
}

// sitePackages is the innermost folder above a path of the target that an installer of Python fills, "" if there is none.
func sitePackages(p string) string {
	if !strings.Contains(p, "-packages/") || !ofTarget(p) {
		return ""
	}
	for dir := path.Dir(p); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if name := path.Base(dir); name == "site-packages" || name == "dist-packages" {
			return dir
		}
	}
	return ""
}

// isPackageFolder reports whether npm put a package here.
func isPackageFolder(dir string) bool {
	above := path.Dir(dir)
	if strings.HasPrefix(path.Base(above), "@") {
		above = path.Dir(above)
	}
	return path.Base(above) == "node_modules"
}

// subset reports whether every license that a states is stated by b.
func subset(a, b []sbom.Claim) bool {
	for _, c := range a {
		if !slices.ContainsFunc(b, func(d sbom.Claim) bool { return c.Expr.Equal(d.Expr) }) {
			return false
		}
	}
	return true
}

// give adds the file's claims and copyrights to the part of the component that lies in its folder.
func (a *assignment) give(f *sbom.FileFacts, parts map[string]*sbom.Component) {
	dir, ids := a.of(f.Path)
	if len(ids) == 0 {
		return
	}
	f.Class = a.class(f.Path, dir)
	if whole, ok := a.owners[f.Path]; ok { // the file is a library
		dir, ids = f.Path, whole
	}
	f.Owner = ids[0]
	if detect.RoleOf(f.Path) == sbom.RoleLicenseFile && a.homeOf(f.Path) == dir {
		for _, id := range ids {
			files := a.looked[id]
			files.Raw = append(files.Raw, sbom.Digest("sha256:"+f.SHA256))
			a.looked[id] = files
		}
	}
	part := parts[dir]
	if part == nil {
		part = &sbom.Component{Occurrences: []sbom.Occurrence{{Dir: dir}}}
		parts[dir] = part
	}
	for i, c := range f.Claims {
		if c.Role != sbom.RoleAside {
			f.Claims[i].Role = a.role(f, dir)
		}
		c = a.curate(f.Path, f.Claims[i])
		if a.ofPiece(f.Path, c.Evidence[0].Span, sbom.Component{Claims: []sbom.Claim{c}}) {
			continue
		}
		part.Occurrences[0].Claims = append(part.Occurrences[0].Claims, len(part.Claims))
		part.Claims = append(part.Claims, c)
	}
	if f.Class == "" && !a.hearsay[f.Path] {
		for _, c := range f.Copyrights {
			if !c.Ignored && !a.ofPiece(f.Path, c.Found[0], sbom.Component{Copyrights: []sbom.Copyright{c}}) {
				part.Copyrights = append(part.Copyrights, c)
			}
		}
	}
}

// role is what the file plays in the component of that folder. A license file speaks for the component
// only at its top; deeper it speaks for the files around it.
func (a *assignment) role(f *sbom.FileFacts, dir string) sbom.Role {
	role := detect.RoleOf(f.Path)
	switch {
	case isOfDocuments(path.Base(f.Path)):
		return sbom.RoleAside
	case role == sbom.RoleLicenseFile && a.homeOf(f.Path) == dir:
		return role
	case f.Class != "" || a.read[f.Path]:
		return sbom.RoleAside
	case role == sbom.RoleLicenseFile:
		return sbom.RoleFile
	}
	return role
}

// curate gives what a named person concluded of the passage in the place of what was detected; the
// file's own facts keep the latter.
func (a *assignment) curate(p string, c sbom.Claim) sbom.Claim {
	if !ofTarget(p) {
		return c
	}
	for i, cur := range a.Facts.Curations {
		same := cur.Detected.IsNoAssertion() || cur.Detected.Equal(c.Expr)
		holds := cur.Region == "" || slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool { return e.Text == cur.Region })
		if !a.curations[i].Match(p) || !same || !holds {
			continue
		}
		a.curated[i] = true
		c.Basis, c.Kind, c.Expr, c.Raw = sbom.Clarified, "curated", cur.Concluded, cur.By
		c.Evidence = append(slices.Clip(c.Evidence), sbom.Evidence{Span: cur.Found, Rule: "curation"})
		return c
	}
	return c
}

// stale are the curations that apply to nothing any more.
func (a *assignment) stale() []sbom.Gap {
	var out []sbom.Gap
	for i, cur := range a.Facts.Curations {
		if !a.curated[i] {
			out = append(out, sbom.Gap{
				Kind: sbom.Lost, Span: cur.Found, Reader: "facts",
				Why:  "the curation of " + cur.Path + " no longer holds: the file states nothing of the kind",
				Next: "read the file again, then correct the curation or remove it",
			})
		}
	}
	return out
}

// blame names the components whose license files could not be read in the gaps that say so, or the archives in which they may have been.
func (a *assignment) blame(m *met) {
	gaps := m.gaps
	for i, g := range gaps {
		if in, ok := m.archives[g.Span.Path]; ok {
			if dir, ids := a.of(source.Join(in.top(), "x")); dir == in.top() {
				gaps[i].Components = ids
			}
			continue
		}
		if p := g.Span.Path; len(g.Components) == 0 && detect.RoleOf(p) == sbom.RoleLicenseFile {
			if dir, ids := a.of(p); a.homeOf(p) == dir {
				gaps[i].Components = ids
			}
		}
	}
}

// inherit gives a project without any statement of its own the license files of the folder above it: one
// LICENSE at the top of a repository speaks for all its projects, and for nothing in a folder of someone else's. So it does for
// one whose files say that a license file has their terms.
func (a *assignment) inherit(graph *sbom.Document, parts map[string]*sbom.Component) {
	foreign := func(dir string) bool {
		return slices.ContainsFunc(a.owners[dir], func(id sbom.ID) bool {
			c := graph.Component(id)
			return c != nil && (isForeign(c.Origin) || a.isLaid(id, dir) || !slices.Contains(graph.Roots, id) && a.isAmongCopies(dir))
		})
	}
	for dir, ids := range a.owners {
		if !ofTarget(dir) || dir == "." || filled(dir+"/") || sitePackages(dir+"/") != "" {
			continue
		}
		points := false
		if part := parts[dir]; part != nil {
			points = slices.ContainsFunc(part.Claims, sbom.Claim.IsPointer)
			if slices.ContainsFunc(part.Claims, func(c sbom.Claim) bool { return speaks(c) && !c.IsPointer() }) {
				continue
			}
		}
		for above := dir; above != "." && !foreign(above); {
			above, _ = a.of(above)
			claims := a.homes[above].claims
			if len(claims) == 0 {
				continue
			}
			part := sbom.Component{Claims: claims, Occurrences: []sbom.Occurrence{{Dir: dir}}}
			for i := range claims {
				part.Occurrences[0].Claims = append(part.Occurrences[0].Claims, i)
			}
			for _, id := range ids {
				if c := graph.Component(id); c != nil && (points || !slices.ContainsFunc(c.Claims, speaks)) {
					part.ID = id
					a.out.Components = append(a.out.Components, part)
				}
			}
			break
		}
	}
}

// isAmongCopies reports whether a folder of the target lies where nothing is one's own, and the facts do not say otherwise. A manifest
// that names a folder there as a dependency makes it no less a copy.
func (s *scanner) isAmongCopies(dir string) bool {
	strength, ok := vendored.Below(dir)
	return ok && strength == vendored.Certain && ofTarget(dir) && !s.own.HasPath(dir)
}

// isForeign reports whether what came so into the tree was made elsewhere.
func isForeign(o sbom.Origin) bool {
	return slices.Contains([]sbom.Origin{sbom.OriginVendored, sbom.OriginBundled, sbom.OriginEmbedded, sbom.OriginSubmodule}, o)
}

// speaks reports whether the claim is about what its component is licensed under. The name of a license in
// the midst of a program may be about anything.
func speaks(c sbom.Claim) bool {
	return c.Role != sbom.RoleAside && c.Role != sbom.RoleNotice && (c.Role != sbom.RoleFile || c.Kind != "reference")
}
