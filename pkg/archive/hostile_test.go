package archive_test

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/archive"
)

// notes is an ELF program of so many parts for notes, each of which is the whole text behind the table of them.
func notes(parts int, text string) []byte {
	var b bytes.Buffer
	b.WriteString("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9))
	binary.Write(&b, binary.LittleEndian, []uint16{2, 62})
	binary.Write(&b, binary.LittleEndian, uint32(1))
	binary.Write(&b, binary.LittleEndian, []uint64{0, 64, 0})
	binary.Write(&b, binary.LittleEndian, uint32(0))
	binary.Write(&b, binary.LittleEndian, []uint16{64, 56, uint16(parts), 64, 0, 0})
	at := uint64(64 + 56*parts)
	for range parts {
		binary.Write(&b, binary.LittleEndian, []uint32{4, 4})
		binary.Write(&b, binary.LittleEndian, []uint64{at, 0, 0, uint64(len(text)), 0, 1})
	}
	b.WriteString(text)
	return b.Bytes()
}

// counted counts what is read.
type counted struct {
	io.ReaderAt
	bytes, times int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.bytes, c.times = c.bytes+len(p), c.times+1
	return c.ReaderAt.ReadAt(p, off)
}

// TestHostileCarriers: tables that lie cost no more than honest ones of their size.
func TestHostileCarriers(t *testing.T) {
	const mebi = 1 << 20
	cheaply := func(t *testing.T, data []byte, allocated uint64, read, times int) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c := &counted{ReaderAt: bytes.NewReader(data)}
		archive.Open(c, int64(len(data)))
		runtime.ReadMemStats(&after)
		if n := (after.TotalAlloc - before.TotalAlloc) / mebi; n > allocated || c.bytes/mebi > read || c.times > times {
			t.Errorf("%d MiB of memory, %d MiB read in %d times, want %d, %d and %d at most", n, c.bytes/mebi, c.times, allocated, read, times)
		}
	}
	t.Run("notes", func(t *testing.T) { // the same ones, many times
		cheaply(t, notes(300, strings.Repeat("x", 2*mebi)), 32, 300, 10_000)
	})
	t.Run("blobs", func(t *testing.T) {
		cheaply(t, notes(1, strings.Repeat("\x20\xda\x43\x01....\x00\x08\x00\x00\x00\x00\x00\x00", 1<<14)), 32, 32, 20_000)
	})
	t.Run("names of sections", func(t *testing.T) {
		data := elfOf(elf.PT_NOTE, ".x", string(packedSection(64*mebi)))
		table := data[len(data)-2*64:] // of the section, and of the names
		copy(table[64+24:], table[24:24+16])
		binary.LittleEndian.PutUint64(table[64+8:], uint64(elf.SHF_COMPRESSED))
		cheaply(t, data, 32, 4, 1000)
	})
	t.Run("folders", func(t *testing.T) {
		var text strings.Builder
		text.WriteString(`{"files":{`)
		for i := range 2_000_000 {
			if i > 0 {
				text.WriteByte(',')
			}
			text.WriteString(`"` + itoa(i) + `":{}`)
		}
		text.WriteString(`}}`)
		cheaply(t, asarOf(text.String(), ""), 128, 64, 100)
	})
	t.Run("deep", func(t *testing.T) {
		const depth = 4900
		var many strings.Builder
		for i := range 200_000 {
			if i > 0 {
				many.WriteByte(',')
			}
			many.WriteString(`"` + itoa(i) + `":{"link":"x"}`)
		}
		text := strings.Repeat(`{"files":{"a":`, depth) + `{"files":{` + many.String() + "}}" + strings.Repeat("}}", depth)
		cheaply(t, asarOf(text, ""), 256, 64, 100)
	})
	t.Run("marshal", func(t *testing.T) {
		n := 32 << 20
		pyz := "PYZ\x00....\x00\x00\x00\x0c[" + string(binary.LittleEndian.AppendUint32(nil, uint32(n))) + strings.Repeat("N", n)
		cheaply(t, []byte("\x7fELF"+strings.Repeat("\x00", 60)+frozenOf("zPYZ-00.pyz", pyz)), 256, 64, 100)
	})
}

func itoa(i int) string {
	const letters = "abcdefghijklmnop"
	var b []byte
	for ; i > 0 || len(b) == 0; i >>= 4 {
		b = append(b, letters[i&15])
	}
	return string(b)
}

// packedSection is a section of so many zeros as linkers pack it (elf(5), Chdr).
func packedSection(size int) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, elf.Chdr64{Type: uint32(elf.COMPRESS_ZLIB), Size: uint64(size), Addralign: 1})
	z := zlib.NewWriter(&b)
	z.Write(make([]byte, size))
	z.Close()
	return b.Bytes()
}

// TestUniversal: what the programs of a universal file carry is what it carries; so is what stands at its end.
func TestUniversal(t *testing.T) {
	sea := machOf("NODE_SEA", "__NODE_SEA_BLOB", blobOf(1, "", "app.js", "run()"))
	for name, file := range map[string][]byte{
		"a section": universal(machOf("__TEXT", "__text", "x"), sea),
		"its end":   append(universal(machOf("__TEXT", "__text", "x")), frozenOf("xapp.js", "run()")...),
	} {
		if got, want := listing(t, file), "app.js \"run()\"\n"; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// universal is a file of several programs (mach-o/fat.h).
func universal(programs ...[]byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte("\xca\xfe\xba\xbe"), uint32(len(programs)))
	var body []byte
	for i, p := range programs {
		for _, n := range []int{7 + i, 0, 8 + 20*len(programs) + len(body), len(p), 0} {
			head = binary.BigEndian.AppendUint32(head, uint32(n))
		}
		body = append(body, p...)
	}
	return append(head, body...)
}

// TestDamagedModules: an archive of which the list is none from its second module on is a file, and no folder of the first.
func TestDamagedModules(t *testing.T) {
	pyz := pyzOf("a", "A", "b", "B")
	i := strings.LastIndex(pyz, "b")
	got := listing(t, []byte("\x7fELF"+strings.Repeat("\x00", 60)+frozenOf("zPYZ-00.pyz", pyz[:i-1]+"\x05")))
	if !strings.HasPrefix(got, "PYZ-00.pyz ") {
		t.Errorf("%q", got)
	}
}

// TestDenoInSections: where formats have a place for it, Deno's data lies there, and not at the end.
func TestDenoInSections(t *testing.T) {
	for name, data := range map[string][]byte{
		"Mach-O": append(machOf("__SUI", "__d3n", "x"), make([]byte, 100<<10)...), "PE": append(peOf(".rsrc", "d3n0l4nd{}"), make([]byte, 100<<10)...),
	} {
		p, ok := archive.PayloadOf(bytes.NewReader(data), int64(len(data)), data[:8])
		if !ok || p.By != "deno" || p.Read {
			t.Errorf("%s: %+v %v", name, p, ok)
		}
	}
}
