package fsi_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/fsi"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/fsi"

func TestCases(t *testing.T) { ecotest.Run(t, fsi.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, fsi.Ecosystem, cases) }
