package scan

import (
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// owners finds the components whose files lie at a path: those of the nearest folder above it that is
// some component's own.
type owners map[string][]sbom.ID

// ownersOf finds the folders of all components. Where someone else's package lies unpacked at the top, the files there are
// its own, and no longer those of the target around it.
func ownersOf(graph *sbom.Document, target sbom.ID) owners {
	o := owners{}
	for _, c := range graph.Components {
		o.add(c)
	}
	if top := o["."]; slices.ContainsFunc(top, func(id sbom.ID) bool { return graph.Component(id).Origin == sbom.OriginVendored }) {
		o["."] = slices.DeleteFunc(top, func(id sbom.ID) bool { return id == target })
	}
	return o
}

// add notes the folders in which the component's files lie.
func (o owners) add(c sbom.Component) {
	for _, occ := range c.Occurrences {
		if occ.Dir != "" {
			o[occ.Dir] = append(o[occ.Dir], c.ID)
		}
	}
}

// of gives the nearest folder above the path that has an owner, or the top if none has one.
func (o owners) of(p string) (dir string, ids []sbom.ID) {
	for dir = source.Dir(p); ; dir = source.Dir(dir) {
		_, rest := source.SplitRoot(dir)
		if ids, ok := o[dir]; ok || rest == "." {
			return dir, ids
		}
	}
}
