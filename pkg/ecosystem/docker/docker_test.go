package docker_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/docker"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

const cases = "../../../testdata/ecosystem/docker"

func TestCases(t *testing.T) { ecotest.Run(t, docker.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, docker.Ecosystem, cases) }
