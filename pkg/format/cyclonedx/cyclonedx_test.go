package cyclonedx

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

func parse(t *testing.T, s string) spdx.Expr {
	t.Helper()
	e, err := spdx.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// read encodes a document and reads it as another tool would.
func read(t *testing.T, d *sbom.Document, version string) *cdx.BOM {
	t.Helper()
	var b bytes.Buffer
	if err := Format.Encode(&b, &report.Report{Document: d}, format.Options{Version: version}); err != nil {
		t.Fatal(err)
	}
	bom := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(&b, cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		t.Fatal(err)
	}
	return bom
}

// TestLicenses: which of the concluded and the declared license a version lets stand where.
func TestLicenses(t *testing.T) {
	for _, c := range []struct {
		concluded, declared string
		want                map[string]string // by version
	}{
		{"MIT", "MIT", map[string]string{
			"1.5": "id MIT; licet:license-declared=MIT",
			"1.6": "id MIT concluded; licet:license-declared=MIT",
			"1.7": "id MIT concluded; licet:license-declared=MIT",
		}},
		{"MIT OR ISC", "MIT", map[string]string{
			"1.5": "expression MIT OR ISC; licet:license-declared=MIT",
			"1.6": "expression MIT OR ISC concluded; licet:license-declared=MIT",
			"1.7": "expression MIT OR ISC concluded, id MIT declared;",
		}},
		{"MIT", "MIT OR ISC", map[string]string{
			"1.6": "id MIT concluded; licet:license-declared=MIT OR ISC",
			"1.7": "id MIT concluded, expression MIT OR ISC declared;",
		}},
		{"LicenseRef-Own", "", map[string]string{"1.4": "name LicenseRef-Own;", "1.6": "name LicenseRef-Own concluded;"}},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "", map[string]string{"1.6": "expression GPL-2.0-only WITH Classpath-exception-2.0 concluded;"}},
		{"Apache-2.0+", "", map[string]string{"1.6": "expression Apache-2.0+ concluded;"}},
		{"NONE", "", map[string]string{"1.6": "; licet:license-state=missing"}},
		{"NOASSERTION", "", map[string]string{"1.6": "; licet:license-state=unavailable"}},
		{"NOASSERTION", "MIT", map[string]string{"1.6": "id MIT declared; licet:license-state=unrecognised"}},
	} {
		component := sbom.Component{ID: "a", Name: "a", Concluded: sbom.Conclusion{Expr: parse(t, c.concluded)}}
		if c.declared != "" {
			component.Claims = []sbom.Claim{{Basis: sbom.Declared, Expr: parse(t, c.declared)}}
		}
		for version, want := range c.want {
			bom := read(t, &sbom.Document{Components: []sbom.Component{component}}, version)
			if got := licensesOf((*bom.Components)[0]); got != want {
				t.Errorf("%s: concluded %s, declared %s:\ngot  %s\nwant %s", version, c.concluded, c.declared, got, want)
			}
		}
	}
}

func licensesOf(c cdx.Component) string {
	var list, properties []string
	if c.Licenses != nil {
		for _, l := range *c.Licenses {
			s := ""
			switch {
			case l.Expression != "":
				s = "expression " + l.Expression
				if l.Acknowledgement != nil {
					s += " " + string(*l.Acknowledgement)
				}
			case l.License.ID != "":
				s = "id " + l.License.ID + " " + string(l.License.Acknowledgement)
			default:
				s = "name " + l.License.Name + " " + string(l.License.Acknowledgement)
			}
			list = append(list, strings.TrimSpace(s))
		}
	}
	if c.Properties != nil {
		for _, p := range *c.Properties {
			if strings.HasPrefix(p.Name, "licet:license-") {
				properties = append(properties, p.Name+"="+p.Value)
			}
		}
	}
	return strings.TrimSpace(strings.Join(list, ", ") + "; " + strings.Join(properties, " "))
}

// TestObserved: one expression stands as it is, several are observed leaf by leaf.
func TestObserved(t *testing.T) {
	claim := func(s string) sbom.Claim { return sbom.Claim{Basis: sbom.Detected, Expr: parse(t, s)} }
	for _, c := range []struct {
		claims []sbom.Claim
		want   string
	}{
		{[]sbom.Claim{claim("MIT")}, "id MIT"},
		{[]sbom.Claim{claim("MIT OR ISC"), claim("MIT OR ISC")}, "expression ISC OR MIT"},
		{[]sbom.Claim{claim("MIT OR ISC"), claim("GPL-2.0-only WITH Classpath-exception-2.0")}, "id ISC, id MIT, name GPL-2.0-only WITH Classpath-exception-2.0"},
	} {
		bom := read(t, &sbom.Document{Components: []sbom.Component{{ID: "a", Name: "a", Claims: c.claims}}}, "")
		got := licensesOf(cdx.Component{Licenses: (*bom.Components)[0].Evidence.Licenses})
		if got = strings.TrimSuffix(got, ";"); got != c.want {
			t.Errorf("observed %q, want %q", got, c.want)
		}
	}
}

