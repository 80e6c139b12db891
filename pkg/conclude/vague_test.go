package conclude

import (
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// What says in short what stands elsewhere in full asks for nothing of its own; what might mean more does.
func TestShort(t *testing.T) {
	type claim struct {
		file string
		at   int
		kind string
		expr string
	}
	for _, tt := range []struct {
		name   string
		claims []claim
		want   string
	}{
		{"a text under an exception", []claim{{"LICENSE", 0, "notice", "LGPL-3.0-only WITH LGPL-3.0-linking-exception"}, {"LICENSE", 900, "text", "LGPL-3.0-only"}},
			"LGPL-3.0-only WITH LGPL-3.0-linking-exception"},
		{"another version under an exception", []claim{{"LICENSE", 0, "notice", "LGPL-3.0-only WITH LGPL-3.0-linking-exception"}, {"LICENSE", 900, "text", "LGPL-2.1-only"}},
			"LGPL-2.1-only AND LGPL-3.0-only WITH LGPL-3.0-linking-exception"},
		{"a text above", []claim{{"LICENSE", 0, "text", "GPL-2.0-only"}, {"LICENSE", 900, "notice", "GPL-2.0-only WITH Classpath-exception-2.0"}},
			"GPL-2.0-only AND GPL-2.0-only WITH Classpath-exception-2.0"},
		{"a grant below", []claim{{"LICENSE", 0, "notice", "GPL-2.0-only WITH Classpath-exception-2.0"}, {"LICENSE", 900, "notice", "GPL-2.0-only"}},
			"GPL-2.0-only AND GPL-2.0-only WITH Classpath-exception-2.0"},
		{"a text in another file", []claim{{"LICENSE", 0, "notice", "GPL-2.0-only WITH Classpath-exception-2.0"}, {"lib/COPYING", 900, "text", "GPL-2.0-only"}},
			"GPL-2.0-only AND GPL-2.0-only WITH Classpath-exception-2.0"},
		{"a text under an exception for a part", []claim{{"LICENSE", 0, "notice/part", "GPL-3.0-only WITH GCC-exception-3.1"}, {"LICENSE", 900, "text", "GPL-3.0-only"}},
			"GPL-3.0-only AND GPL-3.0-only WITH GCC-exception-3.1"},
		{"a badge", []claim{{"", 0, "", "Zlib OR MIT"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"LICENSE-ZLIB", 0, "text", "Zlib"}, {"README.md", 0, "field", "Zlib"}},
			"MIT OR Zlib"},
		{"a badge without a text", []claim{{"", 0, "", "Zlib OR MIT"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"README.md", 0, "field", "Zlib"}},
			"Zlib AND (MIT OR Zlib)"},
		{"a badge for something else", []claim{{"", 0, "", "Zlib OR MIT"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"LICENSE-ZLIB", 0, "text", "Zlib"}, {"README.md", 0, "field", "GPL-2.0-only"}},
			"GPL-2.0-only AND (MIT OR Zlib)"},
		{"a grant of the one that asks for more", []claim{{"", 0, "", "MIT OR GPL-3.0-only"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"LICENSE-GPL", 0, "text", "GPL-3.0-only"},
			{"README.md", 0, "notice", "GPL-3.0-only"}}, "GPL-3.0-only AND (GPL-3.0-only OR MIT)"},
		{"a grant of each", []claim{{"", 0, "", "MIT OR GPL-3.0-only"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"LICENSE-GPL", 0, "text", "GPL-3.0-only"},
			{"README.md", 0, "notice", "GPL-3.0-only"}, {"README.md", 90, "notice", "MIT"}}, "GPL-3.0-only OR MIT"},
		{"a grant of the freer one", []claim{{"", 0, "", "MIT OR GPL-3.0-only"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"LICENSE-GPL", 0, "text", "GPL-3.0-only"},
			{"README.md", 0, "notice", "MIT"}}, "GPL-3.0-only OR MIT"},
		{"a part under one of them", []claim{{"", 0, "", "Zlib OR MIT"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"LICENSE-ZLIB", 0, "text", "Zlib"}, {"README.md", 0, "notice/part", "Zlib"}},
			"Zlib AND (MIT OR Zlib)"},
		{"a file under one of them", []claim{{"", 0, "", "Zlib OR MIT"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"LICENSE-ZLIB", 0, "text", "Zlib"}, {"a.c", 0, "notice", "Zlib"}},
			"Zlib AND (MIT OR Zlib)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &sbom.Component{ID: "pkg:x/x@1"}
			for _, cl := range tt.claims {
				e, err := spdx.Parse(cl.expr)
				if err != nil {
					t.Fatal(err)
				}
				if cl.file == "" {
					c.Claims = append(c.Claims, sbom.Claim{Basis: sbom.Declared, Role: sbom.RoleManifest, Expr: e})
					continue
				}
				kind, part, _ := strings.Cut(cl.kind, "/")
				rule := ""
				if part != "" {
					rule = rulePart
				}
				role := sbom.RoleLicenseFile
				if cl.file == "README.md" || cl.file == "a.c" {
					role = sbom.RoleFile
				}
				c.Claims = append(c.Claims, sbom.Claim{Basis: sbom.Detected, Role: role, Kind: kind, Expr: e,
					Evidence: []sbom.Evidence{{Rule: rule, Span: source.Span{Path: cl.file, Start: cl.at, End: cl.at + 20, Line: 1}}}})
			}
			if got := Component(c, true, nil).Expr.String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
