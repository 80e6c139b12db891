package conclude_test

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/conclude"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// roles are the kinds of statement that a row of the table can have.
var roles = map[string]sbom.Claim{
	"clarified":  {Basis: sbom.Clarified},
	"declared":   {Basis: sbom.Declared, Role: sbom.RoleManifest},
	"text":       {Basis: sbom.Detected, Role: sbom.RoleLicenseFile, Kind: "text"},
	"tagged":     {Basis: sbom.Detected, Role: sbom.RoleLicenseFile, Kind: "tag"},
	"mention":    {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "reference"},
	"named":      {Basis: sbom.Detected, Role: sbom.RoleLicenseFile, Kind: "reference"},
	"curated":    {Basis: sbom.Clarified, Role: sbom.RoleFile, Kind: "curated"},
	"header":     {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "tag", Evidence: []sbom.Evidence{{Span: source.Span{Path: "x.go"}}}},
	"LICENCE.md": {Basis: sbom.Detected, Role: sbom.RoleLicenseFile, Kind: "text", Evidence: []sbom.Evidence{{Span: source.Span{Path: "LICENCE.md"}}}},
	"to LICENSE": {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "text", Evidence: []sbom.Evidence{{Rule: "unknown-text/pointer/LICENSE"}}},
	"to COPYING": {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "text", Evidence: []sbom.Evidence{{Rule: "unknown-text/pointer/COPYING"}}},
	"readme": {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "notice", Raw: "under the AGPLv3",
		Evidence: []sbom.Evidence{{Span: source.Span{Path: "x/README.md"}}}},
	"readme-only": {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "notice", Raw: "under version 2 only",
		Evidence: []sbom.Evidence{{Span: source.Span{Path: "x/README.md"}}}},
	"few.c": {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "notice",
		Evidence: []sbom.Evidence{{Span: source.Span{Path: "lib/a.c"}}, {Span: source.Span{Path: "lib/b.c"}}}},
	"many.c": {Basis: sbom.Detected, Role: sbom.RoleFile, Kind: "notice",
		Evidence: []sbom.Evidence{{Span: source.Span{Path: "a.c"}}, {Span: source.Span{Path: "b.c"}}, {Span: source.Span{Path: "c.h"}}}},
	"sbom":           {Basis: sbom.Declared, Role: sbom.RoleManifest, Kind: sbom.KindSupplied},
	"sbom concludes": {Basis: sbom.Declared, Role: sbom.RoleManifest, Kind: sbom.KindSuppliedConclusion},
	"notice":         {Basis: sbom.Detected, Role: sbom.RoleNotice, Kind: "text"},
	"aside":          {Basis: sbom.Detected, Role: sbom.RoleAside, Kind: "tag"},
}

// component reads "role: statement; role: statement". A statement in quotes is no expression; quotes behind one have it as
// it was written. "here"
// stands for files that lie on the machine.
func component(t *testing.T, s string) *sbom.Component {
	c := &sbom.Component{ID: "pkg:x/x@1"}
	for part := range strings.SplitSeq(s, ";") {
		role, statement, _ := strings.Cut(strings.TrimSpace(part), ": ")
		if role == "here" {
			c.Occurrences = []sbom.Occurrence{{Dir: "x"}}
			continue
		}
		claim, ok := roles[role]
		if !ok {
			t.Fatalf("unknown role in %q", part)
		}
		if raw, quoted := strings.CutPrefix(statement, `"`); quoted {
			claim.Raw = strings.TrimSuffix(raw, `"`)
		} else {
			if expr, raw, ok := strings.Cut(strings.TrimSuffix(statement, `"`), ` "`); ok {
				statement, claim.Raw = expr, raw
			}
			e, err := spdx.Parse(statement)
			if err != nil {
				t.Fatalf("%q: %v", part, err)
			}
			claim.Expr = e
		}
		c.Claims = append(c.Claims, claim)
	}
	return c
}

// digests are those in the names of what cannot be read; the table has a star for each.
var digests = regexp.MustCompile("(LicenseRef-licet-unknown-)[0-9a-f]{64}")

// TestTable reads testdata/conclude/table.tsv: claims, row, conclusion, and "conflict" where there is one.
func TestTable(t *testing.T) {
	f, err := os.Open("../../testdata/conclude/table.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tried := map[string]bool{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if s.Text() == "" || s.Text()[0] == '#' {
			continue
		}
		col := append(strings.Split(s.Text(), "\t"), "")
		t.Run(col[0], func(t *testing.T) {
			got := conclude.Component(component(t, col[0]), true, map[string]int{".c": 3})
			expr := digests.ReplaceAllString(got.Expr.String(), "$1*")
			if got.Row != col[1] || expr != col[2] || got.Conflict != (col[3] == "conflict") {
				t.Errorf("%s %s conflict=%v (%s), want %s", got.Row, got.Expr, got.Conflict, got.Note, strings.Join(col[1:], " "))
			}
			if got.Conflict && got.Note == "" {
				t.Error("a conflict without a note")
			}
			tried[got.Row] = true
		})
	}
	for _, r := range conclude.Rows() {
		if !tried[r.ID] {
			t.Errorf("row %s has no case", r.ID)
		}
	}
}

