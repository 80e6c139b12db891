package jdk_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/jdk"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/jdk"

func TestCases(t *testing.T) { ecotest.Run(t, jdk.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, jdk.Ecosystem, cases) }

// An image without the file release is a runtime all the same; a list of modules is none.
func TestImageAlone(t *testing.T) {
	for head, want := range map[string]bool{"\xda\xda\xfe\xca": true, "\xca\xfe\xda\xda\x00\x01": true, "java.base\n": false} {
		if got := jdk.Ecosystem.Match("app/lib/modules", 0o644, []byte(head)); got != want {
			t.Errorf("Match(%q) = %v", head, got)
		}
	}
	for file, dir := range map[string]string{"app/lib/modules": "app", "lib/modules": ".", "assets/modules": "assets/modules", "modules": "modules"} {
		fsys := fstest.MapFS{file: {Data: []byte("\xda\xda\xfe\xca"), Mode: 0o644}}
		frag, err := jdk.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: fsys, Files: []string{file}, Facts: &sbom.Facts{}})
		if err != nil || len(frag.Components) != 1 || frag.Components[0].PURL != "pkg:generic/java" || frag.Components[0].Occurrences[0].Dir != dir || len(frag.Gaps) != 1 {
			t.Errorf("%s: %+v, error %v", file, frag, err)
		}
	}
}
