package npm

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// manifest is one package.json, or deno.json, or both in one folder.
type manifest struct {
	dir           string // folder
	root          doc.Node
	deno          doc.Node    // of deno.json
	at            source.Span // of the name, else of the file
	name, version string      // "" if there is none, or none that can be one
	broken        bool        // part of it could not be read
	used          bool        // the lockfile accounts for it
	top           *manifest   // that of the workspace of which it is a member, nil for none
}

const mendManifest = "mend the file"

func (r *reader) readManifest(file string) *manifest {
	parse := doc.JSON
	if path.Base(file) != manifestFile {
		parse = doc.JSONC
	}
	d, whole := r.Parse(r.FS, file, maxManifest, mendManifest, parse)
	m := &manifest{dir: path.Dir(file), root: d.Root(), at: source.Span{Path: file}, broken: !whole}
	if k := m.root.Kind(); k != doc.Object && k != doc.Missing {
		r.Lost(m.root.Span(), mendManifest, "a manifest is an object, this is of kind %v", k)
	}
	if n := m.root.Get("name"); n.Text() != "" {
		m.at = n.Span()
		if m.name = n.Text(); !validName(m.name) {
			r.Lost(n.Span(), mendManifest, "%s cannot be the name of a package", ecosystem.Quote(m.name))
			m.name = ""
		}
	}
	if v := m.root.Get("version"); v.Kind() != doc.Missing {
		if m.version = v.Text(); !validVersion(m.version) {
			r.Lost(v.Span(), mendManifest, "%s cannot be a version", ecosystem.Quote(m.version))
			m.version = ""
		}
	}
	if path.Base(file) != manifestFile {
		m.root, m.deno = doc.Node{}, m.root
	}
	return m
}

// join adds what another file in the same folder says; package.json names the project.
func (m *manifest) join(o *manifest) *manifest {
	if m == nil {
		return o
	}
	if m.root.Kind() == doc.Missing {
		m, o = o, m
	}
	m.deno, m.broken = o.deno, m.broken || o.broken
	if m.name == "" {
		m.name, m.version, m.at = o.name, o.version, o.at
	}
	return m
}

// workspaces is the field that names the members.
func (m *manifest) workspaces() doc.Node {
	if w := m.root.Get("workspaces"); w.Kind() != doc.Missing {
		return w
	}
	return m.deno.Get("workspace")
}

// empty: the file only marks a folder, as {"type": "module"} does, and speaks of no package.
func (m *manifest) empty() bool {
	if m.root.Kind() == doc.Missing && m.deno.Kind() == doc.Missing {
		return false // nothing of it could be read
	}
	return saysNothing(m.root, "workspaces", "dependencies", "devDependencies", "optionalDependencies", "peerDependencies") &&
		saysNothing(m.deno, "workspace", "imports")
}

func saysNothing(n doc.Node, fields ...string) bool {
	for key := range n.Members() {
		switch t := key.Text(); t {
		case "name", "version", "license", "licenses":
			return false
		default:
			if slices.Contains(fields, t) {
				return false
			}
		}
	}
	return n.Kind() == doc.Object || n.Kind() == doc.Missing
}

func (m *manifest) id() sbom.ID {
	if m.name == "" {
		return sbom.ID("file:" + m.dir + "#@" + m.version)
	}
	if m.root.Kind() != doc.Missing || m.deno.Kind() == doc.Missing {
		return purl(m.name, m.version)
	}
	if scope, name, ok := strings.Cut(m.name, "/"); ok {
		return sbom.ID(ecosystem.PURL("jsr", scope, name, m.version))
	}
	return sbom.ID("file:" + m.dir + "#" + m.name + "@" + m.version)
}

// isRecord reports whether npm wrote the file: until version 6 it added where a package came from to the manifest of what it
// installed.
func (m *manifest) isRecord() bool { return m.root.Get("_resolved").Text() != "" }

// project adds the component that the manifest is of.
func (r *reader) project(m *manifest) sbom.ID {
	c := sbom.Component{
		ID: m.id(), Name: m.name, Version: m.version, Type: sbom.TypeLibrary, Origin: sbom.OriginManifest,
		Source: repository(m.root),
		Claims: r.claims(m.root),
	}
	if m.name == "" {
		c.Name = m.dir
	}
	if strings.HasPrefix(string(c.ID), "pkg:") {
		c.PURL = string(c.ID)
	}
	if len(c.Claims) == 0 {
		c.Claims = r.claims(m.deno)
	}
	if m.isRecord() {
		c.Origin = sbom.OriginVendored
	}
	if private, _ := m.root.Get("private").Bool(); private {
		c.Type = sbom.TypeApplication
	}
	describe(&c, m.root)
	r.add(c, m.dir, m.at)
	return c.ID
}

// add adds a component that occurs in one place and makes its claims there.
func (r *reader) add(c sbom.Component, dir string, found source.Span) {
	o := sbom.Occurrence{Dir: dir, Found: []source.Span{found}}
	for i := range c.Claims {
		o.Claims = append(o.Claims, i)
	}
	c.Occurrences = []sbom.Occurrence{o}
	r.Components = append(r.Components, c)
}

// describe fills in who made the package and where it is described.
func describe(c *sbom.Component, n doc.Node) {
	c.Homepage = source.Redact(n.Get("homepage").Text())
	c.Supplier = source.Redact(person(n.Get("author")))
}

// person is the name in "Name <mail> (url)", or of an object with these parts.
func person(n doc.Node) string {
	if n.Kind() == doc.Object {
		n = n.Get("name")
	}
	s := n.Text()
	if i := strings.IndexAny(s, "<("); i >= 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}

func repository(n doc.Node) string {
	at := n.Get("repository")
	if at.Kind() == doc.Object {
		at = at.Get("url")
	}
	return source.Redact(at.Text())
}
