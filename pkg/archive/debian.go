package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// arMagic begins an ar archive, of which a Debian package is one (deb(5)).
const arMagic = "!<arch>\n"

// debianFirst is the first member of a Debian package.
const debianFirst = "debian-binary"

// arHeader is the size of the header of a member: name, time, owner, group, mode, size, and two bytes that end it.
const arHeader = 60

// statusFolder is where a system keeps what is known of its packages, a file each, as images without a package manager do.
const statusFolder = "var/lib/dpkg/status.d/"

// debian reads a Debian package: the files that it installs lie where they will, and its control file where a system would note it,
// so that it is read as a system on which nothing else is installed.
func (a *FS) debian(r io.ReaderAt, size int64, room *room) error {
	a.system = true
	data := false
	for at := int64(len(arMagic)); at+arHeader <= size; {
		head := make([]byte, arHeader)
		if _, err := r.ReadAt(head, at); err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.TrimRight(string(head[48:58]), " "), 10, 64)
		if err != nil || n < 0 || string(head[58:]) != "`\n" {
			a.lose("", errors.New("it is damaged: a member has no header"))
			break
		}
		name := strings.TrimRight(string(head[:16]), " /")
		member := io.NewSectionReader(r, at+arHeader, min(n, size-at-arHeader))
		switch {
		case at == int64(len(arMagic)) && name != debianFirst:
			return fmt.Errorf("%w: an ar archive, but no package", ErrFormat)
		case strings.HasPrefix(name, "control.tar"):
			err = walkTar(member, a.control)
		case strings.HasPrefix(name, "data.tar"):
			data = true
			err = walkTar(member, func(h *tar.Header, content io.Reader) error { return a.keep(h, content, room) })
		}
		if err == nil && n > member.Size() {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			a.lose(name, err)
		}
		at += arHeader + n + n&1
	}
	if !data {
		a.lose("", errors.New("it has no files: data.tar is missing"))
	}
	a.sort()
	return nil
}

// control keeps the control file under the name of its package.
func (a *FS) control(h *tar.Header, content io.Reader) error {
	if p, _ := clean(h.Name); p != "control" {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(content, maxControl))
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "Package:"); ok {
			a.add(statusFolder+strings.TrimSpace(name), node{size: int64(len(data)), mode: 0o644, modified: h.ModTime, open: inMemory(data)}, true)
		}
	}
	return io.EOF
}

// maxControl bounds a control file, in bytes.
const maxControl = 1 << 20
