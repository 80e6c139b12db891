package archive

import (
	"bytes"
	"cmp"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
)

// A program may be a runtime that carries the application which it runs: Node, Bun and Python are made into one file with it so. What
// is carried is known by a word at its end, or by the section in which it lies, and these words are looked for there only: a
// runtime has them among its constants as well. What the maker of the format keeps to himself is not read, and [Payload] says so.
//
// References: nodejs.org/api/single-executable-applications.html and src/node_sea.cc (the blob); bun.com/docs/bundler/executables and
// src/StandaloneModuleGraph (the trailer); github.com/nexe/nexe, src/compiler.ts (the sentinel); docs.deno.com, "deno
// compile"; github.com/yao-pkg/pkg, lib/producer.ts; nuitka.net, "Onefile"; pyinstaller.org, "Advanced Topics" (frozen.go).

// Payload is what a program carries.
type Payload struct {
	// By is what put it there: "node", "bun", "nexe", "pyinstaller", or one whose format is not read: "deno", "nuitka", "pkg".
	By         string
	Start, End int64 // where it lies in the file, in bytes
	// Read: it can be entered as a folder.
	Read bool
}

// In so many of its last bytes a program says that it carries something; behind that signatures may stand, where a format has them.
const (
	maxTail = 64 << 10
	elfTail = 1 << 10
)

// The words.
const (
	seaMagic    = "\x20\xda\x43\x01"
	bunTrailer  = "\n---- Bun! ----\n"
	nexeTrailer = "<nexe~~sentinel>"
	denoMagic   = "d3n0l4nd"
)

// PayloadOf tells what a program carries, from its head and a look at its end and its sections; ok is false for nothing.
func PayloadOf(r io.ReaderAt, size int64, head []byte) (p Payload, ok bool) {
	if !IsProgram(head) {
		return p, false
	}
	defer func() {
		if recover() != nil { // the packages of the standard library are not made for strangers' files
			p, ok = Payload{}, false
		}
	}()
	length := int64(maxTail)
	if head[0] == 0x7f {
		length = elfTail
	}
	tail := make([]byte, min(length, size))
	if n, err := r.ReadAt(tail, size-int64(len(tail))); n < len(tail) && err != nil {
		return p, false
	}
	from := size - int64(len(tail))
	if i := lastIndex(tail, cookieMagic); i >= 0 {
		if start, end, ok := frozenAt(tail[i:], from+int64(i)); ok {
			return Payload{"pyinstaller", start, end, true}, true
		}
	}
	if i := lastIndex(tail, nexeTrailer); i >= 0 && len(tail)-i >= len(nexeTrailer)+16 {
		at := from + int64(i)
		if start := at - double(tail[i+16:]) - double(tail[i+24:]); start > 0 && start < at {
			return Payload{"nexe", start, at, true}, true
		}
	}
	if i := lastIndex(tail, bunTrailer); i >= 0 {
		if start, end, ok := bunAt(tail[:i], from+int64(i)); ok {
			return Payload{"bun", start, end, true}, true
		}
	}
	if p, ok := regionOf(r, size, head); ok {
		return p, ok
	}
	switch {
	case isNuitka(r, tail, size):
		return Payload{By: "nuitka", Start: size, End: size}, true
	case bytes.Contains(tail, []byte(denoMagic)):
		return Payload{By: "deno", Start: size, End: size}, true
	case isPkg(tail):
		return Payload{By: "pkg", Start: size, End: size}, true
	}
	return p, false
}

// lastIndex is [bytes.LastIndex], which takes much longer for what is mostly not there.
func lastIndex(data []byte, word string) int {
	last := -1
	for at := 0; ; at = last + 1 {
		i := bytes.Index(data[at:], []byte(word))
		if i < 0 {
			return last
		}
		last = at + i
	}
}

// double is a number as JavaScript has it; one larger than any file for what is no whole one.
func double(b []byte) int64 {
	f := math.Float64frombits(binary.LittleEndian.Uint64(b))
	if f < 0 || f > 1<<40 || f != math.Trunc(f) {
		return 1 << 41
	}
	return int64(f)
}

