package rpm_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/rpm"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/rpm"

func TestCases(t *testing.T) { ecotest.Run(t, rpm.Ecosystem, cases) }

// tag is one tag of a header: texts, or one number.
type tag struct {
	id    uint32
	kind  uint32
	texts []string
	nums  []uint32
}

func str(id uint32, s string) tag        { return tag{id: id, kind: 6, texts: []string{s}} }
func strs(id uint32, s ...string) tag    { return tag{id: id, kind: 8, texts: s} }
func nums(id uint32, n ...uint32) tag    { return tag{id: id, kind: 4, nums: n} }
func be(n uint32) []byte                 { return binary.BigEndian.AppendUint32(nil, n) }
func le(n uint32) []byte                 { return binary.LittleEndian.AppendUint32(nil, n) }
func put(page []byte, at int, b ...byte) { copy(page[at:], b) }

// headerOf writes a header: the index, then the store.
func headerOf(tags ...tag) []byte {
	var index, store []byte
	for _, t := range tags {
		count := len(t.texts) + len(t.nums)
		index = slices.Concat(index, be(t.id), be(t.kind), be(uint32(len(store))), be(uint32(count)))
		for _, s := range t.texts {
			store = append(append(store, s...), 0)
		}
		for _, n := range t.nums {
			store = append(store, be(n)...)
		}
	}
	return slices.Concat(be(uint32(len(tags))), be(uint32(len(store))), index, store)
}

var packages = [][]byte{
	headerOf(str(1000, "bash"), str(1001, "5.2"), str(1002, "1.fc39"), nums(1003, 2), str(1011, "Acme"), str(1014, "GPLv3+"), str(1020, "https://bash.example"),
		str(1022, "x86_64"), strs(1047, "bash", "sh"), strs(1049, "libc.so.6()(64bit)", "rpmlib(PayloadIsZstd)", "absent"),
		nums(1116, 0, 1), strs(1117, "sh", "bash.html"), strs(1118, "/bin/", "/usr/share/doc/")),
	headerOf(str(1000, "glibc"), str(1001, "2.38"), str(1002, "7.fc39"), str(1014, "LGPL-2.1-or-later AND MIT"), str(1022, "x86_64"),
		strs(1047, "libc.so.6()(64bit)"), strs(1049, "/bin/sh"), strs(5046, "langpacks"), strs(1118, strings.Repeat("/a", 3000))),
	headerOf(str(1000, "langpacks"), str(1001, "1"), str(1002, "1"), str(1022, "noarch"), strs(5049, "sh", "not-here")),
	headerOf(str(1000, "gpg-pubkey"), str(1001, "1"), str(1002, "1")),
	headerOf(str(1000, "broken")),
}

// ndb writes RPM's own format.
func ndb(blobs [][]byte) []byte {
	data := make([]byte, 4096)
	put(data, 0, slices.Concat([]byte("RpmP"), le(0), le(1), le(1))...)
	for i, blob := range blobs {
		put(data, 32+16*i, slices.Concat([]byte("Slot"), le(uint32(i+1)), le(uint32(len(data)/16)), le(uint32(len(blob)+31)/16))...)
		data = slices.Concat(data, []byte("BlbS"), le(uint32(i+1)), le(0), le(uint32(len(blob))), blob)
		data = append(data, make([]byte, (16-len(data)%16)%16)...)
	}
	return data
}

// berkeley writes a hash of Berkeley DB; large values go into pages of their own.
func berkeley(blobs [][]byte) []byte {
	const size = 4096
	data := make([]byte, 2*size)
	put(data, 12, le(0x61561)...)
	put(data, 20, le(size)...)
	data[25] = 8
	end, count := size, 0
	item := func(b []byte) {
		end -= len(b)
		put(data[size:], end, b...)
		put(data[size:], 26+2*count, binary.LittleEndian.AppendUint16(nil, uint16(end))...)
		count++
	}
	for i, blob := range blobs {
		item(append([]byte{1}, le(uint32(i))...))
		if len(blob) < 300 {
			item(append([]byte{1}, blob...))
			continue
		}
		first := uint32(len(data) / size)
		item(slices.Concat([]byte{3, 0, 0, 0}, le(first), le(uint32(len(blob)))))
		for rest := blob; len(rest) > 0; {
			page := make([]byte, size)
			n := copy(page[26:], rest)
			rest = rest[n:]
			page[25] = 7
			put(page, 22, binary.LittleEndian.AppendUint16(nil, uint16(n))...)
			if len(rest) > 0 {
				put(page, 16, le(uint32(len(data)/size+1))...)
			}
			data = append(data, page...)
		}
	}
	data[size+25] = 13
	put(data[size:], 20, binary.LittleEndian.AppendUint16(nil, uint16(count))...)
	return data
}

