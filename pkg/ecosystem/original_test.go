package ecosystem_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/source"
)

// packed is a tarball of files that matter by their names alone.
func packed(files ...string) []byte {
	var parts []string
	for _, name := range files {
		parts = append(parts, name, "x")
	}
	return ecotest.Tarball(parts...)
}

// An archive is an original only by its digest. Its one folder may have any name; what lies in none, or climbs, is none of it.
func TestPublishedTar(t *testing.T) {
	data := packed("package/a.js", "package/lib/b.js", "top", "../c.js", "package/../../d.js", "/etc/e.js")
	sum := sha256.Sum256(data)
	digest := source.Digest("sha256:" + hex.EncodeToString(sum[:]))
	fsys := fstest.MapFS{"a.tgz": {Data: data}, "cut.tgz": {Data: data[:len(data)/2]}, "dir/x": {}}
	p, err := ecosystem.PublishedTar(fsys, "a.tgz", digest)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(slices.Sorted(maps.Keys(p.Files)), " "); got != "a.js lib/b.js" {
		t.Error(got)
	}
	for name, want := range map[string]error{"cut.tgz": original.ErrForeign, "none.tgz": fs.ErrNotExist, "dir": nil} {
		if _, err := ecosystem.PublishedTar(fsys, name, digest); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is broken within is none, though the digest is right: whoever publishes may publish anything.
func TestPublishedTarBroken(t *testing.T) {
	for _, data := range [][]byte{{}, []byte("\x1f\x8b and no more"), packed("p/a")[:40]} {
		sum := sha256.Sum256(data)
		fsys := fstest.MapFS{"a.tgz": {Data: data}}
		if p, err := ecosystem.PublishedTar(fsys, "a.tgz", source.Digest("sha256:"+hex.EncodeToString(sum[:]))); err == nil {
			t.Errorf("%q: %v", data, p.Files)
		}
	}
}

func TestPublishedZip(t *testing.T) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range []string{"m@v1/a.go", "m@v1/sub/b.go", "other/c.go"} {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"m.zip": {Data: out.Bytes()}, "bad.zip": {Data: out.Bytes()[:30]}}
	p, err := ecosystem.PublishedZip(context.Background(), fsys, "m.zip", "m@v1")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(slices.Sorted(maps.Keys(p.Files)), " "); got != "a.go sub/b.go" {
		t.Error(got)
	}
	for _, of := range [][2]string{{"m.zip", "m@v2"}, {"bad.zip", "m@v1"}, {"none.zip", "m@v1"}} {
		if _, err := ecosystem.PublishedZip(context.Background(), fsys, of[0], of[1]); err == nil {
			t.Errorf("%v is taken for an original", of)
		}
	}
}
