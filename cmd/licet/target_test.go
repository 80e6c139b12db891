package main

import (
	"archive/tar"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What is in an archive is the target; a JAR and a gem are read by their readers, which know more of them.
func TestOpenFile(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"LICENSE", "metadata.gz"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	dir := t.TempDir()
	for name, want := range map[string][]string{
		"a.tar": {"LICENSE", "metadata.gz"}, "A.GEM": {"A.GEM"}, "a.gem": {"a.gem"}, "a.jar": {"a.jar"}, "a": {"LICENSE", "metadata.gz"},
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		opened, err := openTarget([]string{file}, wantedImage{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for e, err := range opened.tree.Walk(context.Background()) {
			if err != nil {
				t.Error(err)
			}
			got = append(got, e.Path)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
