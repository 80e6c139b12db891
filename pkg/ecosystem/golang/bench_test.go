package golang_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/sbom"
)

// BenchmarkRead reads main modules that require 1,000 and 10,000 modules of which each requires eight
// others. The time a module should not grow with their number.
func BenchmarkRead(b *testing.B) {
	for _, language := range []string{"1.16", "1.24"} {
		for _, n := range []int{1_000, 10_000} {
			b.Run(fmt.Sprintf("go=%s/modules=%d", language, n), func(b *testing.B) {
				p := synthetic(b, language, n)
				for b.Loop() {
					frag, err := golang.Ecosystem.Read(context.Background(), p)
					if err != nil || len(frag.Components) != n+2 {
						b.Fatalf("%d components, %v", len(frag.Components), err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/module")
			})
		}
	}
}

func synthetic(b *testing.B, language string, n int) *ecosystem.Project {
	dir := b.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	var mod, sum strings.Builder
	fmt.Fprintf(&mod, "module corp.example/app\n\ngo %s\n\nrequire (\n", language)
	for i := range n {
		fmt.Fprintf(&mod, "\tm%d.example/m v1.0.%d\n", i, i)
		fmt.Fprintf(&sum, "m%d.example/m v1.0.%d h1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=\n", i, i)
		var dep strings.Builder
		fmt.Fprintf(&dep, "module m%d.example/m\n\ngo 1.24\n\nrequire (\n", i)
		for k := 1; k <= 8; k++ {
			to := (i*7 + k*13) % n
			fmt.Fprintf(&dep, "\tm%d.example/m v1.0.%d\n", to, to)
		}
		stem := fmt.Sprintf("cache/cache/download/m%d.example/m/@v/v1.0.%d", i, i)
		write(stem+".mod", dep.String()+")\n")
		write(stem+".zip", "")
	}
	write("target/go.mod", mod.String()+")\n")
	write("target/go.sum", sum.String())
	return &ecosystem.Project{
		FS: os.DirFS(filepath.Join(dir, "target")), Files: []string{"go.mod", "go.sum"},
		Caches: map[string]fs.FS{"gomod": os.DirFS(filepath.Join(dir, "cache"))}, Facts: &sbom.Facts{},
	}
}

// BenchmarkImports reads a main module of 1,000 and 10,000 packages of which each imports eight others, some
// on one platform only. The time a package should not grow with their number.
func BenchmarkImports(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("packages=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			for i := range n {
				var src strings.Builder
				fmt.Fprintf(&src, "//go:build !plan9\n\npackage p%d\n\nimport (\n", i)
				for k := 1; k <= 8; k++ {
					fmt.Fprintf(&src, "\t_ \"corp.example/app/p%d\"\n", (i*7+k*13)%n)
				}
				folder := filepath.Join(dir, fmt.Sprintf("p%d", i))
				if err := os.Mkdir(folder, 0o777); err != nil {
					b.Fatal(err)
				}
				for _, name := range []string{"p.go", "p_linux.go", "p_windows.go"} {
					if err := os.WriteFile(filepath.Join(folder, name), []byte(src.String()+")\n"), 0o666); err != nil {
						b.Fatal(err)
					}
				}
			}
			if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module corp.example/app\n\ngo 1.25\n"), 0o666); err != nil {
				b.Fatal(err)
			}
			p := &ecosystem.Project{FS: os.DirFS(dir), Files: []string{"go.mod"}, Facts: &sbom.Facts{}}
			for b.Loop() {
				if _, err := golang.Ecosystem.Read(context.Background(), p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/package")
		})
	}
}
