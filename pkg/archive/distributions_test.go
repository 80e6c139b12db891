package archive_test

import (
	"fmt"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
)

// What is in a cache is found by name, wherever it lies and however its name is spelled; what lies in other folders is not a package.
func TestDistributions(t *testing.T) {
	empty := &fstest.MapFile{}
	d := archive.NewDistributions(fstest.MapFS{
		"archive-v0/x/A_b-1.0.dist-info/METADATA":  empty,
		"archive-v0/x/vendored/c-1.dist-info/x":    empty, // below a package
		"artifacts/1/2/a.b-2.0-py3-none-any.whl":   empty,
		"artifacts/1/2/a-b-3.0.tar.gz":             empty,
		"wheels/1/2/A..B-4.0-py3-none-any.whl":     empty,
		"wheels/1/2/a_b.whl":                       empty,
		"environments/lib/a_b-5.0.dist-info/x":     empty, // of nobody's concern
		"packages/1/2/3/4/5/6/7/8/9/a_b-6.0.zip":   empty, // too deep
		"http-v2/1/2/3/4/5/a_b-7.0.dist-info.body": {Data: []byte("PK\x03\x04")},
	})
	got, err := d.Named("a-b")
	const want = "[{a-b 1.0 archive-v0/x A_b-1.0.dist-info false false} {a-b 3.0 artifacts/1/2/a-b-3.0.tar.gz a-b-3.0 true false} " +
		"{a-b 2.0 artifacts/1/2/a.b-2.0-py3-none-any.whl a.b-2.0.dist-info true false} {a-b 4.0 wheels/1/2/A..B-4.0-py3-none-any.whl A..B-4.0.dist-info true true}]"
	if said := fmt.Sprint(got); said != want || err != nil {
		t.Errorf("found %s, %v", said, err)
	}
	if c, _ := d.Named("c"); c != nil {
		t.Errorf("found %v within a package", c)
	}
}

// A cache that was damaged holds nothing, and what is found in it lies where it says.
func FuzzDistributions(f *testing.F) {
	for _, body := range []string{"", "<html>", "PK\x05\x06", "\x1f\x8b\x08"} {
		f.Add([]byte(fmt.Sprintf("cc=4,\x82\xa8response\x87\xa4body\xc4%c%s\xa7headers", len(body), body)))
	}
	f.Add([]byte("cc=4,\x82\xa8response\x87\xa4body\xc6\xff\xff\xff\xffPK\x03\x04"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := fstest.MapFS{"http/1/2/x": {Data: data}, "http-v2/1/2/x.body": {Data: data}}
		d := archive.NewDistributions(files)
		if _, err := d.Named("a"); err != nil {
			t.Error(err)
		}
		r, err := d.Open("http/1/2/x")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		read, err := io.ReadAll(r)
		if err != nil || len(read) > len(data) {
			t.Errorf("%d bytes of %d, %v", len(read), len(data), err)
		}
		if info, err := fs.Stat(d, "http/1/2/x"); err != nil || !info.Mode().IsRegular() {
			t.Error(err)
		}
	})
}
