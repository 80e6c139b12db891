package doc

import (
	"encoding/binary"
	"errors"
	"iter"
	"strings"
)

// SQLite keeps a table in a tree of pages. Leaves hold rows; a row that is too large for its page goes on in a chain of others. The
// first page begins with a head of 100 bytes, and is the root of the table of tables (https://sqlite.org/fileformat.html).
const (
	sqliteMagic    = "SQLite format 3\x00"
	sqliteHead     = 100
	sqliteInterior = 0x05
	sqliteLeaf     = 0x0d
	maxTreeDepth   = 64
)

// The errors of a database that is none, or not whole.
var (
	ErrDatabaseCut = errors.New("it ends in the middle, or contradicts itself")
	ErrNoDatabase  = errors.New("it is no database that has the table")
	ErrDatabaseLog = errors.New("the log of its last changes cannot be read")
)

// SQLite is a database of SQLite 3 in memory. It is read table by table, in the order of the rows' numbers; indexes, and tables
// without such numbers, are not.
type SQLite struct {
	data   []byte
	size   int // of a page
	usable int // bytes of a page
	tables map[string]sqliteTable
}

type sqliteTable struct {
	root    uint32
	columns []string
}

// Row is one row of a table.
type Row struct {
	columns []string
	values  []Value
	number  int64
}

// Value is one value. Data is the bytes of a text or a blob, Number an integer; both are empty for what is NULL or a fraction.
type Value struct {
	Data   []byte
	Number int64
	Blob   bool
}

// Values are all values, in the order of the columns.
func (r Row) Values() []Value { return r.values }

// Get is the value of a column; the zero value if there is none of that name. A column that stands for the number of the row has that.
func (r Row) Get(column string) Value {
	for i, c := range r.columns {
		if c == column && i < len(r.values) {
			v := r.values[i]
			if v.Data == nil && v.Number == 0 && column == "id" {
				v.Number = r.number
			}
			return v
		}
	}
	return Value{}
}

// Text is the value as a text.
func (v Value) Text() string { return string(v.Data) }

// NewSQLite takes a database and the log of what was last written to it, nil if there is none. If only the log is unreadable the
// error is [ErrDatabaseLog], and the database is as it was before it.
func NewSQLite(data, log []byte) (*SQLite, error) {
	if len(data) < 512 {
		return nil, ErrDatabaseCut
	}
	s := &SQLite{data: data, size: int(binary.BigEndian.Uint16(data[16:])), tables: map[string]sqliteTable{}}
	if s.size == 1 {
		s.size = 64 << 10
	}
	s.usable = s.size - int(data[20])
	if s.size < 512 || s.usable < 480 || !strings.HasPrefix(string(data[:16]), sqliteMagic) {
		return nil, ErrNoDatabase
	}
	var logged error
	if len(log) > 0 && s.replay(log) != nil {
		logged = ErrDatabaseLog
	}
	for r, err := range s.rows(sqliteTable{root: 1, columns: []string{"type", "name", "tbl_name", "rootpage", "sql"}}) {
		if err != nil {
			return s, err
		}
		if root := r.Get("rootpage").Number; r.Get("type").Text() == "table" && root > 0 && root < 1<<32 {
			s.tables[r.Get("name").Text()] = sqliteTable{uint32(root), columnsOf(r.Get("sql").Text())}
		}
	}
	return s, logged
}

// Has reports whether there is a table.
func (s *SQLite) Has(table string) bool { return s.tables[table].root != 0 }

// Rows yields the rows of a table. What is damaged comes as an error, and reading goes on where it can.
func (s *SQLite) Rows(table string) iter.Seq2[Row, error] {
	t, ok := s.tables[table]
	if !ok {
		return func(yield func(Row, error) bool) { yield(Row{}, ErrNoDatabase) }
	}
	return s.rows(t)
}

func (s *SQLite) rows(t sqliteTable) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		visited := map[uint32]bool{}
		s.walk(t.root, 0, visited, func(number int64, record []byte, err error) bool {
			if err != nil {
				return yield(Row{}, err)
			}
			return yield(Row{t.columns, valuesOf(record), number}, nil)
		})
	}
}

