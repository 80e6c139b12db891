package npm

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

const (
	writeLock = "run `npm install --package-lock-only`"
	newerNPM  = 4 // the first version of the format that is not known
)

// lock is a lockfile that is being read.
type lock struct {
	*reader
	*tree
	dir    string // folder of the project
	file   string
	nested bool // version 1
	broken bool // part of it could not be read: what is missing follows from that
	edges  []edge
	unmet  []unmet
	cut    []unmet  // what a manifest asks for and may stand in the part that could not be read
	loose  []string // packages that nothing requires
	left   []string // optional packages that are not listed
	stale  []string // what package.json asks for and the lockfile does not have so
}

// npm reads the project in dir by a lockfile of npm.
func (r *reader) npm(ctx context.Context, dir, file string) {
	d, whole := r.Parse(r.FS, file, maxLock, writeLock, doc.JSON)
	l := &lock{reader: r, tree: newTree(), dir: dir, file: file, broken: !whole}
	l.parse(d.Root())
	l.own()
	l.link()
	for _, f := range l.folders {
		if ctx.Err() != nil {
			return
		}
		l.require(f)
	}
	l.assume()
	if manifest := l.root().manifest; l.broken || l.nested && manifest != nil && manifest.broken {
		l.adoptAll()
	} else {
		l.adopt()
	}
	l.emit(ctx)
}

// parse reads the entries into the tree. Version 2 holds everything twice; the newer form is taken.
func (l *lock) parse(root doc.Node) {
	if k := root.Kind(); k != doc.Object {
		if k != doc.Missing {
			l.Lost(root.Span(), writeLock, "a lockfile is an object, this is of kind %v", k)
		}
		l.broken = true
		return
	}
	version := root.Get("lockfileVersion")
	if t := version.Text(); version.Kind() == doc.Number && (len(t) > 1 || t >= fmt.Sprint(newerNPM)) {
		l.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: version.Span(), Material: true,
			Why: "lockfileVersion " + t + " is newer than those known; read as version 3", Next: "use a newer licet"})
	}
	packages, dependencies := root.Get("packages"), root.Get("dependencies")
	switch {
	case packages.Kind() == doc.Object:
		l.parsePackages(packages)
		return
	case packages.Kind() != doc.Missing:
		l.misshapen(packages, "packages")
	}
	l.nested = true
	switch {
	case dependencies.Kind() == doc.Object:
		l.parseNested(l.root(), dependencies)
	case dependencies.Kind() != doc.Missing:
		l.misshapen(dependencies, "dependencies")
	case packages.Kind() == doc.Missing && version.Kind() == doc.Missing:
		l.misshapen(root, "the lockfile without packages")
	}
	l.root().pkg.name, l.root().pkg.version = root.Get("name").Text(), root.Get("version").Text()
}

// misshapen reports that something has not the kind it must have, so that packages are lost.
func (l *lock) misshapen(n doc.Node, what string) {
	l.broken = true
	l.Lost(n.Span(), writeLock, "%s: not what a lockfile holds there, but of kind %v", what, n.Kind())
}

// refuse reports an entry whose name or path cannot be one, or lies too deep.
func (l *lock) refuse(key doc.Node) {
	l.broken = true
	if t := key.Text(); l.nested && validName(t) || len(t) > maxPath {
		l.Gap(sbom.Gap{Kind: sbom.Limit, Span: key.Span(), Material: true, Next: writeLock,
			Why: fmt.Sprintf("%s lies deeper than %d folders or %d bytes", ecosystem.Quote(t), maxNesting, maxPath)})
		return
	}
	l.Lost(key.Span(), writeLock, "%s cannot be the place of a package", ecosystem.Quote(key.Text()))
}

// parsePackages reads the form of versions 2 and 3: paths and what lies there.
func (l *lock) parsePackages(packages doc.Node) {
	for key, entry := range packages.Members() {
		f := l.at(key.Text())
		if f == nil {
			l.refuse(key)
			continue
		}
		if f.listed() {
			l.Gap(sbom.Gap{Kind: sbom.Lost, Span: key.Span(), Next: writeLock,
				Why: ecosystem.Quote(key.Text()) + " occurs twice; the last one counts, as it does for npm"})
		}
		f.key, f.entry = key, entry
		f.pkg = pkg{
			name: entry.Get("name").Text(), version: entry.Get("version").Text(), resolved: entry.Get("resolved").Text(),
			dev: isTrue(entry, "dev"), optional: isTrue(entry, "optional") || isTrue(entry, "devOptional"),
			bundled: isTrue(entry, "inBundle"),
		}
		if f.pkg.name == "" {
			f.pkg.name = f.leaf()
		}
		l.checkEntry(f)
	}
}

// parseNested reads the form of version 1: names, what lies there, and in its node_modules.
func (l *lock) parseNested(parent *folder, dependencies doc.Node) {
	for key, entry := range dependencies.Members() {
		var f *folder
		if validName(key.Text()) {
			f = l.below(parent, key.Text())
		}
		if f == nil {
			l.refuse(key)
			continue
		}
		f.key, f.entry = key, entry
		f.pkg = pkg{
			name: f.name, version: entry.Get("version").Text(), resolved: entry.Get("resolved").Text(),
			dev: isTrue(entry, "dev"), optional: isTrue(entry, "optional"), bundled: isTrue(entry, "bundled"),
		}
		f.pkg.untangle()
		l.checkEntry(f)
		place := l.settle(f)
		if inner := entry.Get("dependencies"); inner.Kind() == doc.Object {
			l.parseNested(place, inner)
		} else if inner.Kind() != doc.Missing {
			l.misshapen(inner, "dependencies of "+ecosystem.Quote(f.name))
		}
	}
}

