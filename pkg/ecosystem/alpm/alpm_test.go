package alpm_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/alpm"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/alpm"

func TestCases(t *testing.T) { ecotest.Run(t, alpm.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, alpm.Ecosystem, cases) }
