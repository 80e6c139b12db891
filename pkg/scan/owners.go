package scan

import (
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// owners finds the components whose files lie at a path: those of the nearest folder above it that is
// some component's own.
type owners map[string][]sbom.ID

func ownersOf(graph *sbom.Document) owners {
	o := owners{}
	for _, c := range graph.Components {
		o.add(c)
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
