// Package ivy reads the module descriptors of Apache Ivy: ivy.xml.
//
// A descriptor names a module, its licenses, its configurations and what it needs. Each dependency says in which
// configurations of the module it is needed, "test->default", and the name of a configuration is what tells what
// it serves. Ivy has no lockfile; a dependency whose revision is exact has that version, all others have none.
//
// Reference: https://ant.apache.org/ivy/history/latest-milestone/ivyfile.html.
package ivy

import (
	"cmp"
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

// name is the ecosystem's, and the reader's in gaps. Its modules are those of Maven repositories.
const name = "ivy"

const maxFile = 8 << 20 // bytes

// Ecosystem is the reader of Ivy's descriptors.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Java modules by Apache Ivy: ivy.xml

The root is the module with the license that it states; components are its dependencies, with a version where the revision is
exact. Configurations whose names speak of tests are test, provided, compile-only and build are build, optional is optional,
development and documentation are development, all others runtime; of several the strongest counts. What dependencies need in
turn is not known.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		base := path.Base(p)
		return ecosystem.Own(p, mode) && (base == "ivy.xml" || strings.HasPrefix(base, "ivy-") && path.Ext(base) == ".xml" && base != "ivy-settings.xml")
	},
	Read: read,
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	for _, file := range p.Files {
		d, whole := g.Parse(p.FS, file, maxFile, "mend the file", doc.XML)
		top := d.Root().Get("ivy-module")
		if top.Len() > 0 {
			module(g, p, file, top)
		} else if whole && path.Base(file) == "ivy.xml" {
			g.Lost(source.Span{Path: file}, "mend the file, or exclude it", "this is no descriptor: there is no element ivy-module at the top")
		}
	}
	return g.Fragment, ctx.Err()
}

// module adds a module and what it needs.
func module(g *ecosystem.Graph, p *ecosystem.Project, file string, top doc.Node) {
	info := top.Get("info")
	organisation := info.Get("@organisation").Text()
	c := sbom.Component{Name: info.Get("@module").Text(), Version: info.Get("@revision").Text(), Type: sbom.TypeLibrary}
	if !isPart(c.Version) {
		c.Version = ""
	}
	switch {
	case !isPart(c.Name):
		c = p.Unnamed(path.Dir(file))
	case isPart(organisation):
		c.PURL = ecosystem.PURL("maven", organisation, c.Name, c.Version)
	}
	if n := info.Get("license"); n.Len() > 0 {
		c.Claims = detect.Declaration(cmp.Or(n.Get("@name").Text(), n.Get("@url").Text()), placeOf(n))
	}
	c.Homepage = source.Redact(info.Get("description").Get("@homepage").Text())
	at := info.Get("@module").Span()
	if at.IsZero() {
		at = source.Span{Path: file}
	}
	root := g.Root(c, path.Dir(file), at)
	fallback := cmp.Or(top.Get("dependencies").Get("@defaultconf").Text(), top.Get("configurations").Get("@defaultconf").Text())
	var loose []sbom.ID
	for k, n := range top.Get("dependencies").Members() {
		if k.Text() != "dependency" {
			continue
		}
		group, id, written := cmp.Or(n.Get("@org").Text(), organisation), n.Get("@name"), n.Get("@rev").Text()
		if !isPart(group) || !isPart(id.Text()) {
			g.Lost(n.Span(), "mend the dependency", "%s cannot be a module", ecosystem.Quote(group+":"+id.Text()))
			continue
		}
		version := written
		if !isPart(version) || strings.ContainsAny(version, "[](),+") || strings.HasPrefix(version, "latest.") || strings.HasPrefix(version, "working@") {
			version = ""
		}
		to := g.Add(sbom.Component{Name: id.Text(), Version: version, PURL: ecosystem.PURL("maven", group, id.Text(), version)}, "", id.Span())
		if to == root {
			continue
		}
		g.Depend(root, to, scopeOf(cmp.Or(confOf(n), fallback)), written, id.Span())
		loose = append(loose, to)
	}
	if len(loose) > 0 {
		g.Unavailable(at, "scan the folder into which `ant resolve` retrieves the JARs",
			"there is no lockfile: what the modules need in turn, and revisions that are not exact, are unknown", loose...)
	}
}

// confOf are the configurations that a dependency is for: an attribute, or elements with a name each
// (ant.apache.org/ivy, "dependency").
func confOf(dependency doc.Node) string {
	if conf := dependency.Get("@conf").Text(); conf != "" {
		return conf
	}
	var names []string
	for k, n := range dependency.Members() {
		if k.Text() == "conf" {
			names = append(names, n.Get("@name").Text())
		}
	}
	return strings.Join(names, ",")
}

// placeOf is where a license is named.
func placeOf(license doc.Node) source.Span {
	if n := license.Get("@name"); n.Text() != "" {
		return n.Span()
	}
	return license.Get("@url").Span()
}

// isPart reports whether a text can be a part of coordinates.
func isPart(s string) bool { return ecosystem.Printable(s) && !strings.ContainsAny(s, `:/\${}`) }

// scopeOf is the strongest of what the configurations of the module are for: "compile,test->default;runtime->*".
func scopeOf(conf string) sbom.Scope {
	best := sbom.Scope("")
	for part := range strings.SplitSeq(conf, ";") {
		own, _, _ := strings.Cut(part, "->")
		for c := range strings.SplitSeq(own, ",") {
			if s := scopeOfOne(strings.ToLower(strings.TrimSpace(c))); best == "" || strength(s) < strength(best) {
				best = s
			}
		}
	}
	return best
}

func scopeOfOne(s string) sbom.Scope {
	switch {
	case strings.Contains(s, "test"):
		return sbom.Test
	case strings.Contains(s, "provided"), strings.Contains(s, "compile-only"), strings.Contains(s, "build"), s == "system":
		return sbom.Build
	case strings.Contains(s, "optional"):
		return sbom.Optional
	case strings.HasPrefix(s, "dev"), strings.Contains(s, "doc"), s == "sources", s == "checkstyle", s == "tools":
		return sbom.Development
	}
	return sbom.Runtime
}

// strength is the place of a scope in the order from strongest to weakest.
func strength(s sbom.Scope) int {
	for i, other := range []sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test} {
		if s == other {
			return i
		}
	}
	return 4
}
