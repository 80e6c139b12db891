package sbt_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/sbt"
)

const cases = "../../../testdata/ecosystem/sbt"

func TestCases(t *testing.T) { ecotest.Run(t, sbt.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, sbt.Ecosystem, cases) }

// A folder project may be anything where no build lies beside it.
func TestGroup(t *testing.T) {
	got := sbt.Ecosystem.Group([]string{"a/build.sbt", "a/project/Deps.scala", "a/project/plugins.sbt", "project/Main.scala"})
	if diff := cmp.Diff([][]string{{"a/build.sbt", "a/project/Deps.scala", "a/project/plugins.sbt"}}, got); diff != "" {
		t.Error(diff)
	}
}
