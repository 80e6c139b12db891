package npm

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// The lockfiles of Yarn, pnpm and Bun list packages, not folders: every requirement has a reference, a text that leads to the
// one package that meets it. The formats differ in how a reference is made of a requirement, and in little else.

// pin is a package that a lockfile lists. Of one package there may be several, for different peers.
type pin struct {
	at            doc.Node // where it is listed
	name, version string
	resolved      string // location, "" for the registry's
	direct        bool   // a dependent asks for that very location
	integrity     string
	dev, optional bool // it is needed for development alone, or may be missing, as the lockfile says
	needs         []need
	id            sbom.ID
	local         bool // it lies in the target, and is no package of others
}

// need is a requirement and the reference to what meets it.
type need struct {
	dependency
	ref string
}

// pinned is a lockfile that lists packages.
type pinned struct {
	*reader
	dir, file string
	pins      []*pin
	refs      map[string]*pin
	named     map[string][]*pin
	importers map[string][]need // what the lockfile itself says of the target's own projects, by folder
	titles    map[string]string // and what they are called
	// refer makes the reference of a requirement that a manifest in a folder writes.
	refer          func(d dependency) string
	stale          []string // requirements that the lockfile does not meet
	write, install string   // see formats
}

// formats read the lockfiles of others than npm, in the order in which they count.
var formats = []struct {
	file           string
	parse          func(*pinned) (broken bool)
	write, install string // what to do for the lockfile, and for the packages
}{
	{"pnpm-lock.yaml", (*pinned).pnpm, "run `pnpm install --lockfile-only`", "run `pnpm install --frozen-lockfile`"},
	{"bun.lock", (*pinned).bun, "run `bun install --lockfile-only`", "run `bun install --frozen-lockfile`"},
	{"yarn.lock", (*pinned).yarn, "run `yarn install`", "run `yarn install`"},
}

func isPinned(file string) bool {
	for _, f := range formats {
		if f.file == file {
			return true
		}
	}
	return false
}

// pinned reads the project in dir by a lockfile of Yarn, pnpm or Bun.
func (r *reader) pinned(ctx context.Context, dir, file string) {
	l := &pinned{reader: r, dir: dir, file: file, refs: map[string]*pin{}, named: map[string][]*pin{}, importers: map[string][]need{}, titles: map[string]string{}}
	broken := false
	for _, f := range formats {
		if f.file == path.Base(file) {
			l.write, l.install = f.write, f.install
			broken = f.parse(l)
		}
	}
	for _, p := range l.pins {
		if !p.local {
			l.named[p.name] = append(l.named[p.name], p)
		}
	}
	l.emitPins(ctx)
	roots := l.emitOwn()
	if ctx.Err() != nil {
		return
	}
	for _, p := range l.pins {
		for _, n := range p.needs {
			l.edge(p.id, n, nil)
		}
	}
	l.adoptPins(roots, broken)
	if len(l.stale) > 0 {
		l.gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Material: true, Next: l.write,
			Why: "the lockfile does not hold what is required: " + names(l.stale)})
	}
}

// list adds a package to those that the lockfile lists.
func (l *pinned) list(p *pin, refs ...string) {
	if !validName(p.name) || p.version != "" && !validVersion(p.version) {
		l.lost(p.at.Span(), l.write, "%s cannot be a package: what it is is not known", quote(p.at.Text()))
		return
	}
	l.pins = append(l.pins, p)
	for _, ref := range refs {
		l.refs[ref] = p
	}
}

// emitPins adds the packages, and tells which of them are not at hand.
func (l *pinned) emitPins(ctx context.Context) {
	var lost []sbom.ID
	all := map[sbom.ID]bool{}
	for i, p := range l.pins {
		if i%1000 == 0 && ctx.Err() != nil {
			return
		}
		if p.local {
			continue
		}
		c := sbom.Component{Name: p.name, Version: p.version, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest,
			Source: source.Redact(p.resolved)}
		c.ID = purl(p.name, p.version, origin(p.resolved, p.direct)...)
		c.PURL, p.id = string(c.ID), c.ID
		var ok bool
		if p.integrity != "" {
			if c.Hashes, ok = hashes(p.integrity); !ok {
				l.gap(sbom.Gap{Kind: sbom.Lost, Span: p.at.Span(), Components: []sbom.ID{c.ID}, Why: "its checksum cannot be read", Next: l.write})
			}
		}
		dir, m := l.installed(p)
		if dir != "" {
			c.Claims = l.claims(m)
			describe(&c, m)
		}
		l.add(c, dir, p.at.Span())
		if all[p.id] = true; dir == "" {
			lost = append(lost, p.id)
		}
	}
	if lost = distinct(lost); len(lost) > 0 {
		l.gap(sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: l.file}, Components: lost, Next: l.install,
			Why: fmt.Sprintf("the files of %d of %d packages are not on this machine", len(lost), len(all))})
	}
}

// installed finds the folder of a package: in node_modules, or in the store that pnpm keeps there.
func (l *pinned) installed(p *pin) (dir string, m doc.Node) {
	store := strings.ReplaceAll(p.name, "/", "+") + "@" + p.version
	for _, dir := range []string{
		path.Join(l.dir, "node_modules", p.name), path.Join(l.dir, "node_modules/.pnpm", store, "node_modules", p.name),
	} {
		if !l.exists(path.Join(dir, manifestFile)) {
			continue
		}
		d, gap := l.readJSON(path.Join(dir, manifestFile), maxManifest, mendManifest)
		if m := d.Root(); gap == nil && m.Get("name").Text() == p.name && m.Get("version").Text() == p.version {
			return dir, m
		}
	}
	return "", doc.Node{}
}

