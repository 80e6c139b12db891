package archive

import (
	"encoding/binary"
	"errors"
)

// unpacker reads MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) with the one extension that pnpm's writer
// (https://github.com/kriszyp/msgpackr, "Records") makes use of: names of members that occur again are written once, and stand for a
// byte from then on. Numbers are not told apart, and what is no map, list, text, number or truth is nil.
type unpacker struct {
	data  []byte
	known map[byte][]string
	depth int
	left  int // values that may still be read: each is a byte at least, and many times that in memory
}

var errPacked = errors.New("is no MessagePack that can be read")

const (
	maxPackedDepth = 50
	maxPacked      = 8 * maxEntries // values
)

func (u *unpacker) take(n int) []byte {
	if n > len(u.data) {
		panic(errPacked)
	}
	out := u.data[:n]
	u.data = u.data[n:]
	return out
}

// unpack reads one value.
func unpack(data []byte) (value any, err error) {
	defer func() {
		if r := recover(); r != nil {
			value, err = nil, errPacked
		}
	}()
	u := unpacker{data: data, known: map[byte][]string{}, left: maxPacked}
	return u.value(), nil
}

func (u *unpacker) size(n int) int {
	b := u.take(n)
	switch n {
	case 1:
		return int(b[0])
	case 2:
		return int(binary.BigEndian.Uint16(b))
	}
	return int(binary.BigEndian.Uint32(b))
}

func (u *unpacker) value() any {
	u.depth++
	if u.left--; u.depth > maxPackedDepth || u.left < 0 {
		panic(errPacked)
	}
	defer func() { u.depth-- }()
	switch c := u.take(1)[0]; {
	case c < 0x80:
		if names := u.known[c]; names != nil {
			return u.record(names)
		}
		return int64(c)
	case c < 0x90:
		return u.members(int(c & 15))
	case c < 0xa0:
		return u.items(int(c & 15))
	case c < 0xc0:
		return string(u.take(int(c & 31)))
	case c == 0xc2, c == 0xc3:
		return c == 0xc3
	case c >= 0xc4 && c <= 0xc6: // bytes
		u.take(u.size(1 << (c - 0xc4)))
	case c == 0xca, c == 0xcb: // fractions: pnpm has no other than times
		u.take(4 << (c - 0xca))
	case c >= 0xcc && c <= 0xcf, c >= 0xd0 && c <= 0xd3:
		n := int64(0)
		for _, b := range u.take(1 << (c & 3)) {
			n = n<<8 | int64(b)
		}
		return n
	case c == 0xd4:
		if ext := u.take(2); ext[0] == 'r' {
			return u.define(ext[1])
		}
	case c >= 0xd5 && c <= 0xd8:
		u.take(1 + 2<<(c-0xd5))
	case c >= 0xd9 && c <= 0xdb:
		return string(u.take(u.size(1 << (c - 0xd9))))
	case c == 0xdc, c == 0xdd:
		return u.items(u.size(2 << (c - 0xdc)))
	case c == 0xde, c == 0xdf:
		return u.members(u.size(2 << (c - 0xde)))
	case c >= 0xe0:
		return int64(int8(c))
	}
	return nil
}

// define reads names, and a record that has them.
func (u *unpacker) define(id byte) any {
	list, _ := u.value().([]any)
	names := make([]string, 0, len(list))
	for _, name := range list {
		text, _ := name.(string)
		names = append(names, text)
	}
	u.known[id] = names
	return u.record(names)
}

func (u *unpacker) record(names []string) map[string]any {
	out := map[string]any{} // of its own size: many may begin that do not end
	for _, name := range names {
		out[name] = u.value()
	}
	return out
}

func (u *unpacker) items(n int) []any {
	out := []any{}
	for range n {
		out = append(out, u.value())
	}
	return out
}

func (u *unpacker) members(n int) map[string]any {
	out := map[string]any{}
	for range n {
		name, _ := u.value().(string)
		out[name] = u.value()
	}
	return out
}
