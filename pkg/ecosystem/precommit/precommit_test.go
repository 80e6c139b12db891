package precommit_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/precommit"
)

const cases = "../../../testdata/ecosystem/precommit"

func TestCases(t *testing.T) { ecotest.Run(t, precommit.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, precommit.Ecosystem, cases) }
