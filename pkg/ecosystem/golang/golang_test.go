package golang_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/golang"

func TestCases(t *testing.T) { ecotest.Run(t, golang.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, golang.Ecosystem, cases) }

// A file past a limit costs a gap and no more.
func TestLimits(t *testing.T) {
	for _, tc := range []struct{ name, data, why string }{
		{"size", "module corp.example/app\n" + strings.Repeat("// noise\n", 2<<20), "larger than 16 MiB"},
		{"bad lines", "module corp.example/app\n" + strings.Repeat("noise\n", 1<<20), "left unread"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			target := fstest.MapFS{"go.mod": {Data: []byte(tc.data), Mode: 0o644}}
			p := &ecosystem.Project{FS: target, Files: []string{"go.mod"}, Facts: &sbom.Facts{}}
			frag, err := golang.Ecosystem.Read(context.Background(), p)
			if err != nil || len(frag.Roots) != 1 {
				t.Fatalf("roots %v, error %v", frag.Roots, err)
			}
			for _, g := range frag.Gaps {
				if g.Kind == sbom.Limit && g.Material && strings.Contains(g.Why, tc.why) {
					return
				}
			}
			t.Errorf("no gap says %q: %v", tc.why, frag.Gaps)
		})
	}
}

// What a gap quotes of a file is redacted.
func TestNoSecretInGaps(t *testing.T) {
	target := fstest.MapFS{"go.mod": {Data: []byte("module corp.example/app\nhttps://ci:t0psecret@git.example/x v1\n"), Mode: 0o644}}
	frag, err := golang.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: target, Files: []string{"go.mod"}, Facts: &sbom.Facts{}})
	if err != nil || len(frag.Gaps) == 0 {
		t.Fatalf("gaps %v, error %v", frag.Gaps, err)
	}
	for _, g := range frag.Gaps {
		if strings.Contains(g.Why, "t0psecret") {
			t.Errorf("%v: %s", g.Span, g.Why)
		}
	}
}