// sqlite writes two tables: that of tables, and Packages, whose root is an interior page with one leaf for each row.
func sqlite(blobs [][]byte) []byte {
	const size = 4096
	var pages [][]byte
	page := func() []byte { p := make([]byte, size); pages = append(pages, p); return p }
	leaf := func(p []byte, start int, cell []byte) {
		p[start], p[start+4] = 0x0d, 1
		put(p, size-len(cell), cell...)
		put(p, start+8, binary.BigEndian.AppendUint16(nil, uint16(size-len(cell)))...)
	}
	text := func(s string) byte { return byte(13 + 2*len(s)) }
	first := page()
	put(first, 0, []byte("SQLite format 3\x00\x10\x00")...)
	row := slices.Concat([]byte{6, text("table"), text("Packages"), text("Packages"), 1, text("x")}, []byte("tablePackagesPackages\x02x"))
	leaf(first, 100, slices.Concat([]byte{byte(len(row)), 1}, row))
	root := page()
	root[0] = 0x05
	at := size
	for i, blob := range blobs {
		kind := uint64(12 + 2*len(blob))
		head := slices.Concat([]byte{0, 0}, uvarint(kind))
		head[0] = byte(len(head))
		row := append(head, blob...)
		p := page()
		number := uint32(len(pages))
		cell := slices.Concat(uvarint(uint64(len(row))), []byte{byte(i + 1)})
		if local := size - 35; len(row) > local {
			least := (size-12)*32/255 - 23
			if local = least + (len(row)-least)%(size-4); local > size-35 {
				local = least
			}
			cell = slices.Concat(cell, row[:local], be(number+1))
			for rest := row[local:]; len(rest) > 0; {
				o := page()
				n := copy(o[4:], rest)
				if rest = rest[n:]; len(rest) > 0 {
					put(o, 0, be(uint32(len(pages)+1))...)
				}
			}
		} else {
			cell = append(cell, row...)
		}
		leaf(p, 0, cell)
		if i == len(blobs)-1 {
			put(root, 8, be(number)...)
			break
		}
		at -= 5
		put(root, at, append(be(number), byte(i+1))...)
		put(root, 12+2*i, binary.BigEndian.AppendUint16(nil, uint16(at))...)
		root[4]++
	}
	return slices.Concat(pages...)
}

func uvarint(v uint64) []byte {
	out := []byte{byte(v & 0x7f)}
	for v >>= 7; v > 0; v >>= 7 {
		out = append([]byte{byte(v&0x7f) | 0x80}, out...)
	}
	return out
}

func readDB(t testing.TB, file string, data []byte) sbom.Fragment {
	fsys := fstest.MapFS{file: {Data: data}, "etc/os-release": {Data: []byte("ID=fedora\nVERSION_ID=39\n")}}
	frag, err := rpm.Ecosystem.Read(t.Context(), &ecosystem.Project{FS: fsys, Files: []string{file}, Facts: &sbom.Facts{}})
	if err != nil {
		t.Fatal(err)
	}
	return frag
}

// The three kinds of database say the same.
func TestDatabases(t *testing.T) {
	want := []string{
		"file:.#fedora@39 []",
		"pkg:rpm/fedora/bash@5.2-1.fc39?arch=x86_64&distro=fedora-39&epoch=2 [GPL-3.0-or-later]",
		"pkg:rpm/fedora/glibc@2.38-7.fc39?arch=x86_64&distro=fedora-39 [LGPL-2.1-or-later AND MIT]",
		"pkg:rpm/fedora/langpacks@1-1?arch=noarch&distro=fedora-39 []",
		"bash -> glibc runtime", "glibc -> bash runtime", "glibc -> langpacks optional", "langpacks -> bash optional",
		"an installed package without a name and a version",
		"neither license files nor a declared license of 1 of 3 packages are at hand",
	}
	for file, data := range map[string][]byte{
		"var/lib/rpm/Packages":              berkeley(packages),
		"usr/lib/sysimage/rpm/Packages.db":  ndb(packages),
		"usr/lib/sysimage/rpm/rpmdb.sqlite": sqlite(packages),
	} {
		frag := readDB(t, file, data)
		var got []string
		names := map[sbom.ID]string{}
		for _, c := range frag.Components {
			names[c.ID] = c.Name
			var claims []string
			for _, cl := range c.Claims {
				claims = append(claims, cl.Expr.String())
			}
			got = append(got, fmt.Sprint(c.ID, " ", claims))
		}
		for _, e := range frag.Relationships {
			if e.Kind != sbom.Contains {
				got = append(got, fmt.Sprintf("%s -> %s %s", names[e.From], names[e.To], e.Scope))
			}
		}
		for _, g := range frag.Gaps {
			got = append(got, g.Why)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want -, got +\n%s", file, diff)
		}
	}
}

func TestJournal(t *testing.T) {
	fsys := fstest.MapFS{"var/lib/rpm/rpmdb.sqlite": {Data: sqlite(packages)}, "var/lib/rpm/rpmdb.sqlite-wal": {Data: []byte("x")}}
	frag, err := rpm.Ecosystem.Read(t.Context(), &ecosystem.Project{FS: fsys, Files: []string{"var/lib/rpm/rpmdb.sqlite"}, Facts: &sbom.Facts{}})
	if err != nil || len(frag.Gaps) == 0 || frag.Gaps[0].Span.Path != "var/lib/rpm/rpmdb.sqlite-wal" {
		t.Errorf("%v, %+v", err, frag.Gaps)
	}
}

// What is cut or damaged leaves a gap, and what can be read stays.
func TestDamaged(t *testing.T) {
	for _, make := range []func([][]byte) []byte{berkeley, ndb, sqlite} {
		data := make(packages)
		for _, cut := range []int{0, 10, 511, 513, len(data) / 2, len(data) - 1} {
			frag := readDB(t, "var/lib/rpm/Packages", data[:cut])
			if len(frag.Gaps) == 0 && cut > 0 {
				t.Errorf("%d bytes of %d: no gap", cut, len(data))
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(berkeley(packages))
	f.Add(ndb(packages))
	f.Add(sqlite(packages))
	f.Fuzz(func(t *testing.T, data []byte) { readDB(t, "var/lib/rpm/Packages", data) })
}

func BenchmarkRead(b *testing.B) {
	var many [][]byte
	for i := range 240 { // all slots of one page
		many = append(many, headerOf(str(1000, fmt.Sprint("p", i)), str(1001, "1"), str(1002, "1"), str(1014, "MIT"), strs(1049, fmt.Sprint("p", i+1))))
	}
	data := ndb(many)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		readDB(b, "var/lib/rpm/Packages.db", data)
	}
}
