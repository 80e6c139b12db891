package githead

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing/fstest"
)

// digits of an object's name in the two formats of repositories.
const (
	sha1Digits   = 40
	sha256Digits = 64
)

// commitText is a commit of the given second.
func commitText(seconds int64, message string) []byte {
	return fmt.Appendf(nil, "tree %s\nauthor A <a@mail.example> 1 +0000\ncommitter C <c@mail.example> %d +0200\n\n%s\n",
		strings.Repeat("0", sha1Digits), seconds, message)
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// tree is a work tree of text files.
func tree(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

// addLoose adds an object as a file of its own and gives its name.
func addLoose(fsys fstest.MapFS, dir, kind string, data []byte, digits int) string {
	id := nameOf(kind, data, digits)
	object := append(fmt.Appendf(nil, "%s %d\x00", kind, len(data)), data...)
	fsys[dir+"/objects/"+id[:2]+"/"+id[2:]] = &fstest.MapFile{Data: deflate(object)}
	return id
}

// packed is an object of a pack under construction.
type packed struct {
	id   string
	kind byte
	base string // of a delta
	data []byte // content, or delta
}

// layout is a pack and its index.
type layout struct{ pack, idx []byte }

// build writes the objects one after the other. With large, all offsets go through the index's table of
// large ones.
func build(large bool, objects ...packed) layout {
	pack := []byte("PACK\x00\x00\x00\x02")
	pack = binary.BigEndian.AppendUint32(pack, uint32(len(objects)))
	at := map[string]int{}
	for _, o := range objects {
		offset := len(pack)
		at[o.id] = offset
		pack = appendHead(pack, o.kind, len(o.data))
		switch o.kind {
		case kindOfsDelta:
			pack = appendBack(pack, offset-at[o.base])
		case kindRefDelta:
			pack = append(pack, unhex(o.base)...)
		}
		pack = append(pack, deflate(o.data)...)
	}
	return layout{pack, index(large, objects, at)}
}

func index(large bool, objects []packed, at map[string]int) []byte {
	sorted := slices.SortedFunc(slices.Values(objects), func(a, b packed) int { return cmp.Compare(a.id, b.id) })
	idx := []byte(idxMagic)
	for first := range 256 {
		n := 0
		for _, o := range sorted {
			if int(unhex(o.id)[0]) <= first {
				n++
			}
		}
		idx = binary.BigEndian.AppendUint32(idx, uint32(n))
	}
	for _, o := range sorted {
		idx = append(idx, unhex(o.id)...)
	}
	idx = append(idx, make([]byte, crcSize*len(sorted))...)
	var table []byte
	for i, o := range sorted {
		if large {
			idx = binary.BigEndian.AppendUint32(idx, 1<<31|uint32(i))
			table = binary.BigEndian.AppendUint64(table, uint64(at[o.id]))
		} else {
			idx = binary.BigEndian.AppendUint32(idx, uint32(at[o.id]))
		}
	}
	return append(idx, table...)
}

func appendHead(b []byte, kind byte, size int) []byte {
	first := kind<<4 | byte(size&15)
	if size >>= 4; size == 0 {
		return append(b, first)
	}
	return appendSize(append(b, first|0x80), size)
}

func appendSize(b []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

func appendBack(b []byte, n int) []byte {
	enc := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		enc = append([]byte{byte(n&0x7f) | 0x80}, enc...)
	}
	return append(b, enc...)
}

// delta makes to from from: their common start is copied, the rest inserted.
func delta(from, to []byte) []byte {
	same := 0
	for same < min(len(from), len(to), 0xffff) && from[same] == to[same] {
		same++
	}
	d := appendSize(appendSize(nil, len(from)), len(to))
	d = append(d, 0x80|0x10|0x20, byte(same), byte(same>>8))
	for rest := to[same:]; len(rest) > 0; {
		n := min(len(rest), 0x7f)
		d = append(append(d, byte(n)), rest[:n]...)
		rest = rest[n:]
	}
	return d
}

// whole is a commit stored whole, over one stored as a delta.
func whole(data []byte, digits int) packed {
	return packed{id: nameOf("commit", data, digits), kind: kindCommit, data: data}
}

func over(kind byte, base packed, from, to []byte) packed {
	return packed{id: nameOf("commit", to, len(base.id)), kind: kind, base: base.id, data: delta(from, to)}
}

func (l layout) addTo(fsys fstest.MapFS, dir string) {
	fsys[dir+"/objects/pack/pack-1.idx"] = &fstest.MapFile{Data: l.idx}
	fsys[dir+"/objects/pack/pack-1.pack"] = &fstest.MapFile{Data: l.pack}
}

func unhex(id string) []byte {
	b, err := hex.DecodeString(id)
	if err != nil {
		panic(err)
	}
	return b
}

// plainFS hides that files can be read at any place.
type plainFS struct{ fs.FS }

func (p plainFS) Open(name string) (fs.File, error) {
	f, err := p.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := f.(fs.ReadDirFile); ok {
		return struct{ fs.ReadDirFile }{d}, nil
	}
	return struct{ fs.File }{f}, nil
}
