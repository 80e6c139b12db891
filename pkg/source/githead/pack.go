package githead

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// packedCommit looks a commit up in the packs. A damaged pack does not hide the others; it is reported
// if none of them has the commit.
func (r *repository) packedCommit(id string) ([]byte, error) {
	name, err := hex.DecodeString(id)
	if err != nil {
		return nil, err
	}
	dir := path.Join(r.shared, "objects/pack")
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var problems []error
	for _, e := range entries {
		base, ok := strings.CutSuffix(e.Name(), ".idx")
		if !ok {
			continue
		}
		data, err := commitOf(r.fsys, path.Join(dir, base), name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", base, err))
		} else if data != nil {
			return data, nil
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return nil, errors.New("in no file and in no pack of the repository")
}

// commitOf reads the named commit from one pack, nil if it is not there.
func commitOf(fsys fs.FS, base string, name []byte) ([]byte, error) {
	idx, err := openAt(fsys, base+".idx")
	if err != nil {
		return nil, err
	}
	defer idx.Close()
	offset, err := find(idx, name)
	if err != nil || offset == 0 {
		return nil, err
	}
	file, err := openAt(fsys, base+".pack")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p := &pack{file: file, idx: idx, hashSize: len(name), budget: maxInflated}
	return p.commit(offset)
}

// A readerAt is a file of known size that is read at any place.
type readerAt struct {
	io.ReaderAt
	io.Closer
	size int64
}

// maxWhole bounds files of file systems that cannot read at any place.
const maxWhole = 64 << 20

func openAt(fsys fs.FS, name string) (readerAt, error) {
	f, err := openRegular(fsys, name)
	if err != nil {
		return readerAt{}, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return readerAt{}, err
	}
	if at, ok := f.(io.ReaderAt); ok {
		return readerAt{at, f, info.Size()}, nil
	}
	data, err := io.ReadAll(io.LimitReader(f, maxWhole+1))
	if err == nil && len(data) > maxWhole {
		err = fmt.Errorf("%s: over %d bytes", name, maxWhole)
	}
	return readerAt{bytes.NewReader(data), f, int64(len(data))}, err
}

// An index of version 2 is a header, a table of 256 counts (of objects whose first byte is at most n),
// and one table each of all names (sorted), checksums, offsets, and offsets too large for 31 bits.
const (
	idxMagic   = "\xfftOc\x00\x00\x00\x02"
	idxNames   = int64(len(idxMagic) + 256*4)
	offsetSize = 4
	crcSize    = 4
	largeSize  = 8
)

var errDamaged = errors.New("damaged")

// find gives the place in its pack of the object with the given binary name, 0 if it is not there.
func find(idx readerAt, name []byte) (int64, error) {
	head := make([]byte, idxNames)
	if _, err := idx.ReadAt(head, 0); err != nil || !bytes.HasPrefix(head, []byte(idxMagic)) {
		return 0, errors.New("not a pack index of version 2")
	}
	count := func(first int) int64 {
		if first < 0 {
			return 0
		}
		return int64(binary.BigEndian.Uint32(head[len(idxMagic)+first*4:]))
	}
	lo, hi, n := count(int(name[0])-1), count(int(name[0])), count(255)
	hashSize := int64(len(name))
	if lo > hi || hi > n || idxNames+n*(hashSize+crcSize+offsetSize) > idx.size {
		return 0, fmt.Errorf("index: %w", errDamaged)
	}
	at := make([]byte, hashSize)
	for lo < hi {
		mid := (lo + hi) / 2
		if _, err := idx.ReadAt(at, idxNames+mid*hashSize); err != nil {
			return 0, err
		}
		switch c := bytes.Compare(at, name); {
		case c == 0:
			return offsetOf(idx, mid, n, hashSize)
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0, nil
}

// offsetOf gives the place of the i-th of n objects.
func offsetOf(idx readerAt, i, n, hashSize int64) (int64, error) {
	offsets := idxNames + n*(hashSize+crcSize)
	b := make([]byte, largeSize)
	if _, err := idx.ReadAt(b[:offsetSize], offsets+i*offsetSize); err != nil {
		return 0, err
	}
	offset := int64(binary.BigEndian.Uint32(b))
	if offset>>31 == 1 {
		large := offset & (1<<31 - 1)
		if _, err := idx.ReadAt(b, offsets+n*offsetSize+large*largeSize); err != nil {
			return 0, fmt.Errorf("index: %w", errDamaged)
		}
		offset = int64(binary.BigEndian.Uint64(b))
	}
	if offset < packHeader {
		return 0, fmt.Errorf("index: %w", errDamaged)
	}
	return offset, nil
}

// pack is a pack file being read, with its index.
type pack struct {
	file, idx readerAt
	hashSize  int // bytes of an object's name
	budget    int // bytes that may still be inflated or copied
}

// packHeader is the size of what stands before the first object.
const packHeader = 12

// maxDeltas is the longest chain of deltas that git writes.
const maxDeltas = 4095

// The types of packed objects that matter here.
const (
	kindCommit   = 1
	kindOfsDelta = 6
	kindRefDelta = 7
)

// commit reads the commit at offset. It walks down the chain of deltas to the one commit that is stored
// whole, then applies the deltas on the way back.
func (p *pack) commit(offset int64) ([]byte, error) {
	var deltas [][]byte
	for range maxDeltas + 1 {
		if offset < packHeader || offset >= p.file.size {
			return nil, fmt.Errorf("no object at %d: %w", offset, errDamaged)
		}
		e, err := p.entry(offset)
		if err != nil {
			return nil, fmt.Errorf("object at %d: %w", offset, err)
		}
		switch e.kind {
		case kindCommit:
			return p.apply(e.data, deltas)
		case kindOfsDelta:
			offset = e.base
		case kindRefDelta:
			if offset, err = find(p.idx, e.baseName); err != nil {
				return nil, err
			}
		default:
			return nil, errors.New("not a commit")
		}
		deltas = append(deltas, e.data)
	}
	return nil, fmt.Errorf("a chain of more than %d deltas", maxDeltas)
}

func (p *pack) apply(data []byte, deltas [][]byte) ([]byte, error) {
	for i := len(deltas) - 1; i >= 0; i-- {
		var err error
		if data, err = applyDelta(data, deltas[i]); err != nil {
			return nil, err
		}
		if err := p.spend(len(data)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (p *pack) spend(n int) error {
	if p.budget -= n; n > maxObject || p.budget < 0 {
		return fmt.Errorf("over %d bytes, or %d with its deltas", maxObject, maxInflated)
	}
	return nil
}

// entry is an object as it is stored: whole, or as a delta over another one.
type entry struct {
	kind     byte
	base     int64  // of a kindOfsDelta: where its base lies
	baseName []byte // of a kindRefDelta: the base's name
	data     []byte
}

// entry reads what is stored at offset: type and size, the base of a delta, the compressed data.
func (p *pack) entry(offset int64) (entry, error) {
	in := bufio.NewReader(io.NewSectionReader(p.file, offset, p.file.size-offset))
	first, err := in.ReadByte()
	if err != nil {
		return entry{}, err
	}
	e := entry{kind: first >> 4 & 7}
	size := uint64(first & 15)
	if first&0x80 != 0 {
		more, err := readSize(in)
		if err != nil {
			return entry{}, err
		}
		size |= more << 4
	}
	if err := p.spend(int(min(size, maxObject+1))); err != nil {
		return entry{}, err
	}
	switch e.kind {
	case kindOfsDelta:
		back, err := readBack(in)
		if err != nil {
			return entry{}, err
		}
		e.base = offset - back
	case kindRefDelta:
		e.baseName = make([]byte, p.hashSize)
		if _, err := io.ReadFull(in, e.baseName); err != nil {
			return entry{}, err
		}
	}
	z, err := zlib.NewReader(in)
	if err != nil {
		return entry{}, err
	}
	e.data = make([]byte, size)
	_, err = io.ReadFull(z, e.data)
	return e, err
}
