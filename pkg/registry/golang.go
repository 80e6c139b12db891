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
)

// goProtocol is that of module proxies (https://go.dev/ref/mod#goproxy-protocol). Whom to ask is GOPROXY's word: see [Config].
var goProtocol = protocol{kind: "golang", title: "Go proxy", setting: "set GOPROXY", find: findModule}

// findModule fetches a module from the proxies. What is private, or by a list without proxies to be fetched from its repository, is
// not asked for: licet runs no git. Nor is a module that go.sum does not name: go itself would refuse it.
func findModule(ctx context.Context, r *Registries, a *wanted) (*parcel, error) {
	v := module.Version{Path: a.Name, Version: a.Version}
	escaped, err := module.EscapePath(v.Path)
	version, err2 := module.EscapeVersion(v.Version)
	if errors.Join(err, err2) != nil || len(known.Strong(a.Hashes)) == 0 {
		return nil, errNotAsked
	}
	list := r.GoProxy
	if named := r.Sites["golang"]; len(named) > 0 {
		list = named[0].Address
		for _, s := range named[1:] {
			list += "," + s.Address
		}
	}
	private := r.GoNoProxy
	if private == "" {
		private = r.GoPrivate
	}
	if module.MatchPrefixPatterns(private, v.Path) {
		return nil, errors.New("modules that GOPRIVATE or GONOPROXY names are on no proxy, and nothing else is asked")
	}
	err = errors.New("GOPROXY names no proxy")
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
		var got *answer
		got, err = r.client.get(ctx, strings.TrimSuffix(proxy, "/")+"/"+escaped+"/@v/"+version+".zip", "", maxBody)
		if err == nil {
			return moduleIn(got.data, a.Name+"@"+a.Version, escaped+"@"+version)
		}
		if !any && !isGone(err) {
			break
		}
	}
	return nil, err
}

// moduleIn opens a module's zip as if it lay unpacked in the cache.
func moduleIn(data []byte, prefix, dir string) (*parcel, error) {
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
	files, err := fs.Sub(z, prefix)
	if err != nil {
		return nil, errors.New("the registry sends something that is no module")
	}
	return &parcel{files: files, module: dir}, nil
}

// maxUnpacked bounds a package when it is unpacked, in bytes: as the go command does (golang.org/x/mod/zip.MaxZipFile).
const maxUnpacked = 500 << 20
