package scan

import (
	"fmt"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A long claim reaches into a part of the file though short ones lie between its beginning and that.
func TestClaimsIn(t *testing.T) {
	var found []sbom.Claim
	for _, g := range [][2]int{{0, 5}, {10, 100}, {12, 60}, {20, 30}, {35, 40}, {45, 50}, {70, 75}} {
		found = append(found, sbom.Claim{Evidence: []sbom.Evidence{{Span: source.Span{Start: g[0], End: g[1]}}}})
	}
	g := given{found: found, longer: longerBefore(found)}
	for _, tt := range []struct {
		start, end int
		want       string
	}{
		{0, 5, "[0]"},
		{41, 44, "[10 12]"},
		{41, 48, "[10 12 45]"},
		{65, 80, "[10 70]"},
		{100, 200, "[]"},
	} {
		got := []int{}
		for _, c := range g.claimsIn(source.Span{Start: tt.start, End: tt.end}) {
			got = append(got, c.Evidence[0].Span.Start)
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("in %d to %d: %v, want %s", tt.start, tt.end, got, tt.want)
		}
	}
}
