package sbom_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/sbom"
)

// graph reads edges written "from scope to", separated by commas. The root is "root".
func graph(t testing.TB, edges string) *sbom.Document {
	var f sbom.Fragment
	f.Components = append(f.Components, sbom.Component{ID: "root"})
	for _, e := range strings.Split(edges, ",") {
		w := strings.Fields(e)
		if len(w) == 1 {
			f.Components = append(f.Components, sbom.Component{ID: sbom.ID(w[0])})
			continue
		}
		if len(w) != 3 {
			t.Fatalf("edge %q", e)
		}
		f.Components = append(f.Components, sbom.Component{ID: sbom.ID(w[0])}, sbom.Component{ID: sbom.ID(w[2])})
		f.Relationships = append(f.Relationships, sbom.Relationship{From: sbom.ID(w[0]), To: sbom.ID(w[2]), Scope: sbom.Scope(strings.Trim(w[1], "?"))})
	}
	return sbom.Merge([]sbom.ID{"root"}, f)
}

func TestEffectiveScope(t *testing.T) {
	for _, c := range []struct{ name, edges, want string }{
		{"one edge", "root test a", "a=test"},
		{"unknown counts as runtime", "root ? a, a ? b", "a=runtime b=runtime"},
		{"the weakest edge of a path", "root runtime a, a test b, b runtime c", "a=runtime b=test c=test"},
		{"the strongest of the paths", "root test a, a runtime c, root runtime b, b optional c", "a=test b=runtime c=optional"},
		{"build is stronger than test", "root build a, root test b, a runtime c, b runtime c", "a=build b=test c=build"},
		{"a cycle", "root development a, a runtime b, b runtime a", "a=development b=development"},
		{"a cycle improved from outside", "root development a, a runtime b, b runtime a, root optional b", "a=optional b=optional"},
		{"through the root itself", "root test a, a runtime root, root runtime b", "a=test b=runtime"},
		{"what no root reaches", "root test a, lone", "a=test lone=runtime"},
		{"development of a development dependency", "root development a, a development b", "a=development b=development"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := graph(t, c.edges)
			d.Resolve()
			var got []string
			for _, comp := range d.Components {
				if comp.ID != "root" {
					got = append(got, fmt.Sprintf("%s=%s", comp.ID, comp.Scope))
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDirectAndPaths(t *testing.T) {
	d := graph(t, "root runtime a, a runtime b, b runtime c, root test c, c runtime b")
	d.Resolve()
	for id, direct := range map[sbom.ID]bool{"a": true, "b": false, "c": true, "root": false} {
		if got := d.Component(id).Direct; got != direct {
			t.Errorf("%s: direct %v, want %v", id, got, direct)
		}
	}
	path := d.Paths()
	for id, want := range map[sbom.ID]string{"b": "[root a b]", "c": "[root c]", "root": "[root]", "nobody": "[]"} {
		if got := fmt.Sprint(path(id)); got != want {
			t.Errorf("path to %s: %s, want %s", id, got, want)
		}
	}
}

func TestGapsOfShippedComponentsAreMaterial(t *testing.T) {
	d := graph(t, "root runtime a, root test b")
	d.Gaps = []sbom.Gap{
		{Why: "shipped", Components: []sbom.ID{"b", "a"}},
		{Why: "test only", Components: []sbom.ID{"b"}},
		{Why: "said so", Material: true},
	}
	d.Resolve()
	for _, g := range d.Gaps {
		if want := g.Why != "test only"; g.Material != want {
			t.Errorf("gap %q: material %v, want %v", g.Why, g.Material, want)
		}
	}
}

// The cost is linear in the edges: a chain, where each node could be improved by every earlier one.
func BenchmarkResolve(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := sbom.Fragment{Components: []sbom.Component{{ID: "root"}}}
			last := sbom.ID("root")
			for i := range n {
				id := sbom.ID(fmt.Sprintf("c%06d", i))
				f.Components = append(f.Components, sbom.Component{ID: id})
				f.Relationships = append(f.Relationships, sbom.Relationship{From: last, To: id}, sbom.Relationship{From: "root", To: id, Scope: sbom.Development})
				last = id
			}
			d := sbom.Merge([]sbom.ID{"root"}, f)
			for b.Loop() {
				d.Resolve()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(2*n), "ns/edge")
		})
	}
}
