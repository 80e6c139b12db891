package scan_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// tarOf is a tar of such entries.
func tarOf(t *testing.T, entries ...tar.Header) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range entries {
		h.Mode, h.Size = 0o644, 0
		body := []byte("// SPDX-License-Identifier: MIT\n")
		if h.Typeflag == 0 {
			h.Size = int64(len(body))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			w.Write(body)
		}
	}
	w.Close()
	return out.Bytes()
}

// What of an archive cannot be read, or should not, is a material gap that names the archive; the rest is kept. Among the tests it is
// of no weight.
func TestBadArchives(t *testing.T) {
	good := tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "b.c"})
	blank := pack(t, "x.zip", map[string][]byte{"blank": make([]byte, 17<<20), "a.c": []byte("// SPDX-License-Identifier: MIT\n")})
	deep := tarOf(t, tar.Header{Name: "a.c"})
	for range 4 {
		deep = pack(t, "x.zip", map[string][]byte{"in.zip": deep, "a.c": []byte("// SPDX-License-Identifier: MIT\n")})
	}
	odd := pack(t, "x.zip", map[string][]byte{"a.c": []byte("// SPDX-License-Identifier: MIT\n"), "in.zip": deep})
	for _, at := range []int{bytes.Index(odd, []byte("in.zip")) - 30 + 8, bytes.LastIndex(odd, []byte("in.zip")) - 46 + 10} {
		odd[at] = 9 // Deflate64
	}
	for _, c := range []struct {
		name string
		data []byte
		kind sbom.GapKind
		at   string // below the archive
		why  string
	}{
		{"a path that climbs", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "../b"}), sbom.Lost, "", `the entry "../b": its path leads out of the archive`},
		{"an absolute path", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "/etc/passwd"}), sbom.Lost, "", `the entry "/etc/passwd": its path leads out of the archive`},
		{"a link out of it", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "LICENSE", Typeflag: tar.TypeSymlink, Linkname: "../../LICENSE"}), sbom.Unavailable, "!/LICENSE", "the link leads out of the tree"},
		{"a link out of it to an archive", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "in.zip", Typeflag: tar.TypeSymlink, Linkname: "../../in.zip"}), sbom.Unavailable, "!/in.zip", "the link leads out of the tree"},
		{"an archive in it that cannot be unpacked", odd, sbom.Lost, "!/in.zip", "zip: unsupported compression algorithm"},
		{"a device", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "LICENSE", Typeflag: tar.TypeChar}), sbom.Unsupported, "!/LICENSE", "not a regular file: Dc---------"},
		{"one that was cut", good[:1024+512], sbom.Lost, "", "unexpected EOF"},
		{"a block device", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "LICENSE", Typeflag: tar.TypeBlock}), sbom.Unsupported, "!/LICENSE", "not a regular file: D---------"},
		{"a pipe", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "LICENSE", Typeflag: tar.TypeFifo}), sbom.Unsupported, "!/LICENSE", "not a regular file: p---------"},
		{"a path of Windows that climbs", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: `..\b`}), sbom.Lost, "", `the entry "..\\b": its path leads out of the archive`},
		{"a hard link out of it", tarOf(t, tar.Header{Name: "a.c"}, tar.Header{Name: "LICENSE", Typeflag: tar.TypeLink, Linkname: "../../LICENSE"}), sbom.Lost, "", `the entry "LICENSE": it is a link to what is not in the archive`},
		{"two in one file", slices.Concat(good, good), sbom.Lost, "", "what follows its end was not read"},
		{"a trap", blank, sbom.Limit, "", `the entry "blank": past a limit of archives: it inflates by more than 200, as only traps do`},
		{"one that is too deep", deep, sbom.Limit, "!/in.zip!/in.zip!/in.zip!/in.zip", "the archive cannot be read: past a limit of archives: it lies more than 3 archives deep"},
	} {
		name := "lib/x.tar"
		if bytes.HasPrefix(c.data, []byte("PK")) {
			name = "lib/x.zip"
		}
		for _, dir := range []string{"", "testdata/"} {
			r, err := scan.Run(context.Background(), source.FS(fstest.MapFS{dir + name: {Data: c.data}, "LICENSE": {}}), scan.Options{Ecosystems: readers})
			if err != nil {
				t.Fatal(err)
			}
			want := sbom.Gap{Kind: c.kind, Span: source.Span{Path: dir + name + c.at}, Why: c.why, Material: dir == ""}
			if !slices.ContainsFunc(r.Document.Gaps, func(g sbom.Gap) bool {
				return g.Kind == want.Kind && g.Span == want.Span && g.Why == want.Why && g.Material == want.Material
			}) {
				t.Errorf("%s in %s: %+v", c.name, dir, r.Document.Gaps)
			}
			if !slices.ContainsFunc(r.Document.Files, func(f sbom.FileFacts) bool { return strings.HasSuffix(f.Path, "!/a.c") }) {
				t.Errorf("%s: the rest is not read", c.name)
			}
		}
	}
}

