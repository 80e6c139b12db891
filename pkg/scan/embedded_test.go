package scan_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/cargo"
	"github.com/licet/licet/pkg/ecosystem/executable"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/ecosystem/packed"
	"github.com/licet/licet/pkg/ecosystem/python"
	"github.com/licet/licet/pkg/ecosystem/rubygems"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// scanned scans a folder of these files with the readers of what is packed or linked, and of what that is made from.
func scanned(t *testing.T, facts *sbom.Facts, files map[string][]byte) *sbom.Document {
	t.Helper()
	tree := fstest.MapFS{}
	for name, data := range files {
		tree[name] = &fstest.MapFile{Data: data, Mode: 0o755}
	}
	r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{
		Ecosystems: []*ecosystem.Ecosystem{cargo.Ecosystem, executable.Ecosystem, golang.Ecosystem, packed.Ecosystem, python.Ecosystem, rubygems.Ecosystem}, Facts: facts,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Document
}

// A program that says nothing of itself is a file like any other: no project, no gap, and the license texts in it are
// its own.
func TestSilentProgram(t *testing.T) {
	silent := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 600)...)
	silent = append(silent, "\n# SPDX-License-Identifier: MIT\n"...)
	d := scanned(t, nil, map[string][]byte{"lib/a.so": silent})
	if len(d.Components) != 1 {
		t.Errorf("components: %+v", d.Components)
	}
	if !slices.ContainsFunc(d.Gaps, func(g sbom.Gap) bool { return strings.HasPrefix(g.Why, "no manifest or lockfile") }) {
		t.Errorf("the gap of a tree without manifests is missing: %+v", d.Gaps)
	}
	if len(d.Files) != 1 || d.Files[0].Owner != d.Roots[0] {
		t.Errorf("what the program states is nobody's: %+v", d.Files)
	}
}

// What the project around a program made is a part of it, and does not ship where the facts say so.
func TestOwnProgram(t *testing.T) {
	file, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"go.mod": []byte("module github.com/licet/licet\n\ngo 1.26\n"), "app": data}
	for class, want := range map[string]sbom.Scope{"fixture": sbom.Test, "product": sbom.Runtime} {
		facts := &sbom.Facts{Paths: []sbom.PathClass{{Glob: "app", Class: class}}}
		d := scanned(t, facts, files)
		if len(d.Roots) != 1 || d.Roots[0] != "pkg:golang/github.com/licet/licet" {
			t.Errorf("roots: %v", d.Roots)
		}
		if slices.ContainsFunc(d.Gaps, func(g sbom.Gap) bool {
			return slices.ContainsFunc(g.Components, func(id sbom.ID) bool { return strings.HasPrefix(string(id), "file:app#") })
		}) {
			t.Errorf("the files of the program itself are missed: %+v", d.Gaps)
		}
		linked := "pkg:golang/stdlib@" + strings.TrimPrefix(runtime.Version(), "go")
		if c := d.Component(sbom.ID(linked)); c == nil || c.Scope != want {
			t.Errorf("%s: what is linked into the program is not of scope %s: %+v", class, want, c)
		}
	}
}

// tarred packs files into a tar, which gzip packs.
func tarred(t *testing.T, packed bool, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if !packed {
		w = tar.NewWriter(&b)
	}
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1])), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(files[i+1]))
	}
	w.Close()
	if packed {
		z.Close()
	}
	return b.Bytes()
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// The license files in archives of packages are read; and what the project around them says of the packages holds: one that only
// its tests need does not ship for lying there.
func TestFetchedPackages(t *testing.T) {
	const terms = "SPDX-License-Identifier: ISC\n"
	d := scanned(t, nil, map[string][]byte{
		"Cargo.toml": []byte("[package]\nname = \"app\"\nversion = \"1.0.0\"\n\n[dev-dependencies]\nstar = \"1\"\n"),
		"Cargo.lock": []byte("version = 3\n\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"star\"]\n\n" +
			"[[package]]\nname = \"star\"\nversion = \"1.2.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"),
		"crates/star-1.2.0.crate": tarred(t, true, "star-1.2.0/Cargo.toml", "[package]\nname = \"star\"\nversion = \"1.2.0\"\n", "star-1.2.0/LICENSE", terms),
		"gems/moon-2.0.gem": tarred(t, false, "metadata.gz", gzipped(t, "name: moon\nversion:\n  version: '2.0'\n"),
			"data.tar.gz", string(tarred(t, true, "LICENSE", terms, "lib/moon.rb", "")))})
	for id, want := range map[sbom.ID]sbom.Scope{"pkg:cargo/star@1.2.0": sbom.Development, "pkg:gem/moon@2.0": sbom.Runtime} {
		c := d.Component(id)
		if c == nil || c.Scope != want || c.Concluded.Expr.String() != "ISC" {
			t.Errorf("%s is not of scope %s and under ISC: %+v", id, want, c)
		}
	}
	for _, g := range d.Gaps {
		if g.Material {
			t.Errorf("a gap: %+v", g)
		}
	}
}
