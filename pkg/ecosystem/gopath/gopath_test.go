package gopath_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/gopath"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/gopath"

func TestCases(t *testing.T) { ecotest.Run(t, gopath.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, gopath.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"Gopkg.lock":                         true,
		"a/Godeps/Godeps.json":               true,
		"vendor/vendor.json":                 true,
		"a/vendor/manifest":                  true,
		"glide.lock":                         true,
		"Godeps.json":                        false,
		"manifest":                           false,
		"vendor/x/Gopkg.lock":                false,
		"vendor/x/vendor/vendor.json":        false,
		"Godeps/_workspace/src/x/Gopkg.lock": false,
	} {
		if got := gopath.Ecosystem.Match(p, 0o644, nil); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
}
