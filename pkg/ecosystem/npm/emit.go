package npm

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const install = "run `npm ci`"

// emit writes the tree as components, edges and gaps.
func (l *lock) emit(ctx context.Context) {
	in := installation{present: len(l.installs) > 0 || l.exists(path.Join(l.dir, "node_modules")), atHand: map[sbom.ID]bool{}, stated: map[sbom.ID]bool{}}
	l.Components = slices.Grow(l.Components, len(l.folders))
	l.Relationships = slices.Grow(l.Relationships, len(l.edges))
	for _, f := range l.folders {
		switch {
		case ctx.Err() != nil:
			return
		case f.target != nil || f != l.root() && !f.listed() && f.manifest == nil:
		case f.manifest != nil:
			f.id = l.project(f.manifest)
		case f.top:
			l.emitTop(f)
		default:
			l.emitPackage(f, &in)
		}
		if f == l.root() || f.member {
			l.Roots = append(l.Roots, f.id)
			l.homes[path.Join(l.dir, f.name)] = f.id
		}
	}
	for _, e := range l.edges {
		l.Relationships = append(l.Relationships, sbom.Relationship{
			From: e.from.id, To: e.to.id, Kind: e.kind, Scope: e.scope, Requirement: ecosystem.Brief(e.requirement), Found: []source.Span{e.at.Span()},
		})
	}
	for _, f := range l.folders {
		if f.pkg.bundled && f.target == nil {
			l.Relationships = append(l.Relationships, sbom.Relationship{
				From: l.bundler(f).id, To: f.id, Kind: sbom.Contains, Scope: sbom.Runtime, Linkage: sbom.Bundled, Found: []source.Span{f.key.Span()},
			})
		}
	}
	l.emitCut()
	l.reportInstallation(&in)
	l.reportUnmet()
}

// emitCut adds what a manifest names and the lockfile, of which a part was lost, does not.
func (l *lock) emitCut() {
	projects := map[string]*manifest{}
	for _, f := range l.folders {
		if f.manifest != nil {
			projects[f.manifest.name] = f.manifest
		}
	}
	var unknown []sbom.ID
	for _, u := range l.cut {
		if to, installed := l.depend(u.from.manifest, u.dependency, projects); to != "" && !installed {
			unknown = append(unknown, to)
		}
	}
	if unknown = distinct(unknown); len(unknown) > 0 {
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: l.file}, Components: unknown, Next: writeLock,
			Why: "what can be read of the lockfile does not hold all that package.json names: these versions are unknown"})
	}
}

// bundler is the package in whose archive f lies: the next one above that is fetched by itself.
func (l *lock) bundler(f *folder) *folder {
	for up := f.parent; up != nil; up = up.parent {
		if up.id != "" && !up.pkg.bundled {
			return up
		}
	}
	return l.root()
}

// emitTop adds a folder outside node_modules of which there is no manifest.
func (l *lock) emitTop(f *folder) {
	m := manifest{dir: path.Join(l.dir, f.name), name: f.pkg.name, version: f.pkg.version, at: source.Span{Path: l.file}}
	if f.listed() {
		m.at = f.key.Span()
	}
	if f == l.root() && m.name == "." || !validName(m.name) {
		m.name = ""
	}
	c := sbom.Component{
		ID: m.id(), Name: m.name, Version: m.version, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest, Claims: l.claims(f.entry),
	}
	if m.name == "" {
		c.Name = m.dir
	} else {
		c.PURL = string(c.ID)
	}
	dir, ok := below(l.dir, f.name)
	if !ok || !l.exists(dir) {
		dir = ""
	}
	f.id = c.ID
	l.add(c, dir, m.at)
	if f != l.root() {
		l.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: m.at, Components: []sbom.ID{c.ID},
			Why: fmt.Sprintf("there is no package.json in %s", ecosystem.Quote(f.name)), Next: "scan a folder that holds it too"})
	}
}

