package archive

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// An asar holds the files of an Electron application as they are, one behind the other, below a header: the length of the header in a
// Pickle of Chromium (four words of 32 bits, the last of which is the length of the text), and a JSON of folders, files with
// the offset behind the header, and links (github.com/electron/asar, README, "Format"). What the header calls unpacked lies beside
// the archive, in the folder NAME.asar.unpacked, where the walk meets it. The digests of "integrity" are not asked: they say
// what Electron would run, not what lies there.

// asarHead is the size of what stands before the JSON; maxAsarHeader bounds that, and maxAsarMembers how much it may say of an entry.
const (
	asarHead       = 16
	maxAsarHeader  = 64 << 20
	maxAsarMembers = 8 // its name, size and offset, and of integrity itself and four
)

// isAsar reports whether a file begins as an asar does.
func isAsar(head []byte) bool {
	if len(head) < asarHead+2 {
		return false
	}
	size, inner, text := word(head[4:]), word(head[8:]), word(head[12:])
	return word(head) == 4 && size == inner+4 && text+4 <= inner && inner < text+8 && string(head[asarHead:asarHead+2]) == `{"`
}

func word(b []byte) int64 { return int64(binary.LittleEndian.Uint32(b)) }

// asarEntry is a folder, a file or a link of the header.
type asarEntry struct {
	Files      map[string]*asarEntry
	Offset     string
	Size       int64
	Link       string
	Executable bool
	Unpacked   bool
}

// asar lists an asar, whose files are read where they lie.
func (a *FS) asar(r io.ReaderAt, size int64, head []byte) error {
	a.inPlace = true
	length := word(head[12:])
	if length > min(maxAsarHeader, size-asarHead) {
		return fmt.Errorf("%w: a header of %d bytes", ErrLimit, length)
	}
	text := make([]byte, length)
	if _, err := r.ReadAt(text, asarHead); err != nil {
		return err
	}
	if bytes.Count(text, []byte(":")) > maxAsarMembers*maxEntries || bytes.Count(text, []byte("{")) > 2*maxEntries { // before they are in memory
		return fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries)
	}
	var top asarEntry
	if err := json.Unmarshal(text, &top); err != nil {
		return errors.New("its header is no JSON of files")
	}
	l := asarList{FS: a, in: io.NewSectionReader(r, 8+word(head[4:]), max(0, size-8-word(head[4:]))), left: maxEntries}
	if !l.folder(".", top.Files) {
		a.lose("", fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries))
	}
	a.sort()
	return nil
}

// asarList adds the entries of a header.
type asarList struct {
	*FS
	in   *io.SectionReader
	left int // entries
}

// folder adds what is in a folder; false if there are too many.
func (l *asarList) folder(dir string, files map[string]*asarEntry) bool {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if l.left--; l.left < 0 {
			return false
		}
		e, p := files[name], name
		if dir != "." {
			p = dir + "/" + name
		}
		switch {
		case name == "" || path.Base(name) != name || e == nil:
			l.lose(p, errUnsafe)
		case len(p) > maxPath || strings.Count(p, "/") > maxDepth:
			l.lose(p, errDeep) // with all that is in it
		case e.Files != nil:
			l.add(p, node{mode: fs.ModeDir | 0o755}, false)
			if !l.folder(p, e.Files) {
				return false
			}
		case e.Link != "": // from the top of the archive
			target := e.Link
			if up := path.Dir(p); up != "." {
				target = upFrom(up) + target
			}
			l.add(p, node{mode: fs.ModeSymlink | 0o777, target: target}, false)
		case e.Unpacked:
		default:
			l.file(p, e)
		}
	}
	return true
}

// upFrom leads from a folder to the top.
func upFrom(dir string) (up string) {
	for ; dir != "."; dir = path.Dir(dir) {
		up += "../"
	}
	return up
}

func (l *asarList) file(p string, e *asarEntry) {
	offset, err := strconv.ParseInt(e.Offset, 10, 64)
	if err != nil || offset < 0 || e.Size < 0 || e.Size > l.in.Size()-offset {
		l.lose(p, errors.New("it is damaged: its content is not in the archive"))
		return
	}
	n := node{mode: 0o644, size: e.Size}
	if e.Executable {
		n.mode = 0o755
	}
	n.open = func() (content, error) { return section{io.NewSectionReader(l.in, offset, e.Size)}, nil }
	l.add(p, n, false)
}
