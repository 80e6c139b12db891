package archive_test

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/archive"
)

// The words by which what is carried is known, and the sizes of a table of PyInstaller.
const (
	seaMagic    = "\x20\xda\x43\x01"
	bunTrailer  = "\n---- Bun! ----\n"
	nexeTrailer = "<nexe~~sentinel>"
	cookieMagic = "MEI\014\013\012\013\016"
	cookieSize  = 88
	tocEntry    = 18
)

// asarOf is an asar of a header and the content behind it.
func asarOf(header, content string) []byte {
	var b bytes.Buffer
	padded := (len(header) + 3) &^ 3
	binary.Write(&b, binary.LittleEndian, []uint32{4, uint32(padded + 8), uint32(padded + 4), uint32(len(header))})
	b.WriteString(header + strings.Repeat("\x00", padded-len(header)) + content)
	return b.Bytes()
}

// blobOf is Node's blob; extra is what later releases have more in its head.
func blobOf(flags uint32, extra, name, code string, more ...string) string {
	var b bytes.Buffer
	b.WriteString(seaMagic)
	binary.Write(&b, binary.LittleEndian, flags)
	b.WriteString(extra)
	text := func(s string) {
		binary.Write(&b, binary.LittleEndian, uint64(len(s)))
		b.WriteString(s)
	}
	text(name)
	text(code)
	if len(more) > 0 {
		binary.Write(&b, binary.LittleEndian, uint64(len(more)/2))
	}
	for _, s := range more {
		text(s)
	}
	return b.String()
}

// elfOf is an ELF file with one segment and one section, which are the same bytes.
func elfOf(kind elf.ProgType, name, data string) []byte {
	names := "\x00" + name + "\x00.shstrtab\x00"
	const at = 64 + 56
	var b bytes.Buffer
	h := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1, Phoff: 64, Phentsize: 56, Phnum: 1, Ehsize: 64,
		Shoff: uint64(at + len(data) + len(names)), Shentsize: 64, Shnum: 3, Shstrndx: 2}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	binary.Write(&b, binary.LittleEndian, h)
	binary.Write(&b, binary.LittleEndian, elf.Prog64{Type: uint32(kind), Off: at, Filesz: uint64(len(data))})
	b.WriteString(data + names)
	binary.Write(&b, binary.LittleEndian, []elf.Section64{{}, {Name: 1, Type: uint32(elf.SHT_PROGBITS), Off: at, Size: uint64(len(data))},
		{Name: uint32(len(name) + 2), Type: uint32(elf.SHT_STRTAB), Off: uint64(at + len(data)), Size: uint64(len(names))}})
	return b.Bytes()
}

// peOf is a PE file with one section, machOf a Mach-O file with one.
func peOf(name, data string) []byte {
	var b bytes.Buffer
	b.WriteString("MZ" + strings.Repeat("\x00", 0x3a) + "\x40\x00\x00\x00PE\x00\x00")
	binary.Write(&b, binary.LittleEndian, pe.FileHeader{Machine: pe.IMAGE_FILE_MACHINE_AMD64, NumberOfSections: 1})
	h := pe.SectionHeader32{SizeOfRawData: uint32(len(data)), PointerToRawData: uint32(b.Len() + 40)}
	copy(h.Name[:], name)
	binary.Write(&b, binary.LittleEndian, h)
	b.WriteString(data)
	return b.Bytes()
}

func machOf(segment, name, data string) []byte {
	const size = 72 + 80
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, macho.FileHeader{Magic: macho.Magic64, Cpu: macho.CpuArm64, Type: macho.TypeExec, Ncmd: 1, Cmdsz: size})
	binary.Write(&b, binary.LittleEndian, uint32(0))
	seg := macho.Segment64{Cmd: macho.LoadCmdSegment64, Len: size, Nsect: 1}
	copy(seg.Name[:], segment)
	sect := macho.Section64{Size: uint64(len(data)), Offset: 32 + size}
	copy(sect.Name[:], name)
	copy(sect.Seg[:], segment)
	binary.Write(&b, binary.LittleEndian, seg)
	binary.Write(&b, binary.LittleEndian, sect)
	b.WriteString(data)
	return b.Bytes()
}

// frozenOf is what PyInstaller appends: entries are a kind and a name, and the content; of a kind in upper case it is packed.
func frozenOf(entries ...string) string {
	var data, toc bytes.Buffer
	for ; len(entries) > 1; entries = entries[2:] {
		kind, name := entries[0][0], entries[0][1:]
		content, packed := entries[1], byte(0)
		if kind >= 'A' && kind <= 'Z' {
			var z bytes.Buffer
			w := zlib.NewWriter(&z)
			w.Write([]byte(content))
			w.Close()
			content, packed, kind = z.String(), 1, kind+'a'-'A'
		}
		name += strings.Repeat("\x00", 16-(tocEntry+len(name))%16)
		binary.Write(&toc, binary.BigEndian, []uint32{uint32(tocEntry + len(name)), uint32(data.Len()), uint32(len(content)), uint32(len(entries[1]))})
		toc.Write([]byte{packed, kind})
		toc.WriteString(name)
		data.WriteString(content)
	}
	at := data.Len()
	data.Write(toc.Bytes())
	data.WriteString(cookieMagic)
	binary.Write(&data, binary.BigEndian, []uint32{uint32(at + toc.Len() + cookieSize), uint32(at), uint32(toc.Len()), 311})
	data.WriteString("libpython3.11.so.1.0" + strings.Repeat("\x00", 44))
	return data.String()
}

