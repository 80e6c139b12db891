package golang

import (
	"io/fs"
	"path"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cacheName is the module cache's among the project's caches: the folder that GOMODCACHE names, see
// https://go.dev/ref/mod#module-cache.
const cacheName = "gomod"

// dependency reads the go.mod of a module in the cache, once; nil if it is not at hand.
func (r *reader) dependency(v module.Version) *manifest {
	if m, ok := r.cached[v]; ok {
		return m
	}
	r.cached[v] = nil
	cache := r.Caches[cacheName]
	dir, version, ok := escape(v)
	if cache == nil || !ok {
		return nil
	}
	for _, p := range []string{"cache/download/" + dir + "/@v/" + version + ".mod", dir + "@" + version + "/go.mod"} {
		data, err := readFile(cache, p)
		if err != nil {
			continue
		}
		where := source.JoinRoot(cacheName, p)
		m, err := parseDependency(where, data)
		if err != nil {
			r.gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: where}, Reader: name,
				Why: "cannot be read: " + err.Error(), Next: "run `go clean -modcache` and `go mod download`"})
			continue
		}
		r.cached[v] = m
		return m
	}
	return nil
}

// moduleFolder says where the cache holds the module's files: unpacked, else in the zip that was
// downloaded, in which names are not escaped (https://go.dev/ref/mod#zip-files).
func (r *reader) moduleFolder(v module.Version) (string, bool) {
	cache := r.Caches[cacheName]
	dir, version, ok := escape(v)
	if cache == nil || !ok {
		return "", false
	}
	unpacked := dir + "@" + version
	if info, err := fs.Stat(cache, unpacked); err == nil && info.IsDir() {
		return source.JoinRoot(cacheName, unpacked), true
	}
	zip := "cache/download/" + dir + "/@v/" + version + ".zip"
	if info, err := fs.Stat(cache, zip); err == nil && info.Mode().IsRegular() {
		return source.JoinRoot(cacheName, zip) + "!/" + v.String(), true
	}
	return "", false
}

// escape gives path and version as file names, in which capital letters are "!" and the small letter.
func escape(v module.Version) (dir, version string, ok bool) {
	dir, err := module.EscapePath(v.Path)
	if err != nil {
		return "", "", false
	}
	version, err = module.EscapeVersion(v.Version)
	return dir, version, err == nil
}

// isFolder reports whether dir is a folder of the target.
func (r *reader) isFolder(dir string) bool {
	info, err := fs.Stat(r.FS, path.Clean(dir))
	return err == nil && info.IsDir()
}
