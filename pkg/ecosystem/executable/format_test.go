package executable_test

import (
	"bytes"
	"compress/zlib"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/executable"
)

// portable is a PE file with one section.
func portable(name string, data []byte) []byte {
	const at = 0x80
	var b bytes.Buffer
	b.WriteString("MZ")
	b.Write(make([]byte, 0x3c-2))
	binary.Write(&b, binary.LittleEndian, uint32(at))
	b.Write(make([]byte, at-b.Len()))
	b.WriteString("PE\x00\x00")
	binary.Write(&b, binary.LittleEndian, pe.FileHeader{Machine: pe.IMAGE_FILE_MACHINE_AMD64, NumberOfSections: 1})
	h := pe.SectionHeader32{VirtualSize: uint32(len(data)), SizeOfRawData: uint32(len(data)), PointerToRawData: uint32(b.Len() + 40)}
	copy(h.Name[:], name)
	binary.Write(&b, binary.LittleEndian, h)
	b.Write(data)
	return b.Bytes()
}

// mach is a Mach-O file with one segment that has one section.
func mach(name string, data []byte) []byte {
	const size = 72 + 80 // of the load command
	var b bytes.Buffer
	h := macho.FileHeader{Magic: macho.Magic64, Cpu: macho.CpuArm64, Type: macho.TypeExec, Ncmd: 1, Cmdsz: size}
	binary.Write(&b, binary.LittleEndian, h)
	binary.Write(&b, binary.LittleEndian, uint32(0))
	at := b.Len() + size
	seg := macho.Segment64{Cmd: macho.LoadCmdSegment64, Len: size, Filesz: uint64(at + len(data)), Memsz: uint64(at + len(data)), Nsect: 1}
	copy(seg.Name[:], "__DATA")
	binary.Write(&b, binary.LittleEndian, seg)
	sect := macho.Section64{Size: uint64(len(data)), Offset: uint32(at)}
	copy(sect.Name[:], name)
	copy(sect.Seg[:], "__DATA")
	binary.Write(&b, binary.LittleEndian, sect)
	b.Write(data)
	return b.Bytes()
}

// fat is a file for several processors: 64-bit ARM with these kinds of it, one after the other.
func fat(programs ...[]byte) []byte {
	const align = 4096
	var table, body bytes.Buffer
	binary.Write(&table, binary.BigEndian, []uint32{macho.MagicFat, uint32(len(programs))})
	for i, p := range programs {
		binary.Write(&table, binary.BigEndian, []uint32{uint32(macho.CpuArm64), uint32(i), uint32(align + body.Len()), uint32(len(p)), 12})
		body.Write(p)
		body.Write(make([]byte, align-len(p)%align))
	}
	table.Write(make([]byte, align-table.Len()))
	return append(table.Bytes(), body.Bytes()...)
}

// fat64 is the same by the table that has offsets of 64 bits.
func fat64(programs ...[]byte) []byte {
	const align = 4096
	var table, body bytes.Buffer
	binary.Write(&table, binary.BigEndian, []uint32{macho.MagicFat + 1, uint32(len(programs))})
	for i, p := range programs {
		binary.Write(&table, binary.BigEndian, []uint32{uint32(macho.CpuArm64), uint32(i)})
		binary.Write(&table, binary.BigEndian, []uint64{uint64(align + body.Len()), uint64(len(p)), 12 << 32})
		body.Write(p)
		body.Write(make([]byte, align-len(p)%align))
	}
	table.Write(make([]byte, align-table.Len()))
	return append(table.Bytes(), body.Bytes()...)
}

// Every processor's program is read, whatever the table is like and whatever is wrong with that of another, which is told.
func TestEveryProcessor(t *testing.T) {
	rust := mach("__const", []byte("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core"))
	for name, file := range map[string][]byte{"fat": fat(mach("__const", nil), rust), "fat64": fat64(mach("__const", nil), rust), "the same processor twice": fat64(rust, rust)} {
		if frag := read(t, file); !executable.Ecosystem.Match("app", 0o755, file[:8]) || len(frag.Components) == 0 || frag.Components[0].PURL != "pkg:generic/rust-std" || len(frag.Gaps) > 0 {
			t.Errorf("%s: %+v", name, frag)
		}
	}
	damaged := fat64(rust[:40], rust)
	if frag := read(t, damaged); len(frag.Components) != 1 || len(frag.Gaps) != 1 || !frag.Gaps[0].Material {
		t.Errorf("damaged: %+v", frag)
	}
	if frag := read(t, fat64([]byte("!<arch>\nobjects"))); len(frag.Components)+len(frag.Gaps) > 0 {
		t.Errorf("objects: %+v", frag)
	}
}

// What is linked in for one processor only ships with the others. All are read within one budget, and past it something is missing.
func TestSeveralProcessors(t *testing.T) {
	rust := mach("__const", []byte("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core"))
	if frag := read(t, fat(mach("__const", []byte("none")), rust, rust)); len(frag.Components) == 0 || frag.Components[0].PURL != "pkg:generic/rust-std" || len(frag.Gaps) > 0 {
		t.Errorf("%+v", frag)
	}
	const many = 39
	large := make([]byte, 8<<20)
	programs := make([][]byte, many) // which all lie in one place
	for i := range programs {
		programs[i] = mach("__const", nil)
	}
	first := mach("__const", large)
	data := fat(append([][]byte{first}, programs[1:]...)...)
	for i := range many {
		binary.BigEndian.PutUint32(data[8+20*i+8:], 4096)
		binary.BigEndian.PutUint32(data[8+20*i+12:], uint32(len(first)))
	}
	if frag := read(t, data); len(frag.Gaps) == 0 || frag.Gaps[0].Kind != "limit" || !frag.Gaps[0].Material {
		t.Errorf("%+v", frag.Gaps)
	}
}

func TestFormats(t *testing.T) {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte(`{"packages":[{"name":"app","version":"1.0.0","source":"local","root":true,"dependencies":[1]},{"name":"dep","version":"2.0.0","source":"crates.io"}]}`))
	w.Close()
	for name, program := range map[string][]byte{
		"PE": portable(".dep-v0", z.Bytes()), "Mach-O": mach(".dep-v0", z.Bytes()), "Mach-O for several": fat(mach(".dep-v0", z.Bytes())),
	} {
		frag := read(t, program)
		if len(frag.Components) != 2 || frag.Components[1].PURL != "pkg:cargo/dep@2.0.0" || len(frag.Relationships) != 1 {
			t.Errorf("%s: %+v", name, frag)
		}
		for cut := range len(program) { // wherever it is cut, reading it ends
			read(t, program[:cut])
		}
	}
	// What inflates to more than any list is not inflated.
	z.Reset()
	w = zlib.NewWriter(&z)
	w.Write(make([]byte, 65<<20))
	w.Close()
	if frag := read(t, portable(".dep-v0", z.Bytes())); len(frag.Gaps) != 1 || frag.Gaps[0].Kind != "limit" || !frag.Gaps[0].Material {
		t.Errorf("a trap: %+v", frag.Gaps)
	}
}
