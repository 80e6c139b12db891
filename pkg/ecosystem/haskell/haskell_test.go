package haskell_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/haskell"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/haskell"

func TestCases(t *testing.T) { ecotest.Run(t, haskell.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, haskell.Ecosystem, cases) }
