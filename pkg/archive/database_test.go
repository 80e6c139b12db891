package archive_test

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
)

const pageSize = 4096

// aPage is a page of a database: a header of that kind, the page on the right for one that is no leaf, and cells.
func aPage(kind byte, at int, right uint32, cells ...[]byte) []byte {
	page := make([]byte, pageSize)
	page[at] = kind
	binary.BigEndian.PutUint16(page[at+3:], uint16(len(cells)))
	first, end := at+8, len(page)
	if right != 0 {
		binary.BigEndian.PutUint32(page[first:], right)
		first += 4
	}
	for i, c := range cells {
		end -= len(c)
		copy(page[end:], c)
		binary.BigEndian.PutUint16(page[first+2*i:], uint16(end))
	}
	return page
}

// aVarint is a number of up to 14 bits.
func aVarint(n int) []byte {
	if n < 128 {
		return []byte{byte(n)}
	}
	return []byte{byte(n>>7) | 0x80, byte(n & 0x7f)}
}

// aRow is a row of texts.
func aRow(columns ...string) []byte {
	var types, values []byte
	for _, c := range columns {
		types = append(types, aVarint(13+2*len(c))...)
		values = append(values, c...)
	}
	return append(append([]byte{byte(len(types) + 1)}, types...), values...)
}

// aDatabase has three packages: one in the root of its tree, one below it on each side, of which the last is too large for its page.
func aDatabase(key string, index []byte) []byte {
	row := func(key string) []byte { return aRow(key, string(index)) }
	cell := func(row []byte) []byte { return append(aVarint(len(row)), row...) }
	schema := aRow("table", "package_index", "package_index", "\x02", "CREATE TABLE package_index (key TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID")
	first := aPage(13, 100, 0, append(append(aVarint(len(schema)), 1), schema...))
	copy(first, "SQLite format 3\x00\x10\x00")
	last := aRow(key+"3", string(index)+strings.Repeat("\xc0", 6000))
	const most, least = (pageSize-12)*64/255 - 23, (pageSize-12)*32/255 - 23
	here := least + (len(last)-least)%(pageSize-4)
	if here > most {
		here = least
	}
	spilled := append(append(aVarint(len(last)), last[:here]...), 0, 0, 0, 5)
	over := make([]byte, 0, 2*pageSize)
	for rest, next := last[here:], uint32(6); len(rest) > 0; next++ {
		n := min(pageSize-4, len(rest))
		page := make([]byte, pageSize)
		if n < len(rest) {
			binary.BigEndian.PutUint32(page, next)
		}
		copy(page[4:], rest[:n])
		over, rest = append(over, page...), rest[n:]
	}
	pages := [][]byte{first, aPage(2, 0, 4, append([]byte{0, 0, 0, 3}, cell(row(key+"2"))...)), aPage(10, 0, 0, cell(row(key+"1"))), aPage(10, 0, 0, spilled), over}
	var out []byte
	for _, p := range pages {
		out = append(out, p...)
	}
	return out
}

// anIndex is {"files": {"a": {"digest": sum, "mode": 420, "size": 2}}}, the inner one as a record.
func anIndex(sum string) []byte {
	out := []byte("\x81\xa5files\x81\xa1a\xd4r@\x93\xa6digest\xa4mode\xa4size\xd9\x80" + sum)
	return append(out, 0xcd, 1, 164, 2)
}

// A package in the store of pnpm 11 is found by its checksum, name and version, wherever in the tree its row stands.
func TestStoreDatabase(t *testing.T) {
	const sum = "3c9909afec25354d551dae21590bb26e38d53f2173b8d3dc3eee4c047e7ab1c1eb8b85103e3be7ba613b31bb5c9c36214dc9f14a42fd7a2fdb84856bca5c44c2" // of "123"
	key := "sha512-" + strings.Repeat("q6ur", 21) + "qw==\t@s/p@1.0."
	store := archive.NewStore(fstest.MapFS{
		"v11/index.db":                         {Data: aDatabase(key, anIndex(sum))},
		"v11/files/" + sum[:2] + "/" + sum[2:]: {Data: []byte("123")},
	})
	dir := "v11/index/ab/" + strings.Repeat("ab", 63) + "-@s+p@1.0."
	for _, version := range []string{"1", "2", "3"} {
		if got, err := fs.ReadFile(store, dir+version+"/a"); string(got) != "123" || err != nil {
			t.Errorf("%s: %q, %v", version, got, err)
		}
	}
	for _, missing := range []string{"0", "25", "4"} {
		if _, err := fs.Stat(store, dir+missing); err == nil || !strings.Contains(err.Error(), "not exist") {
			t.Errorf("%s: %v", missing, err)
		}
	}
}

// A database that is damaged anywhere ends a search with an error, or with what is right.
func FuzzStoreDatabase(f *testing.F) {
	key := "sha512-" + strings.Repeat("q6ur", 21) + "qw==\t@s/p@1.0."
	whole := aDatabase(key, anIndex(strings.Repeat("0", 128)))
	f.Add(whole)
	for _, at := range []int{16, 20, 100, 104, 108, pageSize, pageSize + 4, pageSize + 8, pageSize + 12, 2 * pageSize, 4*pageSize + 3} {
		broken := append([]byte{}, whole...)
		broken[at] ^= 0xff
		f.Add(broken)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		store := archive.NewStore(fstest.MapFS{"v11/index.db": {Data: data}})
		for _, version := range []string{"0", "1", "2", "3"} {
			dir := fmt.Sprintf("v11/index/ab/%s-@s+p@1.0.%s", strings.Repeat("ab", 63), version)
			if info, err := fs.Stat(store, dir); err == nil && !info.IsDir() {
				t.Errorf("%s is no folder", dir)
			}
		}
	})
}
