package bower_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/bower"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/bower"

func TestCases(t *testing.T) { ecotest.Run(t, bower.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, bower.Ecosystem, cases) }
