package python_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/python"
	"github.com/licet/licet/pkg/sbom"
)

// BenchmarkLock reads a lockfile of 20,000 packages, each of which needs three others. A poetry.lock must take less than
// 200 ms.
func BenchmarkLock(b *testing.B) {
	const hash = "sha256:0101010101010101010101010101010101010101010101010101010101010101"
	for _, tt := range []struct {
		file, head, entry, need, tail string
	}{
		{"poetry.lock", "", "[[package]]\nname = \"p%d\"\nversion = \"1.%d.0\"\noptional = false\ngroups = [\"main\"]\nfiles = [{file = \"p.whl\", hash = \"" + hash + "\"}]\n\n[package.dependencies]\n", "p%d = \">=1\"\n", ""},
		{"uv.lock", "version = 1\n", "[[package]]\nname = \"p%d\"\nversion = \"1.%d.0\"\nsource = { registry = \"https://index.example/simple\" }\nsdist = { url = \"https://files.example/p.tar.gz\", hash = \"" + hash + "\", size = 1 }\ndependencies = [\n", "    { name = \"p%d\" },\n", "]\n"},
		{"requirements.txt", "", "p%d==1.%d.0 \\\n    --hash=" + hash + "\n    # via\n", "    #   p%d\n", ""},
		{"conda-lock.yml", "version: 1\npackage:\n", "- name: p%d\n  version: 1.%d.0\n  manager: conda\n  platform: linux-64\n  url: https://conda.example/conda-forge/linux-64/p-1.0-h1.conda\n  hash:\n    sha256: " + hash[7:] + "\n  category: main\n  dependencies:\n", "    p%d: '>=1'\n", ""},
	} {
		var text strings.Builder
		text.WriteString(tt.head)
		const n = 20_000
		for i := range n {
			fmt.Fprintf(&text, tt.entry, i, i)
			for k := 1; k <= 3; k++ {
				fmt.Fprintf(&text, tt.need, (i*7+k*13)%n)
			}
			text.WriteString(tt.tail)
		}
		files := fstest.MapFS{tt.file: {Data: []byte(text.String()), Mode: 0o644}}
		b.Run(tt.file, func(b *testing.B) {
			for b.Loop() {
				out, err := python.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: files, Files: []string{tt.file}, Facts: &sbom.Facts{}})
				if err != nil || len(out.Components) < n || len(out.Relationships) < 2*n || len(out.Gaps) > 1 {
					b.Fatalf("%v: %d components, %d edges, %d gaps", err, len(out.Components), len(out.Relationships), len(out.Gaps))
				}
			}
			b.ReportMetric(float64(text.Len())/1e6, "MB")
		})
	}
}
