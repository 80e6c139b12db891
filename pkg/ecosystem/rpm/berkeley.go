package rpm

import (
	"encoding/binary"
	"errors"
	"iter"
)

// Berkeley DB keeps a hash in pages of one size. The first describes the file; pages of a hash hold keys and values in
// turn, and a value that is larger than a page lies in a chain of other pages.
const (
	berkeleyMagic    = 0x00061561 // at byte 12 of the first page
	berkeleyHead     = 26         // bytes of a page before its content
	pageHashUnsorted = 2
	pageOverflow     = 7
	pageHash         = 13
	itemInline       = 1
	itemOverflow     = 3
)

var (
	errNoDatabase = errors.New("it is none of the kinds that RPM uses")
	errCut        = errors.New("a page is missing, or is not what it should be")
)

// berkeley is a file of Berkeley DB.
type berkeley struct {
	data  []byte
	size  int // of a page
	order binary.ByteOrder
}

// berkeleyValues yields the values of a hash of Berkeley DB.
func berkeleyValues(data []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if len(data) < 512 {
			yield(nil, errNoDatabase)
			return
		}
		b := berkeley{data: data, order: binary.LittleEndian}
		if b.order.Uint32(data[12:]) != berkeleyMagic {
			b.order = binary.BigEndian
		}
		b.size = int(b.order.Uint32(data[20:]))
		if b.order.Uint32(data[12:]) != berkeleyMagic || b.size < 512 || b.size > 64<<10 {
			yield(nil, errNoDatabase)
			return
		}
		for at := b.size; at+b.size <= len(data); at += b.size {
			page := data[at : at+b.size]
			if kind := page[25]; kind != pageHash && kind != pageHashUnsorted {
				continue
			}
			if !b.values(page, yield) {
				return
			}
		}
	}
}

// values yields the values of one page: every second item, whose offsets stand behind the head of the page.
func (b berkeley) values(page []byte, yield func([]byte, error) bool) bool {
	count := int(b.order.Uint16(page[20:]))
	if berkeleyHead+2*count > len(page) {
		return yield(nil, errCut)
	}
	offset := func(i int) int { return int(b.order.Uint16(page[berkeleyHead+2*i:])) }
	for i := 1; i < count; i += 2 {
		start, end := offset(i), offset(i-1) // items grow from the end of the page
		if start < berkeleyHead || start >= end || end > len(page) {
			if !yield(nil, errCut) {
				return false
			}
			continue
		}
		item := page[start:end]
		switch {
		case item[0] == itemInline:
			if !yield(item[1:], nil) {
				return false
			}
		case item[0] == itemOverflow && len(item) >= 12:
			if !yield(b.chain(b.order.Uint32(item[4:]), b.order.Uint32(item[8:]))) {
				return false
			}
		}
	}
	return true
}

// chain joins the pages of a large value, size bytes in all, from the page of that number on.
func (b berkeley) chain(number, size uint32) ([]byte, error) {
	if uint64(size) > uint64(len(b.data)) {
		return nil, errCut
	}
	out := make([]byte, 0, size)
	for len(out) < int(size) {
		at := uint64(number) * uint64(b.size)
		if number == 0 || at+uint64(b.size) > uint64(len(b.data)) {
			return nil, errCut
		}
		page := b.data[at : at+uint64(b.size)]
		used := int(b.order.Uint16(page[22:]))
		if page[25] != pageOverflow || used == 0 || berkeleyHead+used > len(page) {
			return nil, errCut
		}
		out = append(out, page[berkeleyHead:berkeleyHead+used]...)
		number = b.order.Uint32(page[16:])
	}
	return out[:size], nil
}
