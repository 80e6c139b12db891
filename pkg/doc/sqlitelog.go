package doc

import (
	"encoding/binary"
	"slices"
)

// The log of a database ("-wal") has a head of 32 bytes and then frames: a head of 24 bytes and a new page. What was written before
// the log began anew is told by salts that differ from the head's, what was not written whole by checksums that run from the
// head on. A frame that ends a transaction tells how many pages the database has then; what follows the last one counts for nothing
// (https://sqlite.org/fileformat.html#the_write_ahead_log, sections 4.1 to 4.4).
const (
	logHead   = 32
	frameHead = 24
	logMagic  = 0x377f0682 // the last bit tells how words are ordered for the checksums
)

// replay writes the pages of a log into the database.
func (s *SQLite) replay(log []byte) error {
	if len(log) < logHead {
		return ErrDatabaseCut
	}
	word := func(at int) uint32 { return binary.BigEndian.Uint32(log[at:]) }
	if word(0)&^1 != logMagic || int(word(8)) != s.size {
		return ErrDatabaseCut
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if word(0)&1 == 1 {
		order = binary.BigEndian
	}
	sum := checksum{order: order}
	if sum.add(log[:24]); !sum.is(log[24:32]) {
		return nil // its head was not written whole: SQLite takes it for empty
	}
	pages := map[uint32][]byte{} // of the transaction that is read
	data, written := s.data, false
	for at := logHead; at+frameHead+s.size <= len(log); at += frameHead + s.size {
		page := log[at+frameHead : at+frameHead+s.size]
		sum.add(log[at : at+8])
		if sum.add(page); word(at+8) != word(16) || word(at+12) != word(20) || !sum.is(log[at+16:at+24]) {
			break
		}
		pages[word(at)] = page
		count := word(at + 4)
		if count == 0 {
			continue
		}
		if uint64(count)*uint64(s.size) > uint64(len(s.data)+len(log)) { // each new page is in the log
			return ErrDatabaseCut
		}
		if !written {
			data, written = slices.Clone(data), true
		}
		if grow := int(count)*s.size - len(data); grow > 0 {
			data = append(data, make([]byte, grow)...)
		}
		data = data[:int(count)*s.size]
		for number, page := range pages {
			if number > 0 && number <= count {
				copy(data[int(number-1)*s.size:], page)
			}
		}
		clear(pages)
	}
	s.data = data
	return nil
}

// checksum is that of section 4.2: Fibonacci weights over pairs of words.
type checksum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (c *checksum) add(data []byte) {
	for i := 0; i+8 <= len(data); i += 8 {
		c.s0 += c.order.Uint32(data[i:]) + c.s1
		c.s1 += c.order.Uint32(data[i+4:]) + c.s0
	}
}

func (c *checksum) is(stored []byte) bool {
	return binary.BigEndian.Uint32(stored) == c.s0 && binary.BigEndian.Uint32(stored[4:]) == c.s1
}
