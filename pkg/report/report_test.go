package report

import (
	"testing"

	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

func expr(t *testing.T, s string) spdx.Expr {
	t.Helper()
	e, err := spdx.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExit(t *testing.T) {
	deny, review, note := policy.Finding{Severity: "deny"}, policy.Finding{Severity: "review"}, policy.Finding{Severity: "note"}
	material, other := sbom.Gap{Material: true}, sbom.Gap{}
	for _, c := range []struct {
		name     string
		r        Report
		findings []policy.Finding
		gaps     []sbom.Gap
		want     int
	}{
		{"clean", Report{Command: "check"}, nil, nil, 0},
		{"denied", Report{Command: "check"}, []policy.Finding{note, review, deny}, []sbom.Gap{material}, 1},
		{"to review", Report{Command: "check"}, []policy.Finding{review}, nil, 0},
		{"review fails", Report{Command: "check", FailOn: "review"}, []policy.Finding{review}, nil, 1},
		{"a note never fails", Report{Command: "check", FailOn: "review"}, []policy.Finding{note}, nil, 0},
		{"nothing fails", Report{Command: "check", FailOn: "never"}, []policy.Finding{deny}, nil, 0},
		{"nothing fails but gaps", Report{Command: "check", FailOn: "never"}, []policy.Finding{deny}, []sbom.Gap{material}, 3},
		{"material gap", Report{Command: "check"}, []policy.Finding{review}, []sbom.Gap{other, material}, 3},
		{"other gap", Report{Command: "check"}, nil, []sbom.Gap{other}, 0},
		{"other gap, strict", Report{Command: "check", Strict: true}, nil, []sbom.Gap{other}, 3},
		{"gaps allowed", Report{Command: "check", Strict: true, GapsAllowed: "OPS-1"}, nil, []sbom.Gap{material}, 0},
		{"scan", Report{Command: "scan"}, nil, []sbom.Gap{material}, 0},
		{"strict scan", Report{Command: "scan", Strict: true}, nil, []sbom.Gap{other}, 3},
	} {
		c.r.Findings, c.r.Document = c.findings, &sbom.Document{Gaps: c.gaps}
		if got := c.r.Exit(); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.name, got, c.want)
		}
	}
}

func TestUnknown(t *testing.T) {
	stated := []sbom.Claim{{Basis: sbom.Declared, Raw: "SEE THE WEBSITE"}}
	aside := []sbom.Claim{{Basis: sbom.Detected, Role: sbom.RoleAside, Expr: expr(t, "MIT")}}
	for _, c := range []struct {
		concluded spdx.Expr
		claims    []sbom.Claim
		want      string
	}{
		{expr(t, "MIT"), nil, ""},
		{expr(t, "LicenseRef-Own"), nil, ""},
		{spdx.None(), nil, "missing"},
		{spdx.Expr{}, nil, "unavailable"},
		{spdx.Expr{}, aside, "unavailable"},
		{spdx.Expr{}, stated, "unrecognised"},
	} {
		if got := Unknown(&sbom.Component{Concluded: sbom.Conclusion{Expr: c.concluded}, Claims: c.claims}); got != c.want {
			t.Errorf("concluded %s with %d claims: %q, want %q", c.concluded, len(c.claims), got, c.want)
		}
	}
}

func TestDeclared(t *testing.T) {
	claim := func(s string) sbom.Claim { return sbom.Claim{Basis: sbom.Declared, Expr: expr(t, s)} }
	detected := sbom.Claim{Basis: sbom.Detected, Expr: expr(t, "ISC")}
	for _, c := range []struct {
		claims []sbom.Claim
		want   string
	}{
		{nil, "NOASSERTION"},
		{[]sbom.Claim{detected}, "NOASSERTION"},
		{[]sbom.Claim{claim("MIT"), detected}, "MIT"},
		{[]sbom.Claim{claim("MIT"), claim("MIT")}, "MIT"},
		{[]sbom.Claim{claim("MIT"), claim("Apache-2.0")}, "MIT AND Apache-2.0"},
		{[]sbom.Claim{claim("MIT"), {Basis: sbom.Declared, Raw: "?"}}, "NOASSERTION"},
	} {
		if got := Declared(&sbom.Component{Claims: c.claims}).String(); got != c.want {
			t.Errorf("declared %v = %s, want %s", c.claims, got, c.want)
		}
	}
}

func TestName(t *testing.T) {
	tree := []sbom.Input{{Kind: "rules", Name: "3"}, {Kind: "tree", Name: "shop"}}
	one := []sbom.Component{{ID: "a", Name: "alpha"}}
	for _, c := range []struct {
		d    sbom.Document
		want string
	}{
		{sbom.Document{Roots: []sbom.ID{"a"}, Components: one, Inputs: tree}, "alpha"},
		{sbom.Document{Roots: []sbom.ID{"a", "b"}, Components: one, Inputs: tree}, "shop"},
		{sbom.Document{Roots: []sbom.ID{"gone"}}, "."},
		{sbom.Document{}, "."},
	} {
		if got := Name(&c.d); got != c.want {
			t.Errorf("Name(%v) = %q, want %q", c.d.Roots, got, c.want)
		}
	}
}
