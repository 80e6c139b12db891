package dpkg_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/dpkg"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/dpkg"

func TestCases(t *testing.T) { ecotest.Run(t, dpkg.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, dpkg.Ecosystem, cases) }
