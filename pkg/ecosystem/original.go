package ecosystem

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/original"
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

// PublishedTar lists the files of a packed tar archive that lies in fsys, if its digest is the one in hexadecimal digits, without the
// one folder, however it is called, in which the files of crates and npm's packages lie. The digest is made while the files are
// listed, and the list is thrown away if it is another one: an archive is read once, and not held in memory.
func PublishedTar(fsys fs.FS, name string, algorithm crypto.Hash, digest string) (*original.Published, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > maxPacked:
		return nil, fmt.Errorf("%w: more than %d MiB", original.ErrLimit, maxPacked>>20)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, p := algorithm.New(), original.New()
	read := io.TeeReader(io.LimitReader(f, maxPacked), h)
	err = archive.WalkTar(read, func(entry string, _ int64, content io.Reader) error {
		if _, rest, ok := strings.Cut(path.Clean(entry), "/"); ok {
			return p.Add(rest, content)
		}
		return nil
	})
	if _, failed := io.Copy(io.Discard, read); failed != nil {
		return nil, failed
	}
	switch {
	case hex.EncodeToString(h.Sum(nil)) != digest:
		err = fmt.Errorf("the archive %w", original.ErrForeign)
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
