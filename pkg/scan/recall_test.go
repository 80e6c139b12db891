package scan_test

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// checkout is a project of three ecosystems, what their caches hold, and what lies in node_modules. "H1 MODULE" stands for the
// hash of a module's files, INTEGRITY for one of npm's.
const checkout = `
-- go.mod --
module app.example

go 1.20

require a.example/lib v1.0.0

require b.example/dep v1.1.0 // indirect

require c.example/bare v0.1.0 // indirect
-- go.sum --
a.example/lib v1.0.0 H1 a.example/lib@v1.0.0
b.example/dep v1.1.0 H1 b.example/dep@v1.1.0
c.example/bare v0.1.0 H1 c.example/bare@v0.1.0
-- main.go --
package main

import _ "a.example/lib/inner"
-- gomod:cache/download/a.example/lib/@v/v1.0.0.mod --
module a.example/lib

go 1.20

require b.example/dep v1.1.0

require c.example/bare v0.1.0
-- gomod:a.example/lib@v1.0.0/go.mod --
module a.example/lib

go 1.20

require b.example/dep v1.1.0

require c.example/bare v0.1.0
-- gomod:a.example/lib@v1.0.0/LICENSE --
SPDX-License-Identifier: Apache-2.0
Copyright 2020 The A Authors
-- gomod:a.example/lib@v1.0.0/inner/inner_windows.go --
// Package inner needs b on one system only.
package inner

import (
	"fmt"
	renamed "b.example/dep/deep"
)
-- gomod:a.example/lib@v1.0.0/inner/odd.go --
no Go
-- gomod:a.example/lib@v1.0.0/inner/inner_test.go --
package inner

import _ "c.example/bare"
-- gomod:a.example/lib@v1.0.0/third_party/zlib/LICENSE --
SPDX-License-Identifier: Zlib
-- gomod:b.example/dep@v1.1.0/COPYING --
SPDX-License-Identifier: MPL-2.0
-- gomod:b.example/dep@v1.1.0/deep/deep.go --
//go:build cgo && !ignored

package deep

import "C"
-- gomod:cache/download/b.example/dep/@v/v1.1.0.mod --
module b.example/dep
-- gomod:cache/download/c.example/bare/@v/v0.1.0.mod --
module c.example/bare
-- gomod:c.example/bare@v0.1.0/bare.go --
// SPDX-License-Identifier: ISC

package bare
-- rust/Cargo.toml --
[package]
name = "tool"
version = "0.1.0"
license = "MIT"

[dependencies]
one = "1"
-- rust/Cargo.lock --
version = 3

[[package]]
name = "one"
version = "1.0.0"
source = "registry+https://index.example/crates.io-index"
checksum = "1111111111111111111111111111111111111111111111111111111111111111"
dependencies = ["two"]

[[package]]
name = "tool"
version = "0.1.0"
dependencies = ["one"]

[[package]]
name = "two"
version = "2.0.0"
source = "registry+https://index.example/crates.io-index"
checksum = "2222222222222222222222222222222222222222222222222222222222222222"
-- cargo:index.example-1/one-1.0.0/Cargo.toml --
[package]
name = "one"
version = "1.0.0"
license = "MIT OR Apache-2.0"
authors = ["One <one@one.example>"]

[dependencies]
two = "2"
-- cargo:index.example-1/one-1.0.0/LICENSE-MIT --
SPDX-License-Identifier: MIT
-- cargo:index.example-1/two-2.0.0/Cargo.toml --
[package]
name = "two"
version = "2.0.0"
license-file = "LICENSE"

[lib]
proc-macro = true
-- cargo:index.example-1/two-2.0.0/LICENSE --
SPDX-License-Identifier: BSD-2-Clause
-- web/package.json --
{"name": "web", "version": "1.0.0", "license": "MIT", "dependencies": {"x": "1.0.0", "y": "1.0.0"}}
-- web/package-lock.json --
{"name": "web", "version": "1.0.0", "lockfileVersion": 3, "packages": {
	"": {"name": "web", "version": "1.0.0", "dependencies": {"x": "1.0.0", "y": "1.0.0"}},
	"node_modules/x": {"version": "1.0.0", "integrity": "INTEGRITY x"},
	"node_modules/y": {"version": "1.0.0", "integrity": "INTEGRITY y"}
}}
-- web/node_modules/x/package.json --
{"name": "x", "version": "1.0.0", "license": "MIT", "author": "Xavier", "homepage": "https://x.example"}
-- web/node_modules/x/LICENSE --
SPDX-License-Identifier: MIT
Copyright 2019 Xavier
-- web/node_modules/x/vendored/LICENSE --
SPDX-License-Identifier: BSD-3-Clause
-- web/node_modules/y/package.json --
{"name": "y", "version": "1.0.0"}
-- web/node_modules/y/index.js --
// SPDX-License-Identifier: 0BSD
`

