package conclude

import (
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// The texts that a license file offers a choice among ask for nothing of their own.
func TestChoices(t *testing.T) {
	type claim struct {
		file string
		at   int
		kind string // behind a stroke: of a part
		expr string
	}
	for _, tt := range []struct {
		name   string
		claims []claim
		want   string
	}{
		{"before both texts", []claim{{"LICENSE", 0, "notice", "MIT OR GPL-2.0-only"}, {"LICENSE", 100, "text", "MIT"}, {"LICENSE", 900, "text", "GPL-2.0-only"}},
			"GPL-2.0-only OR MIT"},
		{"alone, the texts in other files", []claim{{"COPYING", 0, "notice", "MIT OR Unlicense"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"UNLICENSE", 0, "text", "Unlicense"}},
			"MIT OR Unlicense"},
		{"or later, of which the text is one version", []claim{{"LICENSE", 0, "notice", "Artistic-1.0-Perl OR GPL-1.0-or-later"}, {"LICENSE", 50, "reference", "GPL-1.0-or-later"},
			{"LICENSE", 100, "text", "GPL-1.0-only"}, {"LICENSE", 900, "text", "Artistic-1.0"}}, "Artistic-1.0-Perl OR GPL-1.0-or-later"},
		{"behind the text of the whole", []claim{{"LICENSE", 0, "text", "GPL-2.0-only"}, {"LICENSE", 900, "notice", "MIT OR GPL-2.0-only"}, {"LICENSE", 1000, "text", "MIT"}},
			"GPL-2.0-only AND MIT AND (GPL-2.0-only OR MIT)"},
		{"one text only", []claim{{"LICENSE", 0, "notice", "MIT OR GPL-2.0-only"}, {"LICENSE", 100, "text", "GPL-2.0-only"}}, "GPL-2.0-only AND (GPL-2.0-only OR MIT)"},
		{"a third text", []claim{{"LICENSE", 0, "notice", "MIT OR GPL-2.0-only"}, {"LICENSE", 100, "text", "MIT"}, {"LICENSE", 900, "text", "GPL-2.0-only"}, {"LICENSE", 2000, "text", "Zlib"}},
			"Zlib AND (GPL-2.0-only OR MIT)"},
		{"beside a text, of other files", []claim{{"LICENSE", 0, "text", "GPL-2.0-only"}, {"LICENSE", 900, "notice", "MIT OR GPL-2.0-only"}, {"LICENSE-MIT", 0, "text", "MIT"}},
			"GPL-2.0-only AND MIT AND (GPL-2.0-only OR MIT)"},
		{"twice, the texts in other files", []claim{{"COPYRIGHT", 0, "notice", "MIT OR Unlicense"}, {"COPYRIGHT", 90, "tag", "Unlicense OR MIT"}, {"LICENSE-MIT", 0, "text", "MIT"}, {"UNLICENSE", 0, "text", "Unlicense"}},
			"MIT OR Unlicense"},
		{"of a part", []claim{{"LICENSE", 0, "notice/part", "MIT OR GPL-2.0-only"}, {"COPYING", 0, "text", "GPL-2.0-only"}, {"LICENSE.mit", 0, "text", "MIT"}},
			"GPL-2.0-only AND MIT AND (GPL-2.0-only OR MIT)"},
		{"in a file for a part", []claim{{"LICENSE.docs", 0, "notice", "MIT OR GPL-2.0-only"}, {"COPYING", 0, "text", "GPL-2.0-only"}, {"LICENSE.mit", 0, "text", "MIT"}},
			"GPL-2.0-only AND MIT AND (GPL-2.0-only OR MIT)"},
		{"in a folder", []claim{{"docs/LICENSE", 0, "notice", "MIT OR GPL-2.0-only"}, {"COPYING", 0, "text", "GPL-2.0-only"}, {"LICENSE.mit", 0, "text", "MIT"}},
			"GPL-2.0-only AND MIT AND (GPL-2.0-only OR MIT)"},
		{"texts in a folder", []claim{{"LICENSE", 0, "notice", "MIT OR GPL-2.0-only"}, {"LICENSES/GPL-2.0-only.txt", 0, "text", "GPL-2.0-only"}, {"LICENSES/MIT.txt", 0, "text", "MIT"}},
			"GPL-2.0-only OR MIT"},
		{"a grant in another file", []claim{{"LICENSE", 0, "notice", "MIT OR GPL-2.0-only"}, {"LICENSE.gpl", 0, "text", "GPL-2.0-only"}, {"LICENSE.mit", 0, "text", "MIT"},
			{"LICENSE-server.md", 0, "notice/part", "GPL-2.0-only"}}, "GPL-2.0-only AND (GPL-2.0-only OR MIT)"},
		{"or later, above the text", []claim{{"COPYING", 0, "notice", "GPL-2.0-or-later"}, {"COPYING", 100, "text", "GPL-2.0-only"}}, "GPL-2.0-or-later"},
		{"or later, of a part", []claim{{"COPYING", 0, "notice/part", "GPL-2.0-or-later"}, {"COPYING", 100, "text", "GPL-2.0-only"}}, "GPL-2.0-only AND GPL-2.0-or-later"},
		{"or later, below the text", []claim{{"COPYING", 0, "text", "GPL-2.0-only"}, {"COPYING", 900, "notice", "GPL-2.0-or-later"}}, "GPL-2.0-only AND GPL-2.0-or-later"},
		{"or later, and not", []claim{{"COPYING", 0, "notice", "GPL-2.0-or-later"}, {"COPYING", 50, "notice", "GPL-2.0-only"}, {"COPYING", 100, "text", "GPL-2.0-only"}},
			"GPL-2.0-only AND GPL-2.0-or-later"},
		{"parts of it below", []claim{{"LICENSE", 0, "notice", "MIT OR Apache-2.0"}, {"LICENSE", 30, "reference/part", "MIT"}, {"LICENSE", 60, "reference/part", "Apache-2.0"},
			{"LICENSE", 100, "text", "MIT"}, {"LICENSE", 900, "text", "Apache-2.0"}}, "Apache-2.0 AND MIT AND (Apache-2.0 OR MIT)"},
	} {
		c := sbom.Component{Occurrences: []sbom.Occurrence{{Dir: "."}}}
		for _, cl := range tt.claims {
			e, err := spdx.Parse(cl.expr)
			if err != nil {
				t.Fatal(err)
			}
			rule := "mention"
			kind, part, _ := strings.Cut(cl.kind, "/")
			if part != "" {
				rule += "/" + part
			}
			c.Claims = append(c.Claims, sbom.Claim{Basis: sbom.Detected, Kind: kind, Role: sbom.RoleLicenseFile, Expr: e,
				Evidence: []sbom.Evidence{{Rule: rule, Span: source.Span{Path: cl.file, Start: cl.at, End: cl.at + 20, Line: 1 + cl.at}}}})
		}
		if got := Component(&c, true, nil).Expr.String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
