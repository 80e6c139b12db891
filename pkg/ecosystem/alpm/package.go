package alpm

import (
	"context"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// infoFile is what a package as it is fetched says of itself: a field "name = value" on each line, called as in PKGBUILD(5). makepkg
// says in a comment at its top that it wrote it; Alpine's packages have one too, and another program writes that.
const infoFile = ".PKGINFO"

// readPackage reads a package as it is fetched.
func readPackage(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	d, _ := g.Parse(p.FS, p.Files[0], maxSize, "fetch the package again", doc.INI)
	f := d.Root()
	c := sbom.Component{Name: f.Get("pkgname").Text(), Version: f.Get("pkgver").Text(), Homepage: f.Get("url").Text(), Supplier: f.Get("packager").Text()}
	c.PURL = ecosystem.PURL("alpm", "arch", c.Name, c.Version, "arch", f.Get("arch").Text())
	var licenses []string
	for key, value := range f.Members() {
		if key.Text() == "license" {
			licenses = append(licenses, value.Text())
		}
	}
	c.Claims = detect.Declaration(ecosystem.Together(licenses), f.Get("license").Span())
	g.Fetched(p, c, f.Get("pkgname").Span())
	return g.Fragment, ctx.Err()
}
