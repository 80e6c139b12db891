package nix_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/nix"
)

const cases = "../../../testdata/ecosystem/nix"

func TestCases(t *testing.T) { ecotest.Run(t, nix.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, nix.Ecosystem, cases) }
