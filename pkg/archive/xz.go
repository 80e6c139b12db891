package archive

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// xzHeader is how many bytes of an xz stream are looked at: its header, and as much of that of its first block as there are filters
// before the one that matters.
const xzHeader = 64

// unxz reads an xz stream, unless it refers so far back that its memory would be a trap. The library takes as much as a block asks for,
// and at least what it is configured for, which so must be little: packages are many and small.
func unxz(r *bufio.Reader) (io.Reader, error) {
	head, _ := r.Peek(xzHeader)
	if window := xzWindow(head); window > maxWindow {
		return nil, fmt.Errorf("%w: it refers back by %d MiB", ErrLimit, window>>20)
	}
	return xz.ReaderConfig{DictCap: lzma.MinDictCap}.NewReader(r)
}

// xzWindow is the size of the dictionary that the first block asks for, 0 if that is not to be read: The .xz File Format 1.2, sections
// 3.1 (block header) and 5.3.1 (LZMA2).
func xzWindow(head []byte) int64 {
	const streamHeader, lzma2 = 12, 0x21
	if len(head) < streamHeader+2 {
		return 0
	}
	flags, at := head[streamHeader+1], head[streamHeader+2:]
	number := func() uint64 {
		n, size := binary.Uvarint(at)
		if size <= 0 {
			at = nil
			return 0
		}
		at = at[size:]
		return n
	}
	for _, has := range []byte{0x40, 0x80} { // the sizes of the block
		if flags&has != 0 {
			number()
		}
	}
	for range flags&3 + 1 {
		id, size := number(), number()
		if size > uint64(len(at)) {
			return 0
		}
		if id == lzma2 && size == 1 {
			bits := int64(at[0] & 0x3f)
			return (2 | bits&1) << (bits/2 + 11)
		}
		at = at[size:]
	}
	return 0
}
