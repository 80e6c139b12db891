package rpm_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/rpm"
	"github.com/licet/licet/pkg/sbom"
)

// A package as it is fetched is what its header says; a header that says nothing is lost.
func TestPackage(t *testing.T) {
	magic := "\x8e\xad\xe8\x01\x00\x00\x00\x00"
	read := func(header string) sbom.Fragment {
		file := "a.rpm!/" + archive.RPMHeader
		files := fstest.MapFS{file: {Data: []byte(header)}, "a.rpm!/usr/share/licenses/bash/COPYING": {}}
		if !rpm.Ecosystem.Match(file, 0, nil) {
			t.Fatal("the header is no manifest")
		}
		f, err := rpm.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: files, Files: []string{file}})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := read(magic + string(packages[0]))
	if len(f.Roots) != 1 || f.Roots[0] != "pkg:rpm/bash@5.2-1.fc39?arch=x86_64&epoch=2" || len(f.Components) != 2 || len(f.Gaps) > 0 {
		t.Errorf("%+v", f)
	}
	if c := f.Components[0]; c.Occurrences[0].Dir != "a.rpm!" || c.Claims[0].Expr.String() != "GPL-3.0-or-later" {
		t.Errorf("%+v", c)
	}
	for _, header := range []string{"", magic, magic + string(packages[4])} {
		if f := read(header); len(f.Gaps) != 1 || !f.Gaps[0].Material {
			t.Errorf("%q: %+v", header, f)
		}
	}
}
