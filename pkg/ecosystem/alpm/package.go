package alpm

import (
	"context"
	"path"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// infoFile is what a package as it is fetched says of itself: a field "name = value" on each line, called as in PKGBUILD(5). makepkg
// says in a comment at its top that it wrote it; Alpine's packages have one too, and another program writes that.
const infoFile = ".PKGINFO"

// readPackage reads a package as it is fetched. Whose packages meet what it needs, nobody has chosen.
func readPackage(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g, file := &ecosystem.Graph{Reader: name}, p.Files[0]
	d, _ := g.Parse(p.FS, file, maxSize, "fetch the package again", doc.INI)
	f := d.Root()
	c := sbom.Component{Name: f.Get("pkgname").Text(), Version: f.Get("pkgver").Text(), Homepage: f.Get("url").Text(), Supplier: f.Get("packager").Text()}
	if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version) {
		g.Lost(source.Span{Path: file}, "fetch the package again", "a package without a name and a version")
		return g.Fragment, ctx.Err()
	}
	c.PURL = ecosystem.PURL("alpm", "arch", c.Name, c.Version, "arch", f.Get("arch").Text())
	var licenses []string
	for key, value := range f.Members() {
		if key.Text() == "license" {
			licenses = append(licenses, value.Text())
		}
	}
	c.Claims = detect.Declaration(ecosystem.Together(licenses), f.Get("license").Span())
	at := f.Get("pkgname").Span()
	g.Root(c, p.Dir(), at)
	if texts := p.At(path.Join(p.Dir(), "usr/share/licenses", c.Name)); texts != "" {
		g.Add(c, texts, at)
	}
	return g.Fragment, ctx.Err()
}