// laid makes file systems of the text of a checkout: the tree with node_modules, and the caches.
func laid(t testing.TB, text string) (full fstest.MapFS, caches map[string]fs.FS) {
	full = fstest.MapFS{}
	by := map[string]fstest.MapFS{"gomod": {}, "cargo": {}}
	for _, f := range txtar.Parse([]byte(text)).Files {
		if root, rest := source.SplitRoot(f.Name); root != "" {
			by[root][rest] = &fstest.MapFile{Data: f.Data}
		} else {
			full[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	for _, f := range full {
		f.Data = []byte(hashed(t, string(f.Data), by["gomod"]))
	}
	return full, map[string]fs.FS{"gomod": by["gomod"], "cargo": by["cargo"]}
}

// hashed puts the hashes where they are asked for.
func hashed(t testing.TB, text string, modules fs.FS) string {
	var out []string
	for line := range strings.Lines(text) {
		if before, module, ok := strings.Cut(line, " H1 "); ok {
			line = before + " " + h1(t, modules, strings.TrimSpace(module)) + "\n"
		}
		if before, rest, ok := strings.Cut(line, "INTEGRITY "); ok {
			sum := sha512.Sum512([]byte(rest[:1]))
			line = before + "sha512-" + base64.StdEncoding.EncodeToString(sum[:]) + rest[1:]
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}

func h1(t testing.TB, modules fs.FS, module string) string {
	var files []string
	fs.WalkDir(modules, module, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return err
	})
	sum, err := dirhash.Hash1(files, func(name string) (io.ReadCloser, error) { return modules.Open(name) })
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// bare is the tree without what package managers lay into it.
func bare(full fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for p, f := range full {
		if !strings.Contains(p, "node_modules/") {
			out[p] = f
		}
	}
	return out
}

func recalled(t testing.TB, tree fs.FS, caches map[string]fs.FS, sources ...known.Source) *sbom.Document {
	t.Helper()
	r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{Ecosystems: readers, Caches: caches, Known: sources})
	if err != nil {
		t.Fatal(err)
	}
	return r.Document
}

// exported is the file of facts that a checkout gives.
func exported(t testing.TB, tree fs.FS, caches map[string]fs.FS) *known.File {
	t.Helper()
	packages, gaps, err := scan.Export(context.Background(), source.FS(tree), scan.Options{Ecosystems: readers, Caches: caches})
	if err != nil || len(gaps) > 0 {
		t.Fatal(err, gaps)
	}
	var b bytes.Buffer
	if err := known.Encode(&b, known.Header{}, packages); err != nil {
		t.Fatal(err)
	}
	return &known.File{Name: "facts.zst", Bytes: b.Bytes()}
}

// shown is a document as lines, without its inputs, and with places of node_modules as facts have them. Files of node_modules are
// of the target and listed; those of caches are not.
func shown(t testing.TB, d *sbom.Document) []string {
	d.Inputs = nil
	d.Files = slices.DeleteFunc(d.Files, func(f sbom.FileFacts) bool { return strings.Contains(f.Path, "node_modules/") })
	data, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("web/node_modules/x", "known:npm/x@1.0.0", "web/node_modules/y", "known:npm/y@1.0.0").Replace(string(data))
	lines := strings.Split(text, "\n")
	return lines
}

// TestKnownIsAsCached: a bare checkout gets from facts what it gets from full caches.
func TestKnownIsAsCached(t *testing.T) {
	full, caches := laid(t, checkout)
	want := recalled(t, full, caches)
	for _, id := range []sbom.ID{"pkg:golang/b.example/dep@v1.1.0", "pkg:cargo/two@2.0.0", "pkg:npm/y@1.0.0"} {
		if c := want.Component(id); c == nil || c.Concluded.Expr.IsNoAssertion() {
			t.Fatalf("%s has no license to begin with", id)
		}
	}
	facts := exported(t, full, caches)
	got := recalled(t, bare(full), nil, facts)
	if len(got.Inputs) != 2 || got.Inputs[1].Kind != "known" || !strings.HasPrefix(got.Inputs[1].Note, "7 packages used") {
		t.Errorf("inputs %+v", got.Inputs)
	}
	if diff := cmp.Diff(shown(t, want), shown(t, got)); diff != "" {
		t.Error(diff)
	}
	again := recalled(t, bare(full), map[string]fs.FS{"gomod": fstest.MapFS{}}, facts)
	if diff := cmp.Diff(shown(t, got), shown(t, again)); diff != "" {
		t.Error("with an empty cache:", diff)
	}
	with := recalled(t, full, caches, facts)
	if diff := cmp.Diff(shown(t, want), shown(t, with)); diff != "" {
		t.Error("with caches too:", diff)
	}
}

// TestKnownOfOtherBytes: what has another digest changes nothing but that a gap tells of it.
func TestKnownOfOtherBytes(t *testing.T) {
	full, caches := laid(t, checkout)
	facts := exported(t, full, caches)
	tree := bare(full)
	for _, p := range []string{"go.sum", "rust/Cargo.lock", "web/package-lock.json"} {
		data := tree[p].Data
		data = bytes.ReplaceAll(data, []byte("h1:"), []byte("h1:AAAA"))
		data = bytes.ReplaceAll(data, []byte("11111111111"), []byte("33333333333"))
		data = bytes.ReplaceAll(data, []byte("22222222222"), []byte("33333333333"))
		data = bytes.ReplaceAll(data, []byte("sha512-"), []byte("sha512-AAAA"))
		tree[p] = &fstest.MapFile{Data: data}
	}
	want, got := recalled(t, tree, nil), recalled(t, tree, nil, facts)
	told := 0
	got.Gaps = slices.DeleteFunc(got.Gaps, func(g sbom.Gap) bool {
		if g.Reader == "facts" {
			told += len(g.Components)
		}
		return g.Reader == "facts"
	})
	if told != 7 {
		t.Errorf("told of %d packages, want 7", told)
	}
	if diff := cmp.Diff(shown(t, want), shown(t, got)); diff != "" {
		t.Error(diff)
	}
}

// TestExportVerifies: a module whose files in the cache are not those of go.sum is left out.
func TestExportVerifies(t *testing.T) {
	full, caches := laid(t, checkout)
	modules := caches["gomod"].(fstest.MapFS)
	modules["b.example/dep@v1.1.0/COPYING"] = &fstest.MapFile{Data: []byte("SPDX-License-Identifier: MIT\n")}
	packages, gaps, err := scan.Export(context.Background(), source.FS(full), scan.Options{Ecosystems: readers, Caches: caches})
	if err != nil {
		t.Fatal(err)
	}
	if len(gaps) != 1 || !strings.Contains(gaps[0].Why, "not those of h1:") {
		t.Errorf("gaps %+v", gaps)
	}
	if len(packages) != 6 || slices.ContainsFunc(packages, func(p known.Package) bool { return strings.Contains(p.PURL, "b.example") }) {
		t.Errorf("%d packages", len(packages))
	}
}

// manyPackages is a lockfile of so many packages, and node_modules with as many license texts.
func manyPackages(b *testing.B, n int) fstest.MapFS {
	license, err := os.ReadFile("../../LICENSE")
	if err != nil {
		b.Fatal(err)
	}
	tree := fstest.MapFS{"package.json": {Data: []byte(`{"name": "web", "version": "1.0.0", "license": "MIT"}`)}}
	var entries []string
	for i := range n {
		name := fmt.Sprintf("package-%d", i)
		sum := sha512.Sum512([]byte(name))
		entries = append(entries, fmt.Sprintf(`"node_modules/%s": {"version": "1.0.0", "integrity": "sha512-%s"}`, name, base64.StdEncoding.EncodeToString(sum[:])))
		dir := path.Join("node_modules", name)
		tree[dir+"/package.json"] = &fstest.MapFile{Data: fmt.Appendf(nil, `{"name": %q, "version": "1.0.0", "license": "Apache-2.0"}`, name)}
		tree[dir+"/LICENSE"] = &fstest.MapFile{Data: fmt.Appendf(nil, "%s\nCopyright 2020 Author %d\n", license, i)}
	}
	tree["package-lock.json"] = &fstest.MapFile{Data: []byte(`{"name": "web", "lockfileVersion": 3, "packages": {` + strings.Join(entries, ",") + `}}`)}
	return tree
}

// BenchmarkKnown scans a lockfile of 2,500 packages without a file of theirs, by what is known of all.
func BenchmarkKnown(b *testing.B) {
	full := manyPackages(b, 2500)
	facts := exported(b, full, nil)
	tree := bare(full)
	b.SetBytes(int64(len(facts.Bytes)))
	for b.Loop() {
		d := recalled(b, tree, nil, facts)
		if n := len(d.Components); n != 2501 || !d.Components[0].Concluded.Expr.IsNoAssertion() && d.Components[0].Concluded.Row == "" {
			b.Fatal(n)
		}
	}
}
