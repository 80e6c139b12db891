package hex_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/hex"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/hex"

func TestCases(t *testing.T) { ecotest.Run(t, hex.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, hex.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, hex.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		text.WriteString("%{\n")
		sum := strings.Repeat("0a", 32)
		for i := range n {
			fmt.Fprintf(&text, "  \"p%d\": {:hex, :p%d, \"1.0.%d\", %q, [:mix], [{:p%d, \"~> 1.0\", [hex: :p%d, repo: \"hexpm\", optional: false]}], \"hexpm\", %q},\n", i, i, i, sum, (i+7)%n, (i+7)%n, sum)
		}
		text.WriteString("}\n")
		return map[string]string{"mix.lock": text.String()}
	})
}
