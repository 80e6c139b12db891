package npm

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Yarn keeps the archives of packages in the project, if that is to be installed without the network: each is named by what is in
// it, "@scope-name-npm-1.0.0-" and two hashes, and holds the package as it lies in node_modules.

// cacheFile stands for an archive of Yarn's cache.
const cacheFile = ".yarn/cache/*.zip"

// maxArchive bounds an archive that cannot be read at random, in bytes.
const maxArchive = 256 << 20

// cachedAt gives the folder of the project whose cache an archive lies in.
func cachedAt(p string) (top string, ok bool) {
	dir, ok := strings.CutSuffix(path.Dir(p), ".yarn/cache")
	if !ok || path.Ext(p) != ".zip" || dir != "" && !strings.HasSuffix(dir, "/") {
		return "", false
	}
	return path.Clean(dir), true
}

// archiveOf finds the archive of a package; "" if there is none.
func (l *pinned) archiveOf(p *pin) string {
	prefix := path.Join(l.dir, path.Dir(cacheFile), strings.Replace(p.name, "/", "-", 1)+"-npm-"+p.version+"-")
	i, _ := slices.BinarySearch(l.archives, prefix)
	for ; i < len(l.archives) && strings.HasPrefix(l.archives[i], prefix); i++ {
		if rest := strings.TrimSuffix(l.archives[i][len(prefix):], ".zip"); strings.Count(rest, "-") < 2 && !strings.Contains(rest, ".") {
			return l.archives[i] // and not one of the version 1.0.0-beta.1
		}
	}
	return ""
}

// packed reads the manifest of a package in an archive.
func (l *pinned) packed(file, dir string, p *pin) doc.Node {
	data, err := inArchive(l.FS, file, path.Join(dir, manifestFile))
	if err == nil {
		var d *doc.Doc
		if d, err = doc.JSON(file+"!/"+path.Join(dir, manifestFile), data); err == nil {
			return d.Root()
		}
	}
	l.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Components: []sbom.ID{p.id}, Next: l.format.install,
		Why: "the manifest in the archive cannot be read: " + err.Error()})
	return doc.Node{}
}

// inArchive reads a file in an archive.
func inArchive(fsys fs.FS, archive, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, archive)
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, errNotFile)
	}
	f, err := fsys.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var z *zip.Reader
	err = errors.ErrUnsupported
	if at, ok := f.(io.ReaderAt); ok {
		z, err = zip.NewReader(at, info.Size())
	}
	if errors.Is(err, errors.ErrUnsupported) {
		data, failed := ecosystem.ReadFile(fsys, archive, maxArchive)
		if failed != nil {
			return nil, failed
		}
		z, err = zip.NewReader(bytes.NewReader(data), int64(len(data)))
	}
	if err != nil {
		return nil, err
	}
	inner, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer inner.Close()
	data, err := io.ReadAll(io.LimitReader(inner, maxManifest+1))
	if err == nil && len(data) > maxManifest {
		err = &ecosystem.TooLarge{Limit: maxManifest}
	}
	return data, err
}

var errNotFile = errors.New("not a regular file")

// reportArchives tells of a cache of which no lockfile says what it holds.
func (r *reader) reportArchives() {
	for _, file := range r.archives {
		if top, _ := cachedAt(file); r.inUse != "yarn" || r.locks[0] != top {
			r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: source.Span{Path: file}, Material: true, Next: "scan the folder with yarn.lock in it",
				Why: "the archives of Yarn's cache are not read without yarn.lock: what they hold is missing from the inventory"})
			return
		}
	}
}
