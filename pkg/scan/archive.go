package scan

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// An archive is searched by its entries and not as a file system: those of Java have entries twice, which a file system
// refuses, and to index hundreds of thousands of classes only to open three texts takes longer than to read them.

// The limits of one archive.
const (
	maxUnpacked = 256 << 20 // bytes of the files that are read
	maxInner    = 128 << 20 // bytes of an archive in it, if that has to be inflated
)

// visitArchive searches a folder inside an archive for license files.
func (s *scanner) visitArchive(ctx context.Context, v visit, out *searched, lost func(string, error)) {
	if s.isTar(v.dir) {
		err := s.visitTar(ctx, v, out, lost, s.searches)
		if err == nil && s.isSilentFetched(v, out) {
			err = s.visitTar(ctx, v, out, lost, isPlain)
		}
		if err != nil {
			lost(v.dir, err)
		}
		return
	}
	if texts, ok := s.kept.of(v.dir); ok {
		for _, t := range texts {
			s.take(t.at, t.data, out)
		}
		return
	}
	z, folder, closer, err := s.open(v)
	if err != nil {
		lost(v.dir, err)
		return
	}
	defer closer.Close()
	if folder != "" {
		folder += "/"
		if !slices.ContainsFunc(z.File, func(e *zip.File) bool { return strings.HasPrefix(e.Name, folder) }) {
			lost(v.dir, fs.ErrNotExist)
			return
		}
	}
	left := int64(maxUnpacked)
	walk := func(wanted func(sbom.Role) bool) {
		for p, e := range entries(z, folder, wanted) {
			if ctx.Err() != nil {
				return
			}
			at := source.Join(v.dir, p)
			if left -= int64(min(e.UncompressedSize64, window+1)); left < 0 {
				lost(v.dir, fmt.Errorf("%w: more than %d MiB in one archive", errTooLarge, maxUnpacked>>20))
				return
			}
			data, err := readEntry(e)
			if err != nil {
				lost(at, err)
				continue
			}
			s.take(at, data, out)
		}
	}
	walk(s.searches)
	if s.isSilentFetched(v, out) {
		walk(isPlain)
	}
}

// searches reports whether files of that role are searched in dependencies.
func (s *scanner) searches(r sbom.Role) bool { return s.Deep || r != sbom.RoleFile }

// isPlain reports whether files of that role are searched only where all others are silent.
func isPlain(r sbom.Role) bool { return r == sbom.RoleFile }

// isSilentFetched reports whether a package in an archive of a cache states nothing but, perhaps, in its files, see [scanner.visit].
func (s *scanner) isSilentFetched(v visit, out *searched) bool {
	return !s.Deep && v.digest != "" && !ofTarget(v.dir) && isSilent(v, out)
}

// entries yields the entries below a folder, "" or with a slash behind it, of the roles that are wanted, by their paths in it. One path
// may stand there twice, where tools laid several archives into one: both texts are in it.
func entries(z *zip.Reader, folder string, wanted func(sbom.Role) bool) iter.Seq2[string, *zip.File] {
	return func(yield func(string, *zip.File) bool) {
		for _, e := range z.File {
			p, inside := strings.CutPrefix(e.Name, folder)
			if inside && !strings.HasSuffix(p, "/") && fs.ValidPath(p) && wanted(detect.RoleOf(p)) && !yield(p, e) {
				return
			}
		}
	}
}

func readEntry(e *zip.File) ([]byte, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readAll(r)
}

// isTar reports whether a path leads into a tar: by its name or, as what caches keep is called after its digest, by its first bytes.
func (s *scanner) isTar(dir string) bool {
	outer, _, _ := s.split(dir)
	if archive.IsTar(outer) || ofTarget(dir) {
		return archive.IsTar(outer)
	}
	f, _, err := s.openOuter(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	io.ReadFull(f, head)
	return archive.Is(head) && !bytes.HasPrefix(head, []byte("PK"))
}

// visitTar does so in a tar, in the order of its entries; the path may lead on into another one in it.
func (s *scanner) visitTar(ctx context.Context, v visit, out *searched, lost func(string, error), wanted func(sbom.Role) bool) error {
	f, inner, err := s.openOuter(v.dir)
	if err != nil {
		return err
	}
	defer f.Close()
	content := v.digest.Verify(f)
	left := int64(maxUnpacked)
	found := false
	var walk func(r io.Reader, inner string) error
	walk = func(r io.Reader, inner string) error {
		next, deeper, packed := source.SplitArchive(inner)
		folder := strings.Trim(next, "/") + "/"
		return archive.WalkTar(r, func(p string, size int64, content io.Reader) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case packed && p == next:
				return walk(content, deeper)
			case packed:
				return nil
			}
			p, inside := strings.CutPrefix(p, strings.TrimPrefix(folder, "/"))
			found = found || inside
			if !inside || !fs.ValidPath(p) || !wanted(detect.RoleOf(p)) {
				return nil
			}
			if left -= min(size, window+1); left < 0 {
				return fmt.Errorf("%w: more than %d MiB in one archive", errTooLarge, maxUnpacked>>20)
			}
			at := source.Join(v.dir, p)
			data, err := readAll(content)
			if errors.Is(err, errTooLarge) {
				lost(at, err)
				return nil
			}
			if err == nil {
				s.take(at, data, out)
			}
			return err
		})
	}
	err = walk(content, inner)
	if _, bad := io.Copy(io.Discard, content); bad != nil && v.digest != "" {
		out.files, out.texts = nil, map[sbom.Digest]sbom.Text{} // they may be those of another package
		return bad
	}
	if err == nil && !found {
		err = fs.ErrNotExist
	}
	if errors.Is(err, archive.ErrLimit) {
		err = fmt.Errorf("%w: %w", errTooLarge, err)
	}
	return err
}

