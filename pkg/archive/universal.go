package archive

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
)

// magics begin the formats of programs, other than that of several in one file.
var magics = []string{
	"\x7fELF", "MZ",
	"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe",
}

// IsProgram reports whether a file begins as programs do, in ELF, PE or Mach-O.
func IsProgram(head []byte) bool {
	for _, magic := range magics {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return IsUniversal(head)
}

// fat32 and fat64 begin Mach-O files for several processors (mach-o/fat.h).
const (
	fat32 = 0xcafebabe
	fat64 = 0xcafebabf
)

// maxArchitectures parts a Mach-O file for several processors from a class of Java: both begin alike, and what counts the
// processors there is the version here, which began with 45 (JVM specification, 4.1).
const maxArchitectures = 40

// IsUniversal reports whether a file begins as those do that hold a program for each of several processors.
func IsUniversal(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	if magic := binary.BigEndian.Uint32(head); magic != fat32 && magic != fat64 {
		return false
	}
	n := binary.BigEndian.Uint32(head[4:])
	return n > 0 && n < maxArchitectures
}

// Slice is a program of a universal file, and where it begins there, in bytes.
type Slice struct {
	*io.SectionReader
	Start int64
}

// Slices are the programs of a universal file, as the table at its head tells (mach-o/fat.h): fat_arch of five words of 32 bits, or
// fat_arch_64, whose offset and size have 64. debug/macho reads the former only, and none of a file in which one is damaged.
func Slices(at io.ReaderAt, head []byte) []Slice {
	word := func(b []byte) int64 { return int64(binary.BigEndian.Uint32(b)) }
	size := 20
	if binary.BigEndian.Uint32(head) == fat64 {
		size = 32
	}
	table := make([]byte, size*int(word(head[4:])))
	n, _ := at.ReadAt(table, 8)
	var all []Slice
	for ; n >= size; n, table = n-size, table[size:] {
		offset, length := word(table[8:]), word(table[12:])
		if size == 32 {
			offset, length = int64(binary.BigEndian.Uint64(table[8:])), int64(binary.BigEndian.Uint64(table[16:]))
		}
		offset = max(offset, 0)
		all = append(all, Slice{io.NewSectionReader(at, offset, max(length, 0)), offset})
	}
	return all
}

var errPackedNames = errors.New("the names of its sections are packed")

// ELF is [elf.NewFile], which inflates the names of sections to whatever size they say, where they are packed: no linker packs them.
func ELF(r io.ReaderAt) (*elf.File, error) {
	if packedNames(r) {
		return nil, errPackedNames
	}
	return elf.NewFile(r)
}

// packedNames reports whether the section that has the names of the others is packed (elf(5)).
func packedNames(r io.ReaderAt) bool {
	head := make([]byte, 64)
	if n, _ := r.ReadAt(head, 0); n < 52 {
		return false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if elf.Data(head[elf.EI_DATA]) == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	wide := elf.Class(head[elf.EI_CLASS]) == elf.ELFCLASS64
	at, counts := int64(order.Uint32(head[32:])), head[46:]
	if wide {
		at, counts = int64(order.Uint64(head[40:])), head[58:]
	}
	each, index := int64(order.Uint16(counts)), int64(order.Uint16(counts[4:]))
	section := func(i int64) []byte { // as much of it as flags and link take
		s := make([]byte, 64)
		if n, _ := r.ReadAt(s, at+i*each); n < 28 {
			return make([]byte, 64)
		}
		return s
	}
	if index == int64(elf.SHN_XINDEX) {
		if index = int64(order.Uint32(section(0)[24:])); wide {
			index = int64(order.Uint32(section(0)[40:]))
		}
	}
	flags := uint64(order.Uint32(section(index)[8:]))
	if wide {
		flags = order.Uint64(section(index)[8:])
	}
	return flags&uint64(elf.SHF_COMPRESSED) != 0
}
