package cargo

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cacheName is the name among the project's caches of the folders in which Cargo keeps what it downloads, as it came and unpacked: in
// both one folder a registry, and in each of these a folder or an archive a package
// (https://doc.rust-lang.org/cargo/guide/cargo-home.html).
const cacheName = "cargo"

// openCache lists the registries of the cache.
func (r *reader) openCache() {
	cache := r.Caches[cacheName]
	if cache == nil {
		return
	}
	entries, err := fs.ReadDir(cache, ".")
	if err != nil {
		return // it is empty, or not there
	}
	for _, e := range entries {
		if e.IsDir() {
			r.indexes = append(r.indexes, e.Name())
		}
	}
}

// copyOf finds the manifest of a package from elsewhere: in a vendor folder, then in the cache.
func (r *reader) copyOf(p *locked) *manifest {
	if m := r.vendored[crate{p.name, p.version}]; m != nil {
		r.used[m] = true
		return m
	}
	if strings.HasPrefix(p.source, "git+") {
		return r.checkedOut(p)
	}
	if strings.ContainsAny(p.name+p.version, `/\`) {
		return nil
	}
	for _, index := range r.indexes {
		dir := path.Join(index, p.name+"-"+p.version)
		file := path.Join(dir, manifestFile)
		if info, err := fs.Stat(r.Caches[cacheName], file); err == nil && info.Mode().IsRegular() {
			return r.cached(p, dir, file)
		}
	}
	return r.packed(p)
}

// cached reads the manifest of a package that Cargo unpacked.
func (r *reader) cached(p *locked, dir, file string) *manifest {
	where := source.JoinRoot(cacheName, file)
	data, err := ecosystem.ReadFile(r.Caches[cacheName], file, maxManifest)
	m := r.readCached(where, data, err)
	m.dir = source.JoinRoot(cacheName, dir)
	if !r.isOf(p, m) {
		return nil
	}
	return m
}

// packed finds a package as Cargo downloaded it. It must have the checksum of the lockfile.
func (r *reader) packed(p *locked) *manifest {
	folder := p.name + "-" + p.version
	for _, index := range r.indexes {
		file := path.Join(index, folder+".crate")
		if _, err := fs.Stat(r.Caches[cacheName], file); err != nil {
			continue
		}
		place := source.JoinRoot(cacheName, file)
		digest := ecosystem.Digest(ecosystem.Hashes(p.hash))
		inner, data, err := ecosystem.TarFile(r.Caches[cacheName], file, digest, maxManifest, func(name string) bool { return name == folder+"/"+manifestFile })
		if err != nil {
			r.Unfetched(source.Span{Path: place}, sbom.ID(p.component().PURL), fetch, err)
			continue
		}
		m := r.readCached(place+"!/"+inner, data, nil)
		m.dir, m.digest = place+"!/"+folder, digest
		if r.isOf(p, m) {
			return m
		}
	}
	return nil
}

// isOf reports whether a manifest is of the package that the lockfile names. One of another package is not believed.
func (r *reader) isOf(p *locked, m *manifest) bool {
	if m.name == "" || m.name == p.name && (m.version == p.version || m.version == "") {
		return true
	}
	r.Gap(sbom.Gap{Kind: sbom.Lost, Span: m.at, Components: []sbom.ID{sbom.ID(p.component().PURL)}, Next: fetch,
		Why: "the cache has " + ecosystem.Quote(m.name+" "+m.version) + ", the lockfile has " + ecosystem.Quote(p.name+" "+p.version)})
	return false
}

// fetch is how packages come into the cache.
const fetch = "run `cargo fetch`"

// readCached reads a Cargo.toml of the cache. What is wrong with it costs the scopes and the license that it states.
func (r *reader) readCached(where string, data []byte, err error) *manifest {
	m := &manifest{file: where}
	if err == nil {
		d, bad := doc.TOML(where, data)
		m.take(d, bad == nil)
		err = bad
	}
	if err != nil {
		gap := ecosystem.Unread(name, source.Span{Path: where}, err)
		if e, ok := errors.AsType[*doc.SyntaxError](err); ok {
			gap.Span, gap.Why = e.Span, e.Msg
		}
		gap.Next = fetch
		r.Gap(gap)
	}
	return m
}

// addUnused adds vendored packages that no lockfile names: somebody may well compile them.
func (r *reader) addUnused() {
	var left []*manifest
	for _, m := range r.vendored {
		if !r.used[m] && m.isPackage() {
			left = append(left, m)
		}
	}
	slices.SortFunc(left, func(a, b *manifest) int { return strings.Compare(a.dir, b.dir) })
	byFolder := map[string][]string{}
	var firsts []*manifest // one a folder
	for _, m := range left {
		c := m.component()
		c.Origin = sbom.OriginVendored
		id := r.Add(c, m.dir, m.at)
		folder := path.Dir(m.dir)
		if byFolder[folder] == nil {
			firsts = append(firsts, m)
		}
		byFolder[folder] = append(byFolder[folder], m.name)
		r.Relationships = append(r.Relationships, sbom.Relationship{From: r.homeOf(folder), To: id, Kind: sbom.Indirect, Scope: sbom.Runtime, Found: []source.Span{m.at}})
	}
	for _, m := range firsts {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: m.at, Next: "run `cargo vendor`",
			Why: "no lockfile names these vendored packages: " + ecosystem.Names(byFolder[path.Dir(m.dir)])})
	}
}

// homeOf gives the root of the next project above a folder; the folder itself becomes one where there is none.
func (r *reader) homeOf(folder string) sbom.ID {
	for dir := folder; ; dir = path.Dir(dir) {
		if id := r.homes[dir]; id != "" {
			return id
		}
		if dir == "." {
			break
		}
	}
	r.homes[folder] = r.Root(r.Unnamed(folder), folder)
	return r.homes[folder]
}

// isFile reports whether the target has a file.
func (r *reader) isFile(p string) bool {
	info, err := fs.Stat(r.FS, p)
	return err == nil && info.Mode().IsRegular()
}
