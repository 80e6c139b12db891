package swift_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/swift"
)

const cases = "../../../testdata/ecosystem/swift"

func TestCases(t *testing.T) { ecotest.Run(t, swift.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, swift.Ecosystem, cases) }
