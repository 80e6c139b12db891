package conan_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/conan"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/conan"

func TestCases(t *testing.T) { ecotest.Run(t, conan.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, conan.Ecosystem, cases) }
