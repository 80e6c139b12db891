package scan

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// zipOf is a zip of names and contents.
func zipOf(files ...string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		f, _ := w.Create(files[i])
		io.WriteString(f, files[i+1])
	}
	w.Close()
	return out.Bytes()
}

// When enough came out of the archives of a tree, those behind are not read, whoever was about to, and each says so.
func TestEnough(t *testing.T) {
	tree := fstest.MapFS{}
	for i := range 100 {
		tree[fmt.Sprintf("%02d.zip", i)] = &fstest.MapFile{Data: zipOf("a.c", "// SPDX-License-Identifier: MIT\n")}
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

// If that ends among the tests of an archive, the rest of it is lost as well, and that is no test.
func TestEnoughWithin(t *testing.T) {
	outer := zipOf("tests/in.zip", string(zipOf("a.c", "int a;\n")), "z.c", "// SPDX-License-Identifier: MIT\n")
	s, err := newScanner(source.FS(fstest.MapFS{"a.zip": {Data: outer}}), Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	s.maxPacked = int64(len(zipOf("a.c", "int a;\n")) + len("// SPDX-License-Identifier: MIT\n"))
	m := s.walk(context.Background())
	if len(m.gaps) != 1 || m.gaps[0].Span.Path != "a.zip!/tests/in.zip" || !m.gaps[0].Material || len(m.files) > 0 {
		t.Errorf("%+v, %d files", m.gaps, len(m.files))
	}
}
