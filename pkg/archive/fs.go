package archive

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// FS is what is in an archive. It is safe for use by several goroutines once it is open.
type FS struct {
	nodes map[string]*node // by path
	top   *node
	lost  []Loss
	// inPlace says that files are read where they lie in the archive, and not kept in memory.
	inPlace bool
	system  bool
	parts   []stretch // of a program, in which its files lie
	// isSingle says that it is one packed file.
	isSingle bool
}

// IsSystem reports whether the top of the archive is, or is laid over, the root of a system, at which absolute links in it begin: that
// of an image, and of a package of Debian, RPM, Alpine or Arch, which says so in .PKGINFO.
func (a *FS) IsSystem() bool { return a.system || a.nodes[".PKGINFO"] != nil }

// node is an entry, or a folder that the paths of entries lead through.
type node struct {
	name     string // the last element of the path
	mode     fs.FileMode
	size     int64
	modified time.Time
	target   string // of a link
	open     func() (content, error)
	children []*node // of a folder, sorted when the archive is read
	foreign  bool    // its path was not UTF-8
}

func newFS() *FS {
	top := &node{name: ".", mode: fs.ModeDir | 0o555}
	return &FS{nodes: map[string]*node{".": top}, top: top}
}

// Folder is the one folder in which all that is in the archive lies, as nearly every archive of sources has one; "" for none, and
// for one whose name says what lies in it: the files of a system or the packages of others are known by it.
func (a *FS) Folder() string { return a.top.only() }

// Inmost is the folder in which all lies that is in the archive, and below which it parts: [FS.Folder], the one folder in that, and so
// on. The modules of Go lie as deep as their paths are long.
func (a *FS) Inmost() string {
	dir := ""
	for n := a.top; n.only() != ""; n = n.children[0] {
		dir = path.Join(dir, n.only())
	}
	return dir
}

// only is the name of the one folder that lies in a folder, "" for none and for one that tells what lies in it.
func (n *node) only() string {
	if len(n.children) != 1 || !n.children[0].mode.IsDir() {
		return ""
	}
	name := n.children[0].name
	if slices.Contains(telling, name) || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".dist-info") || strings.HasSuffix(name, ".egg-info") {
		return ""
	}
	return name
}

// telling are the names of folders that say what lies in them, whatever lies beside them.
var telling = []string{
	"bin", "boot", "etc", "home", "lib", "lib32", "lib64", "nix", "opt", "root", "run", "sbin", "snap", "srv", "usr", "var", // hier(7)
	"bower_components", "node_modules", "site-packages", "dist-packages", "vendor", "third_party", "Pods", "Carthage",
	"META-INF", "WEB-INF", "BOOT-INF", "EGG-INFO",
}

// Lost tells what of the archive was not read, in the order of its entries.
func (a *FS) Lost() []Loss { return a.lost }

func (a *FS) lose(name string, err error) {
	switch {
	case len(a.lost) < maxLost:
		a.lost = append(a.lost, Loss{name, err})
	case len(a.lost) == maxLost:
		a.lost = append(a.lost, Loss{"", errMore})
	}
}

// maxLost bounds the losses that are told one by one: there are as many as entries in a trap.
const maxLost = 1000

var errMore = fmt.Errorf("%d of its entries were not read, and more", maxLost)

// add puts an entry in its place. again says that a later entry takes the place of one of the same path, as in a tar to which
// files were added.
func (a *FS) add(name string, n node, again bool) {
	p, ok := clean(name)
	switch {
	case p == "." || p == "":
	case !ok:
		a.lose(name, errUnsafe)
	default:
		a.place(name, p, n, again)
	}
}

// place does so at a path; name is what the archive calls it.
func (a *FS) place(name, p string, n node, again bool) {
	switch {
	case len(p) > maxPath || strings.Count(p, "/") > maxDepth:
		a.lose(name, errDeep)
		return
	}
	if !utf8.ValidString(p) {
		p, n.foreign, again = latin1(p), true, false
	}
	n.name = path.Base(p)
	old := a.nodes[p]
	switch {
	case old == nil:
		if len(a.nodes) > maxNodes {
			a.lose(name, fmt.Errorf("%w: its folders are too many and too deep", ErrLimit))
			return
		}
		dir := a.folder(path.Dir(p))
		if dir == nil {
			a.lose(name, errTwice)
			return
		}
		a.nodes[p] = &n
		dir.children = append(dir.children, &n)
	case old.mode.IsDir() && n.mode.IsDir():
		old.modified = n.modified
	case again && !old.foreign && !old.mode.IsDir() && !n.mode.IsDir():
		*old = n
	default:
		a.lose(name, errTwice)
	}
}

// latin1 reads a path that is not UTF-8 as what it most often is (ISO 8859-1). What else it may be, it stays another one for another.
func latin1(p string) string {
	out := make([]rune, len(p))
	for i := range len(p) {
		out[i] = rune(p[i])
	}
	return string(out)
}

// maxNodes bounds the entries and the folders that their paths lead through, of which one long path has thousands.
const maxNodes = 2 * maxEntries

