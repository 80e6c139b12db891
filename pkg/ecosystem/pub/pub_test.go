package pub_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/pub"
)

const cases = "../../../testdata/ecosystem/pub"

func TestCases(t *testing.T) { ecotest.Run(t, pub.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, pub.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, pub.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		text.WriteString("packages:\n")
		for i := range n {
			fmt.Fprintf(&text, "  p%d:\n    dependency: transitive\n    description:\n      name: p%d\n      sha256: \"%064x\"\n      url: \"https://registry.example\"\n    source: hosted\n    version: \"1.0.%d\"\n", i, i, i, i)
		}
		return map[string]string{"pubspec.lock": text.String()}
	})
}
