// Package original tells whether the copy of a package still is what was published.
//
// The trick is that every original becomes one thing, a list of digests, whatever it is made of: an archive that was
// downloaded, the folder that it was unpacked into, the record that an installer or a vendoring tool wrote. So there is one
// comparison, which reads each file of the copy once, and to prove an original costs nothing more: what go.sum holds of a
// module is a digest over such a list ([Published.H1]), what the other lockfiles hold is one of the archive that is being listed.
//
// What is told of a copy is this. A file with other bytes was changed, and code that was not published was added. What is
// missing was left out: a copy may be a part, and vendor folders are. A file in which nothing but the ends of lines differs is
// listed apart, since version control systems make such files and nobody wrote them. So is, and it is not even listed, what
// tools and packagers lay beside a package: marks of package managers, build files, license texts (aside.go).
//
// What it does not do is judge an original: that a list is the published one is for its maker to prove, and what is said of
// the copy goes no further than the list. Nor does it guess: of a file that cannot be read nothing is known, and then nothing
// is known of the copy, unless another file of it was changed.
package original

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	_ "crypto/sha512" // of lists that have it
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Published is what was published, file by file.
type Published struct {
	// Against names what proves it, for people: "go.sum", "RECORD".
	Against string
	// Dir is the folder, in the file system of the copy, below which the paths lie.
	Dir string
	// Hash is the algorithm of the digests.
	Hash crypto.Hash
	// Files are the digests, as bytes, by slash path. They may climb, and are then passed over: a list is a stranger's writing.
	Files map[string]string
	// Whole says that all files are listed, so that what else lies in Dir was added.
	Whole bool
	// Also are other folders in which the component lies and which the list covers.
	Also []string

	// Known, if not nil, gives the digest of a file of the copy, by its path in the file system, where it is known without reading.
	Known func(kind crypto.Hash, at string) (sum string, ok bool)

	read int64  // bytes of what was added
	buf  []byte // for reading it
}

// How is in which way a file differs.
type How int

// The ways.
const (
	Bytes   How = iota // it has other bytes
	Added              // it is in the copy only
	Endings            // its lines end otherwise
)

// Change is a file of the copy that differs.
type Change struct {
	Path string // in the file system of the copy
	How  How
}

// Result is what came of a comparison.
type Result struct {
	Changed  []Change // sorted by path
	Compared int      // files that were published and are in the copy
	Unread   []Unread // what of the copy could not be read, at most maxUnread of it
	// Digest is a SHA-256 in hexadecimal digits over the paths and the digests of the files that were compared, and over the paths
	// of those that were added: what the result depends on.
	Digest string
}

// Unread is a file or folder that could not be read.
type Unread struct {
	Path string // in the file system of the copy
	Err  error
}

const (
	// bufferSize is how much is read at a time, in bytes.
	bufferSize = 64 << 10
	// maxUnread is how many files are told of that cannot be read.
	maxUnread = 10
	// maxFiles is how many files of a copy are looked at.
	maxFiles = 500_000
	// maxText is the size past which a file is not read again for the ends of its lines, in bytes.
	maxText = 8 << 20
)

// ErrLimit is wrapped by the errors of originals and copies past a limit.
var ErrLimit = errors.New("past a limit")

// Modified reports whether the copy has files that somebody changed or added. known is false if nothing says so and something
// could not be compared.
func (r *Result) Modified() (modified, known bool) {
	if slices.ContainsFunc(r.Changed, func(c Change) bool { return c.How != Endings }) {
		return true, true
	}
	return false, r.Compared > 0 && len(r.Unread) == 0
}

