package cpan_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/cpan"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/cpan"

func TestCases(t *testing.T) { ecotest.Run(t, cpan.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, cpan.Ecosystem, cases) }
