package original

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// maxBytes is how much of an original is read: the go command takes no larger module either (https://go.dev/ref/mod#zip-files).
const maxBytes = 512 << 20

// ErrForeign is wrapped by the error of an original whose digest is another than the one that is on record: somebody changed it,
// or it is another package's.
var ErrForeign = errors.New("is not what was published")

// Folder lists the files below a folder of fsys.
func Folder(ctx context.Context, fsys fs.FS, dir string) (*Published, error) {
	info, err := fs.Stat(fsys, dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s: not a folder", dir)
	}
	if err != nil {
		return nil, err
	}
	p := New()
	err = fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%s: not a regular file", name)
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return p.Add(below(name, dir), f)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// below is the path p as it goes on from the folder dir above it.
func below(p, dir string) string {
	if dir == "." {
		return p
	}
	return strings.TrimPrefix(p, dir+"/")
}

// New is an original of which the files are still to be added.
func New() *Published {
	return &Published{Hash: crypto.SHA256, Files: map[string]string{}, Whole: true}
}

// Add lists a file of the original.
func (p *Published) Add(name string, content io.Reader) error {
	if len(p.Files) >= maxFiles {
		return fmt.Errorf("%w: more than %d files", ErrLimit, maxFiles)
	}
	h := p.Hash.New()
	if p.buf == nil {
		p.buf = make([]byte, bufferSize)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, io.LimitReader(content, maxBytes-p.read+1), p.buf)
	if p.read += n; err == nil && p.read > maxBytes {
		err = fmt.Errorf("%w: more than %d MiB", ErrLimit, maxBytes>>20)
	}
	p.Files[name] = string(h.Sum(nil))
	return err
}

// H1 is the digest that go.sum holds of the module, "h1:" and base64: over the lines "digest  path@version/name", sorted
// (golang.org/x/mod/sumdb/dirhash, Hash1).
func (p *Published) H1(module string) string {
	names := slices.Sorted(maps.Keys(p.Files))
	h := sha256.New()
	for _, name := range names {
		fmt.Fprintf(h, "%x  %s/%s\n", p.Files[name], module, name)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}
