package terraform_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/terraform"
)

const cases = "../../../testdata/ecosystem/terraform"

func TestCases(t *testing.T) { ecotest.Run(t, terraform.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, terraform.Ecosystem, cases) }