// bunAt finds where what Bun appended lies, by the table before its trailer: first the number of bytes before that, then
// where the list of modules lies in these. The table has grown, so its length is that with which it agrees.
func bunAt(before []byte, at int64) (start, end int64, ok bool) {
	for _, length := range []int{32, 24, 40} {
		if len(before) < length {
			continue
		}
		table := before[len(before)-length:]
		count, modules, n := int64(binary.LittleEndian.Uint64(table)), word(table[8:]), word(table[12:])
		end = at - int64(length)
		if start = end - count; count > 0 && start > 0 && n > 0 && modules+n <= count && modules+n+64 > count {
			return start, end, true
		}
	}
	return 0, 0, false
}

// isPkg reports whether a program ends as pkg's prelude does: in the list of links, the dictionary of paths and the way in which it is packed.
func isPkg(tail []byte) bool {
	text := strings.TrimRight(string(tail), "\x00 \n")
	rest, ok := strings.CutSuffix(text, "\n);\n})")
	if !ok || len(rest) < 4 {
		return false
	}
	return strings.HasSuffix(rest[:len(rest)-1], "\n,\n") && strings.Contains("012", rest[len(rest)-1:])
}

// isNuitka reports whether a program ends as one that Nuitka made into one file: in the length of the payload, or where it begins, which
// begins with KA and how it is packed.
func isNuitka(r io.ReaderAt, tail []byte, size int64) bool {
	if len(tail) < 8 {
		return false
	}
	n := binary.LittleEndian.Uint64(tail[len(tail)-8:])
	for _, start := range []int64{int64(n), size - 8 - int64(n)} {
		magic := make([]byte, 3)
		if n == 0 || n > uint64(size) || start <= 0 {
			continue
		}
		if _, err := r.ReadAt(magic, start); err == nil && (string(magic) == "KAX" || string(magic) == "KAY") {
			return true
		}
	}
	return false
}

// The limits of one program, whatever parts it says that it has, which may be the same one many times.
const (
	maxNotes = 256 << 20 // bytes of its notes or resources that are looked at
	maxBlobs = 1000      // places that begin as Node's blob does
)

// regions looks into the parts of one program.
type regions struct {
	io.ReaderAt
	size  int64
	bytes int64 // that may yet be looked at
	blobs int
	found Payload
}

// regionOf finds what lies in a part of a program that is there for it: a note of ELF or a resource of PE that begins as
// Node's blob or Deno's data does, a section of Mach-O that is called so, or Bun's section. Of a universal file it is that of the first
// program that has one.
func regionOf(r io.ReaderAt, size int64, head []byte) (p Payload, ok bool) {
	if !IsUniversal(head) {
		in := regions{ReaderAt: r, size: size, bytes: maxNotes, blobs: maxBlobs}
		in.look(head)
		return in.found, in.found.By != ""
	}
	left := int64(maxNotes)
	for _, slice := range Slices(r, head) {
		head := make([]byte, 8)
		if _, err := slice.ReadAt(head, 0); err != nil || !IsProgram(head) || IsUniversal(head) {
			continue
		}
		in := regions{ReaderAt: slice, size: max(0, min(slice.Size(), size-slice.Start)), bytes: left, blobs: maxBlobs}
		in.look(head)
		if left, p = in.bytes, in.found; p.By != "" {
			p.Start, p.End = p.Start+slice.Start, p.End+slice.Start
			return p, true
		}
	}
	return p, false
}

