package ecotest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"
)

// Tarball is a tar archive packed by gzip, as crates and npm's packages are, of files in this order: a path, then a content, and so on.
func Tarball(tb testing.TB, files ...string) []byte {
	tb.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for ; len(files) > 1; files = files[2:] {
		h := &tar.Header{Name: files[0], Mode: 0o644, Size: int64(len(files[1])), Typeflag: tar.TypeReg}
		if err := w.WriteHeader(h); err != nil {
			tb.Fatal(err)
		}
		io.WriteString(w, files[1]) // Close tells what is wrong
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}
