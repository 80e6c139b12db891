package executable_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/executable"
	"github.com/licet/licet/pkg/sbom"
)

// A library of Microsoft's runtime has its version in its resources; one without is there all the same.
func TestMicrosoftRuntime(t *testing.T) {
	fixed := "\x00\x00\xbd\x04\xef\xfe\x00\x00\x01\x00\x24\x00\x0e\x00\x98\x85\x00\x00"
	for file, c := range map[string]struct{ resources, want string }{
		"VCRUNTIME140_1.dll":        {fixed, "pkg:generic/msvc@14.36.0.34200"},
		"msvcp140_atomic_wait.dll":  {"", "pkg:generic/msvc"},
		"ucrtbase.dll":              {fixed[:14], "pkg:generic/msvc"},
		"vcruntime140x.dll":         {fixed, ""},
		"vcruntime140.exe":          {fixed, ""},
		"libwinpthread-1.dll":       {fixed, "pkg:generic/winpthreads"},
		"conda-meta/msvcp140.dll":   {fixed, ""},
		"env/conda-meta/ignored.so": {fixed, ""},
	} {
		fsys := fstest.MapFS{file: {Data: portable(".rsrc", []byte(c.resources))}}
		frag, err := executable.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: fsys, Files: []string{file}, Facts: &sbom.Facts{}})
		got := ""
		for _, comp := range frag.Components {
			got += comp.PURL
		}
		if err != nil || got != c.want || len(frag.Gaps) > 0 {
			t.Errorf("%s: %q, gaps %v, error %v", file, got, frag.Gaps, err)
		}
	}
}