func (r *regions) look(head []byte) {
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		f, err := ELF(r)
		if err != nil {
			return
		}
		if s := f.Section(".bun"); s != nil && s.Type != elf.SHT_NOBITS {
			r.bun(s.Offset, s.FileSize)
		}
		for _, prog := range f.Progs {
			if prog.Type == elf.PT_NOTE {
				r.blob(prog.Off, prog.Filesz)
			}
		}
	case bytes.HasPrefix(head, []byte("MZ")):
		f, err := pe.NewFile(r)
		if err != nil {
			return
		}
		for _, s := range f.Sections {
			switch s.Name {
			case ".bun":
				r.bun(uint64(s.Offset), uint64(s.Size))
			case ".rsrc":
				r.blob(uint64(s.Offset), uint64(s.Size))
			}
		}
	default:
		f, err := macho.NewFile(r)
		if err != nil {
			return
		}
		for _, s := range f.Sections {
			switch s.Seg {
			case "__BUN":
				r.bun(uint64(s.Offset), s.Size)
			case "NODE_SEA":
				r.blob(uint64(s.Offset), s.Size)
			case "__SUI":
				r.deno()
			}
		}
	}
}

// bun notes Bun's section.
func (r *regions) bun(at, length uint64) {
	if at < uint64(r.size) && length > 8 && length <= uint64(r.size)-at && r.found.By == "" {
		r.found = Payload{"bun", int64(at), int64(at + length), true}
	}
}

// deno notes Deno's data, which is not read.
func (r *regions) deno() {
	if r.found.By == "" {
		r.found = Payload{By: "deno", Start: r.size, End: r.size}
	}
}

// blob looks for Node's blob in a part of the program, a window at a time, and for Deno's data.
func (r *regions) blob(from, size uint64) {
	if from >= uint64(r.size) || r.found.By != "" {
		return
	}
	const window, again = 256 << 10, 64
	at, length := int64(from), int64(min(size, uint64(r.size)-from))
	length = min(length, r.bytes)
	r.bytes -= length
	buf := make([]byte, min(window, length))
	for off := int64(0); off < length; off += window - again {
		n, _ := r.ReadAt(buf[:min(window, length-off)], at+off)
		for from := 0; r.blobs > 0; r.blobs-- {
			i := bytes.Index(buf[from:n], []byte(seaMagic))
			if i < 0 {
				break
			}
			from += i + len(seaMagic)
			start := at + off + int64(from-len(seaMagic))
			if b, ok := readBlob(io.NewSectionReader(r, start, at+length-start)); ok {
				r.found = Payload{"node", start, start + b.end, true}
				return
			}
		}
		if bytes.Contains(buf[:n], []byte(denoMagic)) {
			r.deno()
			return
		}
		if int64(n) < min(window, length-off) {
			return
		}
	}
}

// seaBlob is Node's: what it says of itself, and the script or, where snapshot is set, the memory of one that ran.
type seaBlob struct {
	name     string
	snapshot bool
	assets   bool
	code     stretch
	end      int64
	cache    bool
}

// stretch is a part of a payload.
type stretch struct{ start, length int64 }

// readBlob reads the head of Node's blob: the magic word, a word of flags, since Node 24 one or two bytes more, then texts with
// their lengths as words of 64 bits before them.
func readBlob(r *io.SectionReader) (b seaBlob, ok bool) {
	head := make([]byte, 8)
	if _, err := r.ReadAt(head, 0); err != nil || string(head[:4]) != seaMagic {
		return b, false
	}
	flags := word(head[4:])
	for extra := range int64(3) {
		name, at, ok := textAt(r, 8+extra, maxPath)
		if !ok || name.length == 0 {
			continue
		}
		text := make([]byte, name.length)
		if _, err := r.ReadAt(text, name.start); err != nil || bytes.ContainsFunc(text, func(c rune) bool { return c < ' ' }) {
			continue
		}
		code, end, ok := textAt(r, at, r.Size())
		if !ok || code.length == 0 {
			continue
		}
		return seaBlob{name: string(text), snapshot: flags&2 != 0, cache: flags&4 != 0, assets: flags&8 != 0, code: code, end: end}, true
	}
	return b, false
}

// textAt is a text with its length before it, and where what follows begins.
func textAt(r *io.SectionReader, at, limit int64) (s stretch, next int64, ok bool) {
	length := make([]byte, 8)
	if _, err := r.ReadAt(length, at); err != nil {
		return s, 0, false
	}
	n := binary.LittleEndian.Uint64(length)
	if n > uint64(limit) || int64(n) > r.Size()-at-8 {
		return s, 0, false
	}
	return stretch{at + 8, int64(n)}, at + 8 + int64(n), true
}

