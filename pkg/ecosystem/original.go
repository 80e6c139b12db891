package ecosystem

import (
	"bytes"
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

// maxPacked is the size past which an archive that has to be read whole to be proven is no original, in bytes.
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
// one folder, however it is called, in which the files of crates and npm's packages lie.
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
	var packed bytes.Buffer
	packed.Grow(int(info.Size()) + bytes.MinRead)
	h := algorithm.New()
	if _, err := io.Copy(io.MultiWriter(&packed, h), io.LimitReader(f, maxPacked)); err != nil {
		return nil, err
	}
	if hex.EncodeToString(h.Sum(nil)) != digest {
		return nil, fmt.Errorf("the archive %w", original.ErrForeign)
	}
	p := original.New()
	err = archive.WalkTar(&packed, func(entry string, _ int64, content io.Reader) error {
		if _, rest, ok := strings.Cut(path.Clean(entry), "/"); ok {
			return p.Add(rest, content)
		}
		return nil
	})
	switch {
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
