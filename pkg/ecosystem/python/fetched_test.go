package python_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/python"
	"github.com/licet/licet/pkg/sbom"
)

// wheel is a package as an index has it.
func wheel(license string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, _ := w.Create("a_b-1.0.dist-info/METADATA")
	fmt.Fprintf(f, "Metadata-Version: 2.4\nName: A.B\nVersion: 1.0\nLicense-Expression: %s\n", license)
	w.Close()
	return b.Bytes()
}

// answer is what CacheControl writes of one: the body, and what else it knows.
func answer(body []byte) []byte {
	out := binary.BigEndian.AppendUint32([]byte("cc=4,\x82\xa8response\x87\xa4body\xc6"), uint32(len(body)))
	return append(append(out, body...), "\xa7headers\x80\xa4vary\x80"...)
}

// An archive of a cache is believed by its digest, whatever it is called, and what has another one there is told and not believed.
func TestFetched(t *testing.T) {
	data, other := wheel("MIT"), wheel("GPL-3.0-only")
	source := ecotest.Tarball("a_b-1.0/a_b/PKG-INFO", "Name: x", "a_b-1.0/PKG-INFO", "Metadata-Version: 2.4\nName: A.B\nVersion: 1.0\nLicense-Expression: MIT\n")
	const v2, v1 = "http-v2/0/1/2/3/4/01234.body", "http/0/1/2/3/4/01234"
	const whl = "artifacts/01/23/a_b-1.0-py3-none-any.whl"
	const refused = "is not the package that the lockfile names"
	for _, c := range []struct {
		name, cache, file string
		stored, locked    []byte
		dir, gap          string // what is wanted: one of both
	}{
		{"pip", "pip", v2, data, data, "pip:" + v2 + "!/a_b-1.0.dist-info", ""},
		{"pip of old", "pip", v1, answer(data), data, "pip:" + v1 + "!/a_b-1.0.dist-info", ""},
		{"pip of old, cut", "pip", v1, answer(data)[:60], data, "", "files are not on this machine"},
		{"pip of old, not an archive", "pip", v1, answer([]byte("<!DOCTYPE html>")), data, "", "files are not on this machine"},
		{"pip, a source distribution", "pip", v2, source, source, "pip:" + v2 + "!/a_b-1.0", ""},
		{"pip of old, a source distribution", "pip", v1, answer(source), source, "pip:" + v1 + "!/a_b-1.0", ""},
		{"pip, the headers", "pip", "http-v2/0/1/2/3/4/01234", data, data, "", "files are not on this machine"},
		{"pip, another package", "pip", v2, other, data, "", refused},
		{"pip of old, another package", "pip", v1, answer(other), data, "", refused},
		{"poetry", "poetry", whl, data, data, "poetry:" + whl + "!/a_b-1.0.dist-info", ""},
		{"poetry, another package", "poetry", whl, other, data, "", refused},
		{"poetry, no archive", "poetry", whl, []byte("x"), []byte("x"), "", "cannot be read"},
		{"none", "pip", "selfcheck/x.json", []byte("{}"), data, "", "files are not on this machine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lock := fmt.Sprintf("version = 1\n\n[[package]]\nname = \"a-b\"\nversion = \"1.0\"\nsource = { registry = \"https://index.example/simple\" }\n"+
				"wheels = [{ url = \"https://index.example/w\", hash = \"sha256:%064d\" }, { url = \"https://index.example/a\", hash = \"sha256:%x\" }]\n", 1, sha256.Sum256(c.locked))
			p := &ecosystem.Project{
				FS: fstest.MapFS{"uv.lock": {Data: []byte(lock)}}, Files: []string{"uv.lock"}, Facts: &sbom.Facts{},
				Caches: map[string]fs.FS{c.cache: archive.NewDistributions(fstest.MapFS{c.file: {Data: c.stored}})},
			}
			got, err := python.Ecosystem.Read(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(got.Components, func(c sbom.Component) bool { return c.PURL == "pkg:pypi/a-b@1.0" })
			if i < 0 {
				t.Fatal("no component")
			}
			found := got.Components[i]
			if o := found.Occurrences[0]; o.Dir != c.dir || o.Dir != "" && o.Digest == "" {
				t.Errorf("it lies in %q, verified by %q, want %q", o.Dir, o.Digest, c.dir)
			}
			if stated := len(found.Claims) == 1 && found.Claims[0].Raw == "MIT"; stated != (c.dir != "") {
				t.Errorf("declared is %v", found.Claims)
			}
			if told := slices.ContainsFunc(got.Gaps, func(g sbom.Gap) bool { return strings.Contains(g.Why, c.gap) }); c.gap != "" && !told || c.gap == "" && len(got.Gaps) > 0 {
				t.Errorf("gaps are %v", got.Gaps)
			}
		})
	}
}
