package apk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/apk"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/apk"

func TestCases(t *testing.T) { ecotest.Run(t, apk.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, apk.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, apk.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:p%d\nV:1.0-r%d\nA:x86_64\nL:MIT\nD:so:lib%d.so so:lib%d.so\np:so:lib%d.so=1\nF:usr/lib\nR:lib.so\nZ:Q1AA=\n\n", i, i, (i+1)%n, (i+7)%n, i)
		}
		return map[string]string{"lib/apk/db/installed": text.String()}
	})
}
