package npm

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// foreign are the lockfiles of other package managers for the same package.json that are not read: Bun's of old is binary.
var foreign = []string{"bun.lockb"}

// unlocked reads the manifests that no lockfile accounts for, each as a project of its own: they name
// direct dependencies, and ranges of versions.
func (r *reader) unlocked(ctx context.Context) {
	var own []*manifest
	siblings := map[*manifest]map[string]*manifest{} // the workspaces that a manifest sees, by name
	for _, m := range r.manifests {
		if m.used || m.empty() {
			continue
		}
		own = append(own, m)
		if dirs := r.members(m.root.Get("workspaces"), m.dir, maps.Keys(r.manifests)); len(dirs) > 0 {
			named := map[string]*manifest{}
			siblings[m] = named
			for _, dir := range dirs {
				named[r.manifests[dir].name] = r.manifests[dir]
				siblings[r.manifests[dir]] = named
			}
		}
	}
	slices.SortFunc(own, func(a, b *manifest) int { return strings.Compare(a.dir, b.dir) })
	open := map[string]*unpinned{} // by the file that would tell
	for _, m := range own {
		if ctx.Err() != nil {
			return
		}
		r.Roots = append(r.Roots, r.project(m))
		file := r.foreignLock(m.dir)
		for d := range r.dependencies(m.root, true) {
			to, installed := r.depend(m, d, siblings[m])
			if to == "" {
				continue
			}
			if open[file] == nil {
				open[file] = &unpinned{}
			}
			open[file].add(to, installed, d.scope)
		}
	}
	r.reportUnpinned(open)
}

// unpinned is what manifests name and no lockfile pins.
type unpinned struct {
	unknown []sbom.ID // of these not even the version is known
	shipped bool      // something is installed that the product may ship with all that it depends on
}

func (u *unpinned) add(id sbom.ID, installed bool, scope sbom.Scope) {
	if !installed {
		u.unknown = append(u.unknown, id)
	} else if scope != sbom.Development {
		u.shipped = true
	}
}

// depend adds the edge of a requirement that no lockfile answers. It leads to a project of the target, and
// then to is "", or to a component that is added here.
func (r *reader) depend(m *manifest, d dependency, named map[string]*manifest) (to sbom.ID, installed bool) {
	end := r.sibling(m, d, named)
	if end == "" {
		to, installed = r.named(m.dir, d)
		end = to
	}
	r.Relationships = append(r.Relationships, sbom.Relationship{
		From: m.id(), To: end, Scope: d.scope, Requirement: ecosystem.Brief(d.requirement), Found: []source.Span{d.at.Span()},
	})
	return to, installed
}

// reportUnpinned tells of each file once what is not known for want of it. A lockfile of another package
// manager could hold anything.
func (r *reader) reportUnpinned(open map[string]*unpinned) {
	for file, u := range open {
		what := "versions and transitive dependencies are unknown"
		if len(u.unknown) == 0 {
			what = "transitive dependencies are unknown"
		}
		g := sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: file}, Components: distinct(u.unknown), Material: u.shipped,
			Why: "there is no lockfile: " + what, Next: writeLock}
		if path.Base(file) != manifestFile {
			g.Kind, g.Material = sbom.Unsupported, true
			g.Why = path.Base(file) + " is not read yet: " + what
		}
		r.Gap(g)
	}
	for _, file := range r.foreign {
		dir := path.Dir(file)
		m := r.manifests[dir]
		g := sbom.Gap{Kind: sbom.Unsupported, Span: source.Span{Path: file}, Material: true, Next: writeLock,
			Why: path.Base(file) + " is not read yet: what only it names is missing from the inventory"}
		switch {
		case open[file] != nil:
			continue
		case m == nil:
			g.Next = "scan the folder with package.json in it, or leave the file out with --exclude"
		case m.used:
			g.Material, g.Next = false, "delete the lockfile that is not in use"
			g.Why = path.Base(file) + " is not read: another lockfile counts"
		}
		r.Gap(g)
	}
}

// foreignLock finds the lockfile of another package manager in the folder or above, else names the manifest.
func (r *reader) foreignLock(dir string) string {
	for up := dir; ; up = path.Dir(up) {
		for _, base := range foreign {
			if file := path.Join(up, base); r.exists(file) {
				return file
			}
		}
		if up == "." {
			return path.Join(dir, manifestFile)
		}
	}
}

// sibling is the project of the target that a requirement names: by path, or as a workspace.
func (r *reader) sibling(m *manifest, d dependency, named map[string]*manifest) sbom.ID {
	var to *manifest
	if local, ok := localPath(d.requirement); ok {
		to = r.manifests[path.Join(m.dir, local)]
	} else {
		to = named[d.name]
	}
	if to == nil || to.empty() {
		return ""
	}
	return to.id()
}

// named adds the component of which a manifest in dir gives the name, and the version if it is an exact
// one; the rest is told by the package that is installed.
func (r *reader) named(dir string, d dependency) (id sbom.ID, installed bool) {
	c := sbom.Component{Name: d.name, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest}
	requirement := d.requirement
	if real, wanted, ok := alias(requirement); ok && validName(real) {
		c.Name, requirement = real, wanted
	}
	if exact(requirement) {
		c.Version = requirement
	} else if isGit(requirement) || isHTTP(requirement) {
		c.Source = source.Redact(requirement)
	}
	folder := r.nodeModule(dir, d.name)
	found, gap, ok := r.inspect(folder, c.Name, c.Version, manifestFile)
	if ok {
		c.Version = found.Get("version").Text()
		c.Claims = r.claims(found)
		describe(&c, found)
	} else {
		folder = ""
	}
	if !validVersion(c.Version) {
		c.Version = ""
	}
	c.ID = purl(c.Name, c.Version, origin(requirement, true)...)
	c.PURL = string(c.ID)
	if gap != nil {
		gap.Components, gap.Next = []sbom.ID{c.ID}, "install the packages again"
		r.Gap(*gap)
	}
	r.add(c, folder, d.at.Span())
	return c.ID, folder != ""
}

// exact reports whether a range is one version: three numbers, and perhaps more behind "-" or "+".
func exact(requirement string) bool {
	core, _, _ := strings.Cut(requirement, "+")
	core, _, _ = strings.Cut(core, "-")
	parts := strings.Split(core, ".")
	return len(parts) == 3 && validVersion(requirement) && !slices.ContainsFunc(parts, func(p string) bool {
		return p == "" || strings.IndexFunc(p, func(r rune) bool { return !unicode.IsDigit(r) }) >= 0
	}) && !strings.ContainsAny(requirement, "|<>=~^* ")
}
