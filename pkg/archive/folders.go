package archive

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// Folders is a file system in which archives are folders, once they were entered ([Visit]): what lies at LICENSE in the archive
// deps/a.tgz is deps/a.tgz!/LICENSE, and so on into archives in archives. Whoever reads files in it needs to know of none.
//
// An archive that was entered is closed when memory is short, and opened again, within the limits that held then, when somebody
// asks for a file in it. So what is found there does not depend on what is in memory. Folders is safe for use by several
// goroutines.
type Folders struct {
	outer  fs.FS
	reopen sync.Mutex // held while an archive is opened again: one at a time
	heavy  sync.Mutex // held by the one visit that has more than light in memory

	mu    sync.Mutex
	known map[string]int64 // the archives that are folders, by path, and how many bytes each may hold
	open  map[string]*opened
	clock int // counts uses
}

// opened is an archive that is open.
type opened struct {
	*FS
	held  int64     // bytes in memory
	file  io.Closer // that it is read from
	users int       // visits, and open files in it
	used  int       // when somebody last was
}

// What stays open of archives that nobody is in, besides the one that was used last.
const (
	maxIdle     = 64 << 20 // bytes
	maxIdleOpen = 64       // archives
)

// NewFolders is a file system in which no archive was entered yet.
func NewFolders(outer fs.FS) *Folders {
	return &Folders{outer: outer, known: map[string]int64{}, open: map[string]*opened{}}
}

// Assume takes the archives that a path leads through for folders, but for those that are some: for a path that a visit led to before.
func (f *Folders) Assume(p string) {
	for i := range len(p) - 1 {
		if p[i] != '!' || p[i+1] != '/' {
			continue
		}
		if info, err := fs.Stat(f, p[:i+1]); err == nil && info.IsDir() {
			continue
		}
		f.mu.Lock()
		f.known[p[:i]] = maxBytes
		f.mu.Unlock()
	}
}

// Split cuts a path behind the innermost archive that was entered: "a.zip!/b/c.jar!/d" is ("a.zip", "b/c.jar!/d", true) if a.zip was
// and c.jar was not. The top of an archive is ".".
func (f *Folders) Split(p string) (archive, inner string, ok bool) {
	for end := len(p); ; {
		if end = strings.LastIndexByte(p[:end], '!'); end < 0 {
			return "", p, false
		}
		if inner := p[end+1:]; inner == "" || inner[0] == '/' {
			f.mu.Lock()
			_, ok := f.known[p[:end]]
			f.mu.Unlock()
			if ok {
				return p[:end], cmp.Or(strings.TrimPrefix(inner, "/"), "."), true
			}
		}
	}
}

// use gives an archive that is open, nil if it is not. It stays open until it is left.
func (f *Folders) use(p string) *opened {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.open[p]
	if a != nil {
		f.clock++
		a.users, a.used = a.users+1, f.clock
	}
	return a
}

// leave is the end of a use.
func (f *Folders) leave(a *opened) {
	f.mu.Lock()
	a.users--
	f.mu.Unlock()
}

// in uses the archive that a path leads into; it is nil if the path leads into none. reopening says that the caller holds that lock.
func (f *Folders) in(name string, reopening bool) (a *opened, inner string, err error) {
	p, inner, ok := f.Split(name)
	if !ok {
		return nil, name, nil
	}
	if a = f.use(p); a != nil {
		return a, inner, nil
	}
	if !reopening {
		f.reopen.Lock()
		defer f.reopen.Unlock()
		if a = f.use(p); a != nil { // meanwhile somebody opened it
			return a, inner, nil
		}
	}
	f.mu.Lock()
	limit := f.known[p]
	f.mu.Unlock()
	file, err := f.openFile(p, true)
	if err != nil {
		return nil, "", err
	}
	if a, err = load(p, file, &room{left: limit, crowded: func() { f.sweep(0, 0) }}); err != nil {
		return nil, "", err
	}
	f.note(p, a)
	return a, inner, nil
}

// load opens an archive, which the caller then uses. One whose content is in memory does not keep what it lies in open.
func load(name string, file fs.File, room *room) (*opened, error) {
	a := &opened{file: file, users: 1}
	before := room.held
	err := a.read(name, file, room)
	if err != nil || !a.inPlace {
		file.Close()
		a.file = nil
	}
	a.held = room.held - before
	return a, err
}

