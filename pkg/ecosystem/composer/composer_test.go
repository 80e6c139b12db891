package composer_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/composer"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/composer"

func TestCases(t *testing.T) { ecotest.Run(t, composer.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, composer.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"composer.json":                             true,
		"a/composer.lock":                           true,
		"vendor/composer/installed.json":            true,
		"a/lib/composer/installed.json":             true,
		"vendor/a/b/composer.json":                  false,
		"vendor/a/b/vendor/composer/installed.json": false,
		"node_modules/a/composer.json":              false,
		"a/installed.json":                          false,
		"composer.json.dist":                        false,
	} {
		if got := composer.Ecosystem.Match(p, 0o644, nil); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
	if composer.Ecosystem.Match("composer.lock", fs.ModeSymlink, nil) {
		t.Error("a link was matched")
	}
}

// BenchmarkRead reads lockfiles in which each package needs four others. The time a package should not grow with
// their number.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var lock strings.Builder
			lock.WriteString("{\"packages\": [")
			for i := range n {
				if i > 0 {
					lock.WriteString(",")
				}
				fmt.Fprintf(&lock, "\n{\"name\": \"acme/p-%d\", \"version\": \"v1.%d.0\", \"license\": [\"MIT\"],\n"+
					" \"dist\": {\"type\": \"zip\", \"url\": \"https://dist.example/%d.zip\", \"shasum\": \"%040x\"},\n \"require\": {\"php\": \"^8\"", i, i, i, i)
				for _, step := range []int{1, 2, 7, 97} {
					fmt.Fprintf(&lock, ", \"acme/p-%d\": \"^1\"", (i+step)%n)
				}
				lock.WriteString("}}")
			}
			lock.WriteString("], \"packages-dev\": []}")
			fsys := fstest.MapFS{
				"composer.json": {Data: []byte(`{"name": "acme/app", "require": {"acme/p-0": "^1"}}`)},
				"composer.lock": {Data: []byte(lock.String())},
			}
			p := &ecosystem.Project{FS: fsys, Files: []string{"composer.json", "composer.lock"}, Facts: &sbom.Facts{}}
			b.SetBytes(int64(lock.Len()))
			b.ReportAllocs()
			for b.Loop() {
				frag, err := composer.Ecosystem.Read(context.Background(), p)
				if err != nil || len(frag.Components) != n+1 {
					b.Fatalf("%d components, error %v", len(frag.Components), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/package")
		})
	}
}