// columnsOf are the names of the columns in a statement that creates a table; what follows are its constraints.
func columnsOf(sql string) []string {
	_, sql, _ = strings.Cut(sql, "(")
	var out []string
	depth, start := 0, 0
	for i := 0; i <= len(sql); i++ {
		switch {
		case i == len(sql) || depth == 0 && (sql[i] == ',' || sql[i] == ')'):
			if fields := strings.Fields(sql[start:i]); len(fields) > 0 {
				out = append(out, strings.Trim(fields[0], "\"'`[]"))
			}
			if start = i + 1; i < len(sql) && sql[i] == ')' {
				return out
			}
		case sql[i] == '(':
			depth++
		case sql[i] == ')':
			depth--
		}
	}
	return out
}

// page is a page by its number, from 1, and where its content begins.
func (s *SQLite) page(number uint32) (page []byte, start int, err error) {
	at := (uint64(number) - 1) * uint64(s.size)
	if number == 0 || at+uint64(s.size) > uint64(len(s.data)) {
		return nil, 0, ErrDatabaseCut
	}
	if number == 1 {
		start = sqliteHead
	}
	return s.data[at : at+uint64(s.size)], start, nil
}

// walk yields the records of the tree below a page. No page is read twice.
func (s *SQLite) walk(number uint32, depth int, visited map[uint32]bool, yield func(int64, []byte, error) bool) bool {
	page, start, err := s.page(number)
	if err != nil || visited[number] || depth > maxTreeDepth {
		return yield(0, nil, ErrDatabaseCut)
	}
	visited[number] = true
	kind, count := page[start], int(binary.BigEndian.Uint16(page[start+3:]))
	cells := start + 8
	if kind == sqliteInterior {
		cells += 4
	}
	if kind != sqliteInterior && kind != sqliteLeaf || cells+2*count > len(page) {
		return yield(0, nil, ErrDatabaseCut)
	}
	for i := range count {
		at := int(binary.BigEndian.Uint16(page[cells+2*i:]))
		if at+4 > len(page) {
			return yield(0, nil, ErrDatabaseCut)
		}
		if kind == sqliteInterior {
			if !s.walk(binary.BigEndian.Uint32(page[at:]), depth+1, visited, yield) {
				return false
			}
		} else if !yield(s.record(page, at)) {
			return false
		}
	}
	return kind == sqliteLeaf || s.walk(binary.BigEndian.Uint32(page[start+8:]), depth+1, visited, yield)
}

// record is the record of a cell: its size, the number of its row, and as much of it as fits into the page (section 1.6).
func (s *SQLite) record(page []byte, at int) (number int64, record []byte, err error) {
	size, n := varint(page[at:])
	row, m := varint(page[at+n:])
	at += n + m
	if size > uint64(len(s.data)) {
		return 0, nil, ErrDatabaseCut
	}
	local := int(size)
	if limit := s.usable - 35; local > limit {
		least := (s.usable-12)*32/255 - 23
		if local = least + (int(size)-least)%(s.usable-4); local > limit {
			local = least
		}
	}
	if at+local > len(page) {
		return 0, nil, ErrDatabaseCut
	}
	if local == int(size) {
		return int64(row), page[at : at+local], nil
	}
	if at+local+4 > len(page) {
		return 0, nil, ErrDatabaseCut
	}
	out := append(make([]byte, 0, size), page[at:at+local]...)
	for more := binary.BigEndian.Uint32(page[at+local:]); len(out) < int(size); {
		chain, _, err := s.page(more)
		if err != nil {
			return 0, nil, err
		}
		out = append(out, chain[4:4+min(s.usable-4, int(size)-len(out))]...)
		more = binary.BigEndian.Uint32(chain)
	}
	return int64(row), out, nil
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

// valuesOf takes a record apart: the size of its head, the types, the values (section 2.1).
func valuesOf(record []byte) (out []Value) {
	size, n := varint(record)
	if n == 0 || size > uint64(len(record)) {
		return nil
	}
	types, rest := record[n:max(n, int(size))], record[max(n, int(size)):]
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
		var v Value
		switch {
		case kind >= 12:
			v = Value{Data: rest[:length], Blob: kind%2 == 0}
		case kind >= 1 && kind <= 6:
			v.Number = int64(int8(rest[0]))
			for _, b := range rest[1:length] {
				v.Number = v.Number<<8 | int64(b)
			}
		case kind == 9:
			v.Number = 1
		}
		out, rest = append(out, v), rest[length:]
	}
	return out
}
