package archive

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/licet/licet/pkg/source"
)

// Visit enters one archive of a file system and those in it, down to a depth, and leaves them in the opposite order. It is one
// goroutine's; several may be on the way at once, of which one has more than a little in memory, and the others wait.
//
// All limits are those of the outermost archive: what is in memory, and, over all archives in it, the entries and the bytes that come
// out. So what is read of it does not depend on what else is there.
type Visit struct {
	folders *Folders
	room    room
	within  []*opened // the outermost first
	entries int       // so far, also of what was left
	bytes   int64     // of all files so far, unpacked
	allowed int64
	alone   bool // holds folders.heavy
}

// The limits of an outermost archive with all in it.
const (
	maxWithin     = 4         // archives in one another, itself among them
	maxAllEntries = 1_000_000 // in all of them
	maxAllBytes   = 16 << 30  // that come out of all of them
	freeAllBytes  = 64 << 20  // of which the ratio is not asked for; it is that of one archive
)

var (
	errWithin  = fmt.Errorf("%w: it lies more than %d archives deep", ErrLimit, maxWithin-1)
	errBeside  = errors.New("a file or folder beside it has the name that it would have as a folder")
	errEntries = fmt.Errorf("%w: more than %d entries in an archive with those in it", ErrLimit, maxAllEntries)
	errBytes   = fmt.Errorf("%w: what comes out of an archive with those in it is more than %d GiB, or than %d times its size", ErrLimit, maxAllBytes>>30, maxRatio)
)

// Visit begins one.
func (f *Folders) Visit() *Visit {
	v := &Visit{folders: f, room: room{left: maxBytes}}
	v.room.crowded = func() {
		f.heavy.Lock()
		v.alone = true
		f.sweep(0, 0)
	}
	return v
}

// Enter makes a folder of the archive at a path, which nobody did before. content is that of the archive if it is at hand, else nil.
// The error is [ErrFormat] for what is none. After one without error it has to be left.
func (v *Visit) Enter(p string, content source.Content) (*FS, error) {
	defer v.rest() // if it was not entered
	if len(v.within) == maxWithin {
		return nil, errWithin
	}
	if _, err := fs.Lstat(v.folders, p+"!"); err == nil {
		return nil, errBeside // no path could tell one from the other
	}
	if len(v.within) == 0 {
		info, err := fs.Stat(v.folders, p)
		if err != nil {
			return nil, err
		}
		v.allowed = min(max(freeAllBytes, maxRatio*info.Size()), maxAllBytes)
	}
	limit := v.room.left
	file, err := v.open(p, content)
	if err != nil {
		return nil, err
	}
	a, err := load(p, file, &v.room)
	if err == nil {
		v.entries += len(a.nodes)
		err = v.count(a.size())
	} else if limit := v.count(a.held); limit != nil && !errors.Is(err, ErrFormat) {
		err = limit
	}
	if err != nil {
		v.room.give(a.held)
		if a.file != nil {
			a.file.Close()
		}
		return nil, err
	}
	v.folders.mu.Lock()
	v.folders.known[p] = limit
	v.folders.mu.Unlock()
	v.folders.note(p, a)
	v.within = append(v.within, a)
	return a.FS, nil
}

func (v *Visit) open(p string, content source.Content) (fs.File, error) {
	if content != nil {
		return newAtHand(p, content), nil
	}
	return v.folders.openFile(p, false)
}

// count adds what came out of an archive.
func (v *Visit) count(bytes int64) error {
	v.bytes += bytes
	switch {
	case v.entries > maxAllEntries:
		return errEntries
	case v.bytes > v.allowed:
		return errBytes
	}
	return nil
}

// Bytes is what has come out of all archives so far.
func (v *Visit) Bytes() int64 { return v.bytes }

// Leave leaves the archive that was entered last.
func (v *Visit) Leave() {
	last := len(v.within) - 1
	a := v.within[last]
	v.within = v.within[:last]
	v.room.give(a.held)
	v.folders.leave(a)
	v.rest()
	v.folders.sweep(maxIdle, maxIdleOpen)
}

// rest lets others have much in memory, if nothing is entered.
func (v *Visit) rest() {
	if v.alone && len(v.within) == 0 {
		v.folders.heavy.Unlock()
		v.alone = false
	}
}

// size is how many bytes all files have together.
func (a *FS) size() (sum int64) {
	for _, n := range a.nodes {
		if n.open != nil {
			sum += n.size
		}
	}
	return sum
}

// Whole is the tree of all that is in the archive, by the paths that it has there; what was not read comes as errors of the walk.
func (a *FS) Whole() source.Tree { return source.Damaged(a, a.losses()) }
