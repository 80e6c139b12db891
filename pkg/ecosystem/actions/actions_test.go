package actions_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/actions"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/actions"

func TestCases(t *testing.T) { ecotest.Run(t, actions.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, actions.Ecosystem, cases) }
