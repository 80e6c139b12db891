package cocoapods_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/cocoapods"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/cocoapods"

func TestCases(t *testing.T) { ecotest.Run(t, cocoapods.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, cocoapods.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString("PODS:\n")
			for i := range n {
				fmt.Fprintf(&text, "  - Pod%d (1.0.%d):\n    - Pod%d (~> 1.0)\n    - Pod%d\n", i, i, (i+1)%n, (i+7)%n)
			}
			text.WriteString("\nDEPENDENCIES:\n  - Pod0 (~> 1.0)\n")
			p := &ecosystem.Project{FS: fstest.MapFS{"Podfile.lock": {Data: []byte(text.String())}}, Files: []string{"Podfile.lock"}, Facts: &sbom.Facts{}}
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				frag, err := cocoapods.Ecosystem.Read(context.Background(), p)
				if err != nil || len(frag.Components) != n+1 {
					b.Fatalf("%d components, error %v", len(frag.Components), err)
				}
			}
		})
	}
}
