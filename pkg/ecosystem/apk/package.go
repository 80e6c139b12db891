package apk

import (
	"context"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// infoFile is what a package as it is fetched says of itself, a field "name = value" on each line (apk-package(5)). Those
// of Arch Linux have one too, in which a comment at the top says that makepkg wrote it.
const infoFile = ".PKGINFO"

// readPackage reads a package as it is fetched.
func readPackage(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	d, _ := g.Parse(p.FS, p.Files[0], maxSize, "fetch the package again", doc.INI)
	f := d.Root()
	c := sbom.Component{Name: f.Get("pkgname").Text(), Version: f.Get("pkgver").Text(), Homepage: f.Get("url").Text(), Supplier: f.Get("maintainer").Text()}
	c.PURL = ecosystem.PURL("apk", "alpine", c.Name, c.Version, "arch", f.Get("arch").Text())
	c.Claims = detect.Declaration(f.Get("license").Text(), f.Get("license").Span())
	g.Fetched(p, c, f.Get("pkgname").Span())
	return g.Fragment, ctx.Err()
}
