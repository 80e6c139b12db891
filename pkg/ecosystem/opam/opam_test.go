package opam_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/opam"
)

const cases = "../../../testdata/ecosystem/opam"

func TestCases(t *testing.T) { ecotest.Run(t, opam.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, opam.Ecosystem, cases) }
