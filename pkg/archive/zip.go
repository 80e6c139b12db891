package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// zip lists a zip archive (APPNOTE.TXT, .ZIP File Format Specification 6.3.10), whose files are inflated when they are opened.
func (a *FS) zip(r io.ReaderAt, size int64, room *room) error {
	a.inPlace = true
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("its directory cannot be read: %w", err)
	}
	left, stored := uint64(maxZipBytes), uint64(size)
	for i, e := range z.File {
		if i == maxEntries {
			a.lose("", fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries))
			break
		}
		switch n := e.UncompressedSize64; {
		case e.Flags&1 != 0:
			a.lose(e.Name, errors.New("it is encrypted"))
			continue
		case e.CompressedSize64 > uint64(size):
			a.lose(e.Name, errors.New("it is damaged: it is said to be larger than the archive"))
			continue
		case e.CompressedSize64 > stored:
			a.lose(e.Name, fmt.Errorf("%w: its entries overlap, as only those of traps do", ErrLimit))
			continue
		case n > freeBytes && n/maxRatio > e.CompressedSize64:
			a.lose(e.Name, fmt.Errorf("%w: it inflates by more than %d, as only traps do", ErrLimit, maxRatio))
			continue
		case n > left:
			a.lose(e.Name, fmt.Errorf("%w: more than %d GiB in one archive", ErrLimit, maxZipBytes>>30))
			continue
		default:
			left, stored = left-n, stored-e.CompressedSize64
		}
		a.zipped(e, r)
	}
	a.conda(room)
	a.sort()
	return nil
}

// maxZipBytes is how much a zip may hold: nothing of it is kept, so that may be more than of a packed tar.
const maxZipBytes = 16 << 30 // inflated

// zipped adds an entry.
func (a *FS) zipped(e *zip.File, r io.ReaderAt) {
	n := node{mode: e.Mode(), size: int64(e.UncompressedSize64), modified: e.Modified}
	switch {
	case strings.HasSuffix(e.Name, "/"), strings.HasSuffix(e.Name, `\`): // as archivers for Windows wrote
		n.mode = n.mode&fs.ModePerm | fs.ModeDir
	case n.mode&fs.ModeSymlink != 0:
		to, err := linkText(e)
		if err != nil {
			a.lose(e.Name, err)
			return
		}
		n.target = to
	case n.mode.IsRegular():
		n.open = func() (content, error) { return openZipped(e, r) }
	}
	a.add(e.Name, n, false)
}

// linkText is where a link leads: its content.
func linkText(e *zip.File) (string, error) {
	r, err := e.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxPath))
	return string(data), err
}

// zippedFile is an open file of a zip. It is read from its beginning, as its checksum asks; who asks for a part of it, because it
// is an archive in its turn, gets that where it lies or, if it is deflated, of the whole in memory.
type zippedFile struct {
	io.ReadCloser
	entry *zip.File
	whole io.ReaderAt // nil before a part was asked for
	err   error
}

// maxWhole is how large a deflated file may be of which a part is asked for, in bytes.
const maxWhole = 128 << 20

func openZipped(e *zip.File, outer io.ReaderAt) (content, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	f := &zippedFile{ReadCloser: r, entry: e}
	if e.Method == zip.Store && e.CompressedSize64 == e.UncompressedSize64 {
		if at, err := e.DataOffset(); err == nil {
			f.whole = io.NewSectionReader(outer, at, int64(e.UncompressedSize64))
		}
	}
	return f, nil
}

// isPlaced reports whether the file can be read at random without being inflated.
func (f *zippedFile) isPlaced() bool { return f.whole != nil }

// ReadAt implements [io.ReaderAt], for one goroutine at a time.
func (f *zippedFile) ReadAt(p []byte, off int64) (int, error) {
	if f.whole == nil && f.err == nil {
		var data []byte
		data, f.err = f.inflate()
		f.whole = bytes.NewReader(data)
	}
	if f.err != nil {
		return 0, f.err
	}
	return f.whole.ReadAt(p, off)
}

func (f *zippedFile) inflate() ([]byte, error) {
	size := f.entry.UncompressedSize64
	if size > maxWhole {
		return nil, fmt.Errorf("%w: a packed archive of %d MiB in an archive", ErrLimit, size>>20)
	}
	r, err := f.entry.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, size)
	_, err = io.ReadFull(r, data)
	return data, err
}
