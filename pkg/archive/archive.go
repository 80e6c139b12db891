// Package archive opens a file that holds a tree as a file system: a zip, a tar however it is packed, a Debian or RPM package, the asar
// of an Electron application, and a program that carries the files of the application that it runs ([PayloadOf]). Nothing is
// written to disk, and nothing leads out of the archive: of an entry whose path is absolute or climbs, or which stands twice under
// one name, and of one that cannot be read, the archive says so ([FS.Lost]) instead of reading it.
//
// What is stored as it is, in a zip or a tar that is not packed, is read where it lies. A packed tar can only be read from its
// beginning, so its files are kept in memory, within limits that a trap runs into: entries, bytes, and bytes for each packed one.
//
// What an archive is, is told by its first bytes, never by its name, and of a zip behind a program by its last ones. A single file that
// is packed is an archive of that file, and has its name.
//
// [Folders] is a file system in which the archives in it are folders, and those in these, as many as fit into memory at a time.
package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip" // reads in four fifths of the time
	"github.com/klauspost/compress/zstd"
)

// ErrFormat is wrapped by the error of [Open] for a file that is none of the archives it knows.
var ErrFormat = errors.New("not a zip, an asar, a tar, or a Debian or RPM package")

// Loss is what of an archive was not read.
type Loss struct {
	Path string // of the entry as the archive has it, to be quoted before it is printed; "" for the archive
	Err  error
}

// headSize is how many bytes tell what a file is: a tar says so at 257.
const headSize = 512

// Is reports whether the first bytes of a file are those of an archive that [Open] reads, or of something packed, which may be one.
func Is(head []byte) bool {
	return isZip(head) || isAsar(head) || isTar(head) || bytes.HasPrefix(head, []byte(arMagic+debianFirst)) || bytes.HasPrefix(head, []byte(rpmMagic)) || packing(head) != ""
}

// isZip reports whether the first bytes are those of a zip: of a file in it, of its end if it is empty, of one part where several were
// meant, or what a browser's extension has before it (CRX3).
func isZip(head []byte) bool {
	for _, magic := range []string{"PK\x03\x04", zipEnd, "PK\x07\x08PK\x03\x04", "Cr24\x03\x00\x00\x00", "Cr24\x02\x00\x00\x00"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

func isTar(head []byte) bool { return len(head) >= 262 && string(head[257:262]) == "ustar" }

// packing gives how a file is packed, by its magic number: RFC 1952 (with the one method that there is), RFC 8878, The .xz File Format
// 1.2 (2.1.1.1), and bzip2's, whose three letters count only with what follows the level: the mark of a block, or of the end.
func packing(head []byte) string {
	for _, m := range [][2]string{{"\x1f\x8b\x08", "gzip"}, {"\xfd7zXZ\x00", "xz"}, {"\x28\xb5\x2f\xfd", "zstd"}} {
		if bytes.HasPrefix(head, []byte(m[0])) {
			return m[1]
		}
	}
	if bytes.HasPrefix(head, []byte("BZh")) && len(head) >= 10 && (string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17rE8P\x90") {
		return "bzip2"
	}
	return ""
}

// unpacked reads what is packed in one of the known ways, and anything else as it is. close frees what that takes.
func unpacked(r *bufio.Reader) (content io.Reader, close func(), err error) {
	head, _ := r.Peek(10)
	close = func() {}
	switch packing(head) {
	case "gzip":
		content, err = gzip.NewReader(r)
	case "bzip2":
		content = bzip2.NewReader(r)
	case "xz":
		content, err = unxz(r)
	case "zstd":
		var z *zstd.Decoder
		if z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow)); err == nil {
			content, close = z, z.Close
		}
	default:
		content = r
	}
	return content, close, err
}

// maxWindow bounds what a stream may refer back to, and so the memory that it takes, in bytes.
const maxWindow = 64 << 20

// Open reads the archive of so many bytes. It fails with [ErrFormat] on a file that is none, and on a zip without its directory; of
// any other that is damaged it gives what it could read, and what was lost.
func Open(r io.ReaderAt, size int64) (*FS, error) { return OpenFile("", r, size) }

// OpenFile does the same with a file of that name. If it has one, a single file that is packed is an archive, too.
func OpenFile(name string, r io.ReaderAt, size int64) (*FS, error) {
	return openIn(name, r, size, &room{left: maxBytes})
}

func openIn(name string, r io.ReaderAt, size int64, room *room) (*FS, error) {
	head := make([]byte, min(headSize, size))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	a := newFS()
	switch {
	case isZip(head):
		return a, a.zip(r, size, room)
	case isAsar(head):
		return a, a.asar(r, size, head)
	case IsProgram(head) && !EndsAsZip(r, size):
		return a, a.program(r, size, head)
	case bytes.HasPrefix(head, []byte(arMagic)):
		return a, a.debian(r, size, room)
	case bytes.HasPrefix(head, []byte(rpmMagic)):
		return a, a.rpm(r, size, room)
	case isTar(head):
		return a, a.plainTar(io.NewSectionReader(r, 0, size), room)
	case packing(head) != "":
		return a, a.packed(name, packing(head), io.NewSectionReader(r, 0, size), room)
	case EndsAsZip(r, size):
		return a, a.zip(r, size, room)
	}
	return nil, ErrFormat
}

// room is the memory that the content of archives may take, in bytes.
type room struct {
	left, held int64
	crowded    func() // called once, if it is set, before more than light is held
}

// light is how much may be held by each goroutine that opens archives, in bytes; of those that hold more there is one at a time.
const light = 16 << 20

func (r *room) take(n int64) error {
	if n > r.left {
		return errLarge
	}
	if r.crowded != nil && r.held+n > light {
		r.crowded()
		r.crowded = nil
	}
	r.left, r.held = r.left-n, r.held+n
	return nil
}

// give makes room again.
func (r *room) give(n int64) { r.left, r.held = r.left+n, r.held-n }

// clean gives the path of an entry as file systems write it: false for one that is absolute, climbs, or has no name.
func clean(name string) (string, bool) {
	name = strings.ReplaceAll(name, `\`, "/") // as archivers for Windows wrote
	for strings.HasPrefix(name, "./") {
		name = name[2:]
	}
	name = strings.TrimSuffix(name, "/")
	if strings.Contains(name, "//") || strings.HasSuffix(name, "/") { // some write two, which lead nowhere else
		parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
		if joined := strings.Join(parts, "/"); name[0] != '/' {
			name = joined
		}
	}
	return name, name != "" && path.Clean("/"+name) == "/"+name
}

var (
	errUnsafe = errors.New("its path leads out of the archive")
	errTwice  = errors.New("another entry has the same path: the first was read")
	errLarge  = fmt.Errorf("%w: more than %d MiB in one archive", ErrLimit, maxBytes>>20)
)
