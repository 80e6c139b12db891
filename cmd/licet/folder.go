package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
)

// rootFS is what the file system of an [os.Root] can do.
type rootFS interface {
	fs.ReadDirFS
	fs.ReadFileFS
	fs.ReadLinkFS
	fs.StatFS
}

// folder is the file system below an os.Root. A root opens each folder on the way to a file anew, for
// none of them may be a link that leads out; a folder keeps those in use open, which halves the system
// calls of a walk.
type folder struct {
	rootFS
	root *os.Root

	mu    sync.Mutex
	open  map[string]*os.Root
	order []string // of opening

	listed map[string]bool // the folders to which their names lead; nil for who wants sizes too
}

// openFolders is how many folders are kept open: those that the walk and the workers are in, and theirs.
const openFolders = 64

func newFolder(root *os.Root) *folder {
	return &folder{rootFS: root.FS().(rootFS), root: root, open: map[string]*os.Root{}}
}

// newCache is a folder of which names and kinds are asked for, and seldom sizes.
func newCache(root *os.Root) *folder {
	f := newFolder(root)
	f.listed = map[string]bool{}
	return f
}

// Open opens a file by way of its folder. What does not work in this way, as a link to another folder of
// the tree does not, is left to the root.
func (f *folder) Open(name string) (fs.File, error) {
	if fs.ValidPath(name) {
		if dir := f.at(path.Dir(name)); dir != nil {
			if file, err := dir.Open(path.Base(name)); err == nil {
				return file, nil
			}
		}
	}
	return f.rootFS.Open(name)
}

// ReadDir lists a folder, and keeps it open for what will be read in it.
func (f *folder) ReadDir(name string) ([]fs.DirEntry, error) {
	if !fs.ValidPath(name) {
		return f.rootFS.ReadDir(name)
	}
	if f.listed != nil {
		if entries, ok := f.listBare(name); ok {
			return entries, nil
		}
	}
	dir := f.at(name)
	if dir == nil {
		return f.rootFS.ReadDir(name)
	}
	if f.listed != nil && isNamed(dir) {
		f.mu.Lock()
		f.listed[name] = true
		f.mu.Unlock()
		if entries, ok := f.listBare(name); ok {
			return entries, nil
		}
	}
	if entries, err := fs.ReadDir(dir.FS(), "."); err == nil {
		return entries, nil
	}
	return f.rootFS.ReadDir(name)
}

// isNamed reports whether the folder is the one that its name leads to, links followed.
func isNamed(dir *os.Root) bool {
	is, err := dir.Stat(".")
	if err != nil {
		return false
	}
	named, err := os.Stat(dir.Name())
	return err == nil && os.SameFile(is, named)
}

// listBare lists a folder that is known to be the one of that name, by its name: a root would ask for the size of every
// file in it, a system call each, since the file could be another one by the time that somebody wants to know. Files are
// opened by the root all the same, so that whoever puts a link in the folder's place meanwhile has its names listed at most.
func (f *folder) listBare(name string) ([]fs.DirEntry, bool) {
	f.mu.Lock()
	listed := f.listed[name]
	f.mu.Unlock()
	if !listed {
		return nil, false
	}
	entries, err := os.ReadDir(filepath.Join(f.root.Name(), filepath.FromSlash(name)))
	if err != nil {
		return nil, false
	}
	f.note(name, entries)
	return entries, true
}

// note remembers the folders of a listing, which are no links.
func (f *folder) note(name string, entries []fs.DirEntry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range entries {
		if e.IsDir() {
			f.listed[path.Join(name, e.Name())] = true
		}
	}
}

// at gives the root of a folder of the tree, nil if it can't be opened without following a link.
func (f *folder) at(dir string) *os.Root {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.find(dir)
}

func (f *folder) find(dir string) *os.Root {
	if dir == "." {
		return f.root
	}
	if r, ok := f.open[dir]; ok {
		return r
	}
	above := f.find(path.Dir(dir))
	if above == nil {
		return nil
	}
	r, err := above.OpenRoot(path.Base(dir))
	if err != nil {
		return nil
	}
	if len(f.order) == openFolders {
		f.open[f.order[0]].Close() // whoever is about to use it opens the file by its whole path
		delete(f.open, f.order[0])
		f.order = f.order[1:]
	}
	f.open[dir] = r
	f.order = append(f.order, dir)
	return r
}

// Close closes all folders.
func (f *folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.open {
		r.Close()
	}
	clear(f.open)
	return f.root.Close()
}
