// Package dpkg reads what is installed on a system of the Debian family: var/lib/dpkg/status, the folder status.d beside it
// that images without dpkg have, and opkg's file of the same form.
//
// A package is installed when the third word of its Status says so; one whose configuration alone is left is not. Depends
// and Pre-Depends have scope runtime, Recommends and Suggests optional; of alternatives the first that is installed is the
// one. What a package is licensed under dpkg does not know: Debian keeps it in usr/share/doc/PACKAGE/copyright, and that folder is
// where the scan looks. opkg has a field License.
//
// The formats are described in Debian policy (chapters 5, 7 and 12.5) and deb-status(5).
package dpkg

import (
	"context"
	"io/fs"
	"iter"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "dpkg"
	next    = "run `dpkg --audit` on the system"
	maxSize = 256 << 20
)

// Ecosystem is the reader of Debian's installed packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Debian packages that are installed: var/lib/dpkg/status, var/lib/dpkg/status.d/*, usr/lib/opkg/status

Components are the installed packages of a root file system, with the edges between them: Depends and Pre-Depends are
runtime, Recommends and Suggests optional. Their licenses are those of usr/share/doc/PACKAGE/copyright. The root is the system that
etc/os-release names.

Under --deep the files are compared with info/PACKAGE.md5sums, but for configuration files, which are there to be changed, and files that
were diverted. MD5 tells what was changed by accident or openly; it proves nothing against who means to deceive.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		_, _, ok := place(p)
		return ok && mode.IsRegular()
	},
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string {
			top, kind, _ := place(p)
			return kind + " " + top
		})
	},
	Read:     read,
	Original: published,
	Systemic: true,
}

// place is the root of the file system that a database lies in, and the kind of purl of its packages.
func place(p string) (top, kind string, ok bool) {
	if top, ok = ecosystem.Below(p, "var/lib/dpkg/status"); ok {
		return top, "deb", true
	}
	if top, ok = ecosystem.Below(path.Dir(p), "var/lib/dpkg/status.d"); ok {
		return top, "deb", !strings.HasSuffix(p, ".md5sums")
	}
	for _, file := range []string{"usr/lib/opkg/status", "var/lib/opkg/status", "opt/lib/opkg/status"} {
		if top, ok = ecosystem.Below(p, file); ok {
			return top, "opkg", true
		}
	}
	return "", "", false
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	top, kind, _ := place(p.Files[0])
	m := ecosystem.NewImage(name, p, top, source.Span{Path: p.Files[0]})
	docs := m.Folders(path.Join(top, "usr/share/doc"))
	for _, file := range p.Files {
		d, _ := m.Parse(p.FS, file, maxSize, next, doc.Stanzas)
		m.Reserve(d.Root().Len())
		for s := range d.Root().Items() {
			if ctx.Err() != nil {
				return m.Fragment, ctx.Err()
			}
			install(m, s, docs, kind)
		}
	}
	return m.Finish(), ctx.Err()
}

// install adds the package of a record, if it is installed. docs finds the folder of its documentation.
func install(m *ecosystem.Image, s doc.Node, docs func(name string) string, kind string) {
	if n := s.Get("Status"); n.Kind() != doc.Missing {
		if words := strings.Fields(n.Text()); len(words) != 3 || words[2] != "installed" {
			return
		}
	} else if !strings.Contains(s.Span().Path, "status.d/") {
		return
	}
	pkg, version := s.Get("Package"), s.Get("Version").Text()
	if !ecosystem.Printable(pkg.Text()) || !ecosystem.Printable(version) {
		m.Lost(s.Span(), next, "an installed package without a name and a version")
		return
	}
	c := sbom.Component{Name: pkg.Text(), Version: version, Supplier: s.Get("Maintainer").Text(), Homepage: s.Get("Homepage").Text()}
	vendor := m.Vendor("debian")
	if kind == "opkg" {
		vendor = m.ID
	}
	c.PURL = ecosystem.PURL(kind, vendor, c.Name, version, "arch", s.Get("Architecture").Text(), "distro", m.Distro())
	if license := s.Get("License"); license.Text() != "" {
		c.Claims = detect.Declaration(license.Text(), license.Span())
	}
	var provides []string
	for _, names := range relations(s.Get("Provides")) {
		provides = append(provides, names...)
	}
	id := m.Install(c, docs(c.Name), pkg.Span(), provides...)
	for _, f := range []struct {
		field string
		scope sbom.Scope
	}{{"Pre-Depends", sbom.Runtime}, {"Depends", sbom.Runtime}, {"Recommends", sbom.Optional}, {"Suggests", sbom.Optional}} {
		field := s.Get(f.field)
		for relation, names := range relations(field) {
			m.Need(id, f.scope, relation, field.Span(), names...)
		}
	}
}

// relations yields those of a field, "a (>= 1), b | c:any", each with the names of which one is enough (Debian policy,
// section 7.1).
func relations(field doc.Node) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		if field.Text() == "" {
			return
		}
		for relation := range strings.SplitSeq(field.Text(), ",") {
			var names []string
			for choice := range strings.SplitSeq(relation, "|") {
				choice, _, _ = strings.Cut(strings.TrimSpace(choice), " ")
				choice, _, _ = strings.Cut(choice, ":")
				choice, _, _ = strings.Cut(choice, "(")
				names = append(names, choice)
			}
			if !yield(strings.TrimSpace(relation), names) {
				return
			}
		}
	}
}
