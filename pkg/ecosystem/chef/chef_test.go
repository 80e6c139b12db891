package chef_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/chef"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/chef"

func TestCases(t *testing.T) { ecotest.Run(t, chef.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, chef.Ecosystem, cases) }
