package npm_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/npm"
)

const cases = "../../../testdata/ecosystem/npm"

func TestCases(t *testing.T) { ecotest.Run(t, npm.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, npm.Ecosystem, cases) }
