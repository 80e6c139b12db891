package rubygems_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/rubygems"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/rubygems"

func TestCases(t *testing.T) { ecotest.Run(t, rubygems.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, rubygems.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"Gemfile":                      true,
		"a/Gemfile.lock":               true,
		"gems.locked":                  true,
		"gems.rb":                      true,
		"a/b.gemspec":                  true,
		"vendor/a/b.gemspec":           true,
		"vendor/a/Gemfile":             false,
		"specifications/a-1.0.gemspec": true,
		"usr/lib/specifications/default/a-1.gemspec": true,
		"usr/lib/gems/a-1.0/a.gemspec":               false,
		"usr/lib/gems/a-1.0/Gemfile":                 false,
		"gems/a/Gemfile":                             true,
		"bundler/gems/a-0123/a.gemspec":              false,
		"node_modules/a/Gemfile":                     false,
		"Gemfile.local":                              false,
		".gemspec":                                   false,
	} {
		if got := rubygems.Ecosystem.Match(p, 0o644, nil); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
	if rubygems.Ecosystem.Match("Gemfile", fs.ModeSymlink, nil) {
		t.Error("a link was matched")
	}
}

// BenchmarkRead reads lockfiles in which each gem needs four others. The time a gem should not grow with their
// number.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var lock, sums strings.Builder
			lock.WriteString("GEM\n  remote: https://gems.example/\n  specs:\n")
			for i := range n {
				fmt.Fprintf(&lock, "    gem-%d (1.%d.0)\n", i, i)
				fmt.Fprintf(&sums, "  gem-%d (1.%d.0) sha256=%064x\n", i, i, i)
				for _, step := range []int{1, 2, 7, 97} {
					fmt.Fprintf(&lock, "      gem-%d (>= 1.0)\n", (i+step)%n)
				}
			}
			lock.WriteString("\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  gem-0\n\nCHECKSUMS\n" + sums.String())
			fsys := fstest.MapFS{"Gemfile": {Data: []byte("gem 'gem-0'\n")}, "Gemfile.lock": {Data: []byte(lock.String())}}
			p := &ecosystem.Project{FS: fsys, Files: []string{"Gemfile", "Gemfile.lock"}, Facts: &sbom.Facts{}}
			b.SetBytes(int64(lock.Len()))
			b.ReportAllocs()
			for b.Loop() {
				frag, err := rubygems.Ecosystem.Read(context.Background(), p)
				if err != nil || len(frag.Components) != n+1 {
					b.Fatalf("%d components, error %v", len(frag.Components), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/gem")
		})
	}
}
