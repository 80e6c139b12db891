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

// unlocked reads the manifests that no lockfile accounts for, each as a project of its own: they name
// direct dependencies, and ranges of versions. What is installed tells the rest.
func (r *reader) unlocked(ctx context.Context) {
	if r.surveyed == nil {
		r.installs = slices.DeleteFunc(r.installs, func(file string) bool {
			return r.claimed[path.Dir(file)] != ""
		})
	}
	r.survey()
	var own []*manifest
	siblings := map[*manifest]map[string]*manifest{} // the workspaces that a manifest sees, by name
	for _, m := range r.manifests {
		if m.used || m.empty() {
			continue
		}
		own = append(own, m)
		if dirs := r.members(m.workspaces(), m.dir, maps.Keys(r.manifests)); len(dirs) > 0 {
			named := map[string]*manifest{}
			siblings[m] = named
			for _, dir := range dirs {
				named[r.manifests[dir].name] = r.manifests[dir]
				siblings[r.manifests[dir]], r.manifests[dir].top = named, m
			}
		}
	}
	slices.SortFunc(own, func(a, b *manifest) int { return strings.Compare(a.dir, b.dir) })
	for _, m := range own {
		if ctx.Err() != nil {
			return
		}
		id := r.project(m)
		if !m.isRecord() {
			r.Roots = append(r.Roots, id)
		}
		r.reportOverrides(m)
		var open unpinned
		for d := range r.requirements(m) {
			if to, installed := r.depend(m, d, siblings[m]); to != "" {
				open.add(to, installed)
			}
		}
		r.reportUnpinned(m, open)
	}
	r.loose(ctx)
}

// unpinned is what a manifest names and no lockfile pins.
type unpinned struct {
	any     bool
	unknown []sbom.ID // of these not even the version is known
}

func (u *unpinned) add(id sbom.ID, installed bool) {
	u.any = true
	if !installed {
		u.unknown = append(u.unknown, id)
	}
}

// reportUnpinned tells once what is not known for want of a lockfile.
func (r *reader) reportUnpinned(m *manifest, u unpinned) {
	g := sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: m.at.Path}, Components: distinct(u.unknown), Next: writeLock}
	tool := r.namedTool(m.dir)
	for _, f := range formats {
		if f.tool == tool || tool == "" && f.tool == r.inUse {
			g.Next = f.write
		}
	}
	switch {
	case !u.any:
		return
	case len(u.unknown) > 0:
		g.Why = "there is no lockfile: versions and transitive dependencies are unknown"
	default:
		g.Why = "there is no lockfile: the versions are those that happen to be installed"
	}
	r.Gap(g)
}

// depend adds the edge of a requirement that no lockfile answers. It leads to a project of the target, and
// then to is "", or to a component that is added here.
func (r *reader) depend(m *manifest, d dependency, named map[string]*manifest) (to sbom.ID, installed bool) {
	end := r.sibling(m, d, named)
	if end == "" {
		got := d
		got.requirement = r.effective(m, d)
		to, installed = r.named(m.dir, got)
		end = to
	}
	r.Relationships = append(r.Relationships, sbom.Relationship{
		From: m.id(), To: end, Scope: d.scope, Requirement: ecosystem.Brief(d.requirement), Found: []source.Span{d.at.Span()},
	})
	return to, installed
}

// sibling is the project of the target that a requirement names: by path, or as a workspace.
func (r *reader) sibling(m *manifest, d dependency, named map[string]*manifest) sbom.ID {
	var to *manifest
	if local, ok := localPath(d.requirement); ok {
		to = r.manifests[path.Join(m.dir, local)]
	} else {
		to = named[d.name]
	}
	if to == nil && strings.HasPrefix(d.requirement, "workspace:") {
		to = r.titled(d.name)
	}
	if to == nil || to.empty() {
		return ""
	}
	return to.id()
}

// titled is the project of that name, if there is but one: pnpm and Deno name the members of a workspace in files of their own.
func (r *reader) titled(name string) *manifest {
	if r.titles == nil {
		r.titles = map[string]*manifest{}
		for _, m := range r.manifests {
			if _, twice := r.titles[m.name]; twice {
				r.titles[m.name] = nil
			} else {
				r.titles[m.name] = m
			}
		}
	}
	return r.titles[name]
}

// named adds the component of which a manifest in dir gives the name, and the version if it is an exact
// one; the rest is told by the package that is installed.
func (r *reader) named(dir string, d dependency) (id sbom.ID, installed bool) {
	if rest, ok := strings.CutPrefix(d.requirement, "jsr:"); ok {
		return r.ofJSR(d, rest), false
	}
	c := sbom.Component{Name: d.name, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest}
	requirement := d.requirement
	if real, wanted, ok := alias(requirement); ok && validName(real) {
		c.Name, requirement = real, wanted
	}
	if v := single(requirement); v != "" {
		c.Version = v
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

// ofJSR adds a package of Deno's registry. requirement is a range, or a name and a range.
func (r *reader) ofJSR(d dependency, requirement string) sbom.ID {
	name, version := d.name, requirement
	if strings.HasPrefix(requirement, "@") {
		name, version = splitRef(requirement)
	}
	version = single(version)
	scope, leaf, _ := strings.Cut(name, "/")
	c := sbom.Component{Name: name, Version: version, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest}
	c.PURL = ecosystem.PURL(jsr, scope, leaf, version)
	c.ID = sbom.ID(c.PURL)
	r.add(c, "", d.at.Span())
	return c.ID
}

// single is the version that a range allows if it is but one: "1.2.3", "=1.2.3", "v1.2.3" (the grammar of ranges of
// node-semver); else "".
func single(requirement string) string {
	v := strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(requirement), "="), " v")
	if !exact(v) {
		return ""
	}
	return v
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
