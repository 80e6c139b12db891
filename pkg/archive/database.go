package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// database is a file of SQLite of which single rows are looked up, no more: the tables that are trees by their first column, a text,
// and have a second one (https://www.sqlite.org/fileformat2.html; numbers of sections below are those of that page). What was written and
// lies in the log beside the file, as it does until the next checkpoint, is not seen.
type database struct {
	r      io.ReaderAt
	page   int // bytes of one
	usable int // of these
	left   int // bytes that may still be read: pages of a trap lead in circles
}

// The limits of a database.
const (
	maxRow     = 32 << 20 // bytes
	maxRead    = 40 << 20 // bytes of all pages
	maxSteps   = 20       // from the root of a tree to a leaf
	maxTable   = 1000     // pages that say which tables there are
	maxColumns = 4        // of a row: all that is asked for
)

var errDatabase = errors.New("is no database of SQLite that can be read")

// openDatabase reads the header (1.3).
func openDatabase(r io.ReaderAt) (*database, error) {
	head := make([]byte, 100)
	if _, err := r.ReadAt(head, 0); err != nil || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return nil, errDatabase
	}
	d := &database{r: r, page: int(binary.BigEndian.Uint16(head[16:])), left: maxRead}
	if d.page == 1 {
		d.page = 1 << 16
	}
	if d.usable = d.page - int(head[20]); d.page < 512 || d.usable < 480 {
		return nil, errDatabase
	}
	return d, nil
}

// read reads a page, and gives where its header begins (1.6).
func (d *database) read(number uint32) (page []byte, header int, err error) {
	if number == 0 {
		return nil, 0, errDatabase
	}
	if d.left -= d.page; d.left < 0 {
		return nil, 0, fmt.Errorf("%w: more than %d MiB of a database for one row", ErrLimit, maxRead>>20)
	}
	page = make([]byte, d.page)
	if _, err := d.r.ReadAt(page, int64(number-1)*int64(d.page)); err != nil {
		return nil, 0, errDatabase
	}
	if number == 1 {
		header = 100
	}
	return page, header, nil
}

// The kinds of pages (1.6).
const (
	insideIndex = 2
	insideTable = 5
	leafIndex   = 10
	leafTable   = 13
)

// cells are the places of the cells of a page.
func cells(page []byte, header int) ([]int, error) {
	first := header + 8
	if kind := page[header]; kind == insideIndex || kind == insideTable {
		first += 4
	}
	n := int(binary.BigEndian.Uint16(page[header+3:]))
	if first+2*n > len(page) {
		return nil, errDatabase
	}
	out := make([]int, n)
	for i := range out {
		if out[i] = int(binary.BigEndian.Uint16(page[first+2*i:])); out[i]+4 > len(page) {
			return nil, errDatabase
		}
	}
	return out, nil
}

// find gives the second column of the row that has that first one; [fs.ErrNotExist] if there is none.
func (d *database) find(table, key string) ([]byte, error) {
	at, err := d.root(table)
	for step := 0; err == nil && at != 0; step++ {
		if step == maxSteps {
			return nil, errDatabase
		}
		var value []byte
		if value, at, err = d.step(at, key); value != nil {
			return value, err
		}
	}
	if err == nil {
		err = fs.ErrNotExist
	}
	return nil, err
}

// step looks for a row in a page: it gives its second column, or the page below in which it must be, 0 for none.
func (d *database) step(at uint32, key string) (value []byte, below uint32, err error) {
	page, header, err := d.read(at)
	if err != nil {
		return nil, 0, err
	}
	inside := page[header] == insideIndex
	if !inside && page[header] != leafIndex {
		return nil, 0, errDatabase
	}
	places, err := cells(page, header)
	if err != nil {
		return nil, 0, err
	}
	if inside {
		below = binary.BigEndian.Uint32(page[header+8:])
	}
	for low, high := 0, len(places); low < high; {
		middle := (low + high) / 2
		cell := page[places[middle]:]
		if inside {
			cell = cell[4:]
		}
		row, err := d.row(cell, (d.usable-12)*64/255-23)
		if err != nil || len(row) < 2 {
			return nil, 0, errDatabase
		}
		switch order := strings.Compare(key, string(row[0])); {
		case order == 0:
			return append([]byte{}, row[1]...), 0, nil
		case order > 0:
			low = middle + 1
		default:
			if high = middle; inside {
				below = binary.BigEndian.Uint32(page[places[middle]:])
			}
		}
	}
	return nil, below, nil
}

