// Package freebsd reads the manifests of FreeBSD's packages: +MANIFEST and +COMPACT_MANIFEST, which lie in a package and
// where one is unpacked; and the database of what is installed, local.sqlite.
//
// A manifest is an object in UCL, that is written as JSON or, by older versions, as YAML. Licenses are a list, and
// licenselogic says how they join: "or", "and", or "single". What the package needs it names with the versions that it was
// built with; edges are drawn to what is there.
//
// The format is described in pkg-create(8); the names of licenses in the ports tree, Mk/bsd.licenses.db.mk.
package freebsd

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "freebsd"
	next    = "run `pkg check` on the system"
	maxSize = 64 << 20
)

// Ecosystem is the reader of FreeBSD's packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `FreeBSD packages: var/db/pkg/local.sqlite, +MANIFEST, +COMPACT_MANIFEST

Components are the installed packages of the database, with its log, and those that manifests describe, with their licenses and the
edges to others that are there.`,
	Match: match,
	Group: func(paths []string) [][]string { return ecosystem.GroupBy(paths, top) },
	Read:  read,
}

func match(p string, mode fs.FileMode, head []byte) bool {
	_, database := ecosystem.Below(p, databaseFile)
	return database && mode.IsRegular() || ecosystem.Named("+MANIFEST", "+COMPACT_MANIFEST")(p, mode, head)
}

// top is the root of the file system, or else the folder of the manifest.
func top(p string) string {
	if root, ok := ecosystem.Below(p, databaseFile); ok {
		return root
	}
	if root, ok := ecosystem.Below(path.Dir(path.Dir(p)), "var/db/pkg"); ok {
		return root
	}
	return path.Dir(p)
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	m := ecosystem.NewImage(name, p, top(p.Files[0]), source.Span{Path: p.Files[0]})
	for _, file := range p.Files {
		if _, ok := ecosystem.Below(file, databaseFile); ok {
			readDatabase(m, p, file)
			continue
		}
		data, ok := m.Read(p.FS, file, maxSize)
		if !ok || ctx.Err() != nil {
			continue
		}
		parse := doc.YAML
		if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
			parse = doc.JSONC
		}
		d, err := parse(file, data)
		if err != nil {
			m.Broken(file, next, err)
		}
		install(m, d.Root())
	}
	return m.Finish(), ctx.Err()
}

// install adds the package of a manifest.
func install(m *ecosystem.Image, n doc.Node) {
	pkg, version := n.Get("name"), n.Get("version").Text()
	if !ecosystem.Printable(pkg.Text()) || !ecosystem.Printable(version) {
		m.Lost(n.Span(), next, "a manifest without a name and a version")
		return
	}
	c := sbom.Component{Name: pkg.Text(), Version: version, Homepage: n.Get("www").Text(), Supplier: n.Get("maintainer").Text()}
	c.PURL = ecosystem.PURL("freebsd", "", c.Name, version)
	c.Claims = licenses(n)
	id := m.Install(c, "", pkg.Span())
	for dep, about := range n.Get("deps").Members() {
		m.Need(id, sbom.Runtime, about.Get("version").Text(), dep.Span(), dep.Text())
	}
}

// licenses joins the list as licenselogic says: all hold, unless one may choose.
func licenses(n doc.Node) []sbom.Claim {
	list := n.Get("licenses")
	var names []string
	for item := range list.Items() {
		names = append(names, item.Text())
	}
	return detect.Declaration(joined(names, n.Get("licenselogic").Text()), list.Span())
}

func joined(names []string, logic string) string {
	if logic == "or" || logic == "dual" {
		return strings.Join(names, " OR ")
	}
	return strings.Join(names, " AND ")
}
