package scan

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// When enough came out of the archives of a tree, those behind are not read, whoever was about to, and each says so.
func TestEnough(t *testing.T) {
	tree := fstest.MapFS{}
	for i := range 100 {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		f, _ := w.Create("a.c")
		fmt.Fprint(f, "// SPDX-License-Identifier: MIT\n")
		w.Close()
		tree[fmt.Sprintf("%02d.zip", i)] = &fstest.MapFile{Data: out.Bytes()}
	}
	for _, workers := range []int{1, 8} {
		s, err := newScanner(source.FS(tree), Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		s.maxPacked = 10 * 32
		m := s.walk(context.Background())
		if len(m.files) != 10 || len(m.archives) != 10 || len(m.gaps) != 90 {
			t.Errorf("%d workers: %d files, %d archives, %d gaps", workers, len(m.files), len(m.archives), len(m.gaps))
		}
		if slices.ContainsFunc(m.gaps, func(g sbom.Gap) bool { return g.Kind != sbom.Limit || !g.Material }) {
			t.Errorf("%d workers: %+v", workers, m.gaps[0])
		}
	}
}
