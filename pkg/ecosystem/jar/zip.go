package jar

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/licet/licet/pkg/ecosystem"
)

// The limits of one archive of the target, with all archives in it.
const (
	maxDepth    = 4         // archives in archives
	maxEntries  = 300_000   // that are listed
	maxInflated = 512 << 20 // bytes that are inflated
	maxNested   = 128 << 20 // bytes of archives in one another that have to be inflated to be read
	maxText     = 4 << 20   // bytes of a manifest or POM
	maxRatio    = 200       // bytes that one byte may become; text of blanks deflates to a thousandth
	maxLoaded   = 256 << 20 // bytes of a file that cannot be read at random, and so is loaded
)

// budget is what was used up of the limits.
type budget struct {
	entries  int
	inflated int64
	held     int64       // bytes of the archives in one another that are open now
	heavy    sync.Locker // nil for none
	locked   bool
}

// hold notes that so many more bytes are held, or fewer. What is more than light waits until nobody else holds as much; it
// stays so up to [budget.release], for whoever waits with something in its hands may be waited for.
func (b *budget) hold(n int64) {
	b.held += n
	if b.held > ecosystem.Light && b.heavy != nil && !b.locked {
		b.heavy.Lock()
		b.locked = true
	}
}

func (b *budget) release() {
	if b.locked {
		b.heavy.Unlock()
		b.locked = false
	}
}

var (
	errRatio    = fmt.Errorf("an entry that inflates by more than %d, as only traps do", maxRatio)
	errInflated = fmt.Errorf("more than %d MiB to inflate", maxInflated>>20)
	errEntries  = fmt.Errorf("more than %d entries", maxEntries)
	errLarge    = errors.New("an entry that is larger than any of its kind")
)

// isLimit reports whether the error is that of a limit, and not of a broken file.
func isLimit(err error) bool {
	var large *ecosystem.TooLarge
	return errors.Is(err, errRatio) || errors.Is(err, errInflated) || errors.Is(err, errEntries) || errors.Is(err, errLarge) || errors.As(err, &large)
}

// open opens an archive of the target. It is read at random where the file system can do that.
func open(fsys fs.FS, file string) (*zip.Reader, io.ReaderAt, io.Closer, error) {
	info, err := fs.Stat(fsys, file)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, nil, nil, err
	}
	f, err := fsys.Open(file)
	if err != nil {
		return nil, nil, nil, err
	}
	if at, ok := f.(io.ReaderAt); ok {
		z, err := zip.NewReader(at, info.Size())
		if err == nil || !errors.Is(err, errors.ErrUnsupported) {
			return z, at, f, err
		}
	}
	f.Close()
	data, err := ecosystem.ReadFile(fsys, file, maxLoaded)
	if err != nil {
		return nil, nil, nil, err
	}
	at := bytes.NewReader(data)
	z, err := zip.NewReader(at, int64(len(data)))
	return z, at, io.NopCloser(at), err
}

// text inflates an entry that is a text.
func (b *budget) text(f *zip.File) ([]byte, error) { return b.inflate(f, maxText) }

// inflate reads an entry of at most limit bytes.
func (b *budget) inflate(f *zip.File, limit int64) ([]byte, error) {
	size := f.UncompressedSize64
	switch {
	case size > uint64(limit):
		return nil, errLarge
	case size > 1<<20 && size/maxRatio > f.CompressedSize64:
		return nil, errRatio
	case b.inflated+int64(size) > maxInflated:
		return nil, errInflated
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var data bytes.Buffer
	data.Grow(int(size) + bytes.MinRead)
	n, err := data.ReadFrom(io.LimitReader(r, int64(size)+1))
	b.inflated += n
	return data.Bytes(), err
}

// nested opens an archive in an archive: in place if it is only stored, else inflated into memory, of which held bytes are
// to be given back.
func (b *budget) nested(outer io.ReaderAt, f *zip.File) (z *zip.Reader, base io.ReaderAt, held int64, err error) {
	if f.Method == zip.Store && f.CompressedSize64 == f.UncompressedSize64 {
		offset, err := f.DataOffset()
		if err != nil {
			return nil, nil, 0, err
		}
		at := io.NewSectionReader(outer, offset, int64(f.UncompressedSize64))
		z, err := zip.NewReader(at, at.Size())
		return z, at, 0, err
	}
	held = int64(min(f.UncompressedSize64, maxNested))
	if b.held+held > maxNested {
		return nil, nil, 0, errLarge
	}
	b.hold(held)
	data, err := b.inflate(f, maxNested)
	if err == nil {
		at := bytes.NewReader(data)
		base = at
		z, err = zip.NewReader(at, int64(len(data)))
	}
	if err != nil {
		b.hold(-held)
		return nil, nil, 0, err
	}
	return z, base, held, nil
}
