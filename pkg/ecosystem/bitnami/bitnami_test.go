package bitnami_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/bitnami"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/bitnami"

func TestCases(t *testing.T) { ecotest.Run(t, bitnami.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, bitnami.Ecosystem, cases) }
