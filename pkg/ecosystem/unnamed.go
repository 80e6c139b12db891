package ecosystem

import (
	"cmp"
	"path"

	"github.com/licet/licet/pkg/sbom"
)

// Unnamed is the root of a project whose manifests do not name it: an application that is known by its folder, or,
// at the top of the target, as the facts call the target.
func (p *Project) Unnamed(dir string) sbom.Component {
	c := sbom.Component{Name: path.Base(dir), Type: sbom.TypeApplication}
	if dir == "." {
		c.Name, c.Version = "target", ""
		if p.Facts != nil {
			c.Name, c.Version = cmp.Or(p.Facts.Project.Name, "target"), p.Facts.Project.Version
		}
	}
	c.ID = sbom.ID("file:" + dir + "#" + c.Name + "@" + c.Version)
	return c
}
