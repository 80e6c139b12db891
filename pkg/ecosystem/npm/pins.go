package npm

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// emitPins adds the packages, and tells which of them are not at hand: apart from the others those that managers leave out on
// platforms that they are not made for.
func (l *pinned) emitPins(ctx context.Context) {
	var lost, left, unknown []sbom.ID
	atHand := make(map[sbom.ID]bool, len(l.pins))
	l.Components = slices.Grow(l.Components, len(l.pins))
	for i, p := range l.pins {
		if i%1000 == 0 && ctx.Err() != nil {
			return
		}
		if p.own {
			continue
		}
		here := l.emitPin(p, atHand)
		switch {
		case here:
		case p.optional:
			left = append(left, p.id)
			if len(l.Components[len(l.Components)-1].Claims) == 0 {
				unknown = append(unknown, p.id)
			}
		default:
			lost = append(lost, p.id)
		}
		atHand[p.id] = atHand[p.id] || here
	}
	if len(lost)+len(left) == len(atHand) { // nothing was fetched at all
		lost, left = append(lost, left...), nil
	}
	at := source.Span{Path: l.file}
	if lost = distinct(lost); len(lost) > 0 {
		l.WithoutFiles(at, l.format.install, fmt.Sprintf("the files of %d of %d packages are not on this machine", len(lost), len(atHand)), lost...)
	}
	if left = distinct(left); len(left) > 0 {
		l.WithoutFiles(at, l.format.install+" on the platforms they are for",
			fmt.Sprintf("%d of %d packages are optional and not installed, as a rule because they are for other platforms", len(left), len(atHand)), distinct(unknown)...)
	}
}

// emitPin adds a package, once for each folder in which it is installed.
func (l *pinned) emitPin(p *pin, told map[sbom.ID]bool) (atHand bool) {
	c := sbom.Component{Name: p.name, Version: p.version, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest, Source: source.Redact(p.resolved)}
	var places []*installed
	if p.purl == "" {
		places = l.find(p.name, p.version)
	}
	if c.Version == "" && len(places) > 0 {
		c.Version = places[0].version
	}
	c.ID = purl(p.name, c.Version, origin(p.resolved, p.direct)...)
	if p.purl != "" {
		c.ID = sbom.ID(p.purl)
	}
	c.PURL, p.id = string(c.ID), c.ID
	if c.Version == "" && p.resolved+p.folder+p.purl == "" {
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: p.at.Span(), Components: []sbom.ID{c.ID}, Why: ecosystem.Quote(p.name) + " has no version", Next: l.write})
	}
	if p.integrity != "" {
		var ok bool
		if c.Hashes, ok = hashes(p.integrity); !ok {
			l.Gap(sbom.Gap{Kind: sbom.Lost, Span: p.at.Span(), Components: []sbom.ID{c.ID}, Why: "its checksum cannot be read", Next: l.write})
		}
	}
	var dirs []string
	if _, again := told[c.ID]; again && len(places) > 1 {
		places = places[:1] // the others were told already
	}
	for _, i := range places {
		l.claimed[i.dir] = c.ID
		if dirs = append(dirs, i.dir); len(dirs) == 1 {
			c.Claims = l.claims(i.manifest)
			describe(&c, i.manifest)
			l.reportInstalled(i, c.ID)
		}
	}
	var k kept
	if len(dirs) == 0 {
		k = l.elsewhere(p, c.Hashes)
		if dirs = append(dirs, k.dir); k.dir == "" && p.purl == "" {
			k.manifest = l.told(wanted{id: p.id, name: p.name, version: p.version, hashes: c.Hashes})
		}
		c.Claims = l.claims(k.manifest)
		describe(&c, k.manifest)
	}
	for _, dir := range dirs {
		l.add(c, dir, p.at.Span())
		l.Components[len(l.Components)-1].Occurrences[0].Digest = k.digest
		if p.patched {
			o := &l.Components[len(l.Components)-1].Occurrences[0]
			l.modify(o, p.patch)
			o.Against = cmp.Or(o.Against, l.file)
		}
	}
	return dirs[0] != ""
}

// elsewhere finds the files of a package that is not installed: in the folder of the target that the lockfile names, in an
// archive of Yarn's cache in the project, or in the caches of this machine.
func (l *pinned) elsewhere(p *pin, hashes []sbom.Hash) kept {
	if p.folder != "" {
		return kept{dir: l.At(p.folder)}
	}
	if file := l.archiveOf(p); file != "" {
		dir := path.Join("node_modules", p.name)
		return kept{dir: file + "!/" + dir, manifest: l.packed(file, dir, p)}
	}
	if p.purl != "" || p.version == "" {
		return kept{}
	}
	return l.kept(wanted{p.id, p.name, p.version, hashes, p.sha1, p.locator, p.checksum, l.format.install})
}

