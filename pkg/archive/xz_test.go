package archive_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/licet/licet/pkg/archive"
)

// xzOf packs data as that says.
func xzOf(t *testing.T, config xz.WriterConfig, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := config.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// reaching changes how far the block with that number refers back.
func reaching(data []byte, block int, bits byte) []byte {
	data = slices.Clone(data)
	at := 12
	for i := 0; ; i++ {
		at += bytes.Index(data[at:], []byte{0x21, 0x01})
		if i == block {
			break
		}
		at += 2
	}
	data[at+2] = bits
	head := at - 2
	end := head + 4*int(data[head])
	binary.LittleEndian.PutUint32(data[end:], crc32.ChecksumIEEE(data[head:end]))
	return data
}

// What xz packs is read however it is parted, and with whatever checksum.
func TestXZ(t *testing.T) {
	text := strings.Repeat("some text. ", 1000)
	whole := tarred(t, header{name: "a", content: text})
	half := len(whole) / 2
	for name, data := range map[string][]byte{
		"one block": xzOf(t, xz.WriterConfig{}, whole), "blocks": xzOf(t, xz.WriterConfig{BlockSize: 1000}, whole),
		"no checksum": xzOf(t, xz.WriterConfig{NoCheckSum: true}, whole), "CRC-32": xzOf(t, xz.WriterConfig{CheckSum: xz.CRC32, BlockSize: 999}, whole),
		"SHA-256": xzOf(t, xz.WriterConfig{CheckSum: xz.SHA256}, whole),
		"streams": slices.Concat(xzOf(t, xz.WriterConfig{}, whole[:half]), make([]byte, 8), xzOf(t, xz.WriterConfig{CheckSum: xz.CRC32}, whole[half:]), make([]byte, 4)),
		"nothing": slices.Concat(xzOf(t, xz.WriterConfig{}, nil), xzOf(t, xz.WriterConfig{}, whole)),
	} {
		a := open(t, data)
		if got, err := fs.ReadFile(a, "a"); string(got) != text || len(a.Lost()) > 0 {
			t.Errorf("%s: %d bytes, %v, %q", name, len(got), err, losses(a))
		}
		for _, at := range []int{len(data) / 2, len(data) - 30, len(data) - 5} {
			bad := slices.Clone(data)
			bad[at] ^= 1
			if a, err := archive.Open(bytes.NewReader(bad), int64(len(bad))); err == nil && len(a.Lost()) == 0 && name != "no checksum" {
				t.Errorf("%s: byte %d of %d is another, and nobody says so", name, at, len(data))
			}
			if a, err := archive.Open(bytes.NewReader(data[:at]), int64(at)); err == nil && len(a.Lost()) == 0 {
				t.Errorf("%s: it ends at byte %d of %d, and nobody says so", name, at, len(data))
			}
		}
	}
}

// What asks for more memory than any file needs is not read, be that the first block of it or a later one.
func TestWindow(t *testing.T) {
	whole := tarred(t, header{name: "a", content: "x"}, header{name: "b", content: "y"})
	blocks := xzOf(t, xz.WriterConfig{BlockSize: 1000}, whole)
	small := xzOf(t, xz.WriterConfig{DictCap: 1 << 16}, nil)
	streams := slices.Concat(xzOf(t, xz.WriterConfig{}, whole[:1024]), xzOf(t, xz.WriterConfig{}, whole[1024:]))
	many := bytes.Repeat(reaching(xzOf(t, xz.WriterConfig{}, whole[:1]), 0, 28), 40) // 64 MiB each
	for name, data := range map[string][]byte{
		"the first block": reaching(blocks, 0, 40), "the third block": reaching(blocks, 2, 40), "the second stream": reaching(streams, 1, 40),
		"many blocks": many,
	} {
		a, err := archive.Open(bytes.NewReader(data), int64(len(data)))
		if err == nil && len(a.Lost()) > 0 {
			err = a.Lost()[0].Err
		}
		if !errors.Is(err, archive.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a := open(t, append(small, reaching(blocks, 1, 28)...)); len(a.Lost()) > 0 {
		t.Error(losses(a))
	}
}
