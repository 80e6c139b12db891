package cran_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/cran"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/cran"

func TestCases(t *testing.T) { ecotest.Run(t, cran.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, cran.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, cran.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		text.WriteString(`{"Packages": {"first": {"Version": "1"}`)
		for i := range n {
			fmt.Fprintf(&text, ", \"p%d\": {\"Package\": \"p%d\", \"Version\": \"1.0.%d\", \"Source\": \"Repository\", \"Hash\": \"%032x\", \"Requirements\": [\"R\", \"p%d\", \"p%d\"]}\n", i, i, i, i, (i+1)%n, (i+7)%n)
		}
		text.WriteString("}}")
		return map[string]string{"renv.lock": text.String()}
	})
}
