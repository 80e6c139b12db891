package bazel_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/bazel"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/bazel"

func TestCases(t *testing.T) { ecotest.Run(t, bazel.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, bazel.Ecosystem, cases) }