// Compare compares the copy in fsys. skip, which may be nil, tells of a path in it that it is none of the package's; it is not
// asked about folders in which something was published.
func (p *Published) Compare(ctx context.Context, fsys fs.FS, skip func(p string) bool) Result {
	c := comparison{Published: p, fsys: fsys, buf: make([]byte, bufferSize), read: sha256.New()}
	if p.Whole {
		c.walk(ctx, skip)
	} else {
		c.list(ctx)
	}
	if err := ctx.Err(); err != nil {
		c.lose(p.Dir, err)
	}
	slices.SortFunc(c.Changed, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	c.Digest = hex.EncodeToString(c.read.Sum(nil))
	return c.Result
}

// comparison is one in the making.
type comparison struct {
	*Published
	Result
	fsys fs.FS
	buf  []byte
	read hash.Hash // over what the result depends on
}

func (c *comparison) lose(at string, err error) {
	if len(c.Unread) < maxUnread {
		c.Unread = append(c.Unread, Unread{at, err})
	}
}

// list compares what is listed.
func (c *comparison) list(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		if ctx.Err() != nil {
			return
		}
		if isTrap(name) {
			continue
		}
		at := path.Join(c.Dir, name)
		if path.IsAbs(name) || !fs.ValidPath(at) {
			continue
		}
		c.compare(at, c.Files[name])
	}
}

// walk compares what lies in the folder.
func (c *comparison) walk(ctx context.Context, skip func(p string) bool) {
	count, folders := 0, c.folders()
	err := fs.WalkDir(c.fsys, c.Dir, func(p string, d fs.DirEntry, err error) error {
		rel := below(p, c.Dir)
		sum, listed := c.Files[rel]
		switch {
		case ctx.Err() != nil:
			return fs.SkipAll
		case err != nil:
			c.lose(p, err)
			return nil
		case p == c.Dir, d.IsDir() && folders[rel]:
			return nil
		case d.IsDir():
			if skip != nil && skip(p) {
				return fs.SkipDir
			}
			return nil
		}
		if count++; count > maxFiles {
			c.lose(c.Dir, fmt.Errorf("%w: more than %d files", ErrLimit, maxFiles))
			return fs.SkipAll
		}
		switch {
		case listed:
			c.compare(p, sum)
		case isAside(rel), skip != nil && skip(p):
		case d.Type().IsRegular():
			fmt.Fprintf(c.read, "%q\n", p)
			c.Changed = append(c.Changed, Change{p, Added})
		default:
			c.lose(p, errLink)
		}
		return nil
	})
	if err != nil {
		c.lose(c.Dir, err)
	}
}

var errLink = errors.New("it was not published, and is no regular file")

// isTrap reports whether a path is one that no file system has, and that takes long to go up.
func isTrap(name string) bool { return len(name) > 4096 || strings.Count(name, "/") > 200 }

// folders are those in which something was published.
func (p *Published) folders() map[string]bool {
	out := map[string]bool{}
	for name := range p.Files {
		if isTrap(name) {
			continue
		}
		for dir := path.Dir(name); dir != "." && dir != "/" && !out[dir]; dir = path.Dir(dir) {
			out[dir] = true
		}
	}
	return out
}

// compare compares one file. One that is not there was left out.
func (c *comparison) compare(at, want string) {
	got, err := c.sum(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return
	case err != nil:
		c.lose(at, err)
		return
	}
	c.Compared++
	fmt.Fprintf(c.read, "%q %x\n", at, got)
	switch {
	case got == want:
	case c.sameLines(at, want):
		c.Changed = append(c.Changed, Change{at, Endings})
	default:
		c.Changed = append(c.Changed, Change{at, Bytes})
	}
}

// sum gives the digest of a file, which must be a regular one: a pipe would never end.
func (c *comparison) sum(at string) (string, error) {
	if c.Known != nil {
		if sum, ok := c.Known(c.Hash, at); ok {
			return sum, nil
		}
	}
	info, err := fs.Stat(c.fsys, at)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return "", err
	}
	f, err := c.fsys.Open(at)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := c.Hash.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, c.buf); err != nil {
		return "", err
	}
	return string(h.Sum(nil)), nil
}

// sameLines reports whether a text has the digest once all its lines end in the one or in the other way.
func (c *comparison) sameLines(at, want string) bool {
	f, err := c.fsys.Open(at)
	if err != nil {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err != nil || len(text) > maxText || bytes.IndexByte(text, 0) >= 0 {
		return false
	}
	unix := bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for _, form := range [][]byte{unix, bytes.ReplaceAll(unix, []byte("\n"), []byte("\r\n"))} {
		h := c.Hash.New()
		h.Write(form)
		if string(h.Sum(nil)) == want {
			return true
		}
	}
	return false
}
