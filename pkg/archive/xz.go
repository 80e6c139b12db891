package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"

	"github.com/ulikunitz/xz/lzma"
)

// unxz reads streams of xz, one behind the other.
func unxz(r *bufio.Reader) (io.Reader, error) {
	x := &xzReader{r: r}
	err := x.begin()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return x, err
}

// xzReader reads what is packed in streams of xz, block by block (The .xz File Format 1.2). Only what the blocks hold is left to the
// library: its own reader of streams takes for any block the memory that this asks for, which may be 4 GiB.
type xzReader struct {
	r     *bufio.Reader
	err   error  // that ended it
	flags []byte // of the stream

	block  io.Reader // the one that is being read, nil between two
	head   int64     // bytes of its header
	packed *counted
	size   int64     // bytes that came out of it
	sum    hash.Hash // nil if the stream has none
	sizes  [2]int64  // that its header says it has, packed and not; -1 if it does not say

	blocks  uint64 // of the stream, so far
	records []byte // what its index has to say of them

	asked, given int64 // memory for blocks that do not say their size, and bytes that came out, of all streams
}

const (
	xzMagic    = "\xfd7zXZ\x00"
	xzEnd      = "YZ"
	xzLZMA2    = 0x21    // the filter that unpacks; any other is for programs, and rare
	xzReserved = 0x3c    // bits of the flags of a block
	maxAsked   = 1 << 30 // bytes that blocks may ask for besides perByte for each that comes out of them: to clear them takes time
	perByte    = 64
)

var errXZ = errors.New("it is damaged: its blocks are not what they are said to be")

func (x *xzReader) Read(p []byte) (n int, err error) {
	for n == 0 && len(p) > 0 && x.err == nil {
		if x.block == nil {
			x.err = x.next()
			continue
		}
		n, err = x.block.Read(p)
		x.size, x.given = x.size+int64(n), x.given+int64(n)
		if x.sum != nil {
			x.sum.Write(p[:n])
		}
		if err == io.EOF {
			err = x.end()
		}
		x.err = err
	}
	if n > 0 {
		return n, nil
	}
	return 0, x.err
}

// take reads so many bytes.
func (x *xzReader) take(n int) ([]byte, error) {
	data := make([]byte, n)
	_, err := io.ReadFull(x.r, data)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return data, err
}

// begin begins a stream, behind blanks of a multiple of four bytes; the error is [io.EOF] if none follows.
func (x *xzReader) begin() error {
	for {
		if _, err := x.r.Peek(1); err != nil {
			return err
		}
		start, err := x.take(4)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint32(start) == 0 && x.flags != nil {
			continue
		}
		rest, err := x.take(8)
		if err != nil {
			return err
		}
		head := append(start, rest...)
		x.flags = head[6:8]
		if string(head[:6]) != xzMagic || crc32.ChecksumIEEE(x.flags) != binary.LittleEndian.Uint32(head[8:]) {
			return errXZ
		}
		x.blocks, x.records = 0, nil
		_, err = x.newSum()
		return err
	}
}

// newSum begins the checksum of a block.
func (x *xzReader) newSum() (hash.Hash, error) {
	switch binary.BigEndian.Uint16(x.flags) {
	case 0:
		return nil, nil
	case 1:
		return crc32.NewIEEE(), nil
	case 4:
		return crc64.New(crc64.MakeTable(crc64.ECMA)), nil
	case 10:
		return sha256.New(), nil
	}
	return nil, errors.New("its checksums are of a kind that is not known")
}

// next begins a block, which may be one of the next stream.
func (x *xzReader) next() error {
	for {
		size, err := x.r.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if size > 0 {
			return x.open(size)
		}
		if err := x.close(); err != nil {
			return err
		}
		if err := x.begin(); err != nil {
			return err
		}
	}
}

// open reads the header of a block (section 3.1), of which the first byte says how long it is. How far the block refers back (section
// 5.3.1) is no farther than it is long.
func (x *xzReader) open(size byte) error {
	rest, err := x.take(4*int(size) + 3)
	if err != nil {
		return err
	}
	head, sum := append([]byte{size}, rest[:len(rest)-4]...), rest[len(rest)-4:]
	flags, fields := head[1], head[2:]
	if crc32.ChecksumIEEE(head) != binary.LittleEndian.Uint32(sum) || flags&xzReserved != 0 {
		return errXZ
	}
	x.sizes = [2]int64{-1, -1}
	for i, has := range []byte{0x40, 0x80} {
		if flags&has == 0 {
			continue
		}
		n, used := binary.Uvarint(fields)
		if used <= 0 || n >= 1<<63 {
			return errXZ
		}
		x.sizes[i], fields = int64(n), fields[used:]
	}
	if flags&3 != 0 || len(fields) < 3 || fields[0] != xzLZMA2 || fields[1] != 1 {
		return errors.New("it is packed in a way that is not known")
	}
	window, err := lzma.DecodeDictCap(fields[2])
	if err != nil || len(bytes.Trim(fields[3:], "\x00")) > 0 {
		return errXZ
	}
	if window > maxWindow {
		return fmt.Errorf("%w: it refers back by %d MiB", ErrLimit, window>>20)
	}
	if known := x.sizes[1]; known >= 0 {
		window = min(window, known)
	} else if x.asked += window; x.asked-perByte*x.given > maxAsked {
		return fmt.Errorf("%w: its blocks ask for more memory than they fill, as only those of traps do", ErrLimit)
	}
	if x.sum, err = x.newSum(); err != nil {
		return err
	}
	x.head, x.size, x.packed = int64(len(head)+len(sum)), 0, &counted{r: x.r}
	x.block, err = lzma.Reader2Config{DictCap: int(max(window, lzma.MinDictCap))}.NewReader2(x.packed)
	return err
}

// end reads what follows a block: zeros up to a multiple of four bytes, and its checksum.
func (x *xzReader) end() error {
	x.block = nil
	padding := int(-x.packed.n & 3)
	var sum []byte
	if x.sum != nil {
		if sum = x.sum.Sum(nil); x.sum.Size() < sha256.Size {
			slices.Reverse(sum) // the lowest byte comes first
		}
	}
	got, err := x.take(padding + len(sum))
	if err != nil {
		return err
	}
	for i, n := range []int64{x.packed.n, x.size} {
		if x.sizes[i] >= 0 && x.sizes[i] != n {
			return errXZ
		}
	}
	if !bytes.Equal(got, append(make([]byte, padding), sum...)) {
		return errXZ
	}
	x.blocks++
	x.records = binary.AppendUvarint(x.records, uint64(x.head+x.packed.n+int64(len(sum))))
	x.records = binary.AppendUvarint(x.records, uint64(x.size))
	return nil
}

// close reads the end of a stream: the index, behind the zero that it begins with, and the footer. Both are known before.
func (x *xzReader) close() error {
	index := append(binary.AppendUvarint([]byte{0}, x.blocks), x.records...)
	index = append(index, make([]byte, -len(index)&3)...)
	index = binary.LittleEndian.AppendUint32(index, crc32.ChecksumIEEE(index))
	footer := append(binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1)), x.flags...)
	want := slices.Concat(index[1:], binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(footer)), footer, []byte(xzEnd))
	got, err := x.take(len(want))
	if err == nil && !bytes.Equal(got, want) {
		err = errXZ
	}
	return err
}
