package julia_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/julia"
)

const cases = "../../../testdata/ecosystem/julia"

func TestCases(t *testing.T) { ecotest.Run(t, julia.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, julia.Ecosystem, cases) }
