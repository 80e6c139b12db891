package maven

import (
	"cmp"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// addRoot adds the component that a POM of the target is of.
func (r *reader) addRoot(p *pom) {
	m := r.model(p)
	c := sbom.Component{Name: m.gav.name, Version: m.gav.version, Type: sbom.TypeLibrary}
	for _, s := range []string{m.gav.group, m.gav.name, m.gav.version} {
		if s != "" && !isName(s) {
			r.Lost(p.at(), "mend the coordinates", "%s cannot be part of the coordinates of an artifact", ecosystem.Quote(s))
		}
	}
	if !isName(c.Version) {
		c.Version = ""
	}
	switch m.text(p.top.Get("packaging").Text()) {
	case "war", "ear", "rar", "eclipse-application", "eclipse-repository", "native-image":
		c.Type = sbom.TypeApplication
	}
	switch {
	case !isName(m.gav.name):
		c.Name = path.Base(p.dir)
		if p.dir == "." {
			c = r.Unnamed(".")
		}
	case isName(m.gav.group):
		c.PURL = ecosystem.PURL(name, m.gav.group, m.gav.name, c.Version)
	}
	m.describe(&c)
	dir := p.dir
	if above, _, ok := strings.Cut("/"+dir+"/", "/META-INF/maven/"); ok { // a copy, in an archive that lies unpacked there
		dir, c.Origin = cmp.Or(strings.TrimPrefix(above, "/"), "."), sbom.OriginVendored
	}
	id := r.Root(c, dir, p.at())
	r.roots[p] = id
	if m.cycle {
		r.Lost(p.top.Get("parent").Span(), "mend the element parent", "the parents lead in a circle")
	}
	for _, profile := range p.resting {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: profile.Get("dependencies").Span(), Why: "the dependencies of the profile " +
			ecosystem.Quote(profile.Get("id").Text()) + " are not listed: it is not active by default",
			Next: "if the profile is active in what ships, set activeByDefault"})
	}
}

// modules joins an aggregator with the modules that it names.
func (r *reader) modules(p *pom) {
	for _, part := range p.parts() {
		for n := range children(part.Get("modules"), "module") {
			file := pomAt(path.Join(p.dir, strings.ReplaceAll(strings.TrimSpace(n.Text()), `\`, "/")))
			member := r.byFile[file]
			if member == nil {
				r.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: n.Span(), Material: true,
					Why: "the module " + ecosystem.Quote(n.Text()) + " is not in the tree", Next: "scan the folder that holds all modules"})
				continue
			}
			if member == p {
				continue
			}
			r.Depend(r.roots[p], r.roots[member], sbom.Runtime, "", n.Span())
			r.Relationships[len(r.Relationships)-1].Kind = sbom.Contains
		}
	}
}

// describe fills in what the POM or its nearest parent states.
func (m *model) describe(c *sbom.Component) {
	inherited := func(get func(doc.Node) string) string {
		for _, p := range m.chain {
			if s := m.text(get(p.top)); s != "" {
				return source.Redact(s)
			}
		}
		return ""
	}
	c.Supplier = inherited(func(n doc.Node) string { return n.Get("organization").Get("name").Text() })
	c.Homepage = source.Redact(m.text(m.top.Get("url").Text()))
	c.Source = source.Redact(m.text(m.top.Get("scm").Get("url").Text()))
	c.Claims = m.licenses()
}

// licenses are the claims of the nearest POM that lists any.
func (m *model) licenses() []sbom.Claim {
	for _, p := range m.chain {
		if claims := detect.POM(p.top.Get("licenses"), m.text); claims != nil {
			return claims
		}
	}
	return nil
}

// component gives the ID of what a dependency leads to, and adds it if it is new: a root of the tree, or an artifact from
// elsewhere, of which the local repository may have the POM and the file.
func (r *reader) component(d *dependency) (id sbom.ID, root bool) {
	if p := r.byFile[r.fileOf(d.gav)]; p != nil {
		return r.roots[p], true
	}
	if !ecosystem.Printable(d.name) || strings.Contains(d.group+d.name, "/") {
		return "", false
	}
	version := d.pin()
	c := sbom.Component{Name: d.name, Version: version}
	ext, classifier := d.extension()
	kind := ext
	if kind == "jar" {
		kind = ""
	}
	if isName(d.group) && isName(d.name) {
		c.PURL = ecosystem.PURL(name, d.group, d.name, version, "classifier", classifier, "type", kind)
		id = sbom.ID(c.PURL)
	}
	dir, known := r.added[id]
	if id != "" && known {
		return r.Add(sbom.Component{ID: id, PURL: c.PURL, Name: c.Name, Version: c.Version}, dir, d.at), false
	}
	at := gav{d.group, d.name, version}
	dir = r.fetched(at, classifier, ext, cmp.Or(id, sbom.ID(c.PURL)))
	if p := r.find(at); p != nil {
		r.model(p).describe(&c)
	}
	id = r.Add(c, dir, d.at)
	r.added[id] = dir
	return id, false
}

// fetched gives the folder inside an artifact's file, "" if that is not at hand, or another file lies in its place.
func (r *reader) fetched(at gav, classifier, kind string, id sbom.ID) string {
	dir, err := r.archive(at, classifier, kind)
	if err == nil {
		return dir
	}
	gap := sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: strings.TrimSuffix(dir, "!/")}, Why: "it is not what the checksum beside it names: " + err.Error(),
		Next: "delete it, and run `mvn dependency:go-offline`"}
	if id != "" {
		gap.Components = []sbom.ID{id}
	}
	r.Gap(gap)
	return ""
}

// fileOf is the file of the target's own POM with these coordinates, "" if there is none.
func (r *reader) fileOf(c gav) string {
	if p := r.byCoord[c]; p != nil {
		if _, own := r.roots[p]; own {
			return p.file
		}
	}
	for _, p := range r.own[c.ga()] {
		if m := r.model(p); m.gav == c {
			return p.file
		}
	}
	return ""
}
