package npm

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/source"
)

// Bun and Deno keep packages unpacked, and nothing there proves what they were unpacked from. A package counts as one that is installed
// does, by the name and the version of its manifest, and only if it is a registry's, since one of another place may have both. Deno
// keeps what the registry said beside it: another checksum there is another package.
//
//	bun    @scope/name@1.0.0@@@1/package.json, and in name/ a link for each version (https://bun.sh/docs/install/cache)
//	deno   HOST/@scope/name/1.0.0/package.json, HOST/@scope/name/registry.json (https://docs.deno.com/runtime/fundamentals/modules/)

const (
	maxPackument = 64 << 20 // bytes of what a registry says of all versions of a package
	maxKept      = 1000     // versions of one package, or registries, that are looked at
)

// isOfRegistry reports whether a package is the registry's of that name and version.
func (w wanted) isOfRegistry() bool {
	return w.id == purl(w.name, w.version) && len(w.hashes) > 0 && !strings.ContainsAny(w.version, `/\`)
}

// inBun looks into Bun's cache. Of a version with more than three numbers the folder has a hash in its name; those are listed.
func (r *reader) inBun(w wanted) kept {
	cache := r.Caches["bun"]
	if cache == nil || !w.isOfRegistry() {
		return kept{}
	}
	hashed := strings.ContainsAny(w.version, "-+")
	dirs := []string{w.name + "@" + w.version + "@@@1"}
	if hashed {
		dirs = nil
		number := w.version[:strings.IndexAny(w.version, "-+")]
		for _, name := range listed(cache, w.name) {
			if strings.HasPrefix(name, number) {
				dirs = append(dirs, w.name+"@"+name)
			}
		}
	}
	for _, dir := range dirs {
		data, err := ecosystem.ReadFile(cache, path.Join(dir, manifestFile), maxManifest)
		if errors.Is(err, fs.ErrNotExist) || hashed && !isVersion(data, w.version) {
			continue
		}
		return r.unpacked("bun", dir, w, data, err)
	}
	return kept{}
}

// isVersion reports whether a manifest has that version.
func isVersion(manifest []byte, version string) bool {
	d, err := doc.JSON(manifestFile, manifest)
	return err == nil && sameVersion(d.Root().Get("version").Text(), version)
}

// inDeno looks into Deno's cache, in which each registry has a folder.
func (r *reader) inDeno(w wanted) kept {
	cache := r.Caches["deno"]
	if cache == nil || !w.isOfRegistry() {
		return kept{}
	}
	other := "" // what a registry noted that has another package of that name and version
	for _, host := range listed(cache, ".") {
		dir := path.Join(host, w.name, w.version)
		data, err := ecosystem.ReadFile(cache, path.Join(dir, manifestFile), maxManifest)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if noted := path.Join(host, w.name, "registry.json"); err == nil && !isNoted(cache, noted, w) {
			other = cmp.Or(other, noted)
			continue
		}
		if k := r.unpacked("deno", dir, w, data, err); k.dir != "" {
			return k
		}
	}
	if other != "" {
		r.Unfetched(source.Span{Path: source.JoinRoot("deno", other)}, w.id, w.install, source.ErrDigest)
	}
	return kept{}
}

// isNoted reports whether what a registry said of a package does not speak against it.
func isNoted(cache fs.FS, file string, w wanted) bool {
	data, err := ecosystem.ReadFile(cache, file, maxPackument)
	if err != nil {
		return true
	}
	d, err := doc.JSON(file, data)
	if err != nil {
		return true
	}
	has, _ := hashes(d.Root().Get("versions").Get(w.version).Get("dist").Get("integrity").Text())
	for _, h := range has {
		for _, wanted := range w.hashes {
			if h.Algorithm == wanted.Algorithm && h.Hex != wanted.Hex {
				return false
			}
		}
	}
	return true
}

// unpacked is a package in a folder of a cache.
func (r *reader) unpacked(name, dir string, w wanted, data []byte, err error) kept {
	place := source.JoinRoot(name, dir)
	m, ok := r.manifestOf(w, place+"/"+manifestFile, data, err)
	if !ok {
		return kept{}
	}
	return kept{dir: place, manifest: m}
}

// listed are the names in a folder of a cache, of which there may be none.
func listed(cache fs.FS, dir string) []string {
	if !fs.ValidPath(dir) {
		return nil
	}
	entries, _ := fs.ReadDir(cache, dir)
	var out []string
	for _, e := range entries[:min(len(entries), maxKept)] {
		out = append(out, e.Name())
	}
	return out
}
