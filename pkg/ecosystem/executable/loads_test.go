package executable_test

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/executable"
)

// records are values as they lie in a program.
func records(values ...any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

// loading is a program of Linux that needs what lies at the places, in a table of strings.
func loading(table string, places ...uint64) []byte {
	const head = 64
	dynamic := records(elf.Dyn64{Tag: int64(elf.DT_FLAGS)})
	for _, at := range places {
		dynamic = append(dynamic, records(elf.Dyn64{Tag: int64(elf.DT_NEEDED), Val: at})...)
	}
	names := "\x00.dynamic\x00.dynstr\x00.shstrtab\x00"
	tableAt := head + len(dynamic)
	namesAt := tableAt + len(table)
	return bytes.Join([][]byte{records(elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1}, Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1,
		Shoff: uint64(namesAt + len(names)), Ehsize: head, Shentsize: 64, Shnum: 4, Shstrndx: 3}), dynamic, []byte(table), []byte(names), records(
		elf.Section64{},
		elf.Section64{Name: 1, Type: uint32(elf.SHT_DYNAMIC), Off: head, Size: uint64(len(dynamic)), Link: 2, Entsize: 16},
		elf.Section64{Name: 10, Type: uint32(elf.SHT_STRTAB), Off: uint64(tableAt), Size: uint64(len(table))},
		elf.Section64{Name: 18, Type: uint32(elf.SHT_STRTAB), Off: uint64(namesAt), Size: uint64(len(names))})}, nil)
}

// importing is a program for Windows that imports from libraries whose names lie at these places behind the list.
func importing(names string, places ...int) []byte {
	const at = 0x1000
	list := 20 * (len(places) + 1)
	var body []byte
	for _, p := range places {
		body = append(body, records([5]uint32{at, 0, 0, uint32(at + list + p), at})...)
	}
	body = append(body, make([]byte, 20)...)
	body = append(body, names...)
	h := pe.OptionalHeader64{Magic: 0x20b, NumberOfRvaAndSizes: 16}
	h.DataDirectory[pe.IMAGE_DIRECTORY_ENTRY_IMPORT] = pe.DataDirectory{VirtualAddress: at, Size: uint32(list)}
	file := records(append([]byte("MZ"), make([]byte, 58)...), uint32(64), []byte("PE\x00\x00"),
		pe.FileHeader{Machine: pe.IMAGE_FILE_MACHINE_AMD64, NumberOfSections: 1, SizeOfOptionalHeader: 240}, h)
	section := pe.SectionHeader32{Name: [8]uint8{'.', 'i', 'd', 'a', 't', 'a'}, VirtualAddress: at,
		VirtualSize: uint32(len(body)), SizeOfRawData: uint32(len(body))}
	section.PointerToRawData = uint32(len(file) + binary.Size(section))
	return bytes.Join([][]byte{file, records(section), body}, nil)
}

func TestLoads(t *testing.T) {
	for _, c := range []struct {
		name    string
		program []byte
		want    string
	}{
		{"of Linux", loading("\x00libc.so.6\x00libm.so.6\x00", 1, 11, 1<<40), "libc.so.6 libm.so.6"},
		{"for Windows", importing("KERNEL32.dll\x00libgcc_s_seh-1.dll\x00", 0, 13), "kernel32.dll libgcc_s_seh-1.dll"},
	} {
		if got := executable.Loads(bytes.NewReader(c.program)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What lists one long name, or one long list, over and over takes no more than what lists it once.
func TestLoadsBomb(t *testing.T) {
	long := string(bytes.Repeat([]byte{'a'}, 1<<19)) + "\x00"
	for name, program := range map[string][]byte{
		"of Linux": loading(long, make([]uint64, 1<<11)...), "for Windows": importing(long, make([]int, 1<<11)...),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read(t, program)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
			t.Errorf("%s: %d bytes of %d", name, took, len(program))
		}
	}
}
