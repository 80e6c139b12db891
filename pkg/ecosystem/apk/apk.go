// Package apk reads what Alpine Linux installs and builds: lib/apk/db/installed, the database of apk, .PKGINFO in a package as it is
// fetched, and APKBUILD, the program that makes one.
//
// The database has records of fields with names of one letter (P, V, L, D, p and others), and between them the files of
// the package. A dependency may be a package, or "so:libz.so.1" or "cmd:sh", which packages provide under p.
//
// An APKBUILD is a shell script. It is not executed: assignments at its top are read, with the variables that they use
// and the two or three ways of cutting a text that APKBUILDs are fond of.
//
// The formats are described in the documentation of apk-tools (apk-package(5)) and abuild (APKBUILD(5)).
package apk

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
	name    = "apk"
	next    = "run `apk audit --system` on the system"
	maxSize = 256 << 20
)

// Ecosystem is the reader of Alpine's packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Alpine packages: lib/apk/db/installed, .PKGINFO in *.apk, APKBUILD

Components are the installed packages of a root file system, with their licenses and the edges between them. The root is
the system that etc/os-release names. An APKBUILD is a project: depends has scope runtime, makedepends build, checkdepends
test. It is not executed. Of a package as it is fetched .PKGINFO is read; what it needs is not followed.

Under --deep the files of installed packages are compared with the digests in the database, which are SHA-1, but for those in etc, which
are there to be changed.`,
	Match: func(p string, mode fs.FileMode, head []byte) bool {
		_, ok := database(p)
		ok = ok || path.Base(p) == "APKBUILD" || path.Base(p) == infoFile && !bytes.Contains(head, []byte("makepkg"))
		return ok && ecosystem.Own(p, mode)
	},
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string { return p })
	},
	Read:     read,
	Original: published,
	Systemic: true,
}

func database(p string) (top string, ok bool) {
	for _, file := range []string{"usr/lib/apk/db/installed", "lib/apk/db/installed"} {
		if top, ok = ecosystem.Below(p, file); ok {
			break
		}
	}
	return top, ok
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	if path.Base(p.Files[0]) == infoFile {
		return readPackage(ctx, p)
	}
	top, ok := database(p.Files[0])
	if !ok {
		return build(ctx, p)
	}
	m := ecosystem.NewImage(name, p, top, source.Span{Path: p.Files[0]})
	d, _ := m.Parse(p.FS, p.Files[0], maxSize, next, doc.Stanzas)
	texts := m.Folders(path.Join(top, "usr/share/licenses"))
	for s := range d.Root().Items() {
		if ctx.Err() != nil {
			break
		}
		install(m, s, texts)
	}
	return m.Finish(), ctx.Err()
}

// install adds the package of a record. Its own fields stand before those of its files. texts finds the folder of its licenses.
func install(m *ecosystem.Image, s doc.Node, texts func(name string) string) {
	f := map[string]doc.Node{}
	for key, value := range s.Members() {
		if key.Text() == "F" {
			break
		}
		f[key.Text()] = value
	}
	if !ecosystem.Printable(f["P"].Text()) || !ecosystem.Printable(f["V"].Text()) {
		m.Lost(s.Span(), next, "an installed package without a name and a version")
		return
	}
	c := sbom.Component{Name: f["P"].Text(), Version: f["V"].Text(), Homepage: f["U"].Text(), Supplier: f["m"].Text()}
	c.PURL = ecosystem.PURL("apk", m.Vendor("alpine"), c.Name, c.Version, "arch", f["A"].Text(), "distro", m.Distro())
	c.Claims = detect.Declaration(f["L"].Text(), f["L"].Span())
	var provides []string
	for word := range strings.FieldsSeq(f["p"].Text()) {
		provides = append(provides, wanted(word))
	}
	id := m.Install(c, texts(c.Name), f["P"].Span(), provides...)
	for word := range strings.FieldsSeq(f["D"].Text()) {
		if !strings.HasPrefix(word, "!") { // a conflict
			m.Need(id, sbom.Runtime, word, f["D"].Span(), wanted(word))
		}
	}
}

// wanted is the name in "name>=1.0" or "so:libz.so.1=1.3".
func wanted(word string) string {
	if i := strings.IndexAny(word, "<>=~"); i >= 0 {
		word = word[:i]
	}
	word, _, _ = strings.Cut(word, "@") // of a repository with that tag
	return word
}