var errNothing = fmt.Errorf("%w: a program that carries nothing", ErrFormat)

// program lists what a program carries.
func (a *FS) program(r io.ReaderAt, size int64, head []byte) error {
	a.inPlace = true
	p, ok := PayloadOf(r, size, head)
	if !ok || !p.Read {
		return errNothing
	}
	in := io.NewSectionReader(r, p.Start, p.End-p.Start)
	switch p.By {
	case "pyinstaller":
		if err := a.frozen(in); err != nil {
			return err
		}
	case "node":
		a.blob(io.NewSectionReader(r, p.Start, size-p.Start))
	default: // scripts one behind the other, and what belongs to them
		a.part("bundle.js", in, stretch{0, in.Size()})
	}
	a.sort()
	return nil
}

// Carried tells which bytes of a program are those of files that it carries, and so can be entered; ok is false if it carries none. What lies
// between these files is the program's own, and is said of nothing else.
func Carried(r io.ReaderAt, size int64) (within func(at int64) bool, ok bool) {
	head := make([]byte, 8)
	if _, err := r.ReadAt(head, 0); err != nil || !IsProgram(head) {
		return nil, false
	}
	if p, ok := PayloadOf(r, size, head); !ok || !p.Read {
		return nil, false
	}
	a, err := Open(r, size)
	if err != nil { // who enters it is told so
		return func(int64) bool { return false }, true
	}
	slices.SortFunc(a.parts, func(x, y stretch) int { return cmp.Compare(x.start, y.start) })
	for i := range a.parts[:max(0, len(a.parts)-1)] { // one that lies in another ends where that does
		next := &a.parts[i+1]
		next.length = max(next.length, a.parts[i].start+a.parts[i].length-next.start)
	}
	return func(at int64) bool {
		i, found := slices.BinarySearchFunc(a.parts, at, func(s stretch, at int64) int { return cmp.Compare(s.start, at) })
		for found && i < len(a.parts) && a.parts[i].start == at {
			i++
		}
		return i > 0 && at < a.parts[i-1].start+a.parts[i-1].length
	}, true
}

// noteStretch notes where in the program a file lies, of which in is a section.
func (a *FS) noteStretch(in *io.SectionReader, s stretch) {
	_, offset, _ := in.Outer()
	a.parts = append(a.parts, stretch{offset + s.start, s.length})
}

// part adds a stretch of a payload as a file.
func (a *FS) part(name string, in *io.SectionReader, s stretch) {
	a.noteStretch(in, s)
	a.add(name, node{mode: 0o644, size: s.length, open: func() (content, error) {
		return section{io.NewSectionReader(in, s.start, s.length)}, nil
	}}, false)
}

// blob lists Node's blob: the script by its own name, and the assets by theirs.
func (a *FS) blob(in *io.SectionReader) {
	b, ok := readBlob(in)
	if !ok {
		return
	}
	name := path.Base(strings.ReplaceAll(b.name, `\`, "/"))
	if b.snapshot {
		a.lose(name, errors.New("a snapshot of the memory of a script, which is not read"))
	} else {
		a.part(name, in, b.code)
	}
	at, ok := b.end, true
	if b.cache {
		_, at, ok = textAt(in, at, in.Size())
	}
	if !b.assets {
		return
	}
	count := make([]byte, 8)
	if _, err := in.ReadAt(count, at); err != nil || !ok {
		a.lose("", errors.New("the files beside the script are not where they should be"))
		return
	}
	at += 8
	for i := range binary.LittleEndian.Uint64(count) {
		name, next, ok := textAt(in, at, maxPath)
		if !ok || i >= maxEntries {
			a.lose("", errors.New("of the files beside the script not all could be read"))
			return
		}
		text := make([]byte, name.length)
		file, next, ok := textAt(in, next, in.Size())
		if _, err := in.ReadAt(text, name.start); err != nil || !ok {
			a.lose("", errors.New("of the files beside the script not all could be read"))
			return
		}
		a.part(string(text), in, file)
		at = next
	}
}
