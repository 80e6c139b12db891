package cargo

import (
	"io/fs"
	"path"

	"github.com/licet/licet/pkg/ecosystem"
)

// outline gives of a package in the cache its manifest: nothing else of it is read here.
func outline(name string, cache fs.FS, dir string) (map[string]string, bool) {
	if name != cacheName {
		return nil, false
	}
	file := path.Join(dir, manifestFile)
	data, err := ecosystem.ReadFile(cache, file, maxManifest)
	return map[string]string{file: string(data)}, err == nil
}
