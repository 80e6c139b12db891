package julia_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/julia"
)

const cases = "../../../testdata/ecosystem/julia"

func TestCases(t *testing.T) { ecotest.Run(t, julia.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, julia.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, julia.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		text.WriteString("julia_version = \"1.9.0\"\nmanifest_format = \"2.0\"\n")
		for i := range n {
			fmt.Fprintf(&text, "\n[[deps.P%d]]\ndeps = [\"P%d\", \"P%d\"]\ngit-tree-sha1 = \"%040x\"\nuuid = \"%036x\"\nversion = \"1.0.%d\"\n", i, (i+1)%n, (i+7)%n, i, i, i)
		}
		return map[string]string{"Manifest.toml": text.String()}
	})
}
