package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// record is a file system that notes the digest of every file that a reader reads in it: the result
// depends on them, so the report must name them.
type record struct {
	fs.FS
	root  string
	notes *notes
}

// notes are the digests of what was read, by path.
type notes struct {
	mu     sync.Mutex
	digest map[string]string
	asking *atomic.Bool // what is read is read once more, see foresee
}

// add notes a digest. Of two of one file, of which one reader may have read a part only, the greater one
// stays, whoever comes first.
func (n *notes) add(p, hex string) {
	if n.asking.Load() {
		return
	}
	n.mu.Lock()
	n.digest[p] = max(n.digest[p], hex)
	n.mu.Unlock()
}

// of gives the lines "path digest" of what was read under a root.
func (n *notes) of(root string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var lines []string
	for p, d := range n.digest {
		if r, _ := source.SplitRoot(p); r == root {
			lines = append(lines, p+" "+d)
		}
	}
	return lines
}

func (s *scanner) record(root string, fsys fs.FS) fs.FS { return record{fsys, root, s.notes} }

func (r record) Open(name string) (fs.File, error) {
	f, err := r.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return &recordedFile{File: f, path: source.JoinRoot(r.root, name), sum: sha256.New(), notes: r.notes}, nil
}

func (r record) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(r.FS, name) }
func (r record) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS, name) }
func (r record) ReadLink(name string) (string, error)       { return fs.ReadLink(r.FS, name) }
func (r record) Lstat(name string) (fs.FileInfo, error)     { return fs.Lstat(r.FS, name) }

// recordedFile sums what is read of it, and notes the sum when it is closed.
type recordedFile struct {
	fs.File
	path  string
	sum   hash.Hash
	some  bool
	notes *notes
}

func (f *recordedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.sum.Write(p[:n])
	f.some = f.some || n > 0
	return n, err
}

// ReadAt is for archives; what is summed are the parts in the order in which they are read.
func (f *recordedFile) ReadAt(p []byte, off int64) (int, error) {
	at, ok := f.File.(io.ReaderAt)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	n, err := at.ReadAt(p, off)
	f.sum.Write(p[:n])
	f.some = f.some || n > 0
	return n, err
}

func (f *recordedFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if d, ok := f.File.(fs.ReadDirFile); ok {
		return d.ReadDir(n)
	}
	return nil, fs.ErrInvalid
}

func (f *recordedFile) Close() error {
	if f.some {
		f.notes.add(f.path, hex.EncodeToString(f.sum.Sum(nil)))
	}
	return f.File.Close()
}

// note adds what the search of a cache read.
func (n *notes) note(files []sbom.FileFacts) {
	for _, f := range files {
		n.add(f.Path, f.SHA256)
	}
}