// split cuts a path at the first archive that is no folder of the tree: [source.SplitArchive] that passes over those that the walk
// entered.
func (s *scanner) split(p string) (outer, inner string, ok bool) {
	if ofTarget(p) {
		if entered, rest, in := s.files.Split(p); in {
			outer, inner, ok = source.SplitArchive(rest)
			return entered + "!/" + outer, inner, ok
		}
	}
	return source.SplitArchive(p)
}

// openOuter opens the first archive in a path of the target or of a cache, and gives the path in it.
func (s *scanner) openOuter(dir string) (f fs.File, inner string, err error) {
	outer, inner, _ := s.split(dir)
	name, rest := source.SplitRoot(outer)
	var fsys fs.FS = s.files
	if name != "" {
		var ok bool
		if fsys, ok = s.Caches[name]; !ok {
			return nil, "", fmt.Errorf("no cache %q", name)
		}
	}
	f, err = fsys.Open(rest)
	return f, inner, err
}

// open opens the archive of the target or of a cache that a path leads into, and those within it that the path
// leads on into; folder is the path in the last, "" for its top.
func (s *scanner) open(v visit) (z *zip.Reader, folder string, closer io.Closer, err error) {
	f, inner, err := s.openOuter(v.dir)
	if err != nil {
		return nil, "", nil, err
	}
	at, ok := f.(io.ReaderAt)
	info, err := f.Stat()
	if err == nil && (!ok || !info.Mode().IsRegular()) {
		err = errors.New("an archive that cannot be read at random")
	}
	if err == nil && v.digest != "" {
		_, err = io.Copy(io.Discard, v.digest.Verify(io.NewSectionReader(at, 0, info.Size())))
	}
	if err == nil {
		z, err = zip.NewReader(at, info.Size())
	}
	held := holding{Closer: f, heavy: &s.heavy}
	for err == nil {
		next, deeper, packed := source.SplitArchive(inner)
		if !packed {
			return z, strings.Trim(inner, "/"), &held, nil
		}
		z, at, err = held.inner(z, at, next)
		inner = deeper
	}
	held.Close()
	return nil, "", nil, err
}

// holding is an open archive, and whether what is inflated of it is so much that only one worker may hold it.
type holding struct {
	io.Closer
	heavy  *sync.Mutex
	locked bool
}

func (h *holding) Close() error {
	if h.locked {
		h.heavy.Unlock()
		h.locked = false
	}
	return h.Closer.Close()
}

// inner opens an archive in an archive: in place if it is only stored, else inflated into memory.
func (h *holding) inner(z *zip.Reader, outer io.ReaderAt, name string) (*zip.Reader, io.ReaderAt, error) {
	i := slices.IndexFunc(z.File, func(e *zip.File) bool { return e.Name == name })
	if i < 0 {
		return nil, nil, fs.ErrNotExist
	}
	e := z.File[i]
	if e.Method == zip.Store && e.CompressedSize64 == e.UncompressedSize64 {
		offset, err := e.DataOffset()
		if err != nil {
			return nil, nil, err
		}
		at := io.NewSectionReader(outer, offset, int64(e.UncompressedSize64))
		inner, err := zip.NewReader(at, at.Size())
		return inner, at, err
	}
	if e.UncompressedSize64 > maxInner {
		return nil, nil, fmt.Errorf("%w: an archive of %d MiB in an archive", errTooLarge, e.UncompressedSize64>>20)
	}
	if e.UncompressedSize64 > ecosystem.Light && !h.locked {
		h.heavy.Lock()
		h.locked = true
	}
	r, err := e.Open()
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	data := make([]byte, e.UncompressedSize64)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, nil, err
	}
	at := bytes.NewReader(data)
	inner, err := zip.NewReader(at, int64(len(data)))
	return inner, at, err
}