// emitPackage adds a package in a node_modules folder.
func (l *lock) emitPackage(f *folder, in *installation) {
	c := sbom.Component{
		Name: f.pkg.name, Version: f.pkg.version, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest,
		Source: source.Redact(f.pkg.resolved), Claims: l.claims(f.entry), Hashes: f.pkg.hashes,
	}
	if f.pkg.bundled {
		c.Origin = sbom.OriginBundled
	}
	dir, found, gap := l.look(f, in)
	var digest source.Digest
	if dir == "" && gap == nil && c.Version != "" {
		k := l.kept(wanted{id: purl(c.Name, c.Version, origin(f.pkg.resolved, f.pkg.direct)...), name: c.Name, version: c.Version, hashes: c.Hashes, install: install})
		dir, found, digest = k.dir, k.manifest, k.digest
		in.any = in.any || dir != ""
	}
	if found.Kind() != doc.Missing {
		if c.Version == "" && validVersion(found.Get("version").Text()) {
			c.Version = found.Get("version").Text()
		}
		c.Claims = addClaims(c.Claims, l.claims(found))
		describe(&c, found)
	}
	c.ID = purl(c.Name, c.Version, origin(f.pkg.resolved, f.pkg.direct)...)
	c.PURL, f.id = string(c.ID), c.ID
	place := path.Join(l.dir, f.path())
	l.claimed[place] = c.ID
	if len(l.bundles) > 0 {
		l.laid[c.ID] = append(l.laid[c.ID], place)
	}
	if gap != nil {
		gap.Components = []sbom.ID{c.ID}
		l.Gap(*gap)
	}
	l.add(c, dir, f.key.Span())
	l.Components[len(l.Components)-1].Occurrences[0].Digest = digest
	in.listed = append(in.listed, f)
	in.atHand[c.ID] = in.atHand[c.ID] || dir != ""
	in.stated[c.ID] = in.stated[c.ID] || len(c.Claims) > 0
	if c.Version == "" && f.entry.Kind() == doc.Object && f.pkg.resolved == "" {
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: f.key.Span(), Components: []sbom.ID{c.ID},
			Why: ecosystem.Quote(f.name) + " has no version", Next: writeLock})
	}
}

// installation is what of the lockfile's packages lies in node_modules.
type installation struct {
	present bool // there is a node_modules
	any     bool // there is a package in it
	atHand  map[sbom.ID]bool
	stated  map[sbom.ID]bool // a license is declared somewhere
	listed  []*folder        // all that could be there
}

// look finds the folder of an installed package, and its manifest. A package other than the one that the
// lockfile names is reported and not used.
func (l *lock) look(f *folder, in *installation) (dir string, m doc.Node, gap *sbom.Gap) {
	if !in.present {
		return "", doc.Node{}, nil
	}
	dir = path.Join(l.dir, f.path())
	if !l.exists(path.Join(dir, manifestFile)) {
		return "", doc.Node{}, nil
	}
	in.any = true
	m, gap, ok := l.inspect(dir, f.pkg.name, f.pkg.version, "the lockfile")
	if !ok {
		return "", doc.Node{}, gap
	}
	return dir, m, gap
}

// reportInstallation tells what is not installed: in one gap, and apart from it optional packages, which
// npm leaves out on platforms that they are not made for. These are missed only where the lockfile does not
// state their license.
func (l *lock) reportInstallation(in *installation) {
	var lost, left, unknown []sbom.ID
	for _, f := range in.listed {
		switch {
		case in.atHand[f.id]:
		case !f.pkg.optional || !in.any:
			lost = append(lost, f.id)
		default:
			left = append(left, f.id)
			if !in.stated[f.id] {
				unknown = append(unknown, f.id)
			}
		}
	}
	at := source.Span{Path: l.file}
	if lost = distinct(lost); len(lost) > 0 {
		l.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Components: lost, Next: install, FilesOnly: true,
			Why: fmt.Sprintf("the files of %d of %d packages are not on this machine", len(lost), len(in.atHand))})
	}
	if left = distinct(left); len(left) > 0 {
		l.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Components: distinct(unknown), FilesOnly: true, Next: "run `npm ci` on the platforms they are for",
			Why: fmt.Sprintf("%d of %d packages are optional and not installed, as a rule because they are for other platforms", len(left), len(in.atHand))})
	}
}

func distinct(ids []sbom.ID) []sbom.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// reportUnmet tells where the lockfile disagrees with package.json and, each in one gap, what its own
// entries require in vain and which of them nothing requires.
func (l *lock) reportUnmet() {
	if l.broken {
		return // which explains all of it
	}
	disagree := func(at source.Span, who []sbom.ID, why string, what []string) {
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: at, Components: who, Next: writeLock, Why: why + ecosystem.Names(what)})
	}
	at := source.Span{Path: l.file}
	if len(l.stale) > 0 {
		disagree(at, []sbom.ID{l.root().id}, "the lockfile is out of date: it and package.json disagree on ", l.stale)
	} else if len(l.loose) > 0 {
		disagree(at, nil, "neither package.json nor the lockfile says what requires ", l.loose)
	}
	if len(l.left) > 0 {
		disagree(at, nil, "optional packages are not listed, as a rule because they are for other platforms: ", l.left)
	}
	if len(l.unmet) > 0 {
		var who []sbom.ID
		var what []string
		for _, u := range l.unmet {
			who = append(who, u.from.id)
			what = append(what, u.name)
		}
		disagree(l.unmet[0].at.Span(), distinct(who), "the lockfile does not hold what its own entries require: ", what)
	}
}