// emitOwn adds the projects that the lockfile is of, with the edges to what they require, and gives the one at the top.
func (l *pinned) emitOwn() (top sbom.ID) {
	dirs := map[string]bool{l.dir: true}
	for dir := range l.importers {
		dirs[dir] = true
	}
	if m := l.manifests[l.dir]; m != nil {
		l.force(m)
		for _, dir := range l.members(m.workspaces(), l.dir, maps.Keys(l.manifests)) {
			dirs[dir] = true
		}
	}
	ids, siblings := map[string]sbom.ID{}, map[string]*manifest{}
	order := slices.Sorted(maps.Keys(dirs))
	for _, dir := range order {
		switch m := l.manifestIn(dir); {
		case m != nil && (!m.empty() || len(l.importers[dir]) > 0):
			m.used = true
			ids[dir] = l.project(m)
			siblings[m.name] = m
		case dir == l.dir || len(l.importers[dir]) > 0:
			ids[dir] = l.emitUnnamed(dir)
		}
	}
	for _, p := range l.pins {
		if !p.own {
			continue
		}
		m := l.manifests[p.folder]
		switch p.id = ids[p.folder]; {
		case p.id != "" || m == nil:
		case m.empty(): // it is broken, or says nothing
			p.id = l.emitUnnamed(p.folder)
		default:
			p.id = m.id()
		}
		if m != nil && m.name != "" { // some managers install copies
			for _, i := range l.find(m.name, m.version) {
				l.claimed[i.dir] = p.id
			}
		}
	}
	wanted := map[string][]need{}
	for _, dir := range order {
		if ids[dir] != "" {
			l.Roots, l.homes[dir] = append(l.Roots, ids[dir]), ids[dir]
			wanted[dir] = l.wanted(l.manifests[dir], l.importers[dir])
		}
		for _, n := range wanted[dir] {
			l.note(n)
		}
	}
	for _, dir := range order {
		m := l.manifests[dir]
		for _, n := range wanted[dir] {
			if to := l.ownTarget(m, dir, n, siblings); to != "" {
				l.relate(ids[dir], to, n.dependency, "")
			} else {
				l.edge(ids[dir], n, m)
			}
		}
	}
	return ids[l.dir]
}

// emitUnnamed adds a project of which there is no manifest.
func (l *pinned) emitUnnamed(dir string) sbom.ID {
	c := l.Unnamed(dir)
	if dir != l.dir {
		c.Type = sbom.TypeLibrary
	}
	c.ID, c.Origin = sbom.ID("file:"+dir+"#"+c.Name+"@"+c.Version), sbom.OriginManifest
	at := source.Span{Path: l.file}
	if t := l.said[dir]; validName(t.name) {
		c.Name, c.Version, at = t.name, "", t.at.Span()
		if validVersion(t.version) {
			c.Version = t.version
		}
		c.ID = purl(c.Name, c.Version)
		c.PURL = string(c.ID)
	}
	l.add(c, l.At(dir), at)
	return c.ID
}

// wanted is what a project requires: its manifest says, the lockfile knows what that became.
func (l *pinned) wanted(m *manifest, needs []need) []need {
	if m == nil || m.broken {
		return needs
	}
	became := map[string][]need{}
	var out []need
	for _, n := range needs {
		became[n.name] = append(became[n.name], n)
		if n.scope == sbom.Build {
			out = append(out, n) // which no package.json names
		}
	}
	for d := range l.requirements(m) {
		ref := ""
		if l.refer != nil {
			ref = l.refer(d)
		}
		if l.refs[ref] == nil {
			ref = cmp.Or(l.became(became, d), ref)
		}
		out = append(out, need{d, ref})
	}
	return out
}

// became gives the reference that the lockfile has for a requirement of a manifest: it knows it by the same name, or by
// that of the package behind an alias; of several the one with that range, which it may write in another way.
func (l *pinned) became(needs map[string][]need, d dependency) string {
	list, requirement := needs[d.name], d.requirement
	if real, wanted, ok := alias(requirement); ok && len(list) == 0 {
		list, requirement = needs[real], wanted
	}
	if len(list) == 0 {
		return ""
	}
	for _, n := range list {
		if n.requirement == requirement || sameRange(n.requirement, requirement) {
			return n.ref
		}
	}
	return list[len(list)-1].ref
}

// manifestIn gives the manifest of a folder, which may be that of another lockfile; nil if there is none.
func (l *pinned) manifestIn(dir string) *manifest {
	file := path.Join(dir, manifestFile)
	if l.manifests[dir] == nil && l.exists(file) {
		l.manifests[dir] = l.readManifest(file)
	}
	return l.manifests[dir]
}

// ownTarget is the project of the target that a requirement leads to, "" for none.
func (l *pinned) ownTarget(m *manifest, dir string, n need, siblings map[string]*manifest) sbom.ID {
	for _, written := range []string{n.ref, n.requirement} {
		p, ok := localPath(written)
		if folder, inside := below(dir, p); ok && inside && l.projectIn(folder) != nil {
			return l.manifests[folder].id()
		}
	}
	if to := siblings[n.name]; to != nil && to != m && (strings.HasPrefix(n.requirement, "workspace:") || l.refs[n.ref] == nil || l.refs[n.ref].own) {
		return to.id()
	}
	return ""
}

// settle says of a package that comes from a folder of the target what it is: one of the projects, or files at hand.
func (l *pinned) settle(p *pin, location string) {
	folder, ok := localPath(location)
	if !ok || isArchive(folder) {
		return
	}
	p.folder, _ = below(l.dir, folder)
	p.own = l.projectIn(p.folder) != nil
	p.joined = p.own && !strings.HasPrefix(location, "link:")
}
