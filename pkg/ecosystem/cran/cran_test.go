package cran_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/cran"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/cran"

func TestCases(t *testing.T) { ecotest.Run(t, cran.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, cran.Ecosystem, cases) }
