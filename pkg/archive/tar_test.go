package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/licet/licet/pkg/archive"
)

func tarOf(tb testing.TB, files ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1])), Typeflag: tar.TypeReg}); err != nil {
			tb.Fatal(err)
		}
		io.WriteString(w, files[i+1])
	}
	w.Close()
	return b.Bytes()
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestWalkTar(t *testing.T) {
	data := tarOf(t, "./a", "1", "b/c", "22", "../out", "3", "/abs", "4", "b//d", "5")
	for _, packed := range [][]byte{data, gzipped(data)} {
		var got []string
		err := archive.WalkTar(bytes.NewReader(packed), func(name string, _ int64, r io.Reader) error {
			text, err := io.ReadAll(r)
			got = append(got, name+"="+string(text))
			return err
		})
		if want := []string{"a=1", "b/c=22"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%q, want %q; %v", got, want, err)
		}
		if err := archive.WalkTar(bytes.NewReader(packed[:len(packed)/3|1]), func(string, int64, io.Reader) error { return nil }); err == nil {
			t.Error("a part was taken for the whole")
		}
	}
	seen := 0
	if err := archive.WalkTar(bytes.NewReader(data), func(string, int64, io.Reader) error { seen++; return io.EOF }); err != nil || seen != 1 {
		t.Errorf("the walk did not end: %d, %v", seen, err)
	}
}

// A file of blanks deflates by a thousand.
func TestTarLimit(t *testing.T) {
	trap := gzipped(tarOf(t, "blank", string(make([]byte, 17<<20))))
	err := archive.WalkTar(bytes.NewReader(trap), func(string, int64, io.Reader) error { return nil })
	if !errors.Is(err, archive.ErrLimit) {
		t.Errorf("a trap was inflated: %v", err)
	}
}

func FuzzWalkTar(f *testing.F) {
	f.Add(tarOf(f, "a", "1"))
	f.Add(gzipped(tarOf(f, "a", "1")))
	f.Fuzz(func(t *testing.T, data []byte) {
		archive.WalkTar(bytes.NewReader(data), func(name string, _ int64, r io.Reader) error {
			if name == "" || name[0] == '/' {
				t.Errorf("a path that is none: %q", name)
			}
			_, err := io.Copy(io.Discard, r)
			return err
		})
	})
}
