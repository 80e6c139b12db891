package packed_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/packed"
)

const cases = "../../../testdata/ecosystem/packed"

func TestCases(t *testing.T) { ecotest.Run(t, packed.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, packed.Ecosystem, cases) }
