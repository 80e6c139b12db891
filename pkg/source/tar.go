package source

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// The limits of one tar archive of a stranger.
const (
	maxTarEntries = 300_000
	maxTarBytes   = 512 << 20 // inflated
	maxTarRatio   = 200       // inflated to packed bytes; text of blanks deflates to a thousandth
	freeTarBytes  = 16 << 20  // inflated, of which the ratio is not asked for
)

// ErrTarLimit is wrapped by the errors of archives past a limit.
var ErrTarLimit = errors.New("past a limit of archives")

// tars are the endings of what is a tar archive, packed or not.
var tars = []string{".gem", ".crate", ".tar", ".tgz", ".tar.gz"}

// IsTar reports whether a file is a tar archive, by its name.
func IsTar(name string) bool {
	name = strings.ToLower(path.Base(name))
	return slices.ContainsFunc(tars, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

// WalkTar reads a tar archive (POSIX.1-2017, pax, "ustar Interchange Format"), inflated if it is packed by gzip, and visits its
// regular files in their order, by their paths without "./" before them. What visit does not read is passed over; an error of it
// ends the walk, and [io.EOF] does so without one.
func WalkTar(r io.Reader, visit func(name string, size int64, content io.Reader) error) error {
	packed := &counted{r: r}
	buffered := bufio.NewReader(packed)
	content := io.Reader(buffered)
	if magic, _ := buffered.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return err
		}
		content = z
	}
	t := tar.NewReader(&inflated{r: content, packed: packed})
	for entries := 0; ; entries++ {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil && entries >= maxTarEntries {
			err = fmt.Errorf("%w: more than %d entries", ErrTarLimit, maxTarEntries)
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(h.Name, "./")
		if h.Typeflag != tar.TypeReg || name == "" || path.Clean("/"+name) != "/"+name {
			continue
		}
		if err := visit(name, h.Size, t); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
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
	case i.n > maxTarBytes:
		return 0, fmt.Errorf("%w: more than %d MiB", ErrTarLimit, maxTarBytes>>20)
	case i.n > freeTarBytes && i.n/maxTarRatio > i.packed.n:
		return 0, fmt.Errorf("%w: it inflates by more than %d, as only traps do", ErrTarLimit, maxTarRatio)
	}
	return n, err
}
