package registry

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// module fetches a module from the proxies (https://go.dev/ref/mod#goproxy-protocol). What is private, or by a list without
// proxies to be fetched from its repository, is not asked for: licet runs no git.
func (r *Registries) module(ctx context.Context, a known.Asked) (*known.Package, error) {
	v := module.Version{Path: a.Name, Version: a.Version}
	escaped, err := module.EscapePath(v.Path)
	version, err2 := module.EscapeVersion(v.Version)
	if errors.Join(err, err2) != nil {
		return nil, errNotAsked
	}
	private := r.GoNoProxy
	if private == "" {
		private = r.GoPrivate
	}
	if module.MatchPrefixPatterns(private, v.Path) {
		return nil, errors.New("modules that GOPRIVATE or GONOPROXY names are on no proxy, and nothing else is asked")
	}
	err = errors.New("GOPROXY names no proxy")
	list := r.GoProxy
	for list != "" && list != "off" {
		end := strings.IndexAny(list, ",|")
		proxy, rest, any := list, "", false
		if end >= 0 {
			proxy, rest, any = list[:end], list[end+1:], list[end] == '|'
		}
		list = rest
		if proxy = strings.TrimSpace(proxy); proxy == "direct" || proxy == "off" || proxy == "" {
			break
		}
		var data []byte
		data, err = r.client.get(ctx, strings.TrimSuffix(proxy, "/")+"/"+escaped+"/@v/"+version+".zip", "")
		if err == nil {
			return r.searchModule(ctx, a, data, escaped+"@"+version)
		}
		if status := statusError(0); !any && !(errors.As(err, &status) && (status == 404 || status == 410)) {
			break
		}
	}
	return nil, err
}

// searchModule searches a module's zip as if it lay unpacked in the cache.
func (r *Registries) searchModule(ctx context.Context, a known.Asked, data []byte, dir string) (*known.Package, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("the registry sends something that is no module")
	}
	size := uint64(0)
	for _, e := range z.File {
		size += min(e.UncompressedSize64, maxUnpacked+1)
		if size > maxUnpacked {
			return nil, fmt.Errorf("the registry sends a module of more than %d MiB", maxUnpacked>>20)
		}
	}
	files, err := fs.Sub(z, a.Name+"@"+a.Version)
	if err != nil {
		return nil, errors.New("the registry sends something that is no module")
	}
	return r.search(ctx, componentOf(a, source.JoinRoot("gomod", dir)), "gomod", below{dir, files})
}

// maxUnpacked bounds a package when it is unpacked, in bytes: as the go command does (golang.org/x/mod/zip.MaxZipFile).
const maxUnpacked = 500 << 20

// componentOf is what was asked for, with its files in that folder.
func componentOf(a known.Asked, dir string) sbom.Component {
	return sbom.Component{
		ID: sbom.ID(a.PURL), PURL: a.PURL, Name: a.Name, Version: a.Version, Type: sbom.TypeLibrary, Hashes: a.Hashes,
		Occurrences: []sbom.Occurrence{{Dir: dir}},
	}
}

// search searches the one package of a cache, whose digest is verified.
func (r *Registries) search(ctx context.Context, c sbom.Component, cache string, files fs.FS) (*known.Package, error) {
	opt := scan.Options{Ecosystems: r.Ecosystems, Caches: map[string]fs.FS{cache: files}, Workers: 1}
	packages, gaps, err := scan.Export(ctx, source.Files(files), opt, c)
	switch {
	case err != nil:
		return nil, err
	case len(gaps) > 0:
		return nil, fmt.Errorf("of what the registry sends: %s", gaps[0].Why)
	case len(packages) != 1:
		return nil, errors.New("the registry sends nothing that can be searched")
	}
	return &packages[0], nil
}
