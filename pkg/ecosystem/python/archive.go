package python

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/source"
)

// isArchive reports whether a file is a wheel or an egg, which are zip files with the metadata of one package.
func isArchive(p string) bool { return path.Ext(p) == ".whl" || path.Ext(p) == ".egg" }

// archive reads the metadata in a wheel or an egg. Its license files lie beside that, in a wheel also in the folder licenses
// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/, "The .dist-info directory").
func (r *reader) archive(h *home, file string) {
	entry, folders, data, err := metadataIn(r.Project, file)
	if err != nil {
		r.Lost(at(file), "fetch the archive again", "is no archive that can be read: %v", err)
		return
	}
	d, _ := doc.Header(source.Join(file+"!/", entry), data)
	p := packIn(d)
	if p.name == "" {
		r.Lost(at(file), "fetch the archive again", "there is no metadata of a package in it")
		return
	}
	for _, folder := range folders {
		p.dirs = append(p.dirs, source.Join(file+"!/", folder))
	}
	p.sealed = true
	h.dists = append(h.dists, p)
}

// maxMetadata bounds what is read of the metadata in an archive, in bytes.
const maxMetadata = 4 << 20

var errLarge = errors.New("its metadata is larger than any")

// foldersOf are the folder of the metadata and those in it, which hold the license files: licenses, as PEP 639 has it, or license_files,
// as builders had it before.
func foldersOf(z *zip.Reader, info string) []string {
	out := []string{path.Clean(info)}
	for _, e := range z.File {
		dir := path.Dir(e.Name)
		if strings.HasPrefix(dir, info) && path.Clean(dir) == dir && !slices.Contains(out, dir) && len(out) < maxFolders {
			out = append(out, dir)
		}
	}
	return out
}

// metadataIn finds the metadata in an archive: where it stands there, and the folders with the package's license files.
func metadataIn(p *ecosystem.Project, file string) (name string, folders []string, data []byte, err error) {
	f, err := p.FS.Open(file)
	if err != nil {
		return "", nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", nil, nil, err
	}
	ra, ok := f.(io.ReaderAt)
	if !ok || !info.Mode().IsRegular() {
		return "", nil, nil, errors.New("it cannot be read at random")
	}
	z, err := zip.NewReader(ra, info.Size())
	if err != nil {
		return "", nil, nil, err
	}
	for _, entry := range z.File {
		folder, base := path.Split(entry.Name)
		if strings.Count(folder, "/") != 1 || base != "METADATA" && base != "PKG-INFO" || !isInfo(path.Clean(folder)) {
			continue
		}
		folders = foldersOf(z, folder)
		inner, err := entry.Open()
		if err != nil {
			return "", nil, nil, err
		}
		data, err := io.ReadAll(io.LimitReader(inner, maxMetadata+1))
		inner.Close()
		if err == nil && len(data) > maxMetadata {
			err = errLarge
		}
		return entry.Name, folders, data, err
	}
	return "", nil, nil, errors.New("there is no metadata in it")
}
