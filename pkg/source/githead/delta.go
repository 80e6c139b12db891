package githead

import (
	"bytes"
	"fmt"
	"io"
)

// readSize reads a number in git's size encoding: seven bits a byte, the least significant first, the
// top bit set in all bytes but the last. More than four bytes of it are no size that is read here.
func readSize(in io.ByteReader) (uint64, error) {
	var n uint64
	for shift := 0; shift <= 4*7; shift += 7 {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		n |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			return n, nil
		}
	}
	return 0, fmt.Errorf("a size over %d bytes", maxObject)
}

// readBack reads a number in git's offset encoding: how far before a delta its base lies. Seven bits a
// byte, the most significant first, and one added at each step, so that no number has two forms.
func readBack(in io.ByteReader) (int64, error) {
	var n int64
	for range 9 {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		n = n<<7 | int64(b&0x7f)
		if b&0x80 == 0 {
			if n == 0 {
				break
			}
			return n, nil
		}
		n++
	}
	return 0, fmt.Errorf("base of a delta: %w", errDamaged)
}

// applyDelta makes an object from its base. A delta is the sizes of both, then instructions: copy a
// range of the base, or insert the bytes that follow.
func applyDelta(base, delta []byte) ([]byte, error) {
	in := bytes.NewReader(delta)
	from, err := readSize(in)
	if err != nil {
		return nil, err
	}
	to, err := readSize(in)
	if err != nil {
		return nil, err
	}
	if from != uint64(len(base)) || to > maxObject {
		return nil, fmt.Errorf("delta: %w", errDamaged)
	}
	out := make([]byte, 0, to)
	for in.Len() > 0 {
		part, err := instruction(in, base)
		if err != nil || len(out)+len(part) > int(to) {
			return nil, fmt.Errorf("delta: %w", errDamaged)
		}
		out = append(out, part...)
	}
	if len(out) != int(to) {
		return nil, fmt.Errorf("delta: %w", errDamaged)
	}
	return out, nil
}

// instruction reads one instruction of a delta and gives the bytes that it appends.
func instruction(in *bytes.Reader, base []byte) ([]byte, error) {
	op, err := in.ReadByte()
	if err != nil || op == 0 {
		return nil, errDamaged
	}
	if op&0x80 != 0 {
		return copied(in, op, base)
	}
	part := make([]byte, op)
	_, err = io.ReadFull(in, part)
	return part, err
}

// copied gives the range of base that a copy instruction names. Bits 0 to 3 of op say which bytes of
// the offset follow, bits 4 to 6 which of the size; a size of zero means 64 KiB.
func copied(in io.ByteReader, op byte, base []byte) ([]byte, error) {
	var args [7]uint32
	for i := range args {
		if op>>i&1 == 0 {
			continue
		}
		b, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		args[i] = uint32(b)
	}
	start := uint64(args[0] | args[1]<<8 | args[2]<<16 | args[3]<<24)
	size := uint64(args[4] | args[5]<<8 | args[6]<<16)
	if size == 0 {
		size = 1 << 16
	}
	if start+size > uint64(len(base)) {
		return nil, errDamaged
	}
	return base[start : start+size], nil
}
