package freebsd_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/freebsd"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/freebsd"

func TestCases(t *testing.T) { ecotest.Run(t, freebsd.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, freebsd.Ecosystem, cases) }
