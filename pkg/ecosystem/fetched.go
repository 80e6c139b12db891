package ecosystem

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Package managers keep what they fetched, and lockfiles say by digests what was to be fetched. So an archive in a cache is
// believed by its digest, not by its name: whatever else somebody put there under that name is another package.

// maxFetched bounds an archive that cannot be read at random, in bytes.
const maxFetched = 256 << 20

// Digests are the checksums by which an archive can be verified, the strongest kind only: SHA-512 before SHA-384, SHA-256 and SHA-1.
func Digests(hashes []sbom.Hash) []source.Digest {
	for _, kind := range [...][2]string{{"SHA-512", "sha512:"}, {"SHA-384", "sha384:"}, {"SHA-256", "sha256:"}, {"SHA-1", "sha1:"}} {
		var out []source.Digest
		for _, h := range hashes {
			if h.Algorithm == kind[0] {
				out = append(out, source.Digest(kind[1]+h.Hex))
			}
		}
		if out != nil {
			return out
		}
	}
	return nil
}

// Digest is the first of [Digests], "" without any.
func Digest(hashes []sbom.Hash) source.Digest {
	return append(Digests(hashes), "")[0]
}

// Among gives the one of several digests, which are of one kind, that a file has; the error is [source.ErrDigest] if it has none of them.
func Among(fsys fs.FS, file string, digests []source.Digest) (source.Digest, error) {
	f, err := openRegular(fsys, file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return source.Among(f, digests)
}

// TarFile reads the first file of a tar archive, packed or not, that is wanted, if it has no more than limit bytes; the error is
// [fs.ErrNotExist] if there is none. The archive must have the digest, if one is given: else the error is [source.ErrDigest].
func TarFile(fsys fs.FS, file string, digest source.Digest, limit int64, wanted func(name string) bool) (name string, data []byte, err error) {
	f, err := openRegular(fsys, file)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	content := digest.Verify(f)
	err = archive.WalkTar(content, func(p string, size int64, r io.Reader) (err error) {
		switch {
		case !wanted(p):
			return nil
		case size > limit:
			return &TooLarge{limit}
		}
		if name, data = p, nil; size > 0 {
			data, err = io.ReadAll(r)
		}
		if err == nil {
			err = io.EOF
		}
		return err
	})
	if _, bad := io.Copy(io.Discard, content); bad != nil { // of one that was changed this explains all else
		err = bad
	}
	if err == nil && name == "" {
		err = fs.ErrNotExist
	}
	return name, data, err
}

// ZipFile reads a file of a zip archive as [TarFile] does.
func ZipFile(fsys fs.FS, file string, digest source.Digest, limit int64, wanted func(name string) bool) (name string, data []byte, err error) {
	f, err := openRegular(fsys, file)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", nil, err
	}
	at, random := f.(io.ReaderAt)
	size := info.Size()
	if !random {
		data, err := io.ReadAll(io.LimitReader(f, maxFetched+1))
		if err == nil && len(data) > maxFetched {
			err = &TooLarge{maxFetched}
		}
		if err != nil {
			return "", nil, err
		}
		at, size = bytes.NewReader(data), int64(len(data))
	}
	if digest != "" {
		if _, err := io.Copy(io.Discard, digest.Verify(io.NewSectionReader(at, 0, size))); err != nil {
			return "", nil, err
		}
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		return "", nil, err
	}
	for _, e := range z.File {
		if !wanted(e.Name) {
			continue
		}
		r, err := e.Open()
		if err != nil {
			return "", nil, err
		}
		defer r.Close()
		data, err := io.ReadAll(io.LimitReader(r, limit+1))
		if err == nil && int64(len(data)) > limit {
			err = &TooLarge{limit}
		}
		return e.Name, data, err
	}
	return "", nil, fs.ErrNotExist
}

// openRegular opens a file that is one: a pipe would never end.
func openRegular(fsys fs.FS, file string) (fs.File, error) {
	info, err := fs.Stat(fsys, file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	return fsys.Open(file)
}

// AtTop reports whether a path is that of a file so called in the one folder at the top of an archive.
func AtTop(p, name string) bool {
	top, rest, ok := strings.Cut(p, "/")
	return ok && top != "" && rest == name && path.Clean(p) == p
}

// Unfetched is the gap of an archive in a cache that cannot be read, or is another than the lockfile names; next is how to get
// the right one.
func (g *Graph) Unfetched(at source.Span, id sbom.ID, next string, err error) {
	gap := Unread(g.Reader, at, err)
	gap.Next, gap.Components = next, []sbom.ID{id}
	if errors.Is(err, source.ErrDigest) {
		gap.Why = "is not the package that the lockfile names: " + err.Error()
	}
	if errors.Is(err, archive.ErrLimit) {
		gap.Kind = sbom.Limit
	}
	g.Gap(gap)
}

// Fetched adds a package of a system as it is fetched: as a root, with the license texts in it, which lie where they are to be
// installed. What it needs is not followed: whose packages meet that, nobody has chosen. One without a name and a version is lost.
func (g *Graph) Fetched(p *Project, c sbom.Component, at source.Span) {
	if !Printable(c.Name) || !Printable(c.Version) {
		g.Lost(source.Span{Path: p.Files[0]}, "fetch the package again", "a package without a name and a version")
		return
	}
	g.Root(c, p.Dir(), at)
	if texts := p.At(path.Join(p.Dir(), "usr/share/licenses", c.Name)); texts != "" {
		g.Add(c, texts, at)
	}
}

// Gunzip is what was packed by gzip (RFC 1952), if that is no more than limit bytes.
func Gunzip(packed []byte, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(z, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = &TooLarge{limit}
	}
	return data, err
}
