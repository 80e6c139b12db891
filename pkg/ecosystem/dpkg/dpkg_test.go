package dpkg_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/dpkg"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/dpkg"

func TestCases(t *testing.T) { ecotest.Run(t, dpkg.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, dpkg.Ecosystem, cases) }

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, dpkg.Ecosystem, func(n int) map[string]string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "Package: p%d\nStatus: install ok installed\nPriority: optional\nMaintainer: A Person <a@debian.example>\nArchitecture: amd64\nVersion: 1.0-%d\nDepends: p%d (>= 1), p%d | q\nDescription: a package\n with a text\n\n", i, i, (i+1)%n, (i+7)%n)
		}
		return map[string]string{"var/lib/dpkg/status": text.String()}
	})
}
