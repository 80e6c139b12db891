package scan

import (
	"fmt"
	"path"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A reader of archives is tested on broken ones, by the thousand, and what is an archive its bytes say. So what cannot be read of what does
// not ship is one gap for a folder, or for an archive with all in it, where there are many.

// maxAlike is how many gaps of one place are told one by one.
const maxAlike = 20

// crowded joins the gaps of one kind in one place that are of nothing that ships; the others are as they were.
func crowded(gaps []sbom.Gap) []sbom.Gap {
	type group struct {
		kind  sbom.GapKind
		place string
	}
	of := func(g sbom.Gap) (group, bool) {
		place, _, packed := source.SplitArchive(g.Span.Path)
		if !packed {
			place = path.Dir(place)
		}
		return group{g.Kind, place}, !g.Material && (g.Kind == sbom.Lost || g.Kind == sbom.Limit)
	}
	count := map[group]int{}
	for _, g := range gaps {
		if in, aside := of(g); aside {
			count[in]++
		}
	}
	var out []sbom.Gap
	for _, g := range gaps {
		in, aside := of(g)
		if n := count[in]; aside && n > maxAlike {
			g.Why = fmt.Sprintf("here and at %d other places in %s something could not be read, here because: %s", n-1, in.place, g.Why)
			count[in] = -1 // told
		} else if aside && n < 0 {
			continue
		}
		out = append(out, g)
	}
	return out
}
