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

// lockOf is a lockfile of n packages with four requirements each.
func lockOf(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {` + "\n" +
		`"": {"name": "app", "version": "1.0.0", "dependencies": {"package-0": "^1.0.0"}}`)
	for i := range n {
		fmt.Fprintf(&b, `,
    "node_modules/package-%d": {
      "version": "1.%d.0",
      "resolved": "https://registry.example/package-%d/-/package-%d-1.%d.0.tgz",
      "integrity": "sha512-%s==",
      "license": "MIT",
      "dependencies": {`, i, i, i, i, i, strings.Repeat("A", 86))
		for j, step := range []int{1, 2, 7, 97} {
			if j > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, "\n        \"package-%d\": \"^1.0.0\"", (i+step)%n)
		}
		b.WriteString("\n      },\n      \"engines\": {\n        \"node\": \">=18\"\n      }\n    }")
	}
	b.WriteString("\n}}\n")
	return []byte(b.String())
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := lockOf(n)
			fsys := fstest.MapFS{
				"package.json":      {Data: []byte(`{"name": "app", "version": "1.0.0", "dependencies": {"package-0": "^1.0.0"}}`)},
				"package-lock.json": {Data: data},
			}
			p := &ecosystem.Project{FS: fsys, Files: []string{"package-lock.json", "package.json"}, Facts: &sbom.Facts{}}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				frag, err := npm.Ecosystem.Read(context.Background(), p)
				if err != nil || len(frag.Components) != n+1 {
					b.Fatalf("%d components, error %v", len(frag.Components), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/package")
		})
	}
}
