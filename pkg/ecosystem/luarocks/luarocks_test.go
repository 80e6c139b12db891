package luarocks_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/luarocks"
)

const cases = "../../../testdata/ecosystem/luarocks"

func TestCases(t *testing.T) { ecotest.Run(t, luarocks.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, luarocks.Ecosystem, cases) }
