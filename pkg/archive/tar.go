package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The limits of one tar archive of a stranger.
const (
	maxEntries = 300_000
	maxBytes   = 512 << 20 // inflated
	maxRatio   = 200       // inflated to packed bytes; text of blanks deflates to a thousandth
	freeBytes  = 16 << 20  // inflated, of which the ratio is not asked for
)

// ErrLimit is wrapped by the errors of archives past a limit.
var ErrLimit = errors.New("past a limit of archives")

// tars are the endings of what is a tar archive, packed or not.
var tars = []string{".gem", ".crate", ".tar", ".tgz", ".tar.gz"}

// IsTar reports whether a file is a tar archive, by its name.
func IsTar(name string) bool {
	name = strings.ToLower(path.Base(name))
	return slices.ContainsFunc(tars, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

// WalkTar reads a tar archive (POSIX.1-2017, pax, "ustar Interchange Format"), which may be packed, and visits its
// regular files in their order, by their paths without "./" before them. What visit does not read is passed over; an error of it
// ends the walk, and [io.EOF] does so without one.
func WalkTar(r io.Reader, visit func(name string, size int64, content io.Reader) error) error {
	return walkTar(r, func(h *tar.Header, content io.Reader) error {
		name := strings.TrimPrefix(h.Name, "./")
		if h.Typeflag != tar.TypeReg || name == "" || path.Clean("/"+name) != "/"+name {
			return nil
		}
		return visit(name, h.Size, content)
	})
}

// walkTar visits every entry.
func walkTar(r io.Reader, visit func(h *tar.Header, content io.Reader) error) error {
	stream, free, err := inflate(r)
	if err != nil {
		return err
	}
	defer free()
	return walkStream(stream, visit)
}

// walkStream does so in a tar that is not packed.
func walkStream(stream io.Reader, visit func(h *tar.Header, content io.Reader) error) error {
	t := tar.NewReader(stream)
	for entries := 0; ; entries++ {
		h, err := t.Next()
		if err == io.EOF {
			return atEnd(stream)
		}
		if err == nil && entries >= maxEntries {
			err = fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries)
		}
		if err != nil {
			return err
		}
		if err := visit(h, t); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// errAfter is the loss of what follows the end of a tar: another one, as cat joins them.
var errAfter = errors.New("what follows its end was not read")

// atEnd reads what follows the end of a tar: there are blanks only, and the checksum of what packs it, if there is one.
func atEnd(rest io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := rest.Read(buf)
		if len(bytes.Trim(buf[:n], "\x00")) > 0 {
			return errAfter
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ended is [atEnd] for a tar that is not packed. One that was cut between two entries is told from a whole one by the block of
// zeros before its end only (POSIX.1-2017, pax, "ustar Interchange Format").
func ended(r *io.SectionReader) error {
	at, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if at >= r.Size() {
		last := make([]byte, min(headSize, r.Size()))
		if _, err := r.ReadAt(last, r.Size()-int64(len(last))); err != nil && err != io.EOF {
			return err
		}
		if len(bytes.Trim(last, "\x00")) > 0 {
			return io.ErrUnexpectedEOF
		}
	}
	return atEnd(r)
}

// plainTar lists a tar archive that is not packed: its files are read where they lie, and so of any size.
func (a *FS) plainTar(r *io.SectionReader, room *room) error {
	a.inPlace = true
	t := tar.NewReader(r)
	for entries := 0; ; entries++ {
		h, err := t.Next()
		switch {
		case err == io.EOF:
			return a.listed(ended(r))
		case err == nil && entries >= maxEntries:
			err = fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries)
		case err == nil && h.Typeflag == tar.TypeReg && !isSparse(h):
			var at int64
			if at, err = r.Seek(0, io.SeekCurrent); err == nil && h.Size > r.Size()-at {
				err = io.ErrUnexpectedEOF
			}
			if err == nil {
				a.add(h.Name, nodeOf(h, func() (content, error) { return section{io.NewSectionReader(r, at, h.Size)}, nil }), true)
			}
		case err == nil:
			err = a.keep(h, t, room)
		}
		if err != nil {
			return a.listed(err)
		}
	}
}

// isSparse reports whether the holes of a file are left out of the archive (GNU tar, "Storing Sparse Files").
func isSparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return h.Typeflag == tar.TypeGNUSparse
}

// listed ends the reading of a tar, perhaps before its end.
func (a *FS) listed(err error) error {
	a.sort()
	if err != nil && len(a.nodes) == 1 {
		if errors.Is(err, tar.ErrHeader) {
			return ErrFormat
		}
		return err
	}
	if err != nil {
		a.lose("", err)
	}
	return nil
}

// keep adds an entry of a tar, a file with its content.
func (a *FS) keep(h *tar.Header, content io.Reader, room *room) error {
	n := nodeOf(h, nil)
	switch h.Typeflag {
	case tar.TypeXGlobalHeader: // of the archive, and no file in it
		return nil
	case tar.TypeReg, tar.TypeGNUSparse:
		if err := room.take(h.Size); err != nil {
			return err
		}
		data := make([]byte, h.Size) // takes no memory before it is filled
		if _, err := io.ReadFull(content, data); err != nil {
			return err
		}
		n.open = inMemory(data)
	case tar.TypeLink:
		p, _ := clean(h.Linkname)
		to := a.nodes[p]
		if to == nil || to.open == nil && to.mode&fs.ModeSymlink == 0 {
			a.lose(h.Name, errors.New("it is a link to what is not in the archive"))
			return nil
		}
		n.mode, n.size, n.open, n.target = to.mode, to.size, to.open, to.target
	}
	a.add(h.Name, n, true)
	return nil
}

func nodeOf(h *tar.Header, open func() (content, error)) node {
	return node{mode: modeOf(h), size: h.Size, modified: h.ModTime, target: h.Linkname, open: open}
}

// modeOf is the mode of an entry, of the type that its header has for it: what its bits say besides, whoever unpacks it does not ask.
func modeOf(h *tar.Header) fs.FileMode {
	mode := h.FileInfo().Mode() &^ fs.ModeType
	switch h.Typeflag {
	case tar.TypeDir:
		mode |= fs.ModeDir
	case tar.TypeSymlink:
		mode |= fs.ModeSymlink
	case tar.TypeChar:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case tar.TypeBlock:
		mode |= fs.ModeDevice
	case tar.TypeFifo:
		mode |= fs.ModeNamedPipe
	}
	return mode
}

func inMemory(data []byte) func() (content, error) {
	return func() (content, error) { return kept{bytes.NewReader(data)}, nil }
}

// inflate unpacks what is packed, within the limits. free ends that.
func inflate(r io.Reader) (stream *inflated, free func(), err error) {
	packed := &counted{r: r}
	content, free, err := unpacked(bufio.NewReader(packed))
	return &inflated{r: content, packed: packed}, free, err
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// inflated ends a stream that becomes too long, or too long for what it is made of.
type inflated struct {
	r      io.Reader
	packed *counted
	n      int64
}

func (i *inflated) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	i.n += int64(n)
	switch {
	case i.n > maxBytes:
		return 0, fmt.Errorf("%w: more than %d MiB", ErrLimit, maxBytes>>20)
	case i.n > freeBytes && i.n/maxRatio > i.packed.n:
		return 0, fmt.Errorf("%w: it inflates by more than %d, as only traps do", ErrLimit, maxRatio)
	}
	return n, err
}
