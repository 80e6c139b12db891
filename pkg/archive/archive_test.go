package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/licet/licet/pkg/archive"
)

// header is an entry of a tar: a name, and for what is no file a type and where it leads.
type header struct {
	name, content string
	kind          byte
	to            string
	mode          int64 // 0 is that of a file
}

func tarred(tb testing.TB, entries ...header) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: cmp.Or(e.mode, 0o644), Typeflag: e.kind, Linkname: e.to, Size: int64(len(e.content))}
		if err := w.WriteHeader(h); err != nil {
			tb.Fatal(err)
		}
		io.WriteString(w, e.content)
	}
	w.Close()
	return b.Bytes()
}

func zipped(tb testing.TB, entries ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(entries); i += 2 {
		f, err := w.Create(entries[i])
		if err != nil {
			tb.Fatal(err)
		}
		io.WriteString(f, entries[i+1])
	}
	w.Close()
	return b.Bytes()
}

func packed(tb testing.TB, by string, data []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch by {
	case "gzip":
		return gzipped(data)
	case "xz":
		w, err = xz.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	default:
		return data
	}
	if err != nil {
		tb.Fatal(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// members is an ar archive (deb(5)) of names and contents.
func members(all ...string) []byte {
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for i := 0; i+1 < len(all); i += 2 {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n%s", all[i], 0, 0, 0, 0o644, len(all[i+1]), all[i+1])
		if len(all[i+1])%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func open(tb testing.TB, data []byte) *archive.FS {
	tb.Helper()
	a, err := archive.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func losses(a *archive.FS) []string {
	var out []string
	for _, l := range a.Lost() {
		out = append(out, l.Path+": "+l.Err.Error())
	}
	return out
}

// Archives of every kind are file systems as package fs wants them, with the files that were put in.
func TestFS(t *testing.T) {
	files := []header{{name: "a/"}, {name: "./a/LICENSE", content: "MIT"}, {name: "a/b/c.txt", content: strings.Repeat("x", 1000)}, {name: "d", content: ""}}
	files[0].kind = tar.TypeDir
	kinds := map[string][]byte{"zip": zipped(t, "a/", "", "a/LICENSE", "MIT", `a\b\c.txt`, strings.Repeat("x", 1000), "d", "")}
	for _, by := range []string{"tar", "gzip", "xz", "zstd"} {
		kinds[by] = packed(t, by, tarred(t, files...))
	}
	for name, data := range kinds {
		t.Run(name, func(t *testing.T) {
			if !archive.Is(data) {
				t.Error("is not known for an archive")
			}
			a := open(t, data)
			if err := fstest.TestFS(a, "a/LICENSE", "a/b/c.txt", "d"); err != nil {
				t.Error(err)
			}
			if text, err := fs.ReadFile(a, "a/LICENSE"); string(text) != "MIT" {
				t.Errorf("%q, %v", text, err)
			}
			if len(a.Lost()) > 0 {
				t.Error(losses(a))
			}
		})
	}
}

// A Debian package is a system on which it is installed.
func TestDebian(t *testing.T) {
	control := gzipped(tarred(t, header{name: "./control", content: "Package: acme\nVersion: 1\n"}, header{name: "./md5sums", content: "x"}))
	data := packed(t, "xz", tarred(t, header{name: "./usr/share/doc/acme/copyright", content: "License: MIT\n"}))
	a := open(t, members("debian-binary", "2.0\n", "control.tar.gz", string(control), "data.tar.xz", string(data)))
	for file, want := range map[string]string{"var/lib/dpkg/status.d/acme": "Package: acme\nVersion: 1\n", "usr/share/doc/acme/copyright": "License: MIT\n"} {
		if text, err := fs.ReadFile(a, file); string(text) != want {
			t.Errorf("%s: %q, %v", file, text, err)
		}
	}
	if len(a.Lost()) > 0 {
		t.Error(losses(a))
	}
	if a := open(t, members("debian-binary", "2.0\n", "control.tar.gz", string(control))); len(a.Lost()) != 1 {
		t.Errorf("a package without files: %q", losses(a))
	}
	library := members("a.o/", "x")
	if _, err := archive.Open(bytes.NewReader(library), int64(len(library))); !errors.Is(err, archive.ErrFormat) {
		t.Errorf("a library of objects: %v", err)
	}
}

// What leads out of an archive, stands in it twice, or is linked to what is not there is lost, and said to be.
func TestLost(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"a path that climbs", tarred(t, header{name: "../a", content: "x"}, header{name: "b"}), []string{"../a: its path leads out of the archive"}},
		{"a path in the middle of which it climbs", zipped(t, "a/../../b", "x", "c", "y"), []string{"a/../../b: its path leads out of the archive"}},
		{"an absolute path", tarred(t, header{name: "/a", content: "x"}, header{name: "b"}), []string{"/a: its path leads out of the archive"}},
		{"a path of Windows that climbs", zipped(t, `..\a`, "x", "b", "y"), []string{`..\a: its path leads out of the archive`}},
		{"a path with two slashes", zipped(t, "a//b", "x", "c//", "", "//d", "y"), []string{"//d: its path leads out of the archive"}},
		{"a path that stands twice", zipped(t, "a", "x", "a", "y"), []string{"a: another entry has the same path: the first was read"}},
		{"a file below a file", tarred(t, header{name: "a", content: "x"}, header{name: "a/b", content: "y"}), []string{"a/b: another entry has the same path: the first was read"}},
		{"a path that is deep", zipped(t, strings.Repeat("a/", 300), "", "b", "y"), []string{strings.Repeat("a/", 300) + ": past a limit of archives: a path of more than 200 folders, or 4096 bytes"}},
		{"a link to nothing", tarred(t, header{name: "a", kind: tar.TypeLink, to: "b"}, header{name: "c"}), []string{"a: it is a link to what is not in the archive"}},
		{"a tar that ends early", tarred(t, header{name: "a", content: "x"}, header{name: "b", content: strings.Repeat("y", 2000)})[:2000], []string{": unexpected EOF"}},
		{"a packed tar that ends early", packed(t, "zstd", tarred(t, header{name: "a", content: "x"}, header{name: "b", content: strings.Repeat("y", 2000)})[:2000]), []string{": unexpected EOF"}},
		{"a tar that ends between two entries", tarred(t, header{name: "a", content: "x"}, header{name: "b", content: "y"})[:1024], []string{": unexpected EOF"}},
		{"a tar without blanks at its end but one", tarred(t, header{name: "a", content: "x"})[:1536], nil},
		{"a tar behind a tar", append(tarred(t, header{name: "a", content: "x"}), tarred(t, header{name: "b", content: "y"})...), []string{": what follows its end was not read"}},
		{"a packed tar behind a tar", append(gzipped(tarred(t, header{name: "a"})), gzipped(tarred(t, header{name: "b"}))...), []string{": what follows its end was not read"}},
		{"a tar packed in two parts", append(gzipped(tarred(t, header{name: "a"})[:100]), gzipped(tarred(t, header{name: "a"})[100:])...), nil},
		{"a packed tar with another checksum", flipped(gzipped(tarred(t, header{name: "a", content: "x"})), 8), []string{": gzip: invalid checksum"}},
		{"a link to a link", tarred(t, header{name: "a", content: "x"}, header{name: "b", kind: tar.TypeSymlink, to: "a"}, header{name: "c", kind: tar.TypeLink, to: "b"}), nil},
		{"a folder as Windows writes it", zipped(t, `a\`, "", `a\b`, "x"), nil},
		{"a Debian package that ends early", members("debian-binary", "2.0\n", "data.tar", string(tarred(t, header{name: "a"}, header{name: "b"})))[:68+4+60+512], []string{"data.tar: unexpected EOF"}},
		{"a tar that others were added to", tarred(t, header{name: "a", content: "x"}, header{name: "a", content: "y"}), nil},
	} {
		if got := losses(open(t, c.data)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	a := open(t, tarred(t, header{name: "a", content: "x"}, header{name: "a", content: "y"}))
	if text, err := fs.ReadFile(a, "a"); string(text) != "y" {
		t.Errorf("of two entries of a tar the first is read: %q, %v", text, err)
	}
}

// Links are followed inside of the archive only, and not for ever.
func TestLinks(t *testing.T) {
	link := func(name, to string) header { return header{name: name, kind: tar.TypeSymlink, to: to} }
	a := open(t, tarred(t, header{name: "d/file", content: "x"}, link("near", "d/file"), link("dir", "d"), link("d/up", "../d/file"), link("top", "/d/file"),
		link("out", "../../etc/passwd"), link("round", "round"), link("nothing", "x"), header{name: "hard", kind: tar.TypeLink, to: "d/file"}))
	for name, want := range map[string]string{"near": "x", "dir/file": "x", "d/up": "x", "top": "x", "hard": "x", "out": "", "round": "", "nothing": "", "../d/file": ""} {
		if text, err := fs.ReadFile(a, name); string(text) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v, want %q", name, text, err, want)
		}
	}
	if to, err := a.ReadLink("near"); to != "d/file" || err != nil {
		t.Errorf("near leads to %q, %v", to, err)
	}
}

// The walk of an archive begins with what was lost of it, and leaves out the one folder that all lies in.
func TestTree(t *testing.T) {
	tree, err := open(t, tarred(t, header{name: "a-1.0/LICENSE", content: "MIT"}, header{name: "../b"})).Tree()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for e, err := range tree.Walk(context.Background()) {
		got = append(got, fmt.Sprint(e.Path, " ", err))
	}
	if want := []string{`. the entry "../b": its path leads out of the archive`, "LICENSE <nil>"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func flipped(data []byte, fromEnd int) []byte {
	data[len(data)-fromEnd] ^= 0xff
	return data
}

// A name that is not UTF-8 is one all the same.
func TestForeignNames(t *testing.T) {
	a := open(t, zipped(t, "caf\xe9/a", "x"))
	if text, err := fs.ReadFile(a, "café/a"); string(text) != "x" || len(a.Lost()) > 0 {
		t.Errorf("%q, %v, %q", text, err, losses(a))
	}
}

// The one folder of an archive is left out unless its name says what lies in it.
func TestFolder(t *testing.T) {
	for name, want := range map[string]string{"acme-1.0/LICENSE": "acme-1.0", "package/package.json": "package", "var/lib/dpkg/status": "", "node_modules/a/package.json": "", "LICENSE": ""} {
		if got := open(t, tarred(t, header{name: name, content: "x"})).Folder(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"go.example/a@v1/LICENSE": "go.example/a@v1", "acme/usr/bin/a": "acme", "LICENSE": ""} {
		if got := open(t, tarred(t, header{name: name, content: "x"})).Inmost(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Many entries that are lost, folders without number, and entries of a zip that share their bytes are traps.
func TestManyTraps(t *testing.T) {
	var lost, deep []header
	for i := range 3200 {
		lost = append(lost, header{name: fmt.Sprint("../", i)})
		deep = append(deep, header{name: fmt.Sprint(i, strings.Repeat("/a", 190), "/f")})
	}
	if n := len(open(t, tarred(t, lost...)).Lost()); n != 1001 {
		t.Errorf("%d losses are told", n)
	}
	if a := open(t, tarred(t, deep...)); len(a.Lost()) == 0 || !errors.Is(a.Lost()[0].Err, archive.ErrLimit) {
		t.Errorf("folders without number: %d lost", len(a.Lost()))
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 3 {
		f, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i), CompressedSize64: 1000, UncompressedSize64: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			f.Write(make([]byte, 1000))
		}
	}
	w.Close()
	if a := open(t, b.Bytes()); len(a.Lost()) != 2 || !errors.Is(a.Lost()[0].Err, archive.ErrLimit) {
		t.Errorf("entries that share their bytes: %q", losses(a))
	}
}

// What a tar says of itself, as those of git do, is no file in it.
func TestGlobalHeader(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": "0123"}}); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	b.Write(tarred(t, header{name: "a/b", content: "x"}))
	for _, data := range [][]byte{b.Bytes(), gzipped(b.Bytes())} {
		if entries, err := open(t, data).ReadDir("."); len(entries) != 1 || err != nil {
			t.Errorf("%v, %v", entries, err)
		}
	}
}

// Traps are not read: what inflates by more than anything does, and what is larger than what is kept.
func TestTraps(t *testing.T) {
	blank := string(make([]byte, 17<<20))
	for name, data := range map[string][]byte{"gzip": gzipped(tarred(t, header{name: "a"}, header{name: "b", content: blank})), "zstd": packed(t, "zstd", tarred(t, header{name: "a"}, header{name: "b", content: blank})), "zip": zipped(t, "a", "", "b", blank)} {
		a := open(t, data)
		if len(a.Lost()) != 1 || !errors.Is(a.Lost()[0].Err, archive.ErrLimit) {
			t.Errorf("%s: %q", name, losses(a))
		}
	}
}

// Whatever a file holds, it is an archive or none, and what is said to be in it can be read or says why not.
func FuzzOpen(f *testing.F) {
	files := tarred(f, header{name: "a/LICENSE", content: "MIT"}, header{name: "a/l", kind: tar.TypeSymlink, to: "LICENSE"}, header{name: "../b"})
	for _, by := range []string{"tar", "gzip", "xz", "zstd"} {
		f.Add(packed(f, by, files))
	}
	f.Add(zipped(f, "a/LICENSE", "MIT", "../b", "x"))
	f.Add([]byte("PK\x03\x04"))
	f.Add(rpmOf("store", gzipped(cpio(entry{name: "./a/LICENSE", content: "MIT", mode: 0o100644, links: 1}, entry{name: "b", mode: 0o120777, content: "c"}))))
	f.Add(zipped(f, "metadata.json", "{}", "pkg-a.tar.zst", string(packed(f, "zstd", files)), "info-a.tar.zst", "x"))
	f.Add(members("debian-binary", "2.0\n", "control.tar.gz", string(gzipped(files)), "data.tar.gz", string(gzipped(files))))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := archive.Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		tree, err := a.Tree()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for e, err := range tree.Walk(context.Background()) {
			if !fs.ValidPath(e.Path) {
				t.Fatalf("%q is no path", e.Path)
			}
			if err == nil && e.Mode.IsRegular() && e.Size < 1<<20 && n < 100 {
				n++
				fs.ReadFile(tree.Lookup(), e.Path)
			}
		}
	})
}
