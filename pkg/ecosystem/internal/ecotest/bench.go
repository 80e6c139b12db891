package ecotest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// Bench reads one project of n packages, for several n: write gives its files. A reading that misses packages fails.
func Bench(b *testing.B, eco *ecosystem.Ecosystem, write func(n int) map[string]string) {
	for _, n := range []int{1_000, 10_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := &ecosystem.Project{Facts: &sbom.Facts{}}
			fsys, size := fstest.MapFS{}, 0
			for name, text := range write(n) {
				fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
				p.Files = append(p.Files, name)
				size += len(text)
			}
			slices.Sort(p.Files)
			p.FS = fsys
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				frag, err := eco.Read(context.Background(), p)
				if err != nil || len(frag.Components) <= n {
					b.Fatalf("%d components of %d, error %v", len(frag.Components), n, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/package")
		})
	}
}
