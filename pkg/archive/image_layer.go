package archive

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// layer is one layer of an image, which is read from its beginning however often.
type layer struct {
	*store
	image  *Image
	number int
	blob   blob
	plain  bool // it is not packed
	single int  // files that were foreseen to be read singly
	begun  int  // readings of it for single files
}

// The limits of a layer and of an image.
const (
	maxLayerBytes   = 32 << 30  // unpacked
	maxImageEntries = 2_000_000 // in all layers
	maxFileBytes    = 1 << 30   // of a file that is read into memory
	maxSingly       = 20        // files of a packed layer that are foreseen to be read singly: each may take as long as the walk
	maxBegun        = 40        // readings of a packed layer for these, and for what nobody foresaw
)

func (l *layer) size() int64 {
	if info, err := fs.Stat(l.files, l.blob.path); err == nil && l.blob.why == nil {
		return info.Size()
	}
	return 0
}

// cursor is a layer that is being read, unpacked.
type cursor struct {
	file   fs.File
	stored io.Reader // what is in the file
	diff   io.Reader // what is packed in it
	free   func()
	at     int64
	plain  bool
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

// open begins to read a layer. If stored is set, it gets what is stored as it is read.
func (l *layer) open(stored io.Writer) (*cursor, error) {
	if l.blob.why != nil {
		return nil, l.blob.why
	}
	f, err := l.files.Open(l.blob.path)
	if err != nil {
		return nil, errors.New("it cannot be opened")
	}
	c := &cursor{file: f, stored: f}
	if stored != nil {
		c.stored = io.TeeReader(f, stored)
	}
	packed := bufio.NewReaderSize(c.stored, 256<<10)
	head, _ := packed.Peek(6)
	c.plain = packing(head) == ""
	if c.diff, c.free, err = unpacked(packed); err != nil {
		f.Close()
		return nil, err
	}
	return c, nil
}

// index lists what is in the layer, keeps some files of it, and holds the layer, which is read to its end, against its digests.
func (l *layer) index(keep func(path string) bool) (list []entry, err error) {
	stored, diff := sha256.New(), sha256.New()
	c, err := l.open(stored)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	l.plain, c.diff = c.plain, io.TeeReader(c.diff, diff)
	err = l.each(c, func(h *tar.Header, at int64, in io.Reader) error {
		list = append(list, entry{h.Name, h.Linkname, h.Typeflag, isSparse(h), nodeOf(h, nil), at})
		if l.plain || h.Typeflag != tar.TypeReg || h.Size > source.Small || !keep(path.Clean(h.Name)) {
			return nil
		}
		content, err := hold(in, h.Size)
		if err == nil {
			l.image.held.put(&l.image.held.foretold, extent{l, at}, content)
		}
		return err
	})
	for _, rest := range []io.Reader{c, c.stored} {
		if err == nil {
			_, err = io.Copy(io.Discard, rest)
		}
	}
	if err != nil {
		return list, err
	}
	is := digestOf(diff)
	if l.blob.diff == "" {
		l.blob.diff = is
	}
	if is != l.blob.diff || l.blob.digest != "" && l.blob.digest != is && l.blob.digest != digestOf(stored) {
		err = errDigest
	}
	return list, err
}

// entry is one entry of a layer, with the place of its content.
type entry struct {
	name, link string
	kind       byte
	sparse     bool
	node       node
	at         int64
}

// each visits the entries of the layer that is being read, with the offset of their content.
func (l *layer) each(c *cursor, visit func(h *tar.Header, at int64, content io.Reader) error) error {
	t := tar.NewReader(c)
	for entries := 0; ; entries++ {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil && entries >= maxEntries {
			err = fmt.Errorf("%w: more than %d entries in a layer", ErrLimit, maxEntries)
		}
		if err != nil {
			return err
		}
		if err := visit(h, c.at, t); err != nil {
			return err
		}
	}
}

// enter lays one entry over what is there.
func (l *layer) enter(e entry) {
	m := l.image
	n, in := e.node, spot{l.number, l, e.at}
	switch e.kind {
	case tar.TypeReg:
		if e.sparse {
			m.lose(e.name, errors.New("the holes of the file are left out of its archive, which is not read"))
			return
		}
		at, size := e.at, n.size
		n.open = func() (content, error) { return l.read(at, size) }
	case tar.TypeXGlobalHeader:
		return // of git archive: about the archive
	case tar.TypeLink:
		p, _ := pathOf(e.link)
		to := m.nodes[path.Join(m.real(path.Dir(p)), path.Base(p))]
		if to == nil || to.open == nil && to.mode&fs.ModeSymlink == 0 {
			m.lose(e.name, errors.New("it is a link to what is not in the image"))
			return
		}
		n.mode, n.size, n.open, n.target = to.mode, to.size, to.open, to.target
		in.in, in.at = m.spots[to].in, m.spots[to].at
	}
	m.put(in, e.name, n)
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
	if c, ok := l.image.held.get(extent{l, at}); ok {
		return section{c.Open()}, nil
	}
	if l.image.wishes.note(wish{extent{l, at}, size}) {
		return nil, errForeseen
	}
	if size > maxFileBytes {
		return nil, fmt.Errorf("%w: a file of more than %d MiB in a packed layer", ErrLimit, maxFileBytes>>20)
	}
	return l.image.slow.read(l, at, size)
}

// slow is the one reading of a packed layer that went on to some place, for what is asked for behind that.
type slow struct {
	mu sync.Mutex
	of *layer
	*cursor
	refused map[extent]bool
}

// foresee says what will be asked for, in this order: which of that is read does not depend on who asks first.
func (s *slow) foresee(wanted []wish) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range wanted {
		if s.refused[w.extent] {
			continue
		}
		if w.in.single++; w.in.single > maxSingly {
			if s.refused == nil {
				s.refused = map[extent]bool{}
			}
			s.refused[w.extent] = true
		}
	}
}

func (s *slow) end() {
	if s.cursor != nil {
		s.Close()
	}
	s.of, s.cursor = nil, nil
}

func (s *slow) read(l *layer, at, size int64) (content, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused[extent{l, at}] {
		return nil, errSingle
	}
	if s.of != l || s.at > at {
		s.end()
		if l.begun++; l.begun > maxBegun {
			return nil, errSingle
		}
		c, err := l.open(nil)
		if err != nil {
			return nil, err
		}
		s.of, s.cursor = l, c
	}
	_, err := io.CopyN(io.Discard, s.cursor, at-s.at)
	var c source.Content
	if err == nil {
		c, err = hold(s.cursor, size)
	}
	if err != nil {
		s.end()
		return nil, err
	}
	return section{c.Open()}, nil
}

// hold reads so many bytes into memory, packed if they are many.
func hold(r io.Reader, size int64) (source.Content, error) {
	if size > maxPlain {
		return newBale(r, size)
	}
	data := make(source.Bytes, size)
	_, err := io.ReadFull(r, data)
	return data, err
}

var errSingle = fmt.Errorf("%w: a packed layer is not read from its beginning for each of so many files", ErrLimit)

// placed is a part of a file that is closed with it.
type placed struct {
	section
	file fs.File
}

func (p placed) Close() error { return p.file.Close() }
