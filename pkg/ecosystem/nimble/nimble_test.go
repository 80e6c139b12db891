package nimble_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/nimble"
)

const cases = "../../../testdata/ecosystem/nimble"

func TestCases(t *testing.T) { ecotest.Run(t, nimble.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, nimble.Ecosystem, cases) }
