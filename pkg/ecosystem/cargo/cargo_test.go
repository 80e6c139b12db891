package cargo_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/cargo"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/cargo"

func TestCases(t *testing.T) { ecotest.Run(t, cargo.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, cargo.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"Cargo.toml":                    true,
		"a/Cargo.lock":                  true,
		"vendor/x/Cargo.toml":           true,
		"vendor/x/.cargo-checksum.json": true,
		"node_modules/x/Cargo.toml":     false,
		"Cargo.toml.orig":               false,
	} {
		if got := cargo.Ecosystem.Match(p, 0o644, nil); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
	if cargo.Ecosystem.Match("Cargo.toml", fs.ModeSymlink, nil) {
		t.Error("a link was matched")
	}
}

// BenchmarkRead reads lockfiles in which each package needs four others. The time a package should not grow with
// their number.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var lock strings.Builder
			lock.WriteString("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\n \"crate-0\",\n]\n")
			for i := range n {
				fmt.Fprintf(&lock, "\n[[package]]\nname = \"crate-%d\"\nversion = \"1.%d.0\"\nsource = \"registry+https://index.example/crates.io-index\"\n"+
					"checksum = \"%064x\"\ndependencies = [\n", i, i, i)
				for _, step := range []int{1, 2, 7, 97} {
					fmt.Fprintf(&lock, " \"crate-%d\",\n", (i+step)%n)
				}
				lock.WriteString("]\n")
			}
			fsys := fstest.MapFS{
				"Cargo.toml": {Data: []byte("[package]\nname = \"app\"\nversion = \"1.0.0\"\n[dependencies]\ncrate-0 = \"1\"\n")},
				"Cargo.lock": {Data: []byte(lock.String())},
			}
			p := &ecosystem.Project{FS: fsys, Files: []string{"Cargo.lock", "Cargo.toml"}, Facts: &sbom.Facts{}}
			b.SetBytes(int64(lock.Len()))
			b.ReportAllocs()
			for b.Loop() {
				frag, err := cargo.Ecosystem.Read(context.Background(), p)
				if err != nil || len(frag.Gaps) != 1 {
					b.Fatalf("gaps %v, error %v", frag.Gaps, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/package")
		})
	}
}
