package ecosystem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/source"
)

// maxPacked is the size past which an archive is no original, in bytes.
const maxPacked = 128 << 20

// PublishedZip lists the files below a folder of a zip archive that lies in fsys.
func PublishedZip(ctx context.Context, fsys fs.FS, name, folder string) (*original.Published, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	at, ok := f.(io.ReaderAt)
	if err == nil && (!ok || !info.Mode().IsRegular()) {
		err = errors.New("an archive that cannot be read at random")
	}
	if err != nil {
		return nil, err
	}
	a, err := archive.Open(at, info.Size())
	if err != nil {
		return nil, err
	}
	if lost := a.Lost(); len(lost) > 0 {
		return nil, lost[0].Err
	}
	return original.Folder(ctx, a, folder)
}

// PublishedTar lists the files of a packed tar archive that lies in fsys, if it has that digest, without the one folder, however it
// is called, in which the files of crates and npm's packages lie. The digest is made while the files are listed, and the list is
// thrown away if it is another one: an archive is read once, and not held in memory.
func PublishedTar(fsys fs.FS, name string, digest source.Digest) (*original.Published, error) {
	f, err := openRegular(fsys, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() > maxPacked:
		return nil, fmt.Errorf("%w: more than %d MiB", original.ErrLimit, maxPacked>>20)
	}
	content, p := digest.Verify(io.LimitReader(f, maxPacked)), original.New()
	err = archive.WalkTar(content, func(entry string, _ int64, content io.Reader) error {
		if _, rest, ok := strings.Cut(path.Clean(entry), "/"); ok {
			return p.Add(rest, content)
		}
		return nil
	})
	_, failed := io.Copy(io.Discard, content)
	switch {
	case errors.Is(failed, source.ErrDigest):
		err = fmt.Errorf("the archive %w", original.ErrForeign)
	case failed != nil:
		err = failed
	case err == nil && len(p.Files) == 0:
		err = errors.New("an archive without files")
	case errors.Is(err, archive.ErrLimit):
		err = fmt.Errorf("%w: %w", original.ErrLimit, err)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}
