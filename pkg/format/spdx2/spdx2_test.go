package spdx2

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	spdx23 "github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
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
func read(t *testing.T, d *sbom.Document) *spdx23.Document {
	t.Helper()
	var b bytes.Buffer
	r := &report.Report{Tool: report.Tool{Name: "licet", Version: "1", Rules: "license list 3.28.0"}, Document: d}
	if err := Format.Encode(&b, r, format.Options{}); err != nil {
		t.Fatal(err)
	}
	out := new(spdx23.Document)
	if err := json.Unmarshal(b.Bytes(), out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRelationships: the direction of an edge depends on its type.
func TestRelationships(t *testing.T) {
	a, b := sbom.ID("pkg:npm/a@1"), sbom.ID("pkg:npm/b@1")
	for _, c := range []struct {
		edge                 sbom.Relationship
		from, kind, to, note string
	}{
		{sbom.Relationship{}, "a", "DEPENDS_ON", "b", ""},
		{sbom.Relationship{Kind: sbom.Indirect}, "a", "DEPENDS_ON", "b", "by way of something that could not be read"},
		{sbom.Relationship{Scope: sbom.Runtime, Requirement: "^1", Linkage: sbom.Static}, "a", "DEPENDS_ON", "b", "requires ^1, static"},
		{sbom.Relationship{Scope: sbom.Optional}, "b", "OPTIONAL_DEPENDENCY_OF", "a", ""},
		{sbom.Relationship{Scope: sbom.Build}, "b", "BUILD_DEPENDENCY_OF", "a", ""},
		{sbom.Relationship{Scope: sbom.Test, Found: []source.Span{{Path: "p.json", Line: 3}}}, "b", "TEST_DEPENDENCY_OF", "a", "p.json:3"},
		{sbom.Relationship{Scope: sbom.Development}, "b", "DEV_DEPENDENCY_OF", "a", ""},
		{sbom.Relationship{Scope: sbom.Test, Kind: sbom.Contains}, "a", "CONTAINS", "b", ""},
	} {
		c.edge.From, c.edge.To = a, b
		d := read(t, &sbom.Document{
			Roots:         []sbom.ID{a},
			Components:    []sbom.Component{{ID: a, Name: "a"}, {ID: b, Name: "b"}},
			Relationships: []sbom.Relationship{c.edge, {From: a, To: "pkg:npm/gone@1"}},
		})
		names := map[string]string{"DOCUMENT": "DOCUMENT"}
		for _, p := range d.Packages {
			names[string(p.PackageSPDXIdentifier)] = p.PackageName
		}
		var got []string
		for _, r := range d.Relationships {
			got = append(got, names[string(r.RefA.ElementRefID)]+" "+r.Relationship+" "+names[string(r.RefB.ElementRefID)]+" "+r.RelationshipComment)
		}
		want := []string{"DOCUMENT DESCRIBES a ", c.from + " " + c.kind + " " + c.to + " " + c.note}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%+v:\ngot  %q\nwant %q", c.edge, got, want)
		}
	}
}

// TestUnknown: NONE is said only where somebody looked.
func TestUnknown(t *testing.T) {
	mit := sbom.Claim{Basis: sbom.Declared, Expr: parse(t, "MIT")}
	odd := sbom.Claim{Basis: sbom.Declared, Raw: "ask me"}
	for _, c := range []struct {
		concluded                    string
		claims                       []sbom.Claim
		licenseConcluded, declared   string
		commentHas, licenseCommentIs string
	}{
		{"NONE", nil, "NONE", "NONE", "", "missing: the files were looked at and state no license"},
		{"NOASSERTION", nil, "NOASSERTION", "NOASSERTION", "", "unavailable: the files are not at hand and nothing is declared"},
		{"NOASSERTION", []sbom.Claim{odd}, "NOASSERTION", "NOASSERTION", `stated as "ask me"`, "unrecognised: something is stated and cannot be read as an expression"},
		{"MIT", []sbom.Claim{mit}, "MIT", "MIT", "declared MIT", ""},
		{"DocumentRef-x:LicenseRef-y OR MIT", nil, "NOASSERTION", "NOASSERTION", "concluded license is DocumentRef-x:LicenseRef-y OR MIT", ""},
		{"MIT WITH AdditionRef-z", nil, "NOASSERTION", "NOASSERTION", "concluded license is MIT WITH AdditionRef-z", ""},
		{"LicenseRef-y AND MIT", nil, "LicenseRef-y AND MIT", "NOASSERTION", "", ""},
	} {
		d := read(t, &sbom.Document{Components: []sbom.Component{{ID: "a", Name: "a", Claims: c.claims, Concluded: sbom.Conclusion{Expr: parse(t, c.concluded)}}}})
		p := d.Packages[0]
		if p.PackageLicenseConcluded != c.licenseConcluded || p.PackageLicenseDeclared != c.declared ||
			p.PackageLicenseComments != c.licenseCommentIs || !strings.Contains(p.PackageComment, c.commentHas) {
			t.Errorf("%s: concluded %q, declared %q, comments %q, %q", c.concluded, p.PackageLicenseConcluded, p.PackageLicenseDeclared, p.PackageLicenseComments, p.PackageComment)
		}
		if strings.Contains(p.PackageLicenseConcluded, "LicenseRef-") != (len(d.OtherLicenses) == 1) {
			t.Errorf("%s: %d texts", c.concluded, len(d.OtherLicenses))
		}
	}
}

func TestIdentifiers(t *testing.T) {
	names := []string{"pkg:npm/a-b@1", "pkg:npm/a/b@1", "pkg:npm/a@b-1", "file:a#b@1", "", "日本", strings.Repeat("x", 500), strings.Repeat("x", 501)}
	seen := map[string]bool{}
	for _, n := range names {
		id := string(packageID(sbom.ID(n)))
		if seen[id] || len(id) > 120 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != "" {
			t.Errorf("%q: identifier %q", n, id)
		}
		seen[id] = true
	}
}

func TestListVersion(t *testing.T) {
	for in, want := range map[string]string{
		"license list 3.28.0": "3.28", "3.28.0 sha256:1.2": "3.28", "v3.9": "3.9", "": "", "none": "", "3": "", "x.y": "", "3.x": "",
	} {
		if got := listVersion(in); got != want {
			t.Errorf("listVersion(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestFields: what fits a field goes there, what does not goes to the comment; nothing is lost.
func TestFields(t *testing.T) {
	d := read(t, &sbom.Document{Components: []sbom.Component{
		{
			ID: "a", Name: "a", Supplier: "Organization: Acme", Homepage: "https://a.example/", Source: "git+https://a.example/a.git",
			Hashes: []sbom.Hash{{Algorithm: "SHA-256", Hex: strings.Repeat("AB", 32)}, {Algorithm: "h1", Hex: "h1:xyz="}},
		},
		{ID: "b", Name: "b", Supplier: "Bea", Homepage: "see below", Source: "https://[redacted]@b.example/b.tgz"},
	}})
	a, b := d.Packages[0], d.Packages[1]
	if a.PackageSupplier.Supplier != "Acme" || a.PackageSupplier.SupplierType != "Organization" ||
		a.PackageHomePage != "https://a.example/" || a.PackageDownloadLocation != "git+https://a.example/a.git" ||
		len(a.PackageChecksums) != 1 || a.PackageChecksums[0].Value != strings.Repeat("ab", 32) || a.PackageComment != "hash: h1 h1:xyz=" {
		t.Errorf("a: %+v", a)
	}
	want := "supplier: Bea\nsource: https://[redacted]@b.example/b.tgz\nhomepage: see below"
	if b.PackageSupplier.Supplier != "NOASSERTION" || b.PackageHomePage != "" || b.PackageDownloadLocation != "NOASSERTION" || b.PackageComment != want {
		t.Errorf("b: %+v", b)
	}
}
