package ecosystem_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// regular fails the test when something else than a regular file is opened.
type regular struct {
	fstest.MapFS
	t *testing.T
}

func (r regular) Open(name string) (fs.File, error) {
	if f := r.MapFS[name]; f != nil && !f.Mode.IsRegular() {
		r.t.Errorf("%s was opened", name)
	}
	return r.MapFS.Open(name)
}

func TestReadFile(t *testing.T) {
	const limit = 1 << 20
	files := regular{fstest.MapFS{
		"fits":  {Data: make([]byte, limit)},
		"big":   {Data: make([]byte, limit+1)},
		"pipe":  {Mode: fs.ModeNamedPipe},
		"dir/x": {},
	}, t}
	for _, tc := range []struct {
		name string
		kind sbom.GapKind
		why  string
	}{
		{"fits", "", ""},
		{"big", sbom.Limit, "larger than 1 MiB"},
		{"pipe", sbom.Lost, "not a regular file"},
		{"dir", sbom.Lost, "not a regular file"},
		{"none", sbom.Lost, "does not exist"},
	} {
		data, err := ecosystem.ReadFile(files, tc.name, limit)
		if tc.why == "" {
			if err != nil || len(data) != limit {
				t.Errorf("%s: %d bytes, error %v", tc.name, len(data), err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: no error", tc.name)
			continue
		}
		g := ecosystem.Unread("test", source.Span{Path: tc.name}, err)
		if g.Kind != tc.kind || !strings.HasSuffix(g.Why, tc.why) || strings.Contains(g.Why, tc.name) || g.Next == "" {
			t.Errorf("%s: %+v", tc.name, g)
		}
	}
}
