package jdk_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/jdk"
)

const cases = "../../../testdata/ecosystem/jdk"

func TestCases(t *testing.T) { ecotest.Run(t, jdk.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, jdk.Ecosystem, cases) }
