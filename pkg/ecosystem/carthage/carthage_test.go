package carthage_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/carthage"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/carthage"

func TestCases(t *testing.T) { ecotest.Run(t, carthage.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, carthage.Ecosystem, cases) }
