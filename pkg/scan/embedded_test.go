package scan_test

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/executable"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// programs scans a folder of these files with the reader of programs.
func programs(t *testing.T, facts *sbom.Facts, files map[string][]byte) *sbom.Document {
	t.Helper()
	tree := fstest.MapFS{}
	for name, data := range files {
		tree[name] = &fstest.MapFile{Data: data, Mode: 0o755}
	}
	r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{
		Ecosystems: []*ecosystem.Ecosystem{executable.Ecosystem, golang.Ecosystem}, Facts: facts,
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
	d := programs(t, nil, map[string][]byte{"lib/a.so": silent})
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
		d := programs(t, facts, files)
		if len(d.Roots) != 1 || d.Roots[0] != "pkg:golang/github.com/licet/licet" {
			t.Errorf("roots: %v", d.Roots)
		}
		linked := "pkg:golang/stdlib@" + strings.TrimPrefix(runtime.Version(), "go")
		if c := d.Component(sbom.ID(linked)); c == nil || c.Scope != want {
			t.Errorf("%s: what is linked into the program is not of scope %s: %+v", class, want, c)
		}
	}
}