// pyzOf is an archive of modules with their code: the list is in marshal's form as Python 3 writes it, names twice by reference.
func pyzOf(modules ...string) string {
	const head = 17
	var code, list bytes.Buffer
	n := len(modules) / 2
	list.WriteByte('[' | 0x80)
	binary.Write(&list, binary.LittleEndian, uint32(n))
	for ; len(modules) > 1; modules = modules[2:] {
		name, pkg := strings.CutSuffix(modules[0], "/")
		list.WriteString("\xa9\x02\xda" + string(rune(len(name))) + name + "\xa9\x03")
		for _, v := range []uint32{map[bool]uint32{true: 1}[pkg], uint32(head + code.Len()), uint32(len(modules[1]))} {
			list.WriteByte('i')
			binary.Write(&list, binary.LittleEndian, v)
		}
		code.WriteString(modules[1])
	}
	at := make([]byte, 4)
	binary.BigEndian.PutUint32(at, uint32(head+code.Len()))
	return "PYZ\x00\xa7\x0d\x0d\x0a" + string(at) + "\x00\x00\x00\x00\x00" + code.String() + list.String()
}

func bunOf(text string) string {
	var b bytes.Buffer
	b.WriteString(text)
	binary.Write(&b, binary.LittleEndian, []uint64{uint64(len(text))})
	binary.Write(&b, binary.LittleEndian, []uint32{uint32(len(text) - 8), 8, 0, 0, 0, 0})
	return b.String() + bunTrailer
}

func nexeOf(code, files string) string {
	var b bytes.Buffer
	b.WriteString(code + files + nexeTrailer)
	binary.Write(&b, binary.LittleEndian, []uint64{math.Float64bits(float64(len(code))), math.Float64bits(float64(len(files)))})
	return b.String()
}

// listing is all that is in an archive, and what of it was lost.
func listing(tb testing.TB, data []byte) string {
	tb.Helper()
	a, err := archive.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "error " + err.Error()
	}
	var b strings.Builder
	fs.WalkDir(a, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			to, _ := a.ReadLink(p)
			fmt.Fprintf(&b, "%s -> %s\n", p, to)
			return nil
		}
		content, err := fs.ReadFile(a, p)
		if err != nil {
			fmt.Fprintf(&b, "%s: %v\n", p, err)
			return nil
		}
		fmt.Fprintf(&b, "%s %q\n", p, content)
		return nil
	})
	for _, l := range a.Lost() {
		fmt.Fprintf(&b, "lost %s: %v\n", l.Path, l.Err)
	}
	return b.String()
}