func TestFacts(t *testing.T) {
	mit, _ := spdx.Parse("MIT")
	isc, _ := spdx.Parse("ISC")
	document := func() *sbom.Document {
		return sbom.Merge(nil, sbom.Fragment{Components: []sbom.Component{
			{ID: "pkg:npm/a@1.5.0", PURL: "pkg:npm/a@1.5.0", Version: "1.5.0", Claims: []sbom.Claim{
				{Basis: sbom.Detected, Role: sbom.RoleLicenseFile, Expr: mit, Evidence: []sbom.Evidence{{Text: "lt1:aa"}}}}},
			{ID: "pkg:npm/%40acme/b@1.0.0", PURL: "pkg:npm/%40acme/b@1.0.0", Version: "1.0.0"},
			{ID: "file:internal/c#c@", Occurrences: []sbom.Occurrence{{Dir: "internal/c"}}},
			{ID: "file:gomod:internal/e#e@", Occurrences: []sbom.Occurrence{{Dir: "gomod:x.example/internal/e"}}},
			{ID: "pkg:npm/d@1.0.0", PURL: "pkg:npm/d@1.0.0", Occurrences: []sbom.Occurrence{{Dir: "internal/node_modules/d"}}},
		}})
	}
	t.Run("clarified while the text is there", func(t *testing.T) {
		d := document()
		facts := &sbom.Facts{Clarify: []sbom.Clarify{{PURL: "pkg:npm/a", Versions: "vers:npm/>=1|<2", License: isc, Text: "lt1:aa", By: "legal"}}}
		if err := conclude.Document(d, facts, nil); err != nil {
			t.Fatal(err)
		}
		if c := d.Component("pkg:npm/a@1.5.0").Concluded; c.Expr.String() != "ISC" || c.Row != "clarified" || c.By != "legal" {
			t.Errorf("%+v", c)
		}
	})
	t.Run("clarified while the bytes are there", func(t *testing.T) {
		d := document()
		facts := &sbom.Facts{Clarify: []sbom.Clarify{{PURL: "pkg:npm/a", License: isc, Text: "sha256:00"}}}
		if err := conclude.Document(d, facts, map[sbom.ID]conclude.Files{"pkg:npm/a@1.5.0": {Raw: []sbom.Digest{"sha256:00"}}}); err != nil {
			t.Fatal(err)
		}
		if c := d.Component("pkg:npm/a@1.5.0").Concluded; c.Row != "clarified" || len(d.Gaps) > 0 {
			t.Errorf("%+v %+v", c, d.Gaps)
		}
	})
	t.Run("not when the text changed, and a gap says so", func(t *testing.T) {
		d := document()
		facts := &sbom.Facts{Clarify: []sbom.Clarify{{PURL: "pkg:npm/a", License: isc, Text: "lt1:bb", Found: source.Span{Path: "licet.yaml", Line: 3}}}}
		if err := conclude.Document(d, facts, nil); err != nil {
			t.Fatal(err)
		}
		if c := d.Component("pkg:npm/a@1.5.0").Concluded; c.Expr.String() != "MIT" {
			t.Errorf("%+v", c)
		}
		if len(d.Gaps) != 1 || d.Gaps[0].Span.Line != 3 {
			t.Errorf("gaps %+v", d.Gaps)
		}
	})
	t.Run("not outside the versions", func(t *testing.T) {
		d := document()
		facts := &sbom.Facts{Clarify: []sbom.Clarify{{PURL: "pkg:npm/a", Versions: "vers:npm/>=2", License: isc}}}
		if err := conclude.Document(d, facts, nil); err != nil || len(d.Gaps) > 0 {
			t.Fatal(err, d.Gaps)
		}
		if c := d.Component("pkg:npm/a@1.5.0").Concluded; c.Expr.String() != "MIT" {
			t.Errorf("%+v", c)
		}
	})
	t.Run("first party", func(t *testing.T) {
		d := document()
		facts := &sbom.Facts{FirstParty: sbom.FirstParty{PURLs: []string{"pkg:npm/@acme/*"}, Paths: []string{"**/internal/**"}}}
		if err := conclude.Document(d, facts, nil); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[sbom.ID]bool{"pkg:npm/a@1.5.0": false, "pkg:npm/%40acme/b@1.0.0": true, "file:internal/c#c@": true, "file:gomod:internal/e#e@": false, "pkg:npm/d@1.0.0": false} {
			if got := d.Component(id).FirstParty; got != want {
				t.Errorf("%s: %v, want %v", id, got, want)
			}
		}
	})
	t.Run("malformed facts are an error", func(t *testing.T) {
		for _, facts := range []*sbom.Facts{
			{Clarify: []sbom.Clarify{{PURL: "left-pad"}}},
			{FirstParty: sbom.FirstParty{PURLs: []string{"nothing"}}},
			{Clarify: []sbom.Clarify{{PURL: "pkg:npm/a", Versions: ">=1"}}},
		} {
			if err := conclude.Document(document(), facts, nil); err == nil {
				t.Errorf("%+v: no error", facts)
			}
		}
	})
}
