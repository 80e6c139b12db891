package pub_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/pub"
)

const cases = "../../../testdata/ecosystem/pub"

func TestCases(t *testing.T) { ecotest.Run(t, pub.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, pub.Ecosystem, cases) }
