package haxelib_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/haxelib"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/haxelib"

func TestCases(t *testing.T) { ecotest.Run(t, haxelib.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, haxelib.Ecosystem, cases) }
