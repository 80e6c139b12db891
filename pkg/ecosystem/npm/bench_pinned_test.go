package npm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/npm"
	"github.com/licet/licet/pkg/sbom"
)

// steps say which packages each package of a generated lockfile requires.
var steps = []int{1, 2, 7, 97}

var checksum = "sha512-" + strings.Repeat("A", 86) + "=="

func yarnOf(n int) string {
	var b strings.Builder
	b.WriteString("# yarn lockfile v1\n")
	for i := range n {
		fmt.Fprintf(&b, "\npackage-%d@^1.0.0:\n  version \"1.0.0\"\n  resolved \"https://registry.example/package-%d/-/package-%d-1.0.0.tgz#%040d\"\n  integrity %s\n  dependencies:\n", i, i, i, 0, checksum)
		for _, step := range steps {
			fmt.Fprintf(&b, "    package-%d \"^1.0.0\"\n", (i+step)%n)
		}
	}
	return b.String()
}

func berryOf(n int) string {
	var b strings.Builder
	b.WriteString("__metadata:\n  version: 8\n")
	for i := range n {
		fmt.Fprintf(&b, "\n\"package-%d@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"package-%d@npm:1.0.0\"\n  dependencies:\n", i, i)
		for _, step := range steps {
			fmt.Fprintf(&b, "    package-%d: \"npm:^1.0.0\"\n", (i+step)%n)
		}
		fmt.Fprintf(&b, "  checksum: 10/%0128d\n  languageName: node\n  linkType: hard\n", 0)
	}
	return b.String()
}

func pnpmOf(n int) string {
	var packages, snapshots strings.Builder
	for i := range n {
		fmt.Fprintf(&packages, "\n  package-%d@1.0.0:\n    resolution: {integrity: %s}\n    engines: {node: '>=18'}\n", i, checksum)
		fmt.Fprintf(&snapshots, "\n  package-%d@1.0.0:\n    dependencies:\n", i)
		for _, step := range steps {
			fmt.Fprintf(&snapshots, "      package-%d: 1.0.0\n", (i+step)%n)
		}
	}
	return "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      package-0:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n" +
		packages.String() + "\nsnapshots:\n" + snapshots.String()
}

func bunOf(n int) string {
	var b strings.Builder
	b.WriteString("{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\"\": {\"name\": \"app\", \"dependencies\": {\"package-0\": \"^1.0.0\"}}},\n  \"packages\": {\n")
	for i := range n {
		fmt.Fprintf(&b, "    \"package-%d\": [\"package-%d@1.0.0\", \"\", { \"dependencies\": {", i, i)
		for _, step := range steps {
			fmt.Fprintf(&b, " \"package-%d\": \"^1.0.0\",", (i+step)%n)
		}
		fmt.Fprintf(&b, " } }, %q],\n\n", checksum)
	}
	b.WriteString("  }\n}\n")
	return b.String()
}

func denoOf(n int) string {
	var b strings.Builder
	b.WriteString("{\n  \"version\": \"5\",\n  \"specifiers\": {\"npm:package-0@^1.0.0\": \"1.0.0\"},\n  \"npm\": {\n")
	for i := range n {
		fmt.Fprintf(&b, "    \"package-%d@1.0.0\": {\"integrity\": %q, \"dependencies\": [", i, checksum)
		for j, step := range steps {
			fmt.Fprintf(&b, "%s\"package-%d\"", ", "[:min(j, 1)*2], (i+step)%n)
		}
		b.WriteString("]}")
		b.WriteString(",\n"[min(i/(n-1), 1):])
	}
	b.WriteString("  }\n}\n")
	return b.String()
}

// The lockfiles of other managers than npm at the sizes of large monorepos.
func BenchmarkPinned(b *testing.B) {
	for _, f := range []struct {
		file, name string
		of         func(int) string
	}{
		{"yarn.lock", "yarn", yarnOf}, {"yarn.lock", "berry", berryOf}, {"pnpm-lock.yaml", "pnpm", pnpmOf}, {"bun.lock", "bun", bunOf}, {"deno.lock", "deno", denoOf},
	} {
		for _, n := range []int{1_000, 10_000, 20_000} {
			b.Run(fmt.Sprintf("%s/%d", f.name, n), func(b *testing.B) {
				data := f.of(n)
				fsys := fstest.MapFS{
					"package.json": {Data: []byte(`{"name": "app", "version": "1.0.0", "dependencies": {"package-0": "^1.0.0"}}`)},
					f.file:         {Data: []byte(data)},
				}
				p := &ecosystem.Project{FS: fsys, Files: []string{f.file, "package.json"}, Facts: &sbom.Facts{}}
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					frag, err := npm.Ecosystem.Read(context.Background(), p)
					if err != nil || len(frag.Components) != n+1 || len(frag.Relationships) != len(steps)*n+1 {
						b.Fatalf("%d components, %d edges, error %v, %v", len(frag.Components), len(frag.Relationships), err, frag.Gaps[:1])
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/package")
			})
		}
	}
}
