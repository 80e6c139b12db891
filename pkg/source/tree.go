package source

import (
	"context"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
)

// Entry is one file, link or special file that a walk met. Folders are walked, not yielded.
type Entry struct {
	Path string
	Mode fs.FileMode // type bits and permissions of the entry itself, links not followed
	Size int64       // bytes, for regular files
	// Link is what became of a symbolic link, "" for everything else.
	Link Link
	// Target is the slash path inside the tree that an alias leads to.
	Target string
	// Content is that of a file, where the tree had to read it to come to the entry; else nil.
	Content Content
}

// Small is the size of a file up to which a tree that hands out contents has room to keep many that are asked for again, in bytes.
const Small = 256 << 10

// Link classifies a symbolic link. Only an alias may be passed over in silence: what it leads to is
// met by the walk at its own path.
type Link string

// The kinds of link.
const (
	LinkAlias    Link = "alias"    // leads to a file or folder of the same tree
	LinkDangling Link = "dangling" // leads to nothing that can be reached
	LinkOutside  Link = "outside"  // leads out of the tree
	LinkLoop     Link = "loop"     // leads in a circle
)

// Tree is something to scan. Walk yields entries in lexical order of their paths; an error comes with
// the entry (often only its Path) that it befell, and the walk goes on after it. Lookup gives random
// access; it may be nil for a tree that can be walked only once.
type Tree interface {
	Walk(ctx context.Context) iter.Seq2[Entry, error]
	Lookup() fs.FS
}

// skipped are the folders of version control systems, and of quilt, which manages patches: their objects are copies of the
// tree's past.
var skipped = []string{".bzr", ".git", ".hg", ".jj", ".pc", ".sl", ".svn", "CVS", "_darcs"}

// Skipped reports whether a path lies in a folder that no tree yields.
func Skipped(p string) bool {
	return slices.ContainsFunc(strings.Split(p, "/"), func(folder string) bool { return slices.Contains(skipped, folder) })
}

// FS is the tree of all files below the root of fsys, but for those of version control systems. Links
// are followed by nobody: they are reported with what they lead to.
func FS(fsys fs.FS) Tree { return dirTree{fsys: fsys} }

// Damaged is the tree of what could be read of something, whose walk begins with what was lost: an error for each, which is a
// [LostError].
func Damaged(fsys fs.FS, lost []error) Tree { return dirTree{fsys, lost} }

// LostError says what of a tree cannot be read though nothing keeps it from being read: it is damaged, or a trap.
type LostError struct{ Err error }

func (e LostError) Error() string { return e.Err.Error() }

// Unwrap gives the reason.
func (e LostError) Unwrap() error { return e.Err }

type dirTree struct {
	fsys fs.FS
	lost []error
}

func (t dirTree) Lookup() fs.FS { return t.fsys }

func (t dirTree) Walk(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, err := range t.lost {
			if !yield(Entry{Path: "."}, LostError{err}) {
				return
			}
		}
		err := fs.WalkDir(t.fsys, ".", func(p string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				if !yield(Entry{Path: p}, err) {
					return fs.SkipAll
				}
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			switch {
			case p != "." && d.IsDir() && slices.Contains(skipped, d.Name()):
				return fs.SkipDir
			case d.IsDir(), d.Name() == ".git": // a worktree's is a file
				return nil
			}
			e, err := t.entry(p, d)
			if !yield(e, err) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Entry{Path: "."}, err)
		}
	}
}

func (t dirTree) entry(p string, d fs.DirEntry) (Entry, error) {
	e := Entry{Path: p, Mode: d.Type()}
	if d.Type()&fs.ModeSymlink != 0 {
		e.Link, e.Target = Resolve(t.fsys, p)
		return e, nil
	}
	info, err := d.Info()
	if err != nil {
		return e, err
	}
	e.Mode, e.Size = info.Mode(), info.Size()
	return e, nil
}

// maxLinks bounds the links that one path may lead through, as kernels do.
const maxLinks = 40

