package scan_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// reading is an ecosystem that finds one package, whose files lie in an archive of a cache.
func reading(dir string, digest source.Digest) *ecosystem.Ecosystem {
	return &ecosystem.Ecosystem{
		Name:  "test",
		Match: func(p string, _ fs.FileMode, _ []byte) bool { return p == "lock" },
		Read: func(context.Context, *ecosystem.Project) (sbom.Fragment, error) {
			g := ecosystem.Graph{Reader: "test"}
			at := source.Span{Path: "lock"}
			root := g.Root(sbom.Component{Name: "app", PURL: "pkg:npm/app"}, ".", at)
			id := g.Add(sbom.Component{Name: "a", PURL: "pkg:npm/a@1"}, dir, at)
			g.Components[1].Occurrences[0].Digest = digest
			g.Depend(root, id, sbom.Runtime, "", at)
			return g.Fragment, nil
		},
	}
}

func packageOf(t *testing.T, files ...string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, files[i+1])
	}
	w.Close()
	z.Close()
	return b.Bytes()
}

// An archive of a cache is what its bytes are, whatever it is called, and counts only with the digest that was recorded of it. Where
// neither manifest nor license file states anything, its files are read.
func TestFetched(t *testing.T) {
	const mit, gpl = "SPDX-License-Identifier: MIT", "SPDX-License-Identifier: GPL-3.0-only"
	tarred := packageOf(t, "a-1/LICENSE", mit, "b-1/LICENSE", gpl)
	headers := packageOf(t, "a-1/a.c", "// "+mit+"\n")
	zipped := zipOf(t, map[string][]byte{"a-1/LICENSE": []byte(mit)})
	zippedHeaders := zipOf(t, map[string][]byte{"a-1/a.c": []byte("// " + mit + "\n")})
	digest := func(data []byte) source.Digest { return source.Digest(fmt.Sprintf("sha256:%x", sha256.Sum256(data))) }
	for _, c := range []struct {
		name, file, inner string
		data              []byte
		digest            source.Digest
		want, gap         string
	}{
		{"a tar", "a1b2", "a-1", tarred, digest(tarred), "MIT", ""},
		{"any tar", "a1b2", "a-1", tarred, "", "MIT", ""},
		{"another tar", "a1b2", "a-1", tarred, digest(zipped), "", "its checksum is another"},
		{"half a tar", "a1b2", "a-1", tarred[:len(tarred)/2], digest(tarred), "", "its checksum is another"},
		{"a digest of an unknown kind", "a1b2", "a-1", tarred, "h1:abc", "", "unknown kind"},
		{"a tar of files with headers", "a1b2.crate", "a-1", headers, digest(headers), "MIT", ""},
		{"a zip", "a1b2", "a-1", zipped, digest(zipped), "MIT", ""},
		{"another zip", "a.zip", "a-1", zipped, digest(tarred), "", "its checksum is another"},
		{"a zip of files with headers", "a.zip", "a-1", zippedHeaders, digest(zippedHeaders), "MIT", ""},
		{"no archive", "a1b2", "a-1", []byte("x"), "", "", "zip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := scan.Options{
				Ecosystems: []*ecosystem.Ecosystem{reading("npm:"+c.file+"!/"+c.inner, c.digest)},
				Caches:     map[string]fs.FS{"npm": fstest.MapFS{c.file: {Data: c.data}}},
			}
			r, err := scan.Run(context.Background(), source.FS(fstest.MapFS{"lock": {Data: []byte("x")}}), opt)
			if err != nil {
				t.Fatal(err)
			}
			doc := r.Document
			a := doc.Component("pkg:npm/a@1")
			if got := a.Concluded.Expr.String(); got != c.want && !(c.want == "" && a.Concluded.Expr.IsNoAssertion()) {
				t.Errorf("concluded %q by %s, want %q", got, a.Concluded.Row, c.want)
			}
			if len(a.Occurrences) != 1 {
				t.Errorf("it occurs in %v", a.Occurrences)
			}
			told := false
			for _, g := range doc.Gaps {
				told = told || c.gap != "" && strings.Contains(g.Why, c.gap)
			}
			if told != (c.gap != "") {
				t.Errorf("gaps are %v", doc.Gaps)
			}
		})
	}
}

func zipOf(t *testing.T, files map[string][]byte) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
