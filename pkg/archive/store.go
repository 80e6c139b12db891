package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// Store is a store of pnpm as a file system in which the index of a package is the folder of its files.
//
// The store holds each file once, under the digest of its bytes, and for each package an index, which maps the paths in it to
// digests (https://pnpm.io/symlinked-node-modules-structure tells what for; the layout is that of the stores v3 and v10):
//
//	v3/files/b1/349f…-index.json              {"files": {"LICENSE": {"integrity": "sha512-…", "mode": 420, "size": 1071}}}
//	v10/index/b1/349f…-get-proto@1.0.1.json   the same
//	v10/files/0d/f3…                          the bytes
//	v11/index.db                              a database of SQLite: checksum, name and version, and an index in MessagePack
//
// The last is that of pnpm 11 and later, in which the folder of a package is v11/index/b1/349f…-get-proto@1.0.1, with all digits of the
// checksum. So v3/files/b1/349f…-index is a folder here, with LICENSE in it. A file is read to its end only if it has the digest that the index
// says: what stands under it may have been changed since.
type Store struct {
	fs.FS
	mu    sync.Mutex
	open  map[string]*FS // by the path of the index
	order []string
}

// NewStore gives the view on a store.
func NewStore(fsys fs.FS) *Store { return &Store{FS: fsys, open: map[string]*FS{}} }

// The limits of a store: bytes of an index, and how many are kept.
const (
	maxIndex    = 32 << 20
	openIndexes = 16
)

// Open implements [fs.FS].
func (s *Store) Open(name string) (fs.File, error) {
	index, inner, ok := split(name)
	if !ok {
		return s.FS.Open(name)
	}
	pkg, err := s.index(index)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return pkg.Open(inner)
}

// Stat implements [fs.StatFS].
func (s *Store) Stat(name string) (fs.FileInfo, error) {
	index, inner, ok := split(name)
	if !ok {
		return fs.Stat(s.FS, name)
	}
	pkg, err := s.index(index)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return pkg.Stat(inner)
}

// ReadDir implements [fs.ReadDirFS].
func (s *Store) ReadDir(name string) ([]fs.DirEntry, error) {
	index, inner, ok := split(name)
	if !ok {
		return fs.ReadDir(s.FS, name)
	}
	pkg, err := s.index(index)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return pkg.ReadDir(inner)
}

// split gives the index of a package, and the path in it; ok is false for a path that does not lead into one.
func split(name string) (index, inner string, ok bool) {
	parts := strings.Split(name, "/")
	for i := 0; i < min(2, len(parts)-2); i++ { // the store may be opened at its top, or at one of its versions
		kind, leaf := parts[i], parts[i+2]
		if kind == "index" || kind == "files" && strings.HasSuffix(leaf, "-index") {
			if path.Ext(leaf) == ".json" {
				return "", "", false
			}
			inner = "."
			if len(parts) > i+3 {
				inner = path.Join(parts[i+3:]...)
			}
			return path.Join(parts[:i+3]...) + ".json", inner, true
		}
	}
	return "", "", false
}

// index opens the index of a package. The last ones stay open: whoever reads one file of a package reads others of it.
func (s *Store) index(name string) (*FS, error) {
	s.mu.Lock()
	pkg := s.open[name]
	s.mu.Unlock()
	if pkg != nil {
		return pkg, nil
	}
	pkg, err := s.read(name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[name] == nil {
		if len(s.order) == openIndexes {
			delete(s.open, s.order[0])
			s.order = s.order[1:]
		}
		s.open[name], s.order = pkg, append(s.order, name)
	}
	return pkg, nil
}

// stored is what an index says of a file.
type stored struct {
	Integrity string
	Mode      int64
	Size      int64
}

var errIndex = errors.New("is no index of a package")

func (s *Store) read(name string) (*FS, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return s.find(name)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxIndex+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxIndex {
		return nil, fmt.Errorf("%w: an index of more than %d MiB", ErrLimit, maxIndex>>20)
	}
	var index struct{ Files map[string]stored }
	if json.Unmarshal(data, &index) != nil || index.Files == nil {
		return nil, errIndex
	}
	return s.folder(name, index.Files)
}

// folder is the package with these files.
func (s *Store) folder(name string, files map[string]stored) (*FS, error) {
	if len(files) > maxEntries {
		return nil, fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries)
	}
	top := path.Dir(path.Dir(path.Dir(name)))
	pkg := newFS()
	for name, entry := range files {
		n := node{mode: 0o444, size: max(entry.Size, 0)}
		file, digest, ok := contentOf(entry)
		if ok {
			n.open = func() (content, error) { return s.verified(path.Join(top, file), digest) }
		}
		pkg.add(name, n, false)
	}
	pkg.sort()
	return pkg, nil
}

// find looks for a package in the database that has all indexes since the store v11.
func (s *Store) find(name string) (*FS, error) {
	key, ok := keyOf(name)
	if !ok {
		return nil, fs.ErrNotExist
	}
	f, err := s.FS.Open(path.Join(path.Dir(path.Dir(path.Dir(name))), "index.db"))
	if err != nil {
		return nil, fs.ErrNotExist
	}
	defer f.Close()
	at, ok := f.(io.ReaderAt)
	if !ok {
		return nil, errDatabase
	}
	db, err := openDatabase(at)
	if err != nil {
		return nil, err
	}
	row, err := db.find("package_index", key)
	if err != nil {
		return nil, err
	}
	index, err := unpack(row)
	if err != nil {
		return nil, err
	}
	members, _ := index.(map[string]any)
	list, ok := members["files"].(map[string]any)
	if !ok {
		return nil, errIndex
	}
	files := map[string]stored{}
	for p, about := range list {
		m, _ := about.(map[string]any)
		text, _ := m["digest"].(string)
		mode, _ := m["mode"].(int64)
		size, _ := m["size"].(int64)
		sum, _ := hex.DecodeString(text)
		files[p] = stored{Integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum), Mode: mode, Size: size}
	}
	return s.folder(name, files)
}

// keyOf is what the database calls a package: its checksum, name and version, which here are the path of a folder.
func keyOf(name string) (key string, ok bool) {
	const rest = 126 // of the digits of a SHA-512
	leaf := strings.TrimSuffix(path.Base(name), ".json")
	if len(leaf) <= rest || leaf[rest] != '-' {
		return "", false
	}
	sum, err := hex.DecodeString(path.Base(path.Dir(name)) + leaf[:rest])
	pkg := leaf[rest+1:]
	at := strings.LastIndexByte(pkg, '@')
	if err != nil || at < 1 {
		return "", false
	}
	return "sha512-" + base64.StdEncoding.EncodeToString(sum) + "\t" + strings.ReplaceAll(pkg[:at], "+", "/") + pkg[at:], true
}

// contentOf is where the bytes of a file lie, and what they must be. What can be run lies under a name of its own.
func contentOf(entry stored) (name string, digest source.Digest, ok bool) {
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(entry.Integrity, "sha512-"))
	if err != nil || len(sum) != 64 {
		return "", "", false
	}
	text := hex.EncodeToString(sum)
	name = "files/" + text[:2] + "/" + text[2:]
	if entry.Mode&0o111 != 0 {
		name += "-exec"
	}
	return name, source.Digest("sha512:" + text), true
}

// verified reads a file that must be what its digest says.
func (s *Store) verified(file string, digest source.Digest) (content, error) {
	f, err := s.FS.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(digest.Verify(f), maxFileBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxFileBytes:
		return nil, fmt.Errorf("%w: a file of more than %d MiB", ErrLimit, maxFileBytes>>20)
	}
	return kept{bytes.NewReader(data)}, nil
}
