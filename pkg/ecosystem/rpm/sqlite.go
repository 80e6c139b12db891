package rpm

import (
	"encoding/binary"
	"iter"
)

// SQLite keeps a table in a tree of pages. Leaves hold rows; a row that is too large for its page goes on in a chain
// of others. The first page begins with a head of 100 bytes, and is the root of the table of tables.
const (
	sqliteHead     = 100
	sqliteInterior = 0x05
	sqliteLeaf     = 0x0d
	maxTreeDepth   = 64
)

// sqlite is a file of SQLite.
type sqlite struct {
	data    []byte
	size    int // of a page
	usable  int // bytes of a page
	visited map[uint32]bool
}

// sqliteBlobs yields the blob of each row of a table: the last column that is one.
func sqliteBlobs(data []byte, table string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if len(data) < 512 {
			yield(nil, errCut)
			return
		}
		s := sqlite{data: data, size: int(binary.BigEndian.Uint16(data[16:])), visited: map[uint32]bool{}}
		if s.size == 1 {
			s.size = 64 << 10
		}
		s.usable = s.size - int(data[20])
		if s.size < 512 || s.usable < 480 {
			yield(nil, errNoDatabase)
			return
		}
		root := uint32(0)
		s.rows(1, 0, func(row []byte, err error) bool {
			if err == nil {
				if c := columns(row); len(c) > 3 && string(c[0].data) == "table" && string(c[1].data) == table {
					root = c[3].number
				}
			}
			return true
		})
		if root == 0 {
			yield(nil, errNoDatabase)
			return
		}
		s.rows(root, 0, func(row []byte, err error) bool {
			if err != nil {
				return yield(nil, err)
			}
			for _, c := range columns(row) {
				if c.blob && !yield(c.data, nil) {
					return false
				}
			}
			return true
		})
	}
}

// page is a page by its number, from 1, and where its content begins.
func (s sqlite) page(number uint32) (page []byte, start int, err error) {
	at := (uint64(number) - 1) * uint64(s.size)
	if number == 0 || at+uint64(s.size) > uint64(len(s.data)) {
		return nil, 0, errCut
	}
	if number == 1 {
		start = sqliteHead
	}
	return s.data[at : at+uint64(s.size)], start, nil
}

// rows yields the records of the tree below a page. No page is read twice.
func (s sqlite) rows(number uint32, depth int, yield func([]byte, error) bool) bool {
	page, start, err := s.page(number)
	if err != nil || s.visited[number] || depth > maxTreeDepth {
		return yield(nil, errCut)
	}
	s.visited[number] = number != 1
	kind, count := page[start], int(binary.BigEndian.Uint16(page[start+3:]))
	cells := start + 8
	if kind == sqliteInterior {
		cells += 4
	}
	if kind != sqliteInterior && kind != sqliteLeaf || cells+2*count > len(page) {
		return yield(nil, errCut)
	}
	for i := range count {
		at := int(binary.BigEndian.Uint16(page[cells+2*i:]))
		if at+4 > len(page) {
			return yield(nil, errCut)
		}
		if kind == sqliteInterior {
			if !s.rows(binary.BigEndian.Uint32(page[at:]), depth+1, yield) {
				return false
			}
		} else if !yield(s.record(page, at)) {
			return false
		}
	}
	return kind == sqliteLeaf || s.rows(binary.BigEndian.Uint32(page[start+8:]), depth+1, yield)
}

// record is the record of a cell: its size, the number of its row, and as much of it as fits into the page
// (fileformat, section 1.6).
func (s sqlite) record(page []byte, at int) ([]byte, error) {
	size, n := varint(page[at:])
	_, m := varint(page[at+n:])
	at += n + m
	if size > uint64(len(s.data)) {
		return nil, errCut
	}
	local := int(size)
	if limit := s.usable - 35; local > limit {
		least := (s.usable-12)*32/255 - 23
		if local = least + (int(size)-least)%(s.usable-4); local > limit {
			local = least
		}
	}
	if at+local > len(page) {
		return nil, errCut
	}
	if local == int(size) {
		return page[at : at+local], nil
	}
	if at+local+4 > len(page) {
		return nil, errCut
	}
	out := append(make([]byte, 0, size), page[at:at+local]...)
	for more := binary.BigEndian.Uint32(page[at+local:]); len(out) < int(size); {
		chain, _, err := s.page(more)
		if err != nil {
			return nil, err
		}
		out = append(out, chain[4:4+min(s.usable-4, int(size)-len(out))]...)
		more = binary.BigEndian.Uint32(chain)
	}
	return out, nil
}

// varint reads a number of one to nine bytes; it is 0 of 0 bytes where none is.
func varint(data []byte) (v uint64, n int) {
	for i, c := range data {
		if i == 8 {
			return v<<8 | uint64(c), 9
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// column is one value of a record.
type column struct {
	data   []byte
	blob   bool
	number uint32 // if it is one, and small
}

// columns takes a record apart: the size of its head, the types, the values (fileformat, section 2.1).
func columns(record []byte) (out []column) {
	size, n := varint(record)
	if n == 0 || size > uint64(len(record)) {
		return nil
	}
	types, rest := record[n:max(n, int(size))], record[size:]
	for len(types) > 0 {
		kind, n := varint(types)
		if n == 0 {
			break
		}
		types = types[n:]
		length := uint64(0)
		switch {
		case kind >= 12:
			length = (kind - 12) / 2
		case kind <= 7:
			length = []uint64{0, 1, 2, 3, 4, 6, 8, 8}[kind]
		}
		if length > uint64(len(rest)) {
			break
		}
		c := column{data: rest[:length], blob: kind >= 12 && kind%2 == 0}
		switch {
		case kind >= 1 && kind <= 4:
			for _, b := range c.data {
				c.number = c.number<<8 | uint32(b)
			}
		case kind == 9:
			c.number = 1
		}
		out, rest = append(out, c), rest[length:]
	}
	return out
}