// emitOwn adds the projects that the lockfile is of, with the edges to what they require.
func (l *pinned) emitOwn() (roots []sbom.ID) {
	dirs := map[string]bool{l.dir: true}
	for dir := range l.importers {
		dirs[dir] = true
	}
	if top := l.manifests[l.dir]; top != nil {
		for _, dir := range l.members(top.root.Get("workspaces"), l.dir, maps.Keys(l.manifests)) {
			dirs[dir] = true
		}
	}
	siblings := map[string]*manifest{}
	for dir := range dirs {
		if m := l.manifests[dir]; m != nil && m.name != "" {
			siblings[m.name] = m
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		m, needs := l.manifests[dir], l.importers[dir]
		switch {
		case m != nil && (!m.empty() || len(needs) > 0):
			m.used = true
			roots = append(roots, l.project(m))
		case dir == l.dir || len(needs) > 0:
			c := l.Unnamed(dir)
			c.ID, c.Origin = sbom.ID("file:"+dir+"#"+c.Name+"@"+c.Version), sbom.OriginManifest
			if title := l.titles[dir]; title != "" {
				c.Name, c.Version, c.ID = title, "", purl(title, "")
				c.PURL = string(c.ID)
			}
			l.reader.add(c, dir, source.Span{Path: l.file})
			roots = append(roots, c.ID)
		default:
			continue
		}
		from := roots[len(roots)-1]
		if m != nil {
			pinnedBy := map[string]string{}
			for _, n := range needs {
				pinnedBy[n.name] = n.ref
			}
			needs = nil
			for d := range l.dependencies(m.root, true) {
				ref, ok := pinnedBy[d.name]
				if !ok && l.refer != nil {
					ref = l.refer(d)
				}
				needs = append(needs, need{d, ref})
			}
		}
		for _, n := range needs {
			if to := l.ownTarget(m, dir, n, siblings); to != "" {
				l.relate(from, to, n.dependency, "")
			} else {
				l.edge(from, n, m)
			}
		}
	}
	l.out.Roots = append(l.out.Roots, roots...)
	return roots
}

// ownTarget is the project of the target that a requirement leads to, "" for none.
func (l *pinned) ownTarget(m *manifest, dir string, n need, siblings map[string]*manifest) sbom.ID {
	for _, written := range []string{n.ref, n.requirement} {
		if p, ok := localPath(written); ok {
			if to := l.manifests[path.Join(dir, p)]; to != nil && !to.empty() {
				return to.id()
			}
		}
	}
	if to := siblings[n.name]; to != nil && to != m && (strings.HasPrefix(n.requirement, "workspace:") || l.refs[n.ref] == nil || l.refs[n.ref].local) {
		return to.id()
	}
	return ""
}

// edge leads to the package of a need. Of peers, and of what is optional, none need be there; what a lockfile knows by
// another range, as resolutions and overrides make it, is found by its name where there is but one.
func (l *pinned) edge(from sbom.ID, n need, m *manifest) {
	p := l.refs[n.ref]
	if p == nil {
		name := n.name
		if real, _, ok := alias(n.requirement); ok {
			name = real
		}
		if known := l.named[name]; len(known) == 1 {
			p = known[0]
		}
	}
	switch {
	case p != nil && p.local || from == "":
	case p != nil:
		l.relate(from, p.id, n.dependency, "")
	case !n.peer && n.scope != sbom.Optional:
		l.stale = append(l.stale, brief(n.name+"@"+n.requirement))
		if m != nil {
			l.depend(m, n.dependency, nil)
		}
	}
}

// isOwn reports whether a location is a project of the target.
func (l *pinned) isOwn(location string) bool {
	p, ok := localPath(location)
	return ok && l.manifests[path.Join(l.dir, p)] != nil
}

func (l *pinned) relate(from, to sbom.ID, d dependency, kind sbom.Kind) {
	e := sbom.Relationship{From: from, To: to, Kind: kind, Scope: d.scope, Requirement: brief(d.requirement)}
	if d.at.Kind() != doc.Missing {
		e.Found = []source.Span{d.at.Span()}
	}
	l.out.Relationships = append(l.out.Relationships, e)
}

// adoptPins joins to the first root what no path leads to, in the scope that the lockfile flags: first those that nobody
// needs, which bring theirs with them, then what is left in circles.
func (l *pinned) adoptPins(roots []sbom.ID, broken bool) {
	to := map[sbom.ID][]sbom.ID{}
	needed := map[sbom.ID]bool{}
	for _, e := range l.out.Relationships {
		to[e.From] = append(to[e.From], e.To)
		needed[e.To] = true
	}
	reached := map[sbom.ID]bool{}
	reach := func(id sbom.ID) {
		for todo := []sbom.ID{id}; len(todo) > 0; {
			id := todo[len(todo)-1]
			if todo = todo[:len(todo)-1]; !reached[id] {
				reached[id] = true
				todo = append(todo, to[id]...)
			}
		}
	}
	for _, id := range roots {
		reach(id)
	}
	for _, circles := range []bool{false, true} {
		for _, p := range l.pins {
			if p.local || reached[p.id] || needed[p.id] && !circles && !broken {
				continue
			}
			d := dependency{scope: sbom.Runtime, at: p.at}
			if p.dev {
				d.scope = sbom.Development
			} else if p.optional {
				d.scope = sbom.Optional
			}
			l.relate(roots[0], p.id, d, sbom.Indirect)
			reach(p.id)
		}
	}
}
