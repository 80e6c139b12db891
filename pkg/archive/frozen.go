package archive

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// PyInstaller appends an archive to its program: the files, a table of them, and last a cookie of 88 bytes that says, in network
// order, how long all is and where in it the table lies. An entry of the table is its own length, where its data lies, how
// long it is packed and unpacked, whether it is (by zlib), and its kind, before its name. The modules in Python are in an archive
// of their own within, of kind z, of which the table is a list in the form of Python's marshal: names, and for each whether
// it is a package, where its code lies, and how long that is. What PYZ-00.pyz holds is a folder here: PYZ-00.pyz/requests/api.pyc.
//
// References: PyInstaller, PyInstaller/archive/readers.py, PyInstaller/archive/writers.py; CPython, Python/marshal.c.

const (
	cookieMagic = "MEI\014\013\012\013\016"
	cookieSize  = 88
	tocEntry    = 18       // bytes of an entry before its name
	maxTOC      = 64 << 20 // bytes of a table
)

// baseLibrary has those modules of Python's own library that are needed before the others can be, and nothing else.
const baseLibrary = "base_library.zip"

// frozenAt is where the archive lies whose cookie is at an offset.
func frozenAt(cookie []byte, at int64) (start, end int64, ok bool) {
	if len(cookie) < cookieSize {
		return 0, 0, false
	}
	length := int64(binary.BigEndian.Uint32(cookie[8:]))
	toc, n := int64(binary.BigEndian.Uint32(cookie[12:])), int64(binary.BigEndian.Uint32(cookie[16:]))
	end = at + cookieSize
	return end - length, end, length > cookieSize && length < end && toc+n <= length
}

// frozen lists that archive.
func (a *FS) frozen(in *io.SectionReader) error {
	cookie := make([]byte, cookieSize)
	if _, err := in.ReadAt(cookie, in.Size()-cookieSize); err != nil {
		return err
	}
	toc := make([]byte, min(int64(binary.BigEndian.Uint32(cookie[16:])), maxTOC))
	if _, err := in.ReadAt(toc, int64(binary.BigEndian.Uint32(cookie[12:]))); err != nil {
		return err
	}
	for entries := 0; len(toc) > 0; entries++ {
		if entries == maxEntries || len(toc) < tocEntry {
			a.lose("", errors.New("its table is cut or too long"))
			return nil
		}
		n := int64(binary.BigEndian.Uint32(toc))
		if n < tocEntry || n > int64(len(toc)) {
			a.lose("", errors.New("its table is damaged"))
			return nil
		}
		a.frozenFile(in, toc[:n])
		toc = toc[n:]
	}
	return nil
}

// frozenFile adds one entry of the table. Those of kind o are options of the runtime, and no files.
func (a *FS) frozenFile(in *io.SectionReader, entry []byte) {
	data := stretch{int64(binary.BigEndian.Uint32(entry[4:])), int64(binary.BigEndian.Uint32(entry[8:]))}
	size, packed, kind := int64(binary.BigEndian.Uint32(entry[12:])), entry[16] == 1, entry[17]
	name := strings.TrimRight(string(entry[tocEntry:]), "\x00")
	switch {
	case kind == 'o' || name == "" || name == baseLibrary:
		return
	case data.start+data.length > in.Size():
		a.lose(name, errors.New("it is damaged: its content is not in the archive"))
		return
	case packed && size > freeBytes && size/maxRatio > data.length:
		a.lose(name, fmt.Errorf("%w: it inflates by more than %d, as only traps do", ErrLimit, maxRatio))
		return
	}
	switch kind {
	case 'm', 'M', 's': // code, and a script as code
		name += ".pyc"
	case 'z':
		if outer, offset, _ := in.Outer(); !packed && a.modules(io.NewSectionReader(outer, offset+data.start, data.length), name) {
			return
		}
	}
	if packed {
		a.inflated(name, in, data, size)
	} else {
		a.part(name, in, data)
	}
}

