package scan_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// wide encodes a text as UTF-16 with a mark, the low byte first.
func wide(text string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// A license file may be anything: empty, of bytes that are no text, in UTF-16, or of 50 MB. What it says is found, what cannot be read is a
// material gap, and of what says nothing the license is missing.
func TestOddLicenseFiles(t *testing.T) {
	const tag = "SPDX-License-Identifier: ISC\n"
	noise := make([]byte, 4096)
	for i, x := 0, uint32(7); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	large := bytes.Repeat([]byte("        \n"), 50<<20/9)
	for _, c := range []struct {
		name string
		data []byte
		want string
		gap  sbom.GapKind
	}{
		{"empty", nil, "NONE", ""},
		{"blank", []byte("\n\n \n"), "NONE", ""},
		{"no text", noise, "NONE", ""},
		{"zeros", make([]byte, 1<<20), "NONE", ""},
		{"UTF-16", wide(tag), "ISC", ""},
		{"UTF-16 of which the end is behind the first window", wide(strings.Repeat("x\n", 5<<20) + tag), "NONE", sbom.Lost},
		{"50 MB, said at the end", slices.Concat(large, []byte(tag)), "ISC", ""},
		{"50 MB, said at the beginning", slices.Concat([]byte(tag), large), "ISC", ""},
		{"50 MB of what nobody knows", bytes.Repeat([]byte("nothing is said here\n"), 50<<20/21), "unknown", ""},
		{"65 MB", slices.Concat([]byte(tag), make([]byte, 65<<20)), "ISC", sbom.Limit},
	} {
		tree := fstest.MapFS{"package.json": {Data: []byte(`{"name": "app", "version": "1.0.0"}`)}, "LICENSE": {Data: c.data}}
		r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{Ecosystems: readers})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Document.Component("pkg:npm/app@1.0.0").Concluded.Expr.String(); got != c.want && c.gap == "" && !(c.want == "unknown" && strings.HasPrefix(got, "LicenseRef-licet-unknown-")) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		told := slices.ContainsFunc(r.Document.Gaps, func(g sbom.Gap) bool { return g.Span.Path == "LICENSE" && g.Kind == c.gap && g.Material })
		if told != (c.gap != "") {
			t.Errorf("%s: gaps %+v", c.name, r.Document.Gaps)
		}
	}
}

// restless is a cache in which a file changes meanwhile.
type restless struct {
	files fstest.MapFS
	open  func(times int) (fs.File, error)
	n     *atomic.Int32
}

func (r restless) Open(name string) (fs.File, error) {
	if name == "a-1/LICENSE" {
		return r.open(int(r.n.Add(1)))
	}
	return r.files.Open(name)
}

// broken is a file that ends in the middle.
type broken struct{ fs.File }

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A file of a cache that is gone, has become a folder, grew or breaks off between the look at its folder and the reading is a gap of the
// package, or what it has become: never a crash, and never a clean answer about what was not read.
func TestCacheChanges(t *testing.T) {
	files := fstest.MapFS{
		"a-1/LICENSE": {Data: []byte("x")}, "a-1/a.c": {Data: []byte("int a;\n")}, "folder/x": {}, "grown": {Data: []byte(strings.Repeat("\n", 1<<16) + "SPDX-License-Identifier: ISC\n")},
	}
	for _, c := range []struct {
		name string
		open func(int) (fs.File, error)
		want string
		gap  bool
	}{
		{"gone", func(int) (fs.File, error) {
			return nil, &fs.PathError{Op: "open", Path: "a-1/LICENSE", Err: fs.ErrNotExist}
		}, "", true},
		{"a folder", func(int) (fs.File, error) { return files.Open("folder") }, "", true},
		{"grown", func(int) (fs.File, error) { return files.Open("grown") }, "ISC", false},
		{"broken off", func(int) (fs.File, error) {
			f, err := files.Open("grown")
			return broken{f}, err
		}, "", true},
	} {
		cache := restless{files, c.open, new(atomic.Int32)}
		opt := scan.Options{Ecosystems: []*ecosystem.Ecosystem{reading("npm:a-1", "")}, Caches: map[string]fs.FS{"npm": cache}}
		r, err := scan.Run(context.Background(), source.FS(fstest.MapFS{"lock": {Data: []byte("x")}}), opt)
		if err != nil {
			t.Fatal(err)
		}
		a := r.Document.Component("pkg:npm/a@1")
		if got := a.Concluded.Expr; c.want == "" && !got.IsNoAssertion() || c.want != "" && got.String() != c.want {
			t.Errorf("%s: %s by %s", c.name, got, a.Concluded.Row)
		}
		told := slices.ContainsFunc(r.Document.Gaps, func(g sbom.Gap) bool { return slices.Contains(g.Components, a.ID) && g.Material })
		if told != c.gap {
			t.Errorf("%s: gaps %+v", c.name, r.Document.Gaps)
		}
	}
}

// Thousands of broken archives on which a reader is tested are one gap for a folder, and one for an archive of them; what ships is told one by one.
func TestCrowdedGaps(t *testing.T) {
	tree := fstest.MapFS{"go.mod": {Data: []byte("module example.com/app\n")}}
	corpus := map[string][]byte{}
	for i := range 300 {
		broken := fmt.Appendf(nil, "PK\x03\x04%d", i)
		corpus[fmt.Sprint("in", i)] = broken
		tree[fmt.Sprint("testdata/", i)] = &fstest.MapFile{Data: broken}
		if i < 30 {
			tree[fmt.Sprint("assets/", i)] = &fstest.MapFile{Data: broken}
		}
	}
	tree["testdata/corpus.zip"] = &fstest.MapFile{Data: zipOf(t, corpus)}
	r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{Ecosystems: readers, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, g := range r.Document.Gaps {
		if g.Kind == sbom.Lost {
			count[fmt.Sprint(path.Dir(g.Span.Path), " ", g.Material, " ", strings.Contains(g.Why, "299 other places"))]++
		}
	}
	if want := map[string]int{"assets true false": 30, "testdata false true": 1, "testdata/corpus.zip! false true": 1}; !maps.Equal(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
}
