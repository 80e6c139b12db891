package archive

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"
)

// many is a head, a number and so many bytes.
func many(head []byte, n int, value byte) []byte {
	return append(binary.BigEndian.AppendUint32(head, uint32(n)), bytes.Repeat([]byte{value}, n)...)
}

// What takes a byte in the database of a store takes not many more in memory: a million names with which records begin in one another,
// values and columns of nothing.
func TestStoreTraps(t *testing.T) {
	const n = 16 << 20
	names := append(many([]byte{0xd4, 'r', 0x40, 0xdd}, maxPacked/2, 0xa0), bytes.Repeat([]byte{0x40}, maxPackedDepth)...)
	values := many([]byte{0xdd}, n, 0x80)
	row := append([]byte{0x84, 0x80, 0x80, 0}, make([]byte, n)...)
	for name, read := range map[string]func() error{
		"names":   func() error { _, err := unpack(names); return err },
		"values":  func() error { _, err := unpack(values); return err },
		"columns": func() error { _, err := columnsOf(row); return err },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := read()
		runtime.ReadMemStats(&after)
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 500 || (err == nil) != (name == "columns") {
			t.Errorf("%s: %d MiB, %v", name, mib, err)
		}
	}
}
