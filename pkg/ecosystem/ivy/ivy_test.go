package ivy_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/ivy"
)

const cases = "../../../testdata/ecosystem/ivy"

func TestCases(t *testing.T) { ecotest.Run(t, ivy.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, ivy.Ecosystem, cases) }
