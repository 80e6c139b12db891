package python

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// isArchive reports whether a file is a wheel or an egg, which are zip files with the metadata of one package.
func isArchive(p string) bool { return path.Ext(p) == ".whl" || path.Ext(p) == ".egg" }

// archive reads the metadata in a wheel or an egg. The license files in it are not looked at.
func (r *reader) archive(h *home, file string) {
	data, err := metadataIn(r.Project, file)
	if err != nil {
		r.Lost(at(file), "fetch the archive again", "is no archive that can be read: %v", err)
		return
	}
	d, _ := doc.Header(file, data)
	p := packIn(d)
	p.at = []source.Span{at(file)}
	if p.name == "" {
		r.Lost(at(file), "fetch the archive again", "there is no metadata of a package in it")
		return
	}
	for i := range p.needs {
		p.needs[i].at = at(file)
	}
	for i := range p.claims {
		for k := range p.claims[i].Evidence {
			p.claims[i].Evidence[k].Span = at(file)
		}
	}
	p.sealed = true
	h.dists = append(h.dists, p)
}

// maxMetadata bounds what is read of the metadata in an archive, in bytes.
const maxMetadata = 4 << 20

func metadataIn(p *ecosystem.Project, file string) ([]byte, error) {
	f, err := p.FS.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	ra, ok := f.(io.ReaderAt)
	if !ok || !info.Mode().IsRegular() {
		return nil, errors.New("it cannot be read at random")
	}
	z, err := zip.NewReader(ra, info.Size())
	if err != nil {
		return nil, err
	}
	for _, entry := range z.File {
		folder, base := path.Split(entry.Name)
		if strings.Count(folder, "/") != 1 || base != "METADATA" && base != "PKG-INFO" || !isInfo(path.Clean(folder)) {
			continue
		}
		inner, err := entry.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(inner, maxMetadata))
		inner.Close()
		return data, err
	}
	return nil, errors.New("there is no metadata in it")
}

// seal names the packages whose files lie in archives, in one gap.
func (r *reader) seal(l *lock) {
	var sealed []sbom.ID
	for _, p := range l.packages {
		if p.sealed && len(p.dirs) == 0 {
			sealed = append(sealed, p.id)
		}
	}
	if len(sealed) > 0 {
		r.Unavailable(at(l.file), "unpack the archives and scan what is in them", "the license files in wheels and eggs are not looked at", sealed...)
	}
}
