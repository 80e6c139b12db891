package swift_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/swift"
)

const cases = "../../../testdata/ecosystem/swift"

func TestCases(t *testing.T) { ecotest.Run(t, swift.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, swift.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, swift.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		text.WriteString(`{"version": 2, "pins": [{"identity": "first", "location": "https://git.example/a/first", "state": {"version": "1.0.0"}}`)
		for i := range n {
			fmt.Fprintf(&text, ", {\"identity\": \"p%d\", \"kind\": \"remoteSourceControl\", \"location\": \"https://git.example/a/p%d.git\", \"state\": {\"revision\": \"%040x\", \"version\": \"1.0.%d\"}}\n", i, i, i, i)
		}
		text.WriteString("]}")
		return map[string]string{"Package.resolved": text.String()}
	})
}
