package python_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/python"
)

const cases = "../../../testdata/ecosystem/python"

func TestCases(t *testing.T) { ecotest.Run(t, python.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, python.Ecosystem, cases) }