// A zip behind anything is read where the file is called so, and nowhere else is it looked for.
func TestPrefixedZip(t *testing.T) {
	zip := pack(t, "x.zip", map[string][]byte{"a.c": []byte("// SPDX-License-Identifier: MIT\n")})
	for name, want := range map[string]bool{"a.zip": true, "a.bin": false} {
		r, err := scan.Run(context.Background(), source.FS(fstest.MapFS{name: {Data: append([]byte("noise\n"), zip...)}}), scan.Options{Ecosystems: readers})
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.ContainsFunc(r.Document.Files, func(f sbom.FileFacts) bool { return f.Path == name+"!/a.c" }); got != want {
			t.Errorf("%s: %v, %+v", name, got, r.Document.Gaps)
		}
	}
}

// A zip behind a program is an archive, and the program is searched as well; what is in it comes last in none of the reports twice.
func TestBehindProgram(t *testing.T) {
	zip := pack(t, "x.zip", map[string][]byte{"COPYING": []byte("SPDX-License-Identifier: GPL-3.0-only\n" + strings.Repeat("blank ", 100))})
	large := append([]byte("\x7fELF/* SPDX-License-Identifier: MIT */\n"), make([]byte, 9<<20)...) // more than is read at a time
	for name, data := range map[string][]byte{
		"run": append([]byte("#!/bin/sh\n# SPDX-License-Identifier: MIT\n"), zip...), "setup": append(large, zip...),
	} {
		r, err := scan.Run(context.Background(), source.FS(fstest.MapFS{name: {Data: data}}), scan.Options{Ecosystems: readers})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range r.Document.Files {
			for _, c := range f.Claims {
				got = append(got, f.Path+" "+c.Expr.String())
			}
		}
		if want := []string{name + " MIT", name + "!/COPYING GPL-3.0-only"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q; %+v", got, want, r.Document.Gaps)
		}
	}
}

// The number of workers does not show, nor whether archives were still open when somebody asked for a file in them.
func TestSameBytesOfArchives(t *testing.T) {
	tree := fstest.MapFS{"large-1.0.tar": {Data: append(tarOf(t, tar.Header{Name: "a.c"}), make([]byte, 9<<20)...)}} // more than is read at a time
	for i := range 150 {
		manifest := fmt.Sprintf(`{"name": "p%d", "version": "1.0.0", "license": "ISC"}`, i)
		tree[fmt.Sprintf("deps/%d.zip", i)] = &fstest.MapFile{Data: pack(t, "x.zip", map[string][]byte{
			"in.tgz!/package/package.json": []byte(manifest), "LICENSE": []byte("SPDX-License-Identifier: MIT\n")})}
	}
	var want []byte
	for _, workers := range []int{1, 8} {
		r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{Ecosystems: readers, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(r.Document.Components); n != 302 {
			t.Errorf("%d components", n)
		}
		got, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%d workers: another report", workers)
		}
	}
}

// counting counts how often files are opened.
type counting struct {
	fstest.MapFS
	opened *int
}

func (c counting) Open(name string) (fs.File, error) {
	if name == "a.zip" {
		*c.opened++
	}
	return c.MapFS.Open(name)
}

// An archive is opened once for its bytes and its files, once to be summed if it is large, and not for each file in it.
func TestOpenedOnce(t *testing.T) {
	files := map[string][]byte{}
	for i := range 300 {
		files[fmt.Sprintf("p/%d.c", i)] = []byte("int x;\n")
	}
	opened := 0
	tree := counting{fstest.MapFS{"a.zip": {Data: pack(t, "a.zip", files)}}, &opened}
	if _, err := scan.Run(context.Background(), source.FS(tree), scan.Options{Ecosystems: readers}); err != nil {
		t.Fatal(err)
	}
	if opened != 2 {
		t.Errorf("opened %d times", opened)
	}
}

// An archive is entered once, where it lies, whatever it is called there and by links.
func TestLinkedArchives(t *testing.T) {
	zip := pack(t, "x.zip", map[string][]byte{"a.c": []byte("// SPDX-License-Identifier: MIT\n")})
	link := func(to string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
	}
	tree := fstest.MapFS{"store/0a1b": {Data: zip}, "deps/a.zip": link("../store/0a1b"), "deps/b.zip": {Data: zip}, "deps/c.zip": link("b.zip")}
	r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{Ecosystems: readers})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Document.Files {
		got = append(got, f.Path)
	}
	if want := []string{"deps/b.zip!/a.c", "store/0a1b!/a.c"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q; %+v", got, want, r.Document.Gaps)
	}
}
