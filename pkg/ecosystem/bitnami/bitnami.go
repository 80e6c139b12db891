// Package bitnami reads what Bitnami's images say of the applications in them: a document in SPDX for each,
// opt/bitnami/NAME/.spdx-NAME.spdx, and in older images one list, opt/bitnami/.bitnami_components.json.
//
// Of a document only packages with a purl of Bitnami's own type are taken: what else it lists, modules that were compiled
// in, is found where it lies by the readers of these.
//
// The format is described in the SPDX specification (version 2.3, annex on JSON).
package bitnami

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "bitnami"
	next    = "take the image anew"
	list    = ".bitnami_components.json"
	maxSize = 64 << 20
)

// Ecosystem is the reader of Bitnami's applications.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Bitnami applications: opt/bitnami/*/.spdx-*.spdx, opt/bitnami/.bitnami_components.json

Components are the applications that Bitnami put into an image, with the license that its document declares. Their files
lie in the folder of the document.`,
	Match: ecosystem.Placed(place),
	Group: ecosystem.GroupPlaced(place),
	Read:  read,
}

// place is the root of the file system.
func place(p string) (top string, ok bool) {
	base := path.Base(p)
	if base == list {
		return ecosystem.Below(path.Dir(p), "opt/bitnami")
	}
	if !strings.HasPrefix(base, ".spdx-") || !strings.HasSuffix(base, ".spdx") {
		return "", false
	}
	return ecosystem.Below(path.Dir(path.Dir(p)), "opt/bitnami")
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	top, _ := place(p.Files[0])
	m := ecosystem.NewImage(name, p, top, source.Span{Path: p.Files[0]})
	for _, file := range p.Files {
		n := m.Object(p.FS, file, maxSize, next, doc.JSON)
		if path.Base(file) == list {
			components(m, n, path.Dir(file))
		} else {
			document(m, n, path.Dir(file))
		}
	}
	return m.Finish(), ctx.Err()
}

// components reads the list: names, and what is known of each.
func components(m *ecosystem.Image, n doc.Node, dir string) {
	for key, about := range n.Members() {
		c := sbom.Component{Name: key.Text(), Version: about.Get("version").Text()}
		if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version) {
			m.Lost(key.Span(), next, "an application without a name and a version")
			continue
		}
		c.Hashes = ecosystem.Hashes(about.Get("digest").Text())
		c.PURL = ecosystem.PURL(name, "", c.Name, c.Version, "arch", about.Get("arch").Text(), "distro", about.Get("distro").Text())
		folder := path.Join(dir, c.Name)
		if !fs.ValidPath(folder) {
			folder = ""
		}
		m.Install(c, m.At(folder), key.Span())
	}
}

// document reads the packages of a document.
func document(m *ecosystem.Image, n doc.Node, dir string) {
	for p := range n.Get("packages").Items() {
		for ref := range p.Get("externalRefs").Items() {
			locator := ref.Get("referenceLocator")
			purl, err := packageurl.FromString(locator.Text())
			if ref.Get("referenceType").Text() != "purl" || err != nil || purl.Type != name || !ecosystem.Printable(purl.Name) {
				continue
			}
			c := sbom.Component{Name: purl.Name, Version: purl.Version, PURL: purl.ToString()}
			if from := p.Get("downloadLocation").Text(); from != "NOASSERTION" && from != "NONE" {
				c.Source = from
			}
			if license := p.Get("licenseDeclared"); license.Text() != "NOASSERTION" && license.Text() != "NONE" {
				c.Claims = detect.Declaration(license.Text(), license.Span())
			}
			m.Install(c, dir, p.Get("name").Span())
		}
	}
}
