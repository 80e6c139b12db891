package python_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/python"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/python"

func TestCases(t *testing.T) { ecotest.Run(t, python.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, python.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	metadata := []byte("Metadata-Version: 2.1\nName: x\n")
	for p, want := range map[string]bool{
		"pyproject.toml":                             true,
		"a/uv.lock":                                  true,
		"pylock.dev.toml":                            true,
		"requirements-dev.txt":                       true,
		"requirements/base.in":                       true,
		"dev-requirements.txt":                       true,
		"docs/notes.txt":                             false,
		"requirements.md":                            false,
		"environment.yml":                            true,
		"environment-dev.yaml":                       true,
		"conda.recipe/meta.yaml":                     true,
		"ansible/meta.yaml":                          false,
		"envs/x/conda-meta/a-1-0.json":               true,
		"x.json":                                     false,
		"dist/a-1.0-py3-none-any.whl":                true,
		"lib/site-packages/a-1.dist-info/METADATA":   true,
		"lib/site-packages/a-1.egg-info":             true,
		"lib/site-packages/a.egg/EGG-INFO/PKG-INFO":  true,
		"lib/site-packages/a/setup.py":               false,
		"lib/site-packages/a/b-1.dist-info/METADATA": false,
		"node_modules/node-gyp/gyp/pyproject.toml":   false,
		"a.dist-info/RECORD":                         false,
	} {
		if got := python.Ecosystem.Match(p, 0o644, metadata); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
	if python.Ecosystem.Match("pyproject.toml", fs.ModeSymlink, nil) || python.Ecosystem.Match("a.dist-info/METADATA", 0, []byte("<html>")) {
		t.Error("a link or a page was matched")
	}
}

func TestGroup(t *testing.T) {
	got := python.Ecosystem.Group([]string{
		"app/.venv/lib/python3.12/site-packages/a-1.dist-info/METADATA",
		"app/packages/lib/pyproject.toml",
		"app/pyproject.toml",
		"app/requirements/dev.txt",
		"app/uv.lock",
		"other/pyproject.toml",
		"other/sub/setup.py",
		"usr/lib/python3/dist-packages/b-1.egg-info/PKG-INFO",
	})
	want := [][]string{
		{
			"app/.venv/lib/python3.12/site-packages/a-1.dist-info/METADATA", "app/packages/lib/pyproject.toml", "app/pyproject.toml",
			"app/requirements/dev.txt", "app/uv.lock",
		},
		{"other/pyproject.toml"},
		{"other/sub/setup.py"},
		{"usr/lib/python3/dist-packages/b-1.egg-info/PKG-INFO"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWheel reads the metadata in a wheel, and in what is none.
func TestWheel(t *testing.T) {
	var wheel bytes.Buffer
	z := zip.NewWriter(&wheel)
	for name, text := range map[string]string{
		"acme/__init__.py":            "",
		"acme-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\nLicense: MIT\nRequires-Dist: six\n",
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	files := fstest.MapFS{
		"dist/acme-1.0-py3-none-any.whl": {Data: wheel.Bytes()},
		"dist/broken-1.0.egg":            {Data: wheel.Bytes()[:100]},
	}
	out, err := python.Ecosystem.Read(context.Background(), &ecosystem.Project{
		FS: files, Files: []string{"dist/acme-1.0-py3-none-any.whl", "dist/broken-1.0.egg"}, Facts: &sbom.Facts{},
	})
	var got []string
	for _, c := range out.Components {
		got = append(got, string(c.ID))
		for _, claim := range c.Claims {
			got = append(got, claim.Expr.String())
		}
	}
	for _, g := range out.Gaps {
		got = append(got, g.Span.String()+" "+g.Why)
	}
	want := []string{
		"file:dist#@", "pkg:pypi/acme@1.0", "MIT",
		"dist/broken-1.0.egg is no archive that can be read: zip: not a valid zip file",
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// Files in as many folders that include each other in a circle: each is a project that asks for what all others do, up
// to a bound, and says so past it.
func TestManyIncludes(t *testing.T) {
	const n = 200
	fsys := fstest.MapFS{}
	for i := range n {
		fsys[fmt.Sprintf("d%d/requirements.txt", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "-r ../d%d/requirements.txt\np%d==1.0\n", (i+1)%n, i)}
	}
	frag, err := python.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: fsys, Files: []string{"d0/requirements.txt"}, Facts: &sbom.Facts{}})
	if err != nil {
		t.Fatal(err)
	}
	limits := 0
	for _, g := range frag.Gaps {
		if g.Kind == sbom.Limit && g.Material {
			limits++
		}
	}
	if len(frag.Relationships) != 65 || limits != 1 {
		t.Errorf("%d requirements and %d gaps of limits; 65 and one are wanted", len(frag.Relationships), limits)
	}
}
