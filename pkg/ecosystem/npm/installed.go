package npm

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Where packages are installed their folders tell names, versions and licenses. Beside a lockfile that says where the files
// of its packages are; without one it is all that is known, and resolution as Node.js does it makes the edges.

// installed is a package in some node_modules folder.
type installed struct {
	dir           string
	name, version string
	manifest      doc.Node
	at            source.Span
	owner         string    // the folder that holds the outermost node_modules
	gap           *sbom.Gap // what is wrong with the manifest
	bundled       bool      // another package brought it
	id            sbom.ID
}

// stores are the folders in node_modules in which pnpm, Bun, Deno and npm keep packages by an id, to link to them.
var stores = []string{".pnpm", ".bun", ".deno", ".store"}

// unplugged is where Yarn keeps packages that cannot stay in an archive.
const unplugged = ".yarn/unplugged/"

// installedAt takes the path of an installed package's manifest apart: top holds the outermost node_modules. ok is false for
// a manifest that lies elsewhere in a package, as that of one of its fixtures.
func installedAt(p string) (top string, ok bool) {
	if !strings.HasSuffix(p, "/"+manifestFile) || !strings.Contains(p, "node_modules/") {
		return "", false
	}
	parts := strings.Split(p, "/")
	first := slices.Index(parts, "node_modules")
	if first < 0 {
		return "", false
	}
	rest := parts[first : len(parts)-1]
	for len(rest) > 0 {
		if rest[0] != "node_modules" {
			return "", false
		}
		switch rest = rest[1:]; {
		case len(rest) > 2 && slices.Contains(stores, rest[0]):
			rest = rest[2:]
			continue
		case len(rest) > 1 && strings.HasPrefix(rest[0], "@") && validName(rest[0]+"/"+rest[1]):
			rest = rest[2:]
		case len(rest) > 0 && validName(rest[0]) && rest[0][0] != '.': // what tools keep there is no package to npm
			rest = rest[1:]
		default:
			return "", false
		}
	}
	top = path.Join(parts[:first]...)
	if i := strings.Index(top+"/", unplugged); i == 0 || i > 0 && top[i-1] == '/' {
		top = top[:i]
	}
	return path.Clean(top), true
}

// survey reads the manifests of the installed packages, once.
func (r *reader) survey() []*installed {
	if r.surveyed != nil || len(r.installs) == 0 {
		return r.surveyed
	}
	r.byFolder, r.byName, r.versions = map[string]*installed{}, map[string][]*installed{}, map[string][]string{}
	for _, file := range r.installs {
		d, gap := r.readJSON(file, maxManifest, install)
		m := d.Root()
		i := &installed{dir: path.Dir(file), manifest: m, name: m.Get("name").Text(), version: m.Get("version").Text(), at: source.Span{Path: file}}
		i.owner, _ = installedAt(file)
		if n := m.Get("name"); validName(i.name) {
			i.at = n.Span()
		} else {
			i.name = i.dir[strings.LastIndex(i.dir, "node_modules/")+len("node_modules/"):]
		}
		if !validVersion(i.version) {
			i.version = ""
		}
		i.gap = gap
		r.surveyed = append(r.surveyed, i)
		r.byFolder[i.dir] = i
		r.byName[i.name+"@"+i.version] = append(r.byName[i.name+"@"+i.version], i)
		if versions := r.versions[i.name]; len(versions) == 0 || len(versions) == 1 && versions[0] != i.version {
			r.versions[i.name] = append(versions, i.version)
		}
	}
	return r.surveyed
}

// find gives the folders in which a package is installed: of any version if none is known, and there is but one.
func (r *reader) find(name, version string) []*installed {
	if len(r.survey()) == 0 {
		return nil
	}
	if versions := r.versions[name]; version == "" && len(versions) == 1 {
		version = versions[0]
	}
	return r.byName[name+"@"+version]
}

