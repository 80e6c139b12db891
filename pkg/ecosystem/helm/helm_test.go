package helm_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/helm"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/helm"

func TestCases(t *testing.T) { ecotest.Run(t, helm.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, helm.Ecosystem, cases) }
