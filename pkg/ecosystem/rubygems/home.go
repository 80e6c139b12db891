package rubygems

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"deps.dev/util/semver"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// home is a folder in which gems are installed: their files in gems, what they are in specifications.
type home struct {
	dir   string
	list  []*gemspec
	first string // the first of their specifications
}

// addInstalled reads the specification of an installed gem.
func (r *reader) addInstalled(dir, file string) {
	i := slices.IndexFunc(r.homes, func(h *home) bool { return h.dir == dir })
	if i < 0 {
		i = len(r.homes)
		r.homes = append(r.homes, &home{dir: dir, first: file})
	}
	s := r.readSpec(file)
	s.installed, s.dir = true, dir
	r.homes[i].list = append(r.homes[i].list, s)
}

// folder is where the gem's files lie, "" if they do not.
func (s *gemspec) folder(r *reader) string {
	if !s.installed || s.cached {
		return s.dir
	}
	dir := path.Join(s.dir, "gems", fullName(s.name, s.version, s.platform))
	if info, err := fs.Stat(r.FS, dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// installed finds an installed gem.
func (r *reader) installed(full string) *gemspec {
	if r.byFull == nil {
		r.byFull = map[string]*gemspec{}
		for _, h := range r.homes {
			for _, s := range h.list {
				r.byFull[fullName(s.name, s.version, s.platform)] = s
			}
		}
	}
	return r.byFull[full]
}

// checkout finds a gem that Bundler took from a repository: a folder of its own beside the installed gems.
func (r *reader) checkout(g *gem) *gemspec {
	for _, h := range r.homes {
		dir := path.Join(h.dir, "bundler/gems", g.from.checkout())
		if info, err := fs.Stat(r.FS, dir); err == nil && info.IsDir() {
			return &gemspec{name: g.name, version: g.version, dir: dir}
		}
	}
	return nil
}

// addHomes adds installed gems: those that the bundle of the folder does not name under its root, those of a Ruby
// installation under one of their own.
func (r *reader) addHomes() {
	for _, h := range r.homes {
		ids := map[*gemspec]sbom.ID{}
		byName := map[string][]*gemspec{}
		for _, s := range h.list {
			byName[s.name] = append(byName[s.name], s)
			ids[s] = r.Add(s.component(), s.folder(r), s.at)
		}
		edge := sbom.Relationship{Scope: sbom.Runtime, Kind: sbom.Indirect}
		var named map[sbom.ID]bool
		if b := r.bundleOf(h); b != nil {
			edge.From, named = b.id, b.named()
		} else {
			edge.From, edge.Kind = r.Root(r.Unnamed(h.dir), h.dir, source.Span{Path: h.first}), sbom.Contains
		}
		var strays []string
		for _, s := range h.list {
			if named[ids[s]] {
				continue
			}
			edge.To, edge.Found = ids[s], []source.Span{s.at}
			r.Relationships = append(r.Relationships, edge)
			strays = append(strays, s.name)
			for _, n := range s.needs {
				if n.scope == sbom.Development {
					continue
				}
				for _, to := range choose(byName[n.name], n.requirement) {
					r.Depend(ids[s], ids[to], n.scope, n.requirement, n.at)
				}
			}
		}
		if named != nil && len(strays) > 0 {
			r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: h.first}, Next: "run `bundle clean`",
				Why: "installed, but not in the lockfile: " + ecosystem.Names(strays)})
		}
	}
}

// bundleOf gives the bundle with a lockfile into whose folder the gems were installed; nil if there is none.
func (r *reader) bundleOf(h *home) *bundle {
	for _, b := range slices.Backward(r.bundles) { // the deepest first
		inside := h.dir
		if b.dir != "." {
			inside = strings.TrimPrefix(h.dir, b.dir+"/")
		}
		if b.locked != nil && (b.dir == "." || inside != h.dir) && (strings.HasPrefix(inside, "vendor/") || strings.HasPrefix(inside, ".bundle/")) {
			return b
		}
	}
	return nil
}

// named are the gems that the lockfile names.
func (b *bundle) named() map[sbom.ID]bool {
	ids := map[sbom.ID]bool{}
	for _, g := range b.locked.list {
		ids[g.id] = true
	}
	return ids
}

// choose gives the installed versions that meet a requirement; all of them where that cannot be told.
func choose(list []*gemspec, requirement string) []*gemspec {
	if len(list) < 2 {
		return list
	}
	c, err := semver.RubyGems.ParseConstraint(requirement)
	if err != nil {
		return list
	}
	var meet []*gemspec
	for _, s := range list {
		if c.Match(s.version) {
			meet = append(meet, s)
		}
	}
	if len(meet) == 0 {
		return list
	}
	return meet
}
