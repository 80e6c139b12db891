package vcpkg_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/vcpkg"
)

const cases = "../../../testdata/ecosystem/vcpkg"

func TestCases(t *testing.T) { ecotest.Run(t, vcpkg.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, vcpkg.Ecosystem, cases) }
