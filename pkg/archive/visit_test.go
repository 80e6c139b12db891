package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
)

// The entries of an archive are counted, and those of all archives in it together.
func TestEntries(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range maxEntries + 1 {
		if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	a, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Lost()) != 1 || !errors.Is(a.Lost()[0].Err, ErrLimit) || len(a.top.children) != maxEntries {
		t.Errorf("%d entries, lost %v", len(a.top.children), a.Lost())
	}
	small := new(bytes.Buffer)
	w = zip.NewWriter(small)
	f, _ := w.Create("LICENSE")
	io.WriteString(f, "MIT")
	w.Close()
	v := NewFolders(fstest.MapFS{"a.zip": {Data: small.Bytes()}}).Visit()
	v.entries = maxAllEntries
	if _, err := v.Enter("a.zip", nil); err != errEntries {
		t.Errorf("past the entries of all: %v", err)
	}
}

// A packed tar is kept up to a size, however well it is packed; what comes before the limit stays.
func TestTotal(t *testing.T) {
	room := &room{left: 100}
	data := strings.NewReader(strings.Repeat("x", 200))
	a := newFS()
	if err := a.keep(&headerOf200, data, room); !errors.Is(err, ErrLimit) {
		t.Errorf("%v", err)
	}
	v := NewFolders(fstest.MapFS{}).Visit()
	v.allowed = 10
	if err := v.count(11); err != errBytes {
		t.Errorf("past the bytes of all: %v", err)
	}
}

var headerOf200 = tar.Header{Name: "a", Size: 200, Typeflag: tar.TypeReg}