// root gives the page at which the tree of a table begins (2.6).
func (d *database) root(table string) (uint32, error) {
	left := []uint32{1}
	for read := 0; len(left) > 0 && read < maxTable; read++ {
		page, header, err := d.read(left[0])
		if left = left[1:]; err != nil {
			return 0, err
		}
		places, err := cells(page, header)
		if err != nil {
			return 0, err
		}
		for _, p := range places {
			switch page[header] {
			case insideTable:
				left = append(left, binary.BigEndian.Uint32(page[p:]))
			case leafTable:
				size, n := number(page[p:])
				_, m := number(page[p+n:])
				row, err := d.payload(page[p+n+m:], size, d.usable-35)
				if err != nil {
					return 0, err
				}
				columns, err := columnsOf(row)
				if err == nil && len(columns) > 3 && string(columns[0]) == "table" && string(columns[1]) == table {
					root := uint64(0)
					for _, c := range columns[3] {
						root = root<<8 | uint64(c)
					}
					return uint32(root), nil
				}
			default:
				return 0, errDatabase
			}
		}
		if page[header] == insideTable {
			left = append(left, binary.BigEndian.Uint32(page[header+8:]))
		}
	}
	return 0, fs.ErrNotExist
}

// row reads the columns of a cell of an index.
func (d *database) row(cell []byte, most int) ([][]byte, error) {
	size, n := number(cell)
	data, err := d.payload(cell[n:], size, most)
	if err != nil {
		return nil, err
	}
	return columnsOf(data)
}

// payload gathers what does not fit into a page (1.6, "Cell payload overflow pages"); most is what does.
func (d *database) payload(cell []byte, size uint64, most int) ([]byte, error) {
	if size > maxRow {
		return nil, fmt.Errorf("%w: a row of more than %d MiB", ErrLimit, maxRow>>20)
	}
	here := int(size)
	if here > most {
		least := (d.usable-12)*32/255 - 23
		if here = least + (int(size)-least)%(d.usable-4); here > most {
			here = least
		}
	}
	if here > len(cell) {
		return nil, errDatabase
	}
	out := append([]byte{}, cell[:here]...)
	if uint64(here) == size {
		return out, nil
	}
	if here+4 > len(cell) {
		return nil, errDatabase
	}
	next := binary.BigEndian.Uint32(cell[here:])
	for uint64(len(out)) < size {
		page, _, err := d.read(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(page)
		out = append(out, page[4:4+min(d.usable-4, int(size)-len(out))]...)
	}
	return out, nil
}

// columnsOf are the bytes of the first columns of a row (2.1); a trap has as many as it has bytes, of nothing.
func columnsOf(row []byte) (out [][]byte, err error) {
	head, n := number(row)
	if n == 0 || head > uint64(len(row)) || head < uint64(n) {
		return nil, errDatabase
	}
	types, values := row[n:head], row[head:]
	for len(types) > 0 && len(out) < maxColumns {
		kind, n := number(types)
		if n == 0 {
			return nil, errDatabase
		}
		size := uint64(0)
		switch types = types[n:]; {
		case kind >= 12:
			size = (kind - 12) / 2
		case kind < 8:
			size = [...]uint64{0, 1, 2, 3, 4, 6, 8, 8}[kind]
		}
		if size > uint64(len(values)) {
			return nil, errDatabase
		}
		out, values = append(out, values[:size]), values[size:]
	}
	return out, nil
}

// number is a varint (1.6): seven bits a byte, the highest first, and eight in the ninth.
func number(b []byte) (value uint64, size int) {
	for i, c := range b[:min(len(b), 9)] {
		if i == 8 {
			return value<<8 | uint64(c), 9
		}
		if value = value<<7 | uint64(c&0x7f); c < 0x80 {
			return value, i + 1
		}
	}
	return 0, 0
}
