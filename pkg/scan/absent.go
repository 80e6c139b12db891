package scan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/licet/licet/pkg/conclude"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// absent gives the gaps of the components whose files are not at hand: one for each file that lists such.
// A reader that knows the command which fetches the files says so in a gap of its own, and those components
// are left out here, as is what is the organisation's own.
func absent(doc *sbom.Document) []sbom.Gap {
	told := map[sbom.ID]bool{}
	for _, id := range doc.Roots {
		if c := doc.Component(id); c == nil || c.Origin != sbom.OriginSBOM { // a stranger's is asked for its license
			told[id] = true
		}
	}
	for _, g := range doc.Gaps {
		for _, id := range g.Components {
			told[id] = true
		}
	}
	lists := map[string][]sbom.ID{}
	for i := range doc.Components {
		if c := &doc.Components[i]; !told[c.ID] && !c.FirstParty && c.Concluded.Row == conclude.RowUnavailable {
			at := listedIn(c)
			lists[at] = append(lists[at], c.ID)
		}
	}
	var out []sbom.Gap
	for _, file := range slices.Sorted(maps.Keys(lists)) {
		ids := lists[file]
		out = append(out, sbom.Gap{
			Kind: sbom.Unavailable, Span: source.Span{Path: file}, Reader: "scan", Components: ids,
			Why:  fmt.Sprintf("the files of %s are not on this machine, and no license is declared", sbom.Plural(len(ids), "component")),
			Next: "put their files below the target and scan again, or state their licenses under `clarify`",
		})
	}
	return out
}

// listedIn is the first file of the tree that lists the component, or holds the archive that does; the top
// of the target if none is named.
func listedIn(c *sbom.Component) string {
	for _, o := range c.Occurrences {
		for _, at := range o.Found {
			file, _, _ := source.SplitArchive(at.Path)
			return file
		}
	}
	return "."
}
