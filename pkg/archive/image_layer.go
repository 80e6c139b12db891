package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// layer is one layer of an image, which is read from its beginning however often.
type layer struct {
	*store
	image  *Image
	number int
	blob   blob
	plain  bool // it is not packed
	// cursor is a reading of a packed layer that went on to a place, for what is asked for behind that.
	mu     sync.Mutex
	cursor *cursor
	begun  int // how often such a reading was begun
}

// The limits of a layer and of an image.
const (
	maxLayerBytes = 32 << 30 // unpacked
	maxFileBytes  = 1 << 30  // of a file that is read into memory
	maxBegun      = 20       // readings of a packed layer for single files: each may take as long as the walk
)

func (l *layer) size() int64 {
	if info, err := fs.Stat(l.files, l.blob.path); err == nil && l.blob.why == nil {
		return info.Size()
	}
	return 0
}

// cursor is an unpacked layer that is being read.
type cursor struct {
	file  fs.File
	whole *digested // what is stored
	diff  *digested // what is packed in it
	free  func()
	at    int64
}

func (c *cursor) Read(p []byte) (int, error) {
	n, err := c.diff.Read(p)
	if c.at += int64(n); c.at > maxLayerBytes {
		return 0, fmt.Errorf("%w: more than %d GiB in a layer", ErrLimit, maxLayerBytes>>30)
	}
	return n, err
}

func (c *cursor) Close() {
	c.free()
	c.file.Close()
}

func (l *layer) open() (*cursor, error) {
	if l.blob.why != nil {
		return nil, l.blob.why
	}
	f, err := l.files.Open(l.blob.path)
	if err != nil {
		return nil, errors.New("it cannot be opened")
	}
	c := &cursor{file: f, whole: digesting(f)}
	packed := bufio.NewReaderSize(c.whole, 256<<10)
	head, _ := packed.Peek(6)
	l.plain = packing(head) == ""
	content, free, err := unpacked(packed)
	if err != nil {
		f.Close()
		return nil, err
	}
	c.free, c.diff = free, digesting(content)
	return c, nil
}

// index notes all that is in the layer over what lower ones have. The layer is read to its end, for its digests.
func (l *layer) index() error {
	err := l.each(func(h *tar.Header, at int64, _ io.Reader) error {
		l.enter(h, at)
		return nil
	}, true)
	return err
}

// each visits the entries of the layer, with the offset of their content.
func (l *layer) each(visit func(h *tar.Header, at int64, content io.Reader) error, verify bool) error {
	c, err := l.open()
	if err != nil {
		return err
	}
	defer c.Close()
	t := tar.NewReader(c)
	for entries := 0; ; entries++ {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err == nil && entries >= maxEntries {
			err = fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries)
		}
		if err != nil {
			return err
		}
		if err := visit(h, c.at, t); err != nil {
			return err
		}
	}
	if !verify {
		return nil
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, c.whole); err != nil {
		return err
	}
	if l.blob.diff == "" {
		l.blob.diff = c.diff.digest()
	}
	if l.blob.digest != "" && !c.whole.is(l.blob.digest) && !c.diff.is(l.blob.digest) || l.blob.diff != "" && !c.diff.is(l.blob.diff) {
		return errDigest
	}
	return nil
}

// enter lays one entry over what is there.
func (l *layer) enter(h *tar.Header, at int64) {
	m := l.image
	n, in := nodeOf(h, nil), spot{l.number, l, at}
	switch h.Typeflag {
	case tar.TypeReg:
		if isSparse(h) {
			m.lose(h.Name, errors.New("the holes of the file are left out of its archive, which is not read"))
			return
		}
		size := h.Size
		n.open = func() (content, error) { return l.read(at, size) }
	case tar.TypeLink:
		p, _ := clean(h.Linkname)
		to := m.nodes[p]
		if to == nil || to.open == nil && to.mode&fs.ModeSymlink == 0 {
			m.lose(h.Name, errors.New("it is a link to what is not in the image"))
			return
		}
		n.mode, n.size, n.open, n.target = to.mode, to.size, to.open, to.target
		in.in, in.at = m.spots[to].in, m.spots[to].at
	}
	m.put(in, h.Name, n)
}

// read reads a file of the layer. A reading that has not passed it goes on to it, else one begins anew.
func (l *layer) read(at, size int64) (content, error) {
	if l.plain {
		f, err := l.files.Open(l.blob.path)
		if err != nil {
			return nil, err
		}
		if r, ok := f.(io.ReaderAt); ok {
			return placed{section{io.NewSectionReader(r, at, size)}, f}, nil
		}
		f.Close()
	}
	if data, ok := l.image.held.get(extent{l, at}); ok {
		return kept{bytes.NewReader(data)}, nil
	}
	if size > maxFileBytes {
		return nil, fmt.Errorf("%w: a file of more than %d MiB in a packed layer", ErrLimit, maxFileBytes>>20)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cursor == nil || l.cursor.at > at {
		if l.cursor != nil {
			l.cursor.Close()
			l.cursor = nil
		}
		if l.begun++; l.begun > maxBegun {
			return nil, errBegun
		}
		var err error
		if l.cursor, err = l.open(); err != nil {
			l.cursor = nil
			return nil, err
		}
	}
	data := make([]byte, size)
	_, err := io.CopyN(io.Discard, l.cursor, at-l.cursor.at)
	if err == nil {
		_, err = io.ReadFull(l.cursor, data)
	}
	if err != nil {
		l.cursor.Close()
		l.cursor = nil
		return nil, err
	}
	return kept{bytes.NewReader(data)}, nil
}

var errBegun = fmt.Errorf("%w: a packed layer was read from its beginning %d times for single files of it", ErrLimit, maxBegun)

// placed is a part of a file that is closed with it.
type placed struct {
	section
	file fs.File
}

func (p placed) Close() error { return p.file.Close() }