// The limits of one path: its bytes, and how deep it leads. Compilers and package managers end at some dozens of folders.
const (
	maxPath  = 4096
	maxDepth = 200
)

var errDeep = fmt.Errorf("%w: a path of more than %d folders, or %d bytes", ErrLimit, maxDepth, maxPath)

// folder gives the folder of that path, and makes it if it is new; nil if a file is so called.
func (a *FS) folder(p string) *node {
	if n := a.nodes[p]; n != nil {
		if !n.mode.IsDir() {
			return nil
		}
		return n
	}
	if p == "." {
		return a.top
	}
	above := a.folder(path.Dir(p))
	if above == nil {
		return nil
	}
	n := &node{name: path.Base(p), mode: fs.ModeDir | 0o755}
	a.nodes[p] = n
	above.children = append(above.children, n)
	return n
}

// sort puts the children of all folders in order.
func (a *FS) sort() {
	for _, n := range a.nodes {
		slices.SortFunc(n.children, func(x, y *node) int { return cmp.Compare(x.name, y.name) })
	}
}

// lookup follows the links of all but the last element of a path, and of that too if follow is set.
func (a *FS) lookup(op, name string, follow bool) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if n := a.nodes[name]; n != nil && (!follow || n.mode&fs.ModeSymlink == 0) {
		return n, nil // nearly always
	}
	at, rest := ".", strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		n := a.nodes[next]
		if n == nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		rest = rest[1:]
		if n.mode&fs.ModeSymlink == 0 || len(rest) == 0 && !follow {
			at = next
			continue
		}
		to := path.Join(at, n.target)
		if path.IsAbs(n.target) {
			to = strings.TrimPrefix(path.Clean(n.target), "/")
		}
		if links++; links > maxLinks || to == ".." || strings.HasPrefix(to, "../") {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		at, rest = ".", append(strings.Split(to, "/"), rest...)
		if rest[0] == "" || rest[0] == "." {
			rest = rest[1:]
		}
	}
	return a.nodes[at], nil
}

// maxLinks bounds the links that one path may lead through.
const maxLinks = 40

// Open implements [fs.FS].
func (a *FS) Open(name string) (fs.File, error) {
	n, err := a.lookup("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.mode.IsDir() {
		return &dir{info: info{n}}, nil
	}
	if n.open == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is no regular file")}
	}
	r, err := n.open()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return struct {
		file
		content
	}{file{info{n}}, r}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (a *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := a.lookup("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if !n.mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("is no folder")}
	}
	out := make([]fs.DirEntry, len(n.children))
	for i, c := range n.children {
		out[i] = info{c}
	}
	return out, nil
}

// Stat implements [fs.StatFS].
func (a *FS) Stat(name string) (fs.FileInfo, error) {
	n, err := a.lookup("stat", name, true)
	if err != nil {
		return nil, err
	}
	return info{n}, nil
}

// Lstat implements [fs.ReadLinkFS].
func (a *FS) Lstat(name string) (fs.FileInfo, error) {
	n, err := a.lookup("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return info{n}, nil
}

// ReadLink implements [fs.ReadLinkFS].
func (a *FS) ReadLink(name string) (string, error) {
	n, err := a.lookup("readlink", name, false)
	if err == nil && n.mode&fs.ModeSymlink == 0 {
		err = &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	return n.target, nil
}

// info is what a listing says of an entry.
type info struct{ n *node }

func (i info) Name() string               { return i.n.name }
func (i info) Size() int64                { return i.n.size }
func (i info) Mode() fs.FileMode          { return i.n.mode }
func (i info) Type() fs.FileMode          { return i.n.mode.Type() }
func (i info) ModTime() time.Time         { return i.n.modified }
func (i info) IsDir() bool                { return i.n.mode.IsDir() }
func (i info) Sys() any                   { return nil }
func (i info) Info() (fs.FileInfo, error) { return i, nil }

// file is the part of an open file that says what it is.
type file struct{ info }

func (f file) Stat() (fs.FileInfo, error) { return f.info, nil }

// content is that of an open file, which can be read anywhere.
type content interface {
	io.ReadCloser
	io.ReaderAt
	isPlaced() bool // without being inflated
}

// kept is content in memory, section content that lies as it is in the archive.
type (
	kept    struct{ *bytes.Reader }
	section struct{ *io.SectionReader }
)

func (kept) Close() error    { return nil }
func (section) Close() error { return nil }

func (kept) isPlaced() bool    { return true }
func (section) isPlaced() bool { return true }

// dir is an open folder.
type dir struct {
	info
	read int
}

func (d *dir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *dir) Close() error               { return nil }
func (d *dir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.Name(), Err: errors.New("is a folder")}
}

// ReadDir implements [fs.ReadDirFile].
func (d *dir) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := d.n.children[d.read:]
	if n > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(n, len(rest))]
	}
	d.read += len(rest)
	out := make([]fs.DirEntry, len(rest))
	for i, c := range rest {
		out[i] = info{c}
	}
	return out, nil
}