// Resolve follows the symbolic link at p inside fsys by its text alone, never leaving it, and says what
// kind of link it is and, for an alias, the slash path it leads to. An absolute one leads out of the tree,
// but in the tree of a whole system it begins at the tree's root, as it does on that system.
func Resolve(fsys fs.FS, p string) (Link, string) {
	links := 0
	at, rest := ".", strings.Split(p, "/")
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			if at == "." && !isSystem(fsys) {
				return LinkOutside, ""
			}
			at = path.Dir(at) // of the top it is the top
			continue
		}
		next := path.Join(at, name)
		info, err := fs.Lstat(fsys, next)
		if err != nil {
			return LinkDangling, ""
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return LinkLoop, ""
		}
		target, err := fs.ReadLink(fsys, next)
		if err != nil {
			return LinkDangling, ""
		}
		target = strings.ReplaceAll(target, `\`, "/")
		if len(target) > 1 && target[1] == ':' || strings.HasPrefix(target, "/") && !isSystem(fsys) {
			return LinkOutside, ""
		}
		if strings.HasPrefix(target, "/") {
			at = "."
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return LinkAlias, at
}

// isSystem reports whether fsys is the root of a system: that is what has the file that names one
// (freedesktop.org, os-release), and what says so itself, an image or a package of a system, whatever is in it.
func isSystem(fsys fs.FS) bool {
	if listed, ok := fsys.(listedFS); ok {
		fsys = listed.FS
	}
	if s, ok := fsys.(interface{ IsSystem() bool }); ok && s.IsSystem() {
		return true
	}
	for _, name := range []string{"etc/os-release", "usr/lib/os-release"} {
		if _, err := fs.Lstat(fsys, name); err == nil {
			return true
		}
	}
	return false
}

// Listed is the tree that tells saw what lies in each folder before it yields any of that. ok is false for
// a tree that does not walk folder by folder: of named files, which tells nothing, and of an image, which tells all before it yields any.
func Listed(t Tree, saw func(dir string, entries []fs.DirEntry)) (listed Tree, ok bool) {
	switch t := t.(type) {
	case fileTree:
		return t, false
	case dirTree:
		return dirTree{listedFS{t.fsys, saw}, t.lost}, true
	case belowTree:
		inner, ok := Listed(t.Tree, func(dir string, entries []fs.DirEntry) { saw(path.Join(t.dir, dir), entries) })
		return belowTree{inner, t.dir}, ok
	}
	if t.Lookup() == nil {
		return t, false
	}
	return foretoldTree{t, saw}, false
}

// foretoldTree is a tree that walks in an order of its own, and tells before what lies in each folder.
type foretoldTree struct {
	Tree
	saw func(dir string, entries []fs.DirEntry)
}

func (t foretoldTree) Walk(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for range FS(listedFS{t.Lookup(), t.saw}).Walk(ctx) {
		}
		t.Tree.Walk(ctx)(yield)
	}
}

// Below is a tree whose paths, and what its links lead to, begin with a folder: how a tree that lies in another one is walked as
// a part of that. Its Lookup knows the paths as they were.
func Below(dir string, t Tree) Tree { return belowTree{t, dir} }

type belowTree struct {
	Tree
	dir string
}

func (t belowTree) Walk(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for e, err := range t.Tree.Walk(ctx) {
			e.Path = path.Join(t.dir, e.Path)
			if e.Target != "" {
				e.Target = path.Join(t.dir, e.Target)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// listedFS is a file system that tells which folders are listed.
type listedFS struct {
	fs.FS
	saw func(dir string, entries []fs.DirEntry)
}

func (l listedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(l.FS, name)
	l.saw(name, entries)
	return entries, err
}

func (l listedFS) Stat(name string) (fs.FileInfo, error)  { return fs.Stat(l.FS, name) }
func (l listedFS) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(l.FS, name) }
func (l listedFS) ReadLink(name string) (string, error)   { return fs.ReadLink(l.FS, name) }

// Files is the tree of the named files of fsys alone.
func Files(fsys fs.FS, names ...string) Tree { return fileTree{dirTree{fsys: fsys}, names} }

type fileTree struct {
	dirTree
	names []string
}

func (t fileTree) Walk(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, name := range t.names {
			info, err := fs.Stat(t.fsys, name)
			e := Entry{Path: name}
			if err == nil {
				e.Mode, e.Size = info.Mode(), info.Size()
			}
			if ctx.Err() != nil || !yield(e, err) {
				return
			}
		}
	}
}