// inflated adds a stretch that is packed by zlib.
func (a *FS) inflated(name string, in *io.SectionReader, s stretch, size int64) {
	a.noteStretch(in, s)
	a.add(name, node{mode: 0o644, size: size, open: func() (content, error) {
		if size > maxWhole {
			return nil, fmt.Errorf("%w: a packed file of %d MiB", ErrLimit, size>>20)
		}
		z, err := zlib.NewReader(io.NewSectionReader(in, s.start, s.length))
		if err != nil {
			return nil, err
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(z, data); err != nil {
			return nil, err
		}
		if n, err := z.Read(make([]byte, 1)); n > 0 || err != io.EOF { // its digest comes last
			return nil, errors.New("it is damaged: it is longer than its table says, or another")
		}
		return kept{bytes.NewReader(data)}, nil
	}}, false)
}

// modules lists an archive of modules; false if its table cannot be read, as that of one which is encrypted.
func (a *FS) modules(in *io.SectionReader, name string) bool {
	head := make([]byte, 12)
	if _, err := in.ReadAt(head, 0); err != nil || string(head[:4]) != "PYZ\x00" {
		return false
	}
	at := int64(binary.BigEndian.Uint32(head[8:]))
	if at > in.Size() || in.Size()-at > maxTOC {
		return false
	}
	data := make([]byte, in.Size()-at)
	if _, err := in.ReadAt(data, at); err != nil {
		return false
	}
	m := marshal{data: data}
	list, ok := m.value(0).([]any)
	if !ok || m.bad {
		return false
	}
	type module struct {
		name string
		code stretch
	}
	var all []module
	for _, item := range list { // first all of it, since an archive that is no list of modules is a file
		pair, _ := item.([]any)
		if len(pair) != 2 {
			return false
		}
		name, _ := pair[0].(string)
		where, _ := pair[1].([]any)
		if name == "" || len(where) != 3 {
			return false
		}
		kind, _ := where[0].(int64)
		start, _ := where[1].(int64)
		length, _ := where[2].(int64)
		p := strings.ReplaceAll(name, ".", "/")
		if kind == 1 || kind == 3 { // a package, and one without code of its own
			p += "/__init__"
		}
		all = append(all, module{p + ".pyc", stretch{start, length}})
	}
	for _, m := range all {
		if m.code.start < 0 || m.code.length < 0 || m.code.start+m.code.length > in.Size() {
			a.lose(name+"/"+m.name, errors.New("it is damaged: its content is not in the archive"))
			continue
		}
		a.part(name+"/"+m.name, in, m.code)
	}
	return true
}

// marshal reads the values of Python's marshal that such a table is made of: lists, tuples, texts and numbers. Anything else makes it bad.
type marshal struct {
	data []byte
	refs []any
	bad  bool
	read int // values
}

// The limits: how deep lists lie in lists, and how many values there are, of which a module has seven.
const (
	maxMarshal = 8
	maxValues  = 7 * maxEntries
)

func (m *marshal) take(n int) []byte {
	if n < 0 || n > len(m.data) {
		m.bad = true
		return make([]byte, max(0, min(n, 8)))
	}
	out := m.data[:n]
	m.data = m.data[n:]
	return out
}

func (m *marshal) number() int64 { return int64(int32(binary.LittleEndian.Uint32(m.take(4)))) }

// text takes a text of so many bytes.
func (m *marshal) text(n int64) string {
	if n < 0 || n > maxPath {
		m.bad = true
		return ""
	}
	return string(m.take(int(n)))
}

func (m *marshal) value(depth int) (v any) {
	if m.read++; m.bad || depth > maxMarshal || m.read > maxValues {
		m.bad = true
		return nil
	}
	kind := m.take(1)[0]
	keep := -1
	if kind&0x80 != 0 { // others may refer to it
		keep = len(m.refs)
		m.refs = append(m.refs, nil)
	}
	switch kind &^ 0x80 {
	case 'i':
		v = m.number()
	case 'T':
		v = int64(1)
	case 'F', 'N':
		v = int64(0)
	case 'z', 'Z': // short and ASCII
		v = m.text(int64(m.take(1)[0]))
	case 's', 'u', 't', 'a', 'A':
		v = m.text(m.number())
	case 'r':
		if i := m.number(); i >= 0 && i < int64(len(m.refs)) {
			return m.refs[i]
		}
		m.bad = true
	case '(', '[':
		v = m.items(m.number(), depth)
	case ')':
		v = m.items(int64(m.take(1)[0]), depth)
	default:
		m.bad = true
	}
	if keep >= 0 {
		m.refs[keep] = v
	}
	return v
}

// items takes so many values; each has a byte at least.
func (m *marshal) items(n int64, depth int) []any {
	if n < 0 || n > int64(len(m.data)) {
		m.bad = true
		return nil
	}
	list := []any{}
	for i := int64(0); i < n && !m.bad; i++ {
		list = append(list, m.value(depth+1))
	}
	return slices.Clip(list)
}
