package ecotest

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// link puts the files whose paths name a section of a program into one, and leaves the others as they are.
func link(files []txtar.File) []txtar.File {
	var out []txtar.File
	at := map[string]int{}
	sections := map[string][]txtar.File{}
	for _, f := range files {
		program, section, linked := strings.Cut(f.Name, "#")
		if !linked {
			out = append(out, f)
			continue
		}
		if _, ok := at[program]; !ok {
			at[program] = len(out)
			out = append(out, txtar.File{Name: program})
		}
		switch section {
		case ".go.buildinfo":
			f.Data = buildInfo(string(f.Data))
		case ".dep-v0":
			f.Data = deflated(f.Data)
		}
		sections[program] = append(sections[program], txtar.File{Name: section, Data: f.Data})
	}
	for program, i := range at {
		out[i].Data = linked(sections[program])
	}
	return out
}

// buildInfo is what Go writes into a program (debug/buildinfo), of a text whose first line is Go's version and whose others are
// those that "go version -m" prints.
func buildInfo(text string) []byte {
	version, modules, _ := strings.Cut(text, "\n")
	if modules != "" { // it lies between two marks of 16 bytes
		modules = strings.Repeat("<", 16) + modules + strings.Repeat(">", 16)
	}
	b := append([]byte("\xff Go buildinf:\x08\x02"), make([]byte, 16)...)
	for _, s := range []string{version, modules} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// linked is an ELF program of these sections, loaded as one segment.
func linked(sections []txtar.File) []byte {
	const (
		base    = 0x10000
		headers = 64 + 56 // of the file, and of the segment
		align   = 16
	)
	var body, table bytes.Buffer
	body.Write(make([]byte, headers+(align-headers%align)%align))
	names := []byte("\x00.shstrtab\x00")
	add := func(name int, kind elf.SectionType, data []byte) {
		at := uint64(body.Len())
		binary.Write(&table, binary.LittleEndian, elf.Section64{
			Name: uint32(name), Type: uint32(kind), Flags: uint64(elf.SHF_ALLOC), Addr: base + at, Off: at, Size: uint64(len(data)), Addralign: align,
		})
		body.Write(data)
		body.Write(make([]byte, (align-len(data)%align)%align))
	}
	binary.Write(&table, binary.LittleEndian, elf.Section64{})
	for _, s := range sections {
		kind := elf.SHT_PROGBITS
		if s.Name == ".dynamic" {
			kind = elf.SHT_DYNAMIC
		}
		add(len(names), kind, s.Data)
		names = append(append(names, s.Name...), 0)
	}
	add(1, elf.SHT_STRTAB, names)
	h := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1, Phoff: 64, Shoff: uint64(body.Len()),
		Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64, Shnum: uint16(len(sections) + 2), Shstrndx: uint16(len(sections) + 1),
	}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	var head bytes.Buffer
	binary.Write(&head, binary.LittleEndian, h)
	binary.Write(&head, binary.LittleEndian, elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_W), Vaddr: base, Filesz: uint64(body.Len()), Memsz: uint64(body.Len()),
	})
	return append(append(head.Bytes(), body.Bytes()[headers:]...), table.Bytes()...)
}
