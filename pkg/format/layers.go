package format

import (
	"slices"

	"github.com/licet/licet/pkg/sbom"
)

// Layers are the layers of an image that brought the files of a component, and whose they are: "sha256:… (base)", of the image that the
// image was made of, or "(own)"; without either that is not known.
func Layers(c *sbom.Component) []string {
	var out []string
	for _, o := range c.Occurrences {
		if o.Layer == "" {
			continue
		}
		s := string(o.Layer)
		if o.Whose != "" {
			s += " (" + o.Whose + ")"
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
