package ecosystem_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

func isManifest(p string) bool { return ecosystem.AtTop(p, "manifest") }

// fetched are a tar and a zip with one manifest.
func fetched(tb testing.TB, content string) (tarred, zipped []byte) {
	var t, z bytes.Buffer
	w := tar.NewWriter(&t)
	if err := w.WriteHeader(&tar.Header{Name: "a/manifest", Size: int64(len(content)), Mode: 0o644}); err != nil {
		tb.Fatal(err)
	}
	io.WriteString(w, content)
	w.Close()
	zw := zip.NewWriter(&z)
	f, err := zw.Create("a/manifest")
	if err != nil {
		tb.Fatal(err)
	}
	io.WriteString(f, content)
	zw.Close()
	return t.Bytes(), z.Bytes()
}

// A file of an archive is read if the archive is the right one, holds it, and it is no larger than its kind.
func TestFetched(t *testing.T) {
	tarred, zipped := fetched(t, "text")
	none, _ := fetched(t, "")
	large, largeZip := fetched(t, "more than sixteen bytes")
	const limit = 16
	for _, c := range []struct {
		name   string
		read   func(fs.FS, string, source.Digest, int64, func(string) bool) (string, []byte, error)
		data   []byte
		digest source.Digest
		want   string
		err    error
	}{
		{"a tar", ecosystem.TarFile, tarred, digestOf(tarred), "text", nil},
		{"a tar without a digest", ecosystem.TarFile, tarred, "", "text", nil},
		{"an empty file", ecosystem.TarFile, none, digestOf(none), "", nil},
		{"another tar", ecosystem.TarFile, tarred, digestOf(zipped), "", source.ErrDigest},
		{"a tar of large files", ecosystem.TarFile, large, "", "", &ecosystem.TooLarge{Limit: limit}},
		{"a zip", ecosystem.ZipFile, zipped, digestOf(zipped), "text", nil},
		{"another zip", ecosystem.ZipFile, zipped, digestOf(tarred), "", source.ErrDigest},
		{"a zip of large files", ecosystem.ZipFile, largeZip, "", "", &ecosystem.TooLarge{Limit: limit}},
	} {
		fsys := fstest.MapFS{"file": {Data: c.data}, "folder/x": {}}
		_, data, err := c.read(fsys, "file", c.digest, limit, isManifest)
		if large, ok := c.err.(*ecosystem.TooLarge); ok {
			if got, ok := errors.AsType[*ecosystem.TooLarge](err); !ok || got.Limit != large.Limit {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if !errors.Is(err, c.err) || err == nil && string(data) != c.want {
			t.Errorf("%s: %q, %v", c.name, data, err)
		}
		if _, _, err := c.read(fsys, "folder", "", limit, isManifest); err == nil {
			t.Errorf("%s: a folder was read", c.name)
		}
		if _, _, err := c.read(fsys, "file", "", limit, func(string) bool { return false }); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: without what is wanted: %v", c.name, err)
		}
	}
}

func digestOf(data []byte) source.Digest {
	return source.Digest(fmt.Sprintf("sha256:%x", sha256.Sum256(data)))
}

// By the strongest kind alone an archive is verified: who can forge a weak one must not get by with it.
func TestDigests(t *testing.T) {
	got := ecosystem.Digests([]sbom.Hash{{Algorithm: "SHA-1", Hex: "01"}, {Algorithm: "MD5", Hex: "02"}, {Algorithm: "SHA-256", Hex: "03"}, {Algorithm: "SHA-256", Hex: "04"}})
	if fmt.Sprint(got) != "[sha256:03 sha256:04]" {
		t.Error(got)
	}
	if got := ecosystem.Digests([]sbom.Hash{{Algorithm: "MD5", Hex: "02"}, {Algorithm: "h1", Hex: "h1:x="}}); got != nil {
		t.Error(got)
	}
}

func FuzzFetched(f *testing.F) {
	tarred, zipped := fetched(f, "text")
	f.Add(tarred)
	f.Add(zipped)
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := fstest.MapFS{"file": {Data: data}}
		for _, digest := range []source.Digest{"", digestOf(data)} {
			ecosystem.TarFile(fsys, "file", digest, 1<<10, isManifest)
			ecosystem.ZipFile(fsys, "file", digest, 1<<10, isManifest)
		}
	})
}
