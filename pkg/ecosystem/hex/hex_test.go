package hex_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/hex"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/hex"

func TestCases(t *testing.T) { ecotest.Run(t, hex.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, hex.Ecosystem, cases) }

func BenchmarkMixLock(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString("%{\n")
			sum := strings.Repeat("0a", 32)
			for i := range n {
				fmt.Fprintf(&text, "  \"p%d\": {:hex, :p%d, \"1.0.%d\", %q, [:mix], [{:p%d, \"~> 1.0\", [hex: :p%d, repo: \"hexpm\", optional: false]}], \"hexpm\", %q},\n", i, i, i, sum, (i+7)%n, (i+7)%n, sum)
			}
			text.WriteString("}\n")
			p := &ecosystem.Project{FS: fstest.MapFS{"mix.lock": {Data: []byte(text.String())}}, Files: []string{"mix.lock"}, Facts: &sbom.Facts{}}
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				frag, err := hex.Ecosystem.Read(context.Background(), p)
				if err != nil || len(frag.Components) != n+1 {
					b.Fatalf("%d components, error %v", len(frag.Components), err)
				}
			}
		})
	}
}