func (a *opened) read(name string, file fs.File, room *room) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	at, ok := file.(io.ReaderAt)
	if !ok || !info.Mode().IsRegular() {
		return errors.New("it cannot be read at random")
	}
	inflated := int64(0)
	if c, ok := file.(interface{ isPlaced() bool }); ok && !c.isPlaced() {
		inflated = info.Size()
		if err := room.take(inflated); err != nil {
			return err
		}
	}
	if a.FS, err = openIn(name, at, info.Size(), room); err != nil {
		return err
	}
	if !a.inPlace {
		room.give(inflated)
	}
	return room.take(nodeBytes * int64(len(a.nodes)))
}

// nodeBytes is what an entry takes besides its content, about.
const nodeBytes = 256

// note makes a folder of an archive that was loaded, and closes others if there are too many.
func (f *Folders) note(p string, a *opened) {
	f.mu.Lock()
	f.clock++
	a.used = f.clock
	f.open[p] = a
	f.mu.Unlock()
	f.sweep(maxIdle, maxIdleOpen)
}

// sweep closes archives that nobody is in, until so many bytes are held and so many archives open. It spares the one that was used
// last, unless nothing may be left.
func (f *Folders) sweep(bytes int64, count int) {
	for a := f.drop(bytes, count); a != nil; a = f.drop(bytes, count) {
		if a.file != nil {
			a.file.Close() // which may be one in another archive
		}
	}
}

// drop forgets the archive that was used longest ago, nil if all may stay.
func (f *Folders) drop(bytes int64, count int) *opened {
	f.mu.Lock()
	defer f.mu.Unlock()
	var oldest string
	idle, held := 0, int64(0)
	for p, a := range f.open {
		if a.users > 0 {
			continue
		}
		idle, held = idle+1, held+a.held
		if old := f.open[oldest]; old == nil || a.used < old.used {
			oldest = p
		}
	}
	if idle == 0 || idle <= count && (held <= bytes || idle == 1) {
		return nil
	}
	a := f.open[oldest]
	delete(f.open, oldest)
	return a
}

// Open implements [fs.FS].
func (f *Folders) Open(name string) (fs.File, error) { return f.openFile(name, false) }

func (f *Folders) openFile(name string, reopening bool) (fs.File, error) {
	a, inner, err := f.in(name, reopening)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return f.outer.Open(name)
	}
	file, err := a.Open(inner)
	if err != nil {
		f.leave(a)
		return nil, err
	}
	return &lent{File: file, leave: sync.OnceFunc(func() { f.leave(a) })}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (f *Folders) ReadDir(name string) ([]fs.DirEntry, error) { return inside(f, name, fs.ReadDir) }

// Stat implements [fs.StatFS].
func (f *Folders) Stat(name string) (fs.FileInfo, error) { return inside(f, name, fs.Stat) }

// Lstat implements [fs.ReadLinkFS].
func (f *Folders) Lstat(name string) (fs.FileInfo, error) { return inside(f, name, fs.Lstat) }

// ReadLink implements [fs.ReadLinkFS].
func (f *Folders) ReadLink(name string) (string, error) { return inside(f, name, fs.ReadLink) }

// inside asks the file system that a path leads into.
func inside[T any](f *Folders, name string, ask func(fs.FS, string) (T, error)) (T, error) {
	a, inner, err := f.in(name, false)
	if err != nil {
		var none T
		return none, err
	}
	if a == nil {
		return ask(f.outer, name)
	}
	defer f.leave(a)
	return ask(a.FS, inner)
}

// lent is an open file in an archive, which stays open with it.
type lent struct {
	fs.File
	leave func()
}

// ReadAt implements [io.ReaderAt].
func (l *lent) ReadAt(p []byte, off int64) (int, error) {
	if at, ok := l.File.(io.ReaderAt); ok {
		return at.ReadAt(p, off)
	}
	return 0, errors.ErrUnsupported
}

// ReadDir implements [fs.ReadDirFile].
func (l *lent) ReadDir(n int) ([]fs.DirEntry, error) {
	if d, ok := l.File.(fs.ReadDirFile); ok {
		return d.ReadDir(n)
	}
	return nil, errors.ErrUnsupported
}

func (l *lent) Close() error {
	defer l.leave()
	return l.File.Close()
}

// atHand is an open file whose content was read already, and so is in memory.
type atHand struct {
	file
	section
}

func newAtHand(p string, c source.Content) atHand {
	return atHand{file{info{&node{name: path.Base(p), mode: 0o444, size: c.Size()}}}, section{c.Open()}}
}

func (atHand) isPlaced() bool { return false }

// isPlaced reports whether the file can be read at random without being inflated.
func (l *lent) isPlaced() bool {
	c, ok := l.File.(interface{ isPlaced() bool })
	return ok && c.isPlaced()
}
