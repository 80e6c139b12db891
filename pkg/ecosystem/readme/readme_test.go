package readme_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/readme"
)

const cases = "../../../testdata/ecosystem/readme"

func TestCases(t *testing.T) { ecotest.Run(t, readme.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, readme.Ecosystem, cases) }
