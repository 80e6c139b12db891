package jar

import (
	"cmp"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// emit adds an archive, what it contains, and the archives in it.
func (r *reader) emit(f *facts, outer sbom.ID) {
	if r.isOfRuntime(f) {
		return
	}
	main, others := f.main()
	c, known := coordinates{}, false
	switch {
	case main != nil:
		c = main.coordinates
		if c.version == "" {
			c = f.byManifest(c)
		}
	default:
		if c, known = f.byRepository(); !known {
			c.name, c.version = split(f.file)
			c = f.byManifest(c)
		}
	}
	origin := sbom.OriginVendored
	if outer != "" {
		origin = sbom.OriginBundled
	}
	id := r.addArchive(f, c, main, origin)
	if outer != "" {
		r.contain(outer, id, f.file)
	}
	for _, m := range others {
		r.contain(id, r.addModule(m, "", sbom.OriginBundled), f.file)
	}
	r.emitMoved(f, id, main)
	for _, e := range f.inner {
		if r.ctx.Err() != nil {
			return
		}
		at := source.Join(f.inside, e.Name)
		if f.depth+1 > maxDepth {
			r.Gap(sbom.Gap{Kind: sbom.Limit, Span: source.Span{Path: f.file}, Material: true,
				Why: "archives nested deeper than four levels are not opened: " + ecosystem.Brief(path.Base(e.Name)), Next: "look into the archive yourself"})
			continue
		}
		z, base, held, err := r.budget.nested(f.base, e)
		if err != nil {
			r.unreadable(f.file, err)
			r.Gaps[len(r.Gaps)-1].Why += ": " + ecosystem.Brief(e.Name)
			continue
		}
		inner := r.list(z, base, at, f.depth+1)
		if held > 0 && r.Opened != nil {
			r.Opened(inner.inside, z)
		}
		r.emit(inner, id)
		r.budget.hold(-held)
	}
}

// contain adds the edge from an archive to what is in it. What a WAR holds for a server that has it anyway is needed to
// build (docs.spring.io, "The Executable War File Structure").
func (r *reader) contain(outer, id sbom.ID, file string) {
	if outer == id {
		return
	}
	scope := sbom.Runtime
	if strings.Contains(file, "!/WEB-INF/lib-provided/") {
		scope = sbom.Build
	}
	e := sbom.Relationship{From: outer, To: id, Kind: sbom.Contains, Scope: scope, Linkage: sbom.Bundled}
	r.Relationships = append(r.Relationships, e)
}

// addArchive adds the component that an archive is.
func (r *reader) addArchive(f *facts, c coordinates, main *module, origin sbom.Origin) sbom.ID {
	out := sbom.Component{Name: c.name, Version: c.version, Type: sbom.TypeLibrary, Origin: origin}
	if ext := path.Ext(f.file); ext == ".war" || ext == ".ear" || f.header("Start-Class") != "" || f.header("Main-Class") != "" && len(f.inner) > 0 {
		out.Type = sbom.TypeApplication
	}
	if isPart(c.group) && isPart(c.name) && (c.version == "" || isPart(c.version)) {
		out.PURL = ecosystem.PURL("maven", c.group, c.name, c.version)
	}
	if !isPart(out.Name) {
		out.Name = path.Base(f.file)
	}
	out.Supplier = source.Redact(cmp.Or(f.header("Implementation-Vendor"), f.header("Bundle-Vendor")))
	out.Homepage = source.Redact(cmp.Or(f.header("Bundle-DocURL"), f.header("Implementation-URL")))
	if main != nil {
		out.Claims = main.licenses()
	}
	if len(out.Claims) == 0 {
		out.Claims = f.bundleLicense()
	}
	at := source.Span{Path: f.place}
	if main != nil {
		at = main.at
	} else if n := f.manifest.Get("Bundle-SymbolicName"); n.Text() != "" {
		at = n.Span()
	}
	if out.PURL == "" {
		out.ID = sbom.ID("file:" + source.Dir(f.file) + "#" + out.Name + "@" + out.Version)
	}
	id := r.Add(out, f.inside, at)
	if out.PURL == "" {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: f.place}, Why: "the archive does not say what it is: it has no coordinates and no manifest that names it",
			Next: "state its license under clarify, or replace it by one from a repository", Components: []sbom.ID{id}})
		return id
	}
	r.know(c, id, main)
	return id
}

// addModule adds a module whose classes lie in an archive.
func (r *reader) addModule(m *module, dir string, origin sbom.Origin) sbom.ID {
	id := r.Add(sbom.Component{
		Name: m.name, Version: m.version, PURL: ecosystem.PURL("maven", m.group, m.name, m.version), Origin: origin, Claims: m.licenses(),
	}, dir, m.at)
	r.know(m.coordinates, id, m)
	return id
}

// know notes what the archive holds, and what a POM says that it needs.
func (r *reader) know(c coordinates, id sbom.ID, m *module) {
	if _, ok := r.byKey[c.key()]; !ok {
		r.byKey[c.key()] = id
	}
	if m == nil {
		return
	}
	for k, n := range m.pom.Get("dependencies").Members() {
		scope := sbom.Runtime
		switch n.Get("scope").Text() {
		case "test", "provided", "system", "import":
			continue
		}
		if k.Text() != "dependency" {
			continue
		}
		if n.Get("optional").Text() == "true" {
			scope = sbom.Optional
		}
		group := strings.NewReplacer("${project.groupId}", c.group, "${pom.groupId}", c.group).Replace(n.Get("groupId").Text())
		r.pending = append(r.pending, need{id, coordinates{group, n.Get("artifactId").Text(), ""}.key(), scope, n.Get("version").Text()})
	}
}

// connect adds the edges between what the archive holds.
func (r *reader) connect() {
	for _, n := range r.pending {
		if to, ok := r.byKey[n.key]; ok && to != n.from {
			r.Depend(n.from, to, n.scope, n.want, source.Span{})
		}
	}
}

// licenses are the claims of the POM. Its properties are not filled in.
func (m *module) licenses() []sbom.Claim {
	return detect.POM(m.pom.Get("licenses"), func(s string) string { return s })
}

// bundleLicense reads the header Bundle-License: names or addresses with attributes, parted by commas, of which
// one may be chosen; description and link say the same (OSGi Core, "Bundle-License").
func (f *facts) bundleLicense() []sbom.Claim {
	n, declared := f.manifest.Get("Bundle-License"), detect.DeclarationsOf("maven")
	var stated []string
	var arms []spdx.Expr
	for clause := range strings.SplitSeq(n.Text(), ",") {
		parts := strings.Split(clause, ";")
		raw := strings.Trim(strings.TrimSpace(parts[0]), `"`)
		if raw == "" || raw == "<<EXTERNAL>>" {
			continue
		}
		texts := []string{raw}
		for _, attribute := range parts[1:] {
			_, value, _ := strings.Cut(attribute, "=")
			texts = append(texts, strings.Trim(strings.TrimSpace(value), `"`))
		}
		e := spdx.Expr{}
		for _, text := range texts {
			if m := declared.Words(text); e.IsNoAssertion() && m.IsClear() {
				e = m.Expr
			}
		}
		stated, arms = append(stated, raw), append(arms, e)
	}
	return detect.Choice(stated, arms, n.Span())
}