// nodeModule finds the folder that Node.js loads a package from, for a file in dir: in the node_modules
// there or in a folder above (https://nodejs.org/api/modules.html#loading-from-node_modules-folders);
// "" if there is none in the target. pnpm keeps links there: the folder they lead to is meant.
func (r *reader) nodeModule(dir, name string) string {
	for up := dir; ; up = path.Dir(up) {
		p := path.Join(up, "node_modules", name)
		switch {
		case path.Base(up) == "node_modules":
		case r.byFolder[p] != nil:
			return p
		case r.exists(path.Join(p, manifestFile)):
			if kind, target := source.Resolve(r.FS, p); kind == source.LinkAlias {
				return target
			}
			return p
		}
		if up == "." {
			return ""
		}
	}
}

// inspect reads the manifest of the package installed in dir. Another one than that of the name and the
// version, if one is given, is reported and not used; wanted says who names them.
func (r *reader) inspect(dir, name, version, wanted string) (m doc.Node, gap *sbom.Gap, ok bool) {
	if dir == "" {
		return doc.Node{}, nil, false
	}
	file := path.Join(dir, manifestFile)
	if i := r.byFolder[dir]; i != nil {
		m = i.manifest
	} else {
		var d *doc.Doc
		d, gap = r.readJSON(file, maxManifest, install)
		m = d.Root()
	}
	hasName, hasVersion := m.Get("name").Text(), m.Get("version").Text()
	if hasName == name && (hasVersion == version || version == "") {
		return m, gap, true
	}
	if gap == nil {
		gap = &sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Next: install,
			Why: fmt.Sprintf("installed is %s, %s has %s", ecosystem.Quote(hasName+"@"+hasVersion), wanted, ecosystem.Quote(strings.TrimSuffix(name+"@"+version, "@")))}
	}
	return doc.Node{}, gap, false
}

// loose reads what is installed and no lockfile accounts for, with the edges between these packages. What no project
// requires hangs below the one around it; where there is none, below a root of its own.
func (r *reader) loose(ctx context.Context) {
	var found, listed []*installed
	for _, i := range r.survey() {
		if i.id = r.claimed[i.dir]; i.id != "" {
			listed = append(listed, i)
		} else {
			i.owner = r.around(i.owner)
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return
	}
	for _, i := range found {
		c := sbom.Component{Name: i.name, Version: i.version, Source: i.manifest.Get("_resolved").Text()}
		c.Hashes, _ = hashes(i.manifest.Get("_integrity").Text()) // both by npm before 7
		if i.bundled = r.isBundled(i); i.bundled {
			c.Origin = sbom.OriginBundled
		}
		i.id = r.install(c, i, origin(c.Source, false)...)
		r.reportInstalled(i, i.id)
	}
	var missing []string
	var first source.Span
	for _, i := range found {
		if ctx.Err() != nil {
			return
		}
		for d := range r.dependencies(i.manifest, false) {
			if to := r.idAt(r.nodeModule(i.dir, d.name)); to != "" {
				r.relate(i.id, to, d, "")
			} else if d.scope != sbom.Optional {
				if missing = append(missing, ecosystem.Quote(d.name)); first.IsZero() {
					first = d.at.Span()
				}
			}
		}
	}
	r.lead(listed)
	r.hang(found)
	if len(missing) > 0 {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: first, Next: "install the packages again",
			Why: "what installed packages require is not installed: " + ecosystem.Names(missing)})
	}
	r.reportUnlisted(found)
}

// idAt is the component whose files lie in a folder, "" if there is none.
func (r *reader) idAt(dir string) sbom.ID {
	if i := r.byFolder[dir]; i != nil && i.id != "" {
		return i.id
	}
	return cmp.Or(r.claimed[dir], r.homes[dir])
}