// TestCarried: what a program carries is what is in it as a folder; what was said of it wrongly is lost and told.
func TestCarried(t *testing.T) {
	start := "\x7fELF" + strings.Repeat("\x00", 100)
	for _, c := range []struct{ name, data, want string }{
		{"asar", string(asarOf(`{"files":{"a":{"files":{"b.js":{"size":3,"offset":"2","executable":true},"c":{"link":"x.js"}}},"x.js":{"size":2,"offset":"0"},"u":{"size":9,"unpacked":true},"..":{"size":1,"offset":"0"},"far":{"size":9,"offset":"0"},"no":{"size":1,"offset":"a"}}}`, "12345")),
			"a/b.js \"345\"\na/c -> ../x.js\nx.js \"12\"\nlost ..: its path leads out of the archive\nlost far: it is damaged: its content is not in the archive\nlost no: it is damaged: its content is not in the archive\n"},
		{"asar that is none", string(asarOf(`{"files": 1`, "")), "error its header is no JSON of files"},
		{"a line before a zip", "#!/usr/bin/env python3\n" + string(zipped(t, "__main__.py", "print()")), "__main__.py \"print()\"\n"},
		{"SEA in a note", string(elfOf(elf.PT_NOTE, ".note", "\x0e\x00\x00\x00NODE_SEA_BLOB\x00"+blobOf(9, "", "/src/app.js", "run()", "a.txt", "A", "../b", "B"))),
			"a.txt \"A\"\napp.js \"run()\"\nlost ../b: its path leads out of the archive\n"},
		{"SEA of a later release", string(elfOf(elf.PT_NOTE, ".note", blobOf(0, "\x01", "app.js", "run()"))), "app.js \"run()\"\n"},
		{"SEA in a resource", string(peOf(".rsrc", "icons"+seaMagic+"none"+blobOf(1, "", "app.js", "run()"))), "app.js \"run()\"\n"},
		{"SEA in a section", string(machOf("NODE_SEA", "__NODE_SEA_BLOB", blobOf(1, "", "app.js", "run()"))), "app.js \"run()\"\n"},
		{"SEA with a snapshot", string(machOf("NODE_SEA", "__NODE_SEA_BLOB", blobOf(2, "", "app.js", "memory"))), "lost app.js: a snapshot of the memory of a script, which is not read\n"},
		{"SEA whose files are cut", string(machOf("NODE_SEA", "__NODE_SEA_BLOB", blobOf(8, "", "app.js", "run()"))),
			"app.js \"run()\"\nlost : the files beside the script are not where they should be\n"},
		{"Bun's section", string(elfOf(elf.PT_LOAD, ".bun", "/*! a */ run()")), "bundle.js \"/*! a */ run()\"\n"},
		{"Bun's trailer", start + bunOf("/*! a */ run()\x00 module1"), "bundle.js \"/*! a */ run()\\x00 module1\"\n"},
		{"nexe", start + nexeOf("shim()", "run()"), "bundle.js \"shim()run()\"\n"},
		{"PyInstaller", start + frozenOf("smain", "\xe3", "Xrequests-2.0.dist-info/METADATA", "Name: requests\n", "xpy.typed", "", "opyi-python-flag", "", "zPYZ-00.pyz", pyzOf("requests/", "R", "requests.api", "A"), "Xbase_library.zip", "PK") + "signature",
			"PYZ-00.pyz/requests/__init__.pyc \"R\"\nPYZ-00.pyz/requests/api.pyc \"A\"\nmain.pyc \"\\xe3\"\npy.typed \"\"\nrequests-2.0.dist-info/METADATA \"Name: requests\\n\"\n"},
		{"PyInstaller, encrypted", start + frozenOf("zPYZ-00.pyz", "????"), "PYZ-00.pyz \"????\"\n"},
		{"nothing", start, "error not a zip, an asar, a tar, or a Debian or RPM package: a program that carries nothing"},
		{"the words among its constants", start + cookieMagic + bunTrailer + nexeTrailer + strings.Repeat("\x00", 300), "error not a zip, an asar, a tar, or a Debian or RPM package: a program that carries nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, listing(t, []byte(c.data))); diff != "" {
				t.Error(diff)
			}
			for cut := range len(c.data) { // wherever it is cut, listing it ends
				listing(t, []byte(c.data[:cut]))
			}
		})
	}
}

// TestUnread: what is carried in a form that is not read is told, and not entered.
func TestUnread(t *testing.T) {
	start := "\x7fELF" + strings.Repeat("\x00", 100)
	length := make([]byte, 8)
	binary.LittleEndian.PutUint64(length, uint64(len(start)))
	for by, data := range map[string]string{
		"deno": start + "d3n0l4nd{}", "nuitka": start + "KAY\x28\xb5\x2f\xfd" + string(length), "pkg": start + "(function(process) {})(\n{}\n,\n\"main.js\"\n,\n{}\n,\n{}\n,\n0\n);\n})",
	} {
		p, ok := archive.PayloadOf(strings.NewReader(data), int64(len(data)), []byte(data[:8]))
		if !ok || p.By != by || p.Read {
			t.Errorf("%s: %+v %v", by, p, ok)
		}
	}
}

// TestCarriedTraps: a table that is larger than the file, a list in lists without end, and what inflates to too much are told and cost nothing.
func TestCarriedTraps(t *testing.T) {
	start := "MZ" + strings.Repeat("\x00", 100)
	nested := "PYZ\x00\x00\x00\x00\x00\x00\x00\x00\x0c" + strings.Repeat("[\x01\x00\x00\x00", 100_000)
	many := "PYZ\x00\x00\x00\x00\x00\x00\x00\x00\x0c[\xff\xff\xff\x7f"
	zeros := frozenOf("Xzeros", strings.Repeat("\x00", 64<<20))
	for data, want := range map[string]string{
		start + frozenOf("zPYZ", nested): "PYZ ", start + frozenOf("zPYZ", many): "PYZ ", start + zeros: "lost zeros: over the limit",
	} {
		if got := listing(t, []byte(data)); !strings.HasPrefix(got, want[:4]) || strings.Count(got, "\n") != 1 {
			t.Errorf("%.100s, want %s", got, want)
		}
	}
}

// Whatever the bytes are, what they carry is listed or not, and that ends.
func FuzzCarried(f *testing.F) {
	start := "\x7fELF" + strings.Repeat("\x00", 100)
	f.Add(asarOf(`{"files":{"a":{"size":1,"offset":"0"}}}`, "1"))
	f.Add([]byte(start + frozenOf("smain", "x", "zPYZ-00.pyz", pyzOf("a/", "A"))))
	f.Add([]byte(start + bunOf("run()\x00 module1")))
	f.Add([]byte(start + nexeOf("a", "b")))
	f.Add(elfOf(elf.PT_NOTE, ".note", blobOf(9, "", "app.js", "run()", "a", "b")))
	f.Add(peOf(".rsrc", blobOf(1, "", "app.js", "run()")))
	f.Add(machOf("NODE_SEA", "__NODE_SEA_BLOB", blobOf(1, "", "app.js", "run()")))
	f.Fuzz(func(t *testing.T, data []byte) { listing(t, data) })
}
