package npm

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// foreign are the lockfiles of other package managers for the same package.json.
var foreign = []string{"bun.lock", "bun.lockb", "pnpm-lock.yaml", "yarn.lock"}

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
	unpinned := map[string][]sbom.ID{} // what is named without a version, by the file that would tell
	for _, m := range own {
		if ctx.Err() != nil {
			return
		}
		id := r.project(m)
		r.out.Roots = append(r.out.Roots, id)
		file := r.foreignLock(m.dir)
		for d := range r.dependencies(m.root, true) {
			to := r.sibling(m, d, siblings[m])
			if to == "" {
				to = r.named(d)
				unpinned[file] = append(unpinned[file], to)
			}
			r.out.Relationships = append(r.out.Relationships, sbom.Relationship{
				From: id, To: to, Scope: d.scope, Requirement: source.Redact(shorten(d.requirement)), Found: []source.Span{d.at.Span()},
			})
		}
	}
	r.reportUnpinned(unpinned)
}

func (r *reader) reportUnpinned(unpinned map[string][]sbom.ID) {
	for file, ids := range unpinned {
		g := sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: file}, Components: distinct(ids),
			Why: "there is no lockfile: versions and transitive dependencies are unknown", Next: writeLock}
		if path.Base(file) != manifestFile {
			g.Kind = sbom.Unsupported
			g.Why = path.Base(file) + " is not read yet: versions and transitive dependencies are unknown"
		}
		r.gap(g)
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

// named adds the component of which a manifest gives the name, and the version if it is an exact one.
func (r *reader) named(d dependency) sbom.ID {
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
	c.ID = purl(c.Name, c.Version, origin(requirement, true)...)
	c.PURL = string(c.ID)
	r.add(c, "", d.at.Span())
	return c.ID
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
