package conan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/conan"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/conan"

func TestCases(t *testing.T) { ecotest.Run(t, conan.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, conan.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, conan.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		text.WriteString(`{"graph_lock": {"nodes": {"0": {"path": "conanfile.txt", "requires": ["1"]}`)
		for i := range n {
			fmt.Fprintf(&text, ", \"%d\": {\"ref\": \"p%d/1.0.%d#aa\", \"requires\": [\"%d\", \"%d\"], \"context\": \"host\"}\n", i+1, i, i, (i+1)%n+1, (i+7)%n+1)
		}
		text.WriteString("}}}")
		return map[string]string{"conan.lock": text.String()}
	})
}
