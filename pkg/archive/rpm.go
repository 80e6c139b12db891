package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// The magic numbers of an RPM package, of a header in it, and of an entry of a cpio archive in the "new" format, without a
// checksum and with one (the RPM manual, "RPM V4 Package format"; cpio(5), "New ASCII Format").
const (
	rpmMagic    = "\xed\xab\xee\xdb"
	headerMagic = "\x8e\xad\xe8\x01"
	cpioMagic   = "070701"
	cpioSummed  = "070702"
)

// RPMHeader is where in an RPM package the header stands that says what it is: a name that its files, which are those of a system, do
// not have. An archive has no name for it.
const RPMHeader = ".RPMHEADER"

const (
	rpmLead      = 96       // bytes before the headers: nothing in them is used any more
	maxRPMHeader = 64 << 20 // bytes of a header; RPM itself reads fewer
)

// rpm reads an RPM package: a lead, a header of signatures, the header, and the files in a packed cpio archive.
func (a *FS) rpm(r io.ReaderAt, size int64, room *room) error {
	a.system = true
	_, end, err := rpmHeader(r, size, rpmLead)
	if err != nil {
		return err
	}
	header, payload, err := rpmHeader(r, size, (end+7)&^7)
	if err != nil {
		return err
	}
	a.add(RPMHeader, node{size: int64(len(header)), mode: 0o644, open: inMemory(header)}, true)
	if err := room.take(int64(len(header))); err != nil {
		return err
	}
	if err := a.cpio(io.NewSectionReader(r, payload, size-payload), room); err != nil {
		a.lose("", err)
	}
	a.sort()
	return nil
}

// rpmHeader reads the header that begins at an offset, with its magic number, and says where it ends.
func rpmHeader(r io.ReaderAt, size, at int64) (header []byte, end int64, err error) {
	start := make([]byte, 16)
	if _, err := r.ReadAt(start, at); err != nil {
		return nil, 0, io.ErrUnexpectedEOF
	}
	n := 16 + 16*int64(binary.BigEndian.Uint32(start[8:])) + int64(binary.BigEndian.Uint32(start[12:]))
	switch {
	case string(start[:4]) != headerMagic:
		return nil, 0, errors.New("it is damaged: a header is not where it should be")
	case n > maxRPMHeader:
		return nil, 0, fmt.Errorf("%w: a header of more than %d MiB", ErrLimit, maxRPMHeader>>20)
	case n > size-at:
		return nil, 0, io.ErrUnexpectedEOF
	}
	header = make([]byte, n)
	_, err = r.ReadAt(header, at)
	if err == io.EOF {
		err = nil
	}
	return header, at + n, err
}

// cpio keeps the files of a cpio archive, which may be packed. Of the links to one file only the last one has its content.
func (a *FS) cpio(r io.Reader, room *room) error {
	stream, free, err := inflate(r)
	if err != nil {
		return err
	}
	defer free()
	content := bufio.NewReader(stream)
	linked := map[string][]*tar.Header{} // by device and inode
	for entries := 0; ; entries++ {
		if entries >= maxEntries {
			return fmt.Errorf("%w: more than %d entries", ErrLimit, maxEntries)
		}
		h, inode, links, err := cpioHeader(content)
		if err != nil {
			return err
		}
		if h.Name == "TRAILER!!!" {
			break
		}
		if links > 1 && h.Size == 0 && h.Typeflag == tar.TypeReg {
			linked[inode] = append(linked[inode], h)
			continue
		}
		if err := a.cpioEntry(h, content, room); err != nil {
			return err
		}
		for _, other := range linked[inode] {
			other.Typeflag, other.Linkname = tar.TypeLink, h.Name
			a.keep(other, nil, room)
		}
		delete(linked, inode)
	}
	for _, names := range linked { // of files that are empty
		for _, h := range names {
			a.keep(h, strings.NewReader(""), room)
		}
	}
	return atEnd(content)
}

// cpioEntry keeps one entry, whose content of a multiple of four bytes follows. That of a link is where it leads.
func (a *FS) cpioEntry(h *tar.Header, content *bufio.Reader, room *room) error {
	body := &io.LimitedReader{R: content, N: h.Size}
	padding := -h.Size & 3
	if h.Typeflag == tar.TypeSymlink {
		to, err := io.ReadAll(io.LimitReader(body, maxPath))
		if err != nil {
			return err
		}
		h.Linkname, h.Size = string(to), 0
	}
	if err := a.keep(h, body, room); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return err
	}
	if body.N > 0 {
		return io.ErrUnexpectedEOF
	}
	_, err := content.Discard(int(padding))
	return err
}

// cpioFields are the numbers of an entry, each of eight hexadecimal digits.
const (
	cpioInode = iota
	cpioMode
	_
	_
	cpioLinks
	cpioTime
	cpioSize
	cpioMajor
	cpioMinor
	_
	_
	cpioNameSize
	_
	cpioFields
)

// cpioHeader reads what stands before the content of an entry, as a tar would say it. An inode names the file that links share.
func cpioHeader(r *bufio.Reader) (h *tar.Header, inode string, links int64, err error) {
	head := make([]byte, len(cpioMagic)+8*cpioFields)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, "", 0, io.ErrUnexpectedEOF
	}
	if magic := string(head[:6]); magic != cpioMagic && magic != cpioSummed {
		return nil, "", 0, errors.New("its files are packed in a way that is not known")
	}
	var field [cpioFields]int64
	for i := range field {
		n, err := strconv.ParseUint(string(head[6+8*i:][:8]), 16, 32)
		if err != nil {
			return nil, "", 0, errors.New("it is damaged: an entry has no header")
		}
		field[i] = int64(n)
	}
	n := field[cpioNameSize]
	if n == 0 || n > maxPath {
		return nil, "", 0, errDeep
	}
	name := make([]byte, n+(-(int64(len(head))+n)&3))
	if _, err := io.ReadFull(r, name); err != nil {
		return nil, "", 0, io.ErrUnexpectedEOF
	}
	name, _, _ = bytes.Cut(name, []byte{0})
	h = &tar.Header{
		Name: strings.TrimPrefix(string(name), "/"), Size: field[cpioSize],
		Mode: field[cpioMode] & int64(fs.ModePerm), ModTime: time.Unix(field[cpioTime], 0), Typeflag: cpioType(field[cpioMode]),
	}
	return h, fmt.Sprint(field[cpioMajor], field[cpioMinor], field[cpioInode]), field[cpioLinks], nil
}

// cpioType is the kind of an entry, of its mode (POSIX.1-2017, pax, "cpio Interchange Format", "c_mode Field").
func cpioType(mode int64) byte {
	switch mode & 0o170000 {
	case 0o100000:
		return tar.TypeReg
	case 0o040000:
		return tar.TypeDir
	case 0o120000:
		return tar.TypeSymlink
	}
	return tar.TypeChar
}
