package sbom

import (
	"fmt"
	"strings"
	"testing"
)

// Uses are held against each other and against the effective scope. A case is a list of uses of one
// component as readers state them, the scope of the edge that leads to it, and what comes of it.
func TestUses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		scope Scope
		uses  []Use
		want  string
	}{
		{"as stated", Runtime, []Use{{Deliverable: "a", Shipped: Yes, Because: "imported"}}, "a yes imported"},
		{"a yes outweighs", Runtime, []Use{
			{Deliverable: "a", Shipped: No, Because: "not imported"}, {Deliverable: "a", Shipped: Yes, Because: "imported"},
			{Deliverable: "a", Shipped: Unknown},
		}, "a yes imported"},
		{"an unknown outweighs a no", Runtime, []Use{{Deliverable: "a", Shipped: No}, {Deliverable: "a"}}, "a  "},
		{"each deliverable for itself", Runtime, []Use{
			{Deliverable: "b", Shipped: No, Because: "not imported"}, {Deliverable: "a", Shipped: Yes, Because: "imported"},
		}, "a yes imported; b no not imported"},
		{"nothing that ships leads to it", Test, []Use{{Deliverable: "a", Shipped: Yes, Because: "imported"}}, "a no needed for test only"},
		{"a path that ships leads to it", Optional, []Use{{Deliverable: "a", Shipped: No, Because: "not imported"}},
			"a unknown not imported, but needed at run time elsewhere in the tree"},
		{"not shipped by all accounts", Development, []Use{{Deliverable: "a", Shipped: No, Because: "not imported"}}, "a no not imported"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.uses {
				tt.uses[i].Component = "x"
			}
			f := Fragment{
				Components:    []Component{{ID: "root"}, {ID: "x"}},
				Relationships: []Relationship{{From: "root", To: "x", Scope: tt.scope}},
				Uses:          append(tt.uses, Use{Component: "gone", Shipped: Yes}),
			}
			d := Merge([]ID{"root"}, f, f)
			d.Resolve()
			d.Resolve()
			var got []string
			for _, u := range d.UsesOf("x") {
				got = append(got, fmt.Sprintf("%s %s %s", u.Deliverable, u.Shipped, u.Because))
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("%q, want %q", s, tt.want)
			}
		})
	}
}
