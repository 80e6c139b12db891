// Package alpm reads what pacman, the package manager of Arch Linux, has installed, var/lib/pacman/local/*/desc, and packages as they
// are fetched, .PKGINFO.
//
// A record is a file of sections: a line %NAME% and the values below it, one on each, up to a blank line. The license texts
// lie in usr/share/licenses, in a folder of the package.
//
// The format is described in the documentation of libalpm (alpm_db).
package alpm

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
	name    = "alpm"
	next    = "run `pacman -Qkk` on the system"
	maxSize = 16 << 20
)

// Ecosystem is the reader of Arch's installed packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Arch Linux packages: var/lib/pacman/local/*/desc, .PKGINFO in *.pkg.tar.*

Components are the installed packages of a root file system, with their licenses and the edges between them; optional
dependencies have scope optional. The root is the system that etc/os-release names. Of a package as it is fetched .PKGINFO is
read; what it needs is not followed.`,
	Match: func(p string, mode fs.FileMode, head []byte) bool {
		_, ok := place(p)
		return mode.IsRegular() && (ok && bytes.HasPrefix(head, []byte("%")) || path.Base(p) == infoFile && bytes.Contains(head, []byte("makepkg")))
	},
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string {
			if path.Base(p) == infoFile {
				return p
			}
			top, _ := place(p)
			return top
		})
	},
	Read: read,
}

// place is the root of the file system that a record lies in.
func place(p string) (top string, ok bool) {
	if path.Base(p) != "desc" {
		return "", false
	}
	return ecosystem.Below(path.Dir(path.Dir(p)), "var/lib/pacman/local")
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	if path.Base(p.Files[0]) == infoFile {
		return readPackage(ctx, p)
	}
	top, _ := place(p.Files[0])
	m := ecosystem.NewImage(name, p, top, source.Span{Path: p.Files[0]})
	texts := m.Folders(path.Join(top, "usr/share/licenses"))
	for _, file := range p.Files {
		if ctx.Err() != nil {
			break
		}
		install(m, file, texts)
	}
	return m.Finish(), ctx.Err()
}

// install adds the package of a record. texts finds the folder of its licenses.
func install(m *ecosystem.Image, file string, texts func(name string) string) {
	data, ok := m.Read(m.FS, file, maxSize)
	if !ok {
		return
	}
	sections := map[string][]doc.Line{}
	section := ""
	for line, err := range doc.Lines(file, data) {
		switch {
		case err != nil:
			m.Broken(file, next, err)
		case len(line.Text) > 2 && line.Text[0] == '%' && strings.HasSuffix(line.Text, "%"):
			section = strings.Trim(line.Text, "%")
		default:
			sections[section] = append(sections[section], line)
		}
	}
	first := func(section string) (doc.Line, string) {
		if lines := sections[section]; len(lines) > 0 {
			return lines[0], lines[0].Text
		}
		return doc.Line{}, ""
	}
	at, pkg := first("NAME")
	_, version := first("VERSION")
	_, arch := first("ARCH")
	if !ecosystem.Printable(pkg) || !ecosystem.Printable(version) {
		m.Lost(source.Span{Path: file}, next, "an installed package without a name and a version")
		return
	}
	c := sbom.Component{Name: pkg, Version: version}
	_, c.Homepage = first("URL")
	_, c.Supplier = first("PACKAGER")
	c.PURL = ecosystem.PURL("alpm", m.Vendor("arch"), pkg, version, "arch", arch, "distro", m.Distro())
	if lines := sections["LICENSE"]; len(lines) > 0 {
		var licenses []string
		for _, line := range lines {
			licenses = append(licenses, line.Text)
		}
		c.Claims = detect.Declaration(ecosystem.Together(licenses), lines[0].Span())
	}
	var provides []string
	for _, line := range sections["PROVIDES"] {
		provides = append(provides, wanted(line.Text))
	}
	id := m.Install(c, texts(pkg), at.Span(), provides...)
	for _, line := range sections["DEPENDS"] {
		m.Need(id, sbom.Runtime, line.Text, line.Span(), wanted(line.Text))
	}
	for _, line := range sections["OPTDEPENDS"] {
		m.Need(id, sbom.Optional, "", line.Span(), wanted(line.Text))
	}
}

// wanted is the name in "name>=1.0" or "name: why".
func wanted(s string) string {
	if i := strings.IndexAny(s, "<>=: "); i >= 0 {
		return s[:i]
	}
	return s
}