// lead joins what a lockfile accounts for, packages and projects, to what they require of that for which none does.
func (r *reader) lead(listed []*installed) {
	join := func(from sbom.ID, dir string, d dependency) {
		if to := r.byFolder[r.nodeModule(dir, d.name)]; to != nil && r.claimed[to.dir] == "" {
			r.relate(from, to.id, d, "")
		}
	}
	for _, i := range listed {
		for d := range r.dependencies(i.manifest, false) {
			join(i.id, i.dir, d)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(r.homes)) {
		if m := r.manifests[dir]; m != nil {
			for d := range r.requirements(m) {
				join(r.homes[dir], dir, d)
			}
		}
	}
}

// isBundled reports whether a package lies in one that brings others with it. These bring what they require
// (https://docs.npmjs.com/cli/configuring-npm/package-json#bundledependencies).
func (r *reader) isBundled(i *installed) bool {
	for dir := i.dir; ; {
		at := strings.LastIndex(dir, "/node_modules/")
		if at < 0 {
			return false
		}
		dir = dir[:at]
		if up := r.byFolder[dir]; up != nil {
			for _, field := range []string{"bundleDependencies", "bundledDependencies"} {
				if all, _ := up.manifest.Get(field).Bool(); all || up.manifest.Get(field).Len() > 0 {
					return true
				}
			}
		}
	}
}

// reportUnlisted tells what is installed in projects that have a lockfile, which does not say so.
func (r *reader) reportUnlisted(found []*installed) {
	gap := sbom.Gap{Kind: sbom.Lost, Next: "install what the lockfile lists, and nothing else"}
	var names []string
	for _, i := range found {
		if r.homes[i.owner] != "" && !i.bundled {
			if len(names) == 0 {
				gap.Span = source.Span{Path: i.at.Path}
			}
			names, gap.Components = append(names, ecosystem.Quote(i.name)), append(gap.Components, i.id)
		}
	}
	if len(names) > 0 {
		gap.Why, gap.Components = "the lockfile does not list what is installed: "+ecosystem.Names(names), distinct(gap.Components)
		r.Gap(gap)
	}
}

// reportInstalled tells what is wrong with the manifest of an installed package.
func (r *reader) reportInstalled(i *installed, id sbom.ID) {
	if i.gap != nil {
		i.gap.Components = []sbom.ID{id}
		r.Gap(*i.gap)
	}
}

// install adds an installed package.
func (r *reader) install(c sbom.Component, i *installed, qualifiers ...string) sbom.ID {
	c.Type, c.Origin, c.Source = sbom.TypeLibrary, cmp.Or(c.Origin, sbom.OriginManifest), source.Redact(c.Source)
	c.Claims = r.claims(i.manifest)
	describe(&c, i.manifest)
	c.ID = purl(c.Name, c.Version, qualifiers...)
	c.PURL = string(c.ID)
	r.add(c, i.dir, i.at)
	return c.ID
}

// projectIn is the manifest of a folder, if it is that of a project.
func (r *reader) projectIn(dir string) *manifest {
	if m := r.manifests[dir]; m != nil && !m.empty() {
		return m
	}
	return nil
}

// around is the folder of the project that a folder belongs to, itself if there is none. What a project with a lockfile
// has is installed in its own folder: what lies deeper is something else.
func (r *reader) around(dir string) string {
	for up := dir; ; up = path.Dir(up) {
		switch {
		case r.homes[up] != "" && up != dir:
			return dir
		case r.homes[up] != "" || r.projectIn(up) != nil:
			return up
		case up == ".":
			return dir
		}
	}
}

// hang joins to its project what is installed and no path from a project leads to.
func (r *reader) hang(found []*installed) {
	var free []pendant
	for _, i := range found {
		free = append(free, pendant{id: i.id, below: i.owner, dependency: dependency{scope: sbom.Runtime, at: i.manifest.Get("name")}})
	}
	roots := map[string]sbom.ID{}
	for _, i := range found {
		if home := r.homes[i.owner]; home != "" {
			roots[i.owner] = home
		} else if m := r.projectIn(i.owner); m != nil {
			roots[i.owner] = m.id()
		} else if roots[i.owner] == "" {
			c := r.Unnamed(i.owner)
			roots[i.owner] = r.Root(c, i.owner, source.Span{Path: i.at.Path})
			r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: i.at.Path}, Next: "scan the folder with package.json in it",
				Why: "there is no package.json beside node_modules: what nothing else requires is taken as a direct dependency"})
		}
	}
	r.adopt(free, func(p pendant) (sbom.ID, sbom.Kind) {
		if r.homes[p.below] == "" && r.projectIn(p.below) == nil {
			return roots[p.below], ""
		}
		return roots[p.below], sbom.Indirect
	})
}
