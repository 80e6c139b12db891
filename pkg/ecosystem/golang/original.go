package golang

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// published gives the files of a module as go.sum knows them: those of the module cache, unpacked or in the zip, where their
// digest is the one on record. A vendor folder holds but a part of them. What a folder replaces nobody published.
func published(ctx context.Context, p *ecosystem.Project, c *sbom.Component, o *sbom.Occurrence) (*original.Published, error) {
	cache := p.Caches[cacheName]
	v := module.Version{Path: c.Name, Version: c.Version}
	_, at := source.SplitRoot(o.Dir)
	dir, version, ok := escape(v)
	if _, _, packed := source.SplitArchive(at); cache == nil || !ok || at == "" || packed || c.PURL != string(purl(v.Path, v.Version)) {
		return nil, nil
	}
	if !isSummed(c, "") {
		return nil, nil
	}
	var bad error
	for _, open := range []func() (*original.Published, error){
		func() (*original.Published, error) { return original.Folder(ctx, cache, dir+"@"+version) },
		func() (*original.Published, error) {
			return ecosystem.PublishedZip(ctx, cache, "cache/download/"+dir+"/@v/"+version+".zip", v.String())
		},
	} {
		list, err := open()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err == nil && isSummed(c, list.H1(v.String())):
			list.Against, list.Dir = "go.sum", at
			return list, nil
		case err == nil:
			err = fmt.Errorf("what the module cache holds of %s %w, by go.sum", v, original.ErrForeign)
		}
		if bad == nil {
			bad = err
		}
	}
	return nil, bad
}

// isSummed reports whether go.sum has a digest of the component's files, and each that it has is sum, if that is not "".
func isSummed(c *sbom.Component, sum string) bool {
	found := false
	for _, h := range c.Hashes {
		if h.Algorithm == "h1" {
			if found = true; sum != "" && h.Hex != sum {
				return false
			}
		}
	}
	return found
}
