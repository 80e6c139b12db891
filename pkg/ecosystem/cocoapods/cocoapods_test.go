package cocoapods_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/cocoapods"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/cocoapods"

func TestCases(t *testing.T) { ecotest.Run(t, cocoapods.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, cocoapods.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, cocoapods.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		text.WriteString("PODS:\n")
		for i := range n {
			fmt.Fprintf(&text, "  - Pod%d (1.0.%d):\n    - Pod%d (~> 1.0)\n    - Pod%d\n", i, i, (i+1)%n, (i+7)%n)
		}
		text.WriteString("\nDEPENDENCIES:\n  - Pod0 (~> 1.0)\n")
		return map[string]string{"Podfile.lock": text.String()}
	})
}
