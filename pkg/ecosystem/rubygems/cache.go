package rubygems

import (
	"errors"
	"io/fs"
	"path"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cacheName is the name among the project's caches of the folders in which gems are installed outside the target: in each of them
// the files in gems, what they are in specifications, what Bundler took from repositories in bundler/gems, and in cache the archives
// that gems were installed from
// (https://guides.rubygems.org/command-reference/#gem-environment).
const cacheName = "gem"

// cached finds a gem that is installed outside the target, by its full name. Nothing there is listed.
func (r *reader) cached(g *gem) *gemspec {
	full := fullName(g.name, g.version, g.platform)
	if !fs.ValidPath(full) {
		return nil
	}
	for _, folder := range []string{"specifications", "specifications/default"} {
		if s := r.cachedSpec(path.Join(folder, full+".gemspec"), g); s != nil {
			s.dir = r.cachedFolder("gems/" + full)
			return s
		}
	}
	return r.cachedArchive("cache/"+full+".gem", g)
}

// cachedArchive reads the archive of a gem, which must have the checksum of the lockfile, if that has one: a tar of two packed parts,
// the specification in YAML and the files.
func (r *reader) cachedArchive(file string, g *gem) *gemspec {
	cache := r.Caches[cacheName]
	if cache == nil {
		return nil
	}
	place, digest := source.JoinRoot(cacheName, file), ecosystem.Digest(g.sums)
	id, next := sbom.ID(purl(g.name, g.version, g.platform, "")), "let Bundler fetch the gem again"
	name, data, err := ecosystem.TarFile(cache, file, digest, maxCode, func(name string) bool { return name == "metadata.gz" })
	if errors.Is(err, fs.ErrNotExist) && name == "" {
		return nil
	}
	if err == nil {
		data, err = ecosystem.Gunzip(data, maxCode)
	}
	if err != nil {
		r.Unfetched(source.Span{Path: place}, id, next, err)
		return nil
	}
	d, _ := doc.YAML(place, data) // what is wrong with it Bundler would know
	about := d.Root()
	s := &gemspec{file: place, at: source.Span{Path: place}, installed: true, cached: true, digest: digest}
	s.name, s.version = about.Get("name").Text(), about.Get("version").Get("version").Text()
	s.homepage, s.packed = about.Get("homepage").Text(), about.Get("licenses") // its lines are no lines of a file: places name the archive
	if s.name != g.name || s.version != g.version {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: s.at, Components: []sbom.ID{id}, Next: next,
			Why: "the cache has " + ecosystem.Quote(s.name+" "+s.version) + ", the lockfile has " + ecosystem.Quote(g.name+" "+g.version)})
		return nil
	}
	s.dir = source.JoinRoot(cacheName, file) + "!/data.tar.gz!/"
	return s
}

// cachedCheckout finds a gem that Bundler took from a repository, at the commit of the lockfile.
func (r *reader) cachedCheckout(g *gem) *gemspec {
	dir := path.Join("bundler/gems", g.from.checkout())
	if g.from.revision == "" || !fs.ValidPath(dir) || r.cachedFolder(dir) == "" {
		return nil
	}
	s := r.cachedSpec(path.Join(dir, g.name+".gemspec"), g)
	if s == nil {
		s = &gemspec{name: g.name, version: g.version, installed: true, cached: true}
	}
	s.dir = r.cachedFolder(dir)
	return s
}

// cachedSpec reads a specification, which must be that of the gem; nil if there is none.
func (r *reader) cachedSpec(file string, g *gem) *gemspec {
	cache := r.Caches[cacheName]
	if cache == nil {
		return nil
	}
	data, err := ecosystem.ReadFile(cache, file, maxCode)
	if err != nil {
		return nil
	}
	place := source.JoinRoot(cacheName, file)
	s := r.specIn(place, data)
	s.installed, s.cached = true, true
	if s.name == g.name && (s.version == g.version || s.version == "") {
		return s
	}
	r.Gap(sbom.Gap{Kind: sbom.Lost, Span: s.at, Next: "run `bundle install` again",
		Why: "installed is " + ecosystem.Quote(s.name+" "+s.version) + ", the lockfile has " + ecosystem.Quote(g.name+" "+g.version)})
	return nil
}

// cachedFolder is a folder of the cache as an occurrence has it, "" if there is none.
func (r *reader) cachedFolder(dir string) string {
	if r.Caches[cacheName] == nil {
		return ""
	}
	if info, err := fs.Stat(r.Caches[cacheName], dir); err != nil || !info.IsDir() {
		return ""
	}
	return source.JoinRoot(cacheName, dir)
}
