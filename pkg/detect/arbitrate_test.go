package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

func TestArbitrate(t *testing.T) {
	for _, tt := range []struct {
		name, claims, want string
		changed            []region
	}{
		{"a name in its text", "text:MIT:0:100 reference:MIT:2:10", "text:MIT:0:100", nil},
		{"a name that was put into a text", "text:MIT:0:100 reference:GPL-2.0-only:42:60", "text:MIT:0:100 reference:GPL-2.0-only:42:60", []region{{40, 61}}},
		{"a name after a text", "text:MIT:0:100 reference:ISC:102:110", "text:MIT:0:100 reference:ISC:102:110", nil},
		{"a notice that reaches into a text", "notice:MIT:0:60 text:MIT:30:100", "text:MIT:30:100", nil},
		{"a notice that touches a text", "notice:MIT:0:60 text:MIT:50:100", "notice:MIT:0:60 text:MIT:50:100", nil},
		{"a name between two notices it lies under", "reference:MIT:5:15 notice:ISC:0:10 notice:Zlib:10:20", "notice:ISC:0:10 notice:Zlib:10:20", nil},
		{"the longer name", "reference:GPL-1.0-or-later:0:3 reference:GPL-2.0-only:0:10", "reference:GPL-2.0-only:0:10", nil},
		{"the first of two on the same words", "reference:MIT:0:3 reference:X11:0:3", "reference:MIT:0:3", nil},
		{"a field and what its value names", "reference:MIT:9:12 field:MIT:0:12", "field:MIT:0:12", nil},
		{"a field that can't be read", "reference:MIT:9:12 field:NOASSERTION:0:12", "reference:MIT:9:12", nil},
		{"a field that nobody can read", "field:NOASSERTION:0:12", "field:NOASSERTION:0:12", nil},
		{"a tag in a notice", "notice:MIT:0:60 tag:MIT:20:30", "notice:MIT:0:60 tag:MIT:20:30", nil},
		{"a tag that can't be read", "tag:NOASSERTION:0:30 reference:MIT:20:23", "tag:NOASSERTION:0:30", nil},
	} {
		var claims []sbom.Claim
		for f := range strings.FieldsSeq(tt.claims) {
			var c sbom.Claim
			var start, end int
			part := strings.Split(f, ":")
			fmt.Sscan(part[2], &start)
			fmt.Sscan(part[3], &end)
			c.Kind = part[0]
			c.Expr, _ = spdx.Parse(part[1])
			c.Evidence = []sbom.Evidence{{Span: source.Span{Start: start, End: end}, Coverage: 1}}
			claims = append(claims, c)
		}
		var got []string
		for _, c := range arbitrate(tt.changed, claims) {
			s := c.Evidence[0].Span
			got = append(got, fmt.Sprintf("%s:%s:%d:%d", c.Kind, c.Expr, s.Start, s.End))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %s", tt.name, strings.Join(got, " "))
		}
	}
}
