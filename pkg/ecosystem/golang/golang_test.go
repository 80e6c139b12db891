package golang_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/golang"

func TestCases(t *testing.T) { ecotest.Run(t, golang.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, golang.Ecosystem, cases) }