// settle gives the folder in which the package of a version 1 entry really lies: what comes from a folder
// of the target is a link to it, and finds its dependencies from there.
func (l *lock) settle(f *folder) *folder {
	if f.pkg.local == "" {
		return f
	}
	target := l.at(path.Clean(f.pkg.local))
	if target == nil || !target.top {
		return f
	}
	f.target = target
	if target != l.root() {
		target.key, target.entry, target.pkg.name = f.key, f.entry, f.name
	}
	return target
}

// untangle takes apart what version 1 writes into the field version: a version, an alias, or the location
// of something that does not come from a registry and whose version is not recorded.
func (p *pkg) untangle() {
	v := p.version
	if real, version, ok := alias(v); ok {
		p.name, p.version = real, version
		return
	}
	if local, ok := localPath(v); ok && !isArchive(local) {
		p.local = local
	}
	if strings.ContainsAny(v, ":/") {
		p.version, p.resolved, p.direct = "", v, true
	}
}

func isArchive(p string) bool {
	return strings.HasSuffix(p, ".tgz") || strings.HasSuffix(p, ".tar.gz") || strings.HasSuffix(p, ".tar")
}

func isTrue(n doc.Node, key string) bool {
	value, _ := n.Get(key).Bool()
	return value
}

// checkEntry reports what is wrong with an entry; the package stays, without the wrong part.
func (l *lock) checkEntry(f *folder) {
	if f.entry.Kind() != doc.Object {
		l.misshapen(f.entry, "the entry "+ecosystem.Quote(f.key.Text()))
	}
	if !f.top && !validName(f.pkg.name) || f.top && f != l.root() && f.pkg.name != f.leaf() && !validName(f.pkg.name) {
		l.Lost(f.key.Span(), writeLock, "%s cannot be the name of a package", ecosystem.Quote(f.pkg.name))
		f.pkg.name = f.leaf()
	}
	if f.pkg.version != "" && !validVersion(f.pkg.version) {
		l.Lost(f.key.Span(), writeLock, "%s: %s cannot be a version", ecosystem.Quote(f.leaf()), ecosystem.Quote(f.pkg.version))
		f.pkg.version = ""
	}
	integrity := f.entry.Get("integrity")
	list, ok := hashes(integrity.Text())
	f.pkg.hashes = list
	if !ok {
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: integrity.Span(),
			Why: ecosystem.Quote(f.leaf()) + " has a checksum that cannot be read", Next: writeLock})
	}
}

// own finds the project's own packages, those that have a manifest in the target: the root, its workspaces,
// and what links of either form lead to.
func (l *lock) own() {
	root := l.root()
	root.manifest = l.manifestIn(l.dir)
	dirs := slices.Collect(maps.Keys(l.manifests))
	for _, f := range l.folders {
		if f.top && f.listed() && f != root {
			f.manifest = l.manifestIn(path.Join(l.dir, f.name))
			dirs = append(dirs, path.Join(l.dir, f.name))
		}
	}
	workspaces := root.entry.Get("workspaces")
	if root.manifest != nil {
		workspaces = root.manifest.root.Get("workspaces")
	}
	for _, dir := range l.members(workspaces, l.dir, slices.Values(dirs)) {
		f := l.at(relative(l.dir, dir))
		if f == nil {
			continue
		}
		f.member, f.manifest = true, l.manifestIn(dir)
		if !f.listed() {
			l.stale = append(l.stale, "the workspace "+dir)
		}
	}
}

// relative is the path below top of a folder that lies there.
func relative(top, dir string) string {
	if top == "." {
		return dir
	}
	return strings.TrimPrefix(dir, top+"/")
}

// manifestIn gives the manifest of a folder of the target, nil if there is none.
func (l *lock) manifestIn(dir string) *manifest {
	m := l.manifests[dir]
	if m == nil {
		file, ok := below(dir, manifestFile)
		if !ok || !l.exists(file) {
			return nil
		}
		m = l.readManifest(file)
		l.manifests[dir] = m
	}
	m.used = true
	return m
}

// link finds the targets of links.
func (l *lock) link() {
	for _, f := range l.folders {
		if !f.isLink() {
			continue
		}
		target := l.at(path.Clean(strings.ReplaceAll(f.pkg.resolved, `\`, "/")))
		if target == nil || target.isLink() || !target.listed() && target.manifest == nil {
			l.broken = true
			l.Lost(f.key.Span(), writeLock, "%s is a link to %s, which the lockfile does not hold", ecosystem.Quote(f.name), ecosystem.Quote(f.pkg.resolved))
			continue
		}
		f.target = target
		if target.manifest == nil && target.pkg.name == target.leaf() {
			target.pkg.name = f.name
		}
	}
}
