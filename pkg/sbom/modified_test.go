package sbom_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/sbom"
)

// What two readers say of one copy is joined in any order: who saw a difference is believed before who saw none, and both before
// who did not look.
func TestModifiedMerge(t *testing.T) {
	said := func(a sbom.Answer, against string) sbom.Fragment {
		o := sbom.Occurrence{Dir: "vendor/a", Modified: a, Against: against}
		if a == sbom.Yes {
			o.Change(sbom.Change{Path: "vendor/a/x", How: sbom.ChangedBytes})
		}
		return sbom.Fragment{Components: []sbom.Component{{ID: "a", Name: "a", Occurrences: []sbom.Occurrence{o}}}}
	}
	parts := []sbom.Fragment{said(sbom.Yes, "go.sum"), said("", ""), said(sbom.No, "RECORD"), said(sbom.Unknown, "a"), said(sbom.Yes, "b.patch")}
	for i := range parts {
		d := sbom.Merge(nil, parts[i], parts[(i+1)%5], parts[(i+2)%5], parts[(i+3)%5], parts[(i+4)%5])
		want := sbom.Occurrence{Dir: "vendor/a", Modified: sbom.Yes, Against: "b.patch", Changes: 1, Changed: []sbom.Change{{Path: "vendor/a/x", How: sbom.ChangedBytes}}}
		if diff := cmp.Diff([]sbom.Occurrence{want}, d.Components[0].Occurrences); diff != "" {
			t.Error(diff)
		}
	}
}

func TestComponentModified(t *testing.T) {
	at := func(answers ...sbom.Answer) (out sbom.Component) {
		for i, a := range answers {
			out.Occurrences = append(out.Occurrences, sbom.Occurrence{Dir: fmt.Sprint(i), Modified: a})
		}
		return out
	}
	for _, tt := range []struct {
		c    sbom.Component
		want sbom.Answer
	}{
		{at(), sbom.Unknown}, {at(""), sbom.Unknown}, {at(sbom.No), sbom.No}, {at(sbom.No, sbom.No), sbom.No}, {at(sbom.No, ""), sbom.Unknown},
		{at("", sbom.No), sbom.Unknown}, {at(sbom.Unknown, sbom.No), sbom.Unknown}, {at(sbom.No, "", sbom.Yes), sbom.Yes},
		{sbom.Component{Occurrences: []sbom.Occurrence{{}, {Dir: "a", Modified: sbom.No}}}, sbom.No},
	} {
		if got := tt.c.Modified(); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.c.Occurrences, got, tt.want)
		}
	}
}

// The uses of a component that was modified say so, and many files are counted and not all listed.
func TestModifiedUse(t *testing.T) {
	o := sbom.Occurrence{Dir: "vendor/a", Modified: sbom.Yes}
	var files []sbom.Change
	for i := range 3 * sbom.MaxChanged {
		files = append(files, sbom.Change{Path: fmt.Sprintf("vendor/a/%03d", i/2), How: sbom.ChangedAdded})
	}
	o.Change(files...)
	if len(o.Changed) != sbom.MaxChanged || o.Changes != 3*sbom.MaxChanged/2 {
		t.Errorf("%d of %d", len(o.Changed), o.Changes)
	}
	d := sbom.Merge([]sbom.ID{"root"}, sbom.Fragment{
		Components:    []sbom.Component{{ID: "root", Name: "root"}, {ID: "a", Name: "a", Occurrences: []sbom.Occurrence{o}}},
		Relationships: []sbom.Relationship{{From: "root", To: "a"}},
		Uses:          []sbom.Use{{Component: "a", Deliverable: "d", Shipped: sbom.Yes}},
	})
	d.Resolve()
	if u := d.UsesOf("a"); len(u) != 1 || u[0].Modified != sbom.Yes {
		t.Errorf("%+v", u)
	}
}