func TestScope(t *testing.T) {
	for in, want := range map[sbom.Scope]cdx.Scope{
		"": "required", sbom.Runtime: "required", sbom.Optional: "optional",
		sbom.Build: "excluded", sbom.Test: "excluded", sbom.Development: "excluded",
	} {
		if got := scope(in); got != want {
			t.Errorf("scope(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestRoot: one root is the document's component, several get one above them.
func TestRoot(t *testing.T) {
	components := []sbom.Component{{ID: "a", Name: "alpha"}, {ID: "b", Name: "beta"}, {ID: "c", Name: "gamma"}}
	for _, c := range []struct {
		roots []sbom.ID
		want  string
	}{
		{[]sbom.ID{"b"}, "beta [b]: [c]; 2 others"},
		{[]sbom.ID{"a", "b"}, ". [root]: [a b]; 3 others"},
		{[]sbom.ID{"gone"}, ". [root]: []; 3 others"},
		{nil, ". [root]: []; 3 others"},
	} {
		bom := read(t, &sbom.Document{Roots: c.roots, Components: components, Relationships: []sbom.Relationship{
			{From: "b", To: "c"}, {From: "b", To: "c", Scope: sbom.Test}, {From: "b", To: "gone"},
		}}, "")
		root, first := bom.Metadata.Component, (*bom.Dependencies)[0]
		on := []string{}
		if first.Dependencies != nil {
			on = *first.Dependencies
		}
		if got := fmt.Sprintf("%s [%s]: %v; %d others", root.Name, first.Ref, on, len(*bom.Components)); got != c.want {
			t.Errorf("roots %v: %s, want %s", c.roots, got, c.want)
		}
	}
}

// TestCompositions: a gap that could hide something makes completeness unknown, and incomplete what it names.
func TestCompositions(t *testing.T) {
	for _, c := range []struct {
		gaps []sbom.Gap
		want string
	}{
		{nil, "complete [a b]"},
		{[]sbom.Gap{{Why: "whom it concerns is not said"}}, "unknown [a b]"},
		{[]sbom.Gap{{Material: true}}, "unknown [a b]"},
		{[]sbom.Gap{{Components: []sbom.ID{"b", "gone"}}}, "complete [a] incomplete [b]"},
		{[]sbom.Gap{{Material: true, Components: []sbom.ID{"a"}}}, "unknown [b] incomplete [a]"},
	} {
		bom := read(t, &sbom.Document{Roots: []sbom.ID{"a"}, Components: []sbom.Component{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}}, Gaps: c.gaps}, "")
		var got []string
		for _, part := range *bom.Compositions {
			got = append(got, fmt.Sprintf("%s %v", part.Aggregate, *part.Dependencies))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%+v: %s, want %s", c.gaps, s, c.want)
		}
	}
}

// What was modified has a pedigree: what differs, and the patch where a project has one.
func TestPedigree(t *testing.T) {
	patched := sbom.Occurrence{Dir: "node_modules/a", Modified: sbom.Yes, Against: "patches/a b+1.0.0.patch"}
	patched.Change(sbom.Change{Path: "node_modules/a/index.js", How: sbom.ChangedByPatch})
	same := sbom.Occurrence{Dir: "vendor/b", Modified: sbom.No, Against: "go.sum"}
	same.Change(sbom.Change{Path: "vendor/b/b.go", How: sbom.ChangedEndings})
	bom := read(t, &sbom.Document{Components: []sbom.Component{
		{ID: "a", Name: "a", Occurrences: []sbom.Occurrence{patched}}, {ID: "b", Name: "b", Occurrences: []sbom.Occurrence{same}},
	}}, "1.6")
	a, b := (*bom.Components)[0], (*bom.Components)[1]
	if b.Pedigree != nil || a.Pedigree == nil || a.Pedigree.Patches == nil {
		t.Fatalf("%+v %+v", a.Pedigree, b.Pedigree)
	}
	const want = "modified: yes (1 file, against patches/a b+1.0.0.patch): node_modules/a/index.js patched"
	if p := (*a.Pedigree.Patches)[0]; p.Diff.URL != "patches/a%20b+1.0.0.patch" || p.Type != cdx.PatchTypeUnofficial || a.Pedigree.Notes != want {
		t.Errorf("%+v %s", p.Diff, a.Pedigree.Notes)
	}
	if got, want := (*b.Properties)[0], (cdx.Property{Name: "licet:modified", Value: "no (1 file, against go.sum): vendor/b/b.go (only its line endings)"}); got != want {
		t.Error(got)
	}
}
