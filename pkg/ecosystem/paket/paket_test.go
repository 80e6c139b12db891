package paket_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/paket"
)

const cases = "../../../testdata/ecosystem/paket"

func TestCases(t *testing.T) { ecotest.Run(t, paket.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, paket.Ecosystem, cases) }
