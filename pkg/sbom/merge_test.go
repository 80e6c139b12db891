package sbom_test

import (
	"encoding/json"
	"math/rand"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

func expr(t testing.TB, s string) spdx.Expr {
	t.Helper()
	e, err := spdx.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func at(path string, line int) source.Span { return source.Span{Path: path, Line: line} }

// parts are fragments that overlap in every way: one component from three sources, with claims that are
// the same claim on other evidence, edges and gaps that come twice.
func parts(t testing.TB) []sbom.Fragment {
	mit, isc := expr(t, "MIT"), expr(t, "ISC")
	claim := func(e spdx.Expr, basis sbom.Basis, path string) sbom.Claim {
		return sbom.Claim{Basis: basis, Expr: e, Evidence: []sbom.Evidence{{Span: at(path, 1)}}}
	}
	return []sbom.Fragment{
		{
			Components: []sbom.Component{
				{ID: "a", Name: "a", Version: "1", Occurrences: []sbom.Occurrence{{Dir: "x", Found: []source.Span{at("lock", 3)}, Claims: []int{0}}},
					Claims: []sbom.Claim{claim(mit, sbom.Declared, "x/manifest")}},
				{ID: "root", Name: "root"},
			},
			Relationships: []sbom.Relationship{{From: "root", To: "a", Scope: sbom.Test, Found: []source.Span{at("manifest", 2)}}},
		},
		{
			Components: []sbom.Component{
				{ID: "a", Homepage: "https://a.example", Occurrences: []sbom.Occurrence{{Dir: "y", Claims: []int{1}}, {Dir: "x", Claims: []int{0}}},
					Claims: []sbom.Claim{claim(isc, sbom.Detected, "x/LICENSE"), claim(mit, sbom.Detected, "y/LICENSE")}},
			},
			Gaps: []sbom.Gap{{Kind: sbom.Lost, Span: at("lock", 9), Why: "broken", Components: []sbom.ID{"a"}}},
		},
		{
			Components: []sbom.Component{
				{ID: "a", Name: "A", Claims: []sbom.Claim{claim(mit, sbom.Declared, "lock")}, Hashes: []sbom.Hash{{Algorithm: "SHA-1", Hex: "00"}}},
				{ID: "b", Name: "b"},
			},
			Relationships: []sbom.Relationship{
				{From: "root", To: "a", Scope: sbom.Test, Found: []source.Span{at("lock", 2)}},
				{From: "a", To: "b"},
			},
			Gaps: []sbom.Gap{{Kind: sbom.Lost, Span: at("lock", 9), Why: "broken", Components: []sbom.ID{"b"}, Material: true}},
		},
	}
}

func bytesOf(t testing.TB, d *sbom.Document) string {
	t.Helper()
	out, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Any order and any bracketing of the fragments gives the same bytes, and a fragment counts once
// however often it comes.
func TestMergeOrderAndBracketing(t *testing.T) {
	roots := []sbom.ID{"root"}
	want := bytesOf(t, sbom.Merge(roots, parts(t)...))
	r := rand.New(rand.NewSource(1))
	for range 50 {
		fs := append(parts(t), parts(t)[r.Intn(3)])
		r.Shuffle(len(fs), func(i, j int) { fs[i], fs[j] = fs[j], fs[i] })
		cut := r.Intn(len(fs))
		first := sbom.Merge(roots, fs[:cut]...).Fragment()
		if got := bytesOf(t, sbom.Merge(roots, append(slices.Clone(fs[cut:]), first)...)); got != want {
			t.Fatalf("merging in another order differs:\n%s", cmp.Diff(want, got))
		}
	}
}

func TestMergeKeepsWhatEachSaid(t *testing.T) {
	a := sbom.Merge(nil, parts(t)...).Component("a")
	if a.Name != "A" || a.Version != "1" || a.Homepage != "https://a.example" {
		t.Errorf("fields: %+v", a)
	}
	if len(a.Claims) != 3 {
		t.Fatalf("want the declared MIT once, and two detected: %+v", a.Claims)
	}
	for _, o := range a.Occurrences {
		for _, i := range o.Claims {
			for _, e := range a.Claims[i].Evidence {
				if e.Span.Path != "lock" && source.Dir(e.Span.Path) != o.Dir {
					t.Errorf("occurrence %q has a claim on %s", o.Dir, e.Span)
				}
			}
		}
	}
	if n := len(a.Claims[0].Evidence); a.Claims[0].Basis != sbom.Declared || n != 2 {
		t.Errorf("the declared claim rests on %d places, want 2", n)
	}
}

// TestOrigins: what came in several ways has the most telling of them, in whatever order it is told.
func TestOrigins(t *testing.T) {
	order := []sbom.Origin{sbom.OriginManifest, sbom.OriginVendored, sbom.OriginEmbedded, sbom.OriginBundled, sbom.OriginSubmodule, sbom.OriginSBOM, sbom.OriginUnknown, "else", ""}
	for i, a := range order {
		for k, b := range order {
			d := sbom.Merge(nil, sbom.Fragment{Components: []sbom.Component{{ID: "a", Origin: a}, {ID: "a", Origin: b}}})
			if got, want := d.Components[0].Origin, order[min(i, k)]; got != want {
				t.Errorf("%q and %q are %q, want %q", a, b, got, want)
			}
		}
	}
}
