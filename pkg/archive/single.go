package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// A file that was packed by itself is an archive of one file: what lies in LICENSE.gz is LICENSE. And a zip may stand behind something
// else, for it is read from its end: behind a program that unpacks it, or a line that says which program runs what is in it.

// singleEndings are what programs that pack one file append to its name, and tgz, which stands for two endings.
var singleEndings = []string{".gz", ".bz2", ".xz", ".zst", ".tgz"}

// Unpacked is the name of the file in one that was packed by itself, by the name of the latter: without the ending, if it has one.
func Unpacked(name string) string {
	base := path.Base(name)
	for _, e := range singleEndings {
		if n := len(base) - len(e); n > 0 && strings.EqualFold(base[n:], e) && strings.Trim(base[:n], ".") != "" {
			if e == ".tgz" {
				return base[:n] + ".tar"
			}
			return base[:n]
		}
	}
	return base
}

// How much is read of a file that was packed by itself, in bytes: it is kept in memory, which others need not wait for. What bzip2 and xz packed
// takes some five times as long to unpack.
const (
	maxSingle     = 16 << 20
	maxSlowSingle = 4 << 20
)

// ErrRest is the loss of what is not read of a large file that was packed by itself.
var ErrRest = fmt.Errorf("%w: of a packed file that is large only the beginning is read", ErrLimit)

// packed lists what a stream holds that was packed by something: a tar, or one file, if there is a name for it.
func (a *FS) packed(name, by string, r io.Reader, room *room) error {
	stream, free, err := inflate(r)
	if err != nil {
		return err
	}
	defer free()
	content := bufio.NewReader(stream)
	head, err := content.Peek(headSize)
	switch {
	case err != nil && err != io.EOF && len(head) == 0:
		return err
	case name == "", beginsTar(head):
		return a.listed(walkStream(content, func(h *tar.Header, content io.Reader) error { return a.keep(h, content, room) }))
	}
	limit := maxSingle
	if by == "bzip2" || by == "xz" {
		limit = maxSlowSingle
	}
	return a.single(Unpacked(name), content, limit, room)
}

// beginsTar reports whether the first block is that of a tar: a header, of which older ones have no magic number but a checksum, or,
// in an empty one, zeros.
func beginsTar(head []byte) bool {
	if len(head) < headSize {
		return false
	}
	_, err := tar.NewReader(bytes.NewReader(head)).Next()
	return isTar(head) || !errors.Is(err, tar.ErrHeader)
}

// single keeps the one file that a stream is, and of a damaged one what comes before the damage.
func (a *FS) single(name string, content *bufio.Reader, limit int, room *room) error {
	a.isSingle = true
	var data bytes.Buffer
	_, err := io.CopyN(&data, content, int64(limit))
	if err == io.EOF {
		err = nil
	} else if err == nil {
		if _, more := content.Peek(1); more != io.EOF {
			err = ErrRest
		}
	}
	if full := room.take(int64(data.Len())); full != nil {
		return full
	}
	if err != nil {
		a.lose("", err)
	}
	a.add(name, node{mode: 0o444, size: int64(data.Len()), open: inMemory(data.Bytes())}, false)
	a.sort()
	return nil
}

// IsSingle reports whether what was opened is no archive but one packed file.
func (a *FS) IsSingle() bool { return a.isSingle }

// The end of a zip (APPNOTE.TXT, .ZIP File Format Specification 6.3.10, 4.3.12 and 4.3.16).
const (
	zipEnd         = "PK\x05\x06"
	zipEndSize     = 22 // bytes before a comment
	zipDirectory   = "PK\x01\x02"
	maxZipComment  = 1<<16 - 1
	zipDirSizeAt   = 12 // in the end record: bytes of the directory before it
	zipCommentAt   = 20 // bytes of the comment behind it
	zip64Directory = 1<<32 - 1
)

// IsBehind reports whether a file that begins as a program or a script does ends as a zip does. Of any other nothing is read.
func IsBehind(head []byte, r io.ReaderAt, size int64) bool {
	return (bytes.HasPrefix(head, []byte("#!")) || IsProgram(head)) && EndsAsZip(r, size)
}

// EndsAsZip reports whether a file ends as a zip does, whatever stands before it.
func EndsAsZip(r io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, zipEndSize+maxZipComment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return false
	}
	at := lastIndex(tail, zipEnd)
	if at < 0 || len(tail)-at < zipEndSize {
		return false
	}
	end := tail[at:]
	if zipEndSize+int(binary.LittleEndian.Uint16(end[zipCommentAt:])) != len(end) {
		return false
	}
	dir := int64(binary.LittleEndian.Uint32(end[zipDirSizeAt:]))
	begins := make([]byte, len(zipDirectory))
	if dir == zip64Directory {
		return true
	}
	_, err := r.ReadAt(begins, size-int64(len(end))-dir)
	return err == nil && string(begins) == zipDirectory
}
