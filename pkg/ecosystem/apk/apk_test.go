package apk_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/apk"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/apk"

func TestCases(t *testing.T) { ecotest.Run(t, apk.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, apk.Ecosystem, cases) }
