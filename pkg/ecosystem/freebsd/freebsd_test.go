package freebsd_test

import (
	"fmt"
	"os"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/freebsd"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/freebsd"

func TestCases(t *testing.T) { ecotest.Run(t, freebsd.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, freebsd.Ecosystem, cases) }

// The database is read with the log of its last changes: one package came, and one went.
func TestDatabase(t *testing.T) {
	fsys := fstest.MapFS{"jail/etc/os-release": {Data: []byte("ID=freebsd\nVERSION_ID=14.1\n")}}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(cases + "/local.sqlite" + suffix)
		if err != nil {
			t.Fatal(err)
		}
		fsys["jail/var/db/pkg/local.sqlite"+suffix] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	if !freebsd.Ecosystem.Match("jail/var/db/pkg/local.sqlite", 0o644, nil) || freebsd.Ecosystem.Match("local.sqlite", 0o644, nil) {
		t.Error("the database is not told by its place")
	}
	read := func() sbom.Fragment {
		frag, err := freebsd.Ecosystem.Read(t.Context(), &ecosystem.Project{FS: fsys, Files: []string{"jail/var/db/pkg/local.sqlite"}, Facts: &sbom.Facts{}})
		if err != nil {
			t.Fatal(err)
		}
		return frag
	}
	frag := read()
	var got []string
	for _, c := range frag.Components {
		if len(c.Claims) > 0 && c.Claims[0].Expr.String() != "MIT" { // those that only fill the table
			got = append(got, fmt.Sprintf("%s %s %s", c.ID, c.Claims[0].Expr, c.Supplier))
		}
	}
	for _, e := range frag.Relationships {
		if e.Kind != sbom.Contains {
			got = append(got, fmt.Sprintf("%s -> %s %s", e.From, e.To, e.Requirement))
		}
	}
	want := []string{
		"pkg:freebsd/libstar@1.0 BSD-2-Clause libstar@ports.example",
		"pkg:freebsd/star@2.1_3%2C1 GPL-2.0-only OR MIT star@ports.example",
		"pkg:freebsd/late@0.1 Apache-2.0 AND MIT late@ports.example",
		"pkg:freebsd/star@2.1_3%2C1 -> pkg:freebsd/libstar@1.0 1.0",
		"pkg:freebsd/late@0.1 -> pkg:freebsd/star@2.1_3%2C1 2.1_3,1",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(frag.Components) != 12 || len(frag.Gaps) > 0 {
		t.Errorf("%d components, %+v (-want +got):\n%s", len(frag.Components), frag.Gaps, diff)
	}
	whole := fsys["jail/var/db/pkg/local.sqlite"].Data
	delete(fsys, "jail/var/db/pkg/local.sqlite-wal")
	for _, cut := range []int{0, 100, 600, len(whole) / 2} {
		fsys["jail/var/db/pkg/local.sqlite"].Data = whole[:cut]
		if gaps := read().Gaps; len(gaps) == 0 || !gaps[0].Material {
			t.Errorf("%d bytes: no gap", cut)
		}
	}
}
