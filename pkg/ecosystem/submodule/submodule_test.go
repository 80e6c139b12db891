package submodule_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/submodule"
)

const cases = "../../../testdata/ecosystem/submodule"

func TestCases(t *testing.T) { ecotest.Run(t, submodule.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, submodule.Ecosystem, cases) }
