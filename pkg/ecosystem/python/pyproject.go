package python

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const correct = "correct the requirement"

// pyproject reads a pyproject.toml: the tables project (PEP 621, 639), dependency-groups (PEP 735), build-system
// (PEP 518), and those of the tools that had such tables first.
func (r *reader) pyproject(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "correct the file", doc.TOML)
	top := d.Root()
	p := projectReader{reader: r, home: h, file: file, sources: top.Get("tool").Get("uv").Get("sources").Index()}
	p.project(top.Get("project"))
	for k, group := range r.Members(top.Get("dependency-groups"), correct, "dependency-groups") {
		p.list(group, scopeOf(k.Text(), sbom.Development), "")
	}
	if build := top.Get("build-system"); build.Kind() == doc.Object {
		h.library = true
		p.list(build.Get("requires"), sbom.Build, "")
	}
	tool := top.Get("tool")
	p.poetry(tool.Get("poetry"))
	p.flit(tool.Get("flit").Get("metadata"))
	for k, group := range tool.Get("pdm").Get("dev-dependencies").Members() {
		p.list(group, scopeOf(k.Text(), sbom.Development), "")
	}
	p.list(tool.Get("uv").Get("dev-dependencies"), sbom.Development, "")
	for k, env := range tool.Get("hatch").Get("envs").Members() {
		for _, field := range []string{"dependencies", "extra-dependencies"} {
			scope := scopeOf(k.Text(), sbom.Development)
			if scope == sbom.Runtime { // "default" is where one works, not what is shipped
				scope = sbom.Development
			}
			p.list(env.Get(field), scope, "")
		}
	}
	p.dynamic(tool.Get("setuptools").Get("dynamic"))
	for _, from := range []doc.Node{tool.Get("hatch").Get("version"), tool.Get("pdm").Get("version")} {
		if file := from.Get("path").Text(); file != "" {
			h.versions = append(h.versions, versionPlace{file, "__version__"})
		}
	}
	h.claims = addClaim(h.claims, p.terms.claims()...)
}

// projectReader reads the parts of a pyproject.toml.
type projectReader struct {
	*reader
	home    *home
	file    string
	sources map[string]doc.Node // tool.uv.sources: where a package comes from
	terms   terms
}

func (p *projectReader) project(n doc.Node) {
	if n.Kind() != doc.Object {
		return
	}
	p.home.lists = true
	p.home.identify(byPyproject, n.Get("name").Text(), n.Get("version").Text(), place(n.Get("name"), n))
	license := n.Get("license")
	switch license.Kind() {
	case doc.String:
		p.terms.expression = stated{license.Text(), license.Span()}
	case doc.Object:
		if text := license.Get("text"); text.Text() != "" {
			p.terms.license = stated{text.Text(), text.Span()}
		}
	}
	for c := range n.Get("classifiers").Items() {
		p.terms.classifier(c.Text(), c.Span())
	}
	for k, url := range n.Get("urls").Members() {
		if isHomepage(k.Text()) {
			p.home.homepage = url.Text()
		}
	}
	p.list(n.Get("dependencies"), sbom.Runtime, "")
	for k, extra := range p.Members(n.Get("optional-dependencies"), correct, "optional-dependencies") {
		p.list(extra, scopeOf(k.Text(), sbom.Optional), normal(k.Text()))
	}
	for field := range n.Get("dynamic").Items() {
		if field.Text() == "dependencies" {
			p.home.dynamic = field.Span()
		}
	}
}

func isHomepage(label string) bool {
	label = strings.ToLower(label)
	return label == "homepage" || label == "home-page" || label == "home page"
}

// place is where the first of the nodes stands that is there.
func place(nodes ...doc.Node) source.Span {
	for _, n := range nodes {
		if n.Kind() != doc.Missing {
			return n.Span()
		}
	}
	return source.Span{}
}

// list reads a list of requirements as PEP 508 writes them. Objects in it include another group, which is read
// by itself.
func (p *projectReader) list(list doc.Node, scope sbom.Scope, extra string) {
	for item := range p.Items(list, correct, "a list of requirements") {
		if item.Kind() != doc.String {
			if item.Kind() != doc.Object || item.Get("include-group").Kind() == doc.Missing {
				p.Lost(item.Span(), correct, "%s where a requirement is expected", item.Kind())
			}
			continue
		}
		text := strings.TrimSpace(strings.TrimPrefix(item.Text(), "-e "))
		n, ok := p.needOf(text, item.Span())
		if !ok {
			p.Lost(item.Span(), correct, "%s is no requirement", ecosystem.Quote(item.Text()))
			continue
		}
		if from, ok := p.sources[n.written]; ok {
			n.origin = uvSource(from)
		}
		n.extra = extra
		p.home.need(n, scope)
	}
}

// uvSource is where tool.uv.sources says that a package comes from; of several places, for several platforms,
// the first.
func uvSource(n doc.Node) origin {
	for item := range n.Items() {
		n = item
		break
	}
	if url := n.Get("git").Text(); url != "" {
		return origin{vcs: git("git", url, firstOf(n.Get("rev").Text(), n.Get("tag").Text(), n.Get("branch").Text()))}
	}
	if url := n.Get("url").Text(); url != "" {
		return origin{url: anonymous(url)}
	}
	return origin{local: n.Get("path").Text()}
}

// flit reads the table by which flit named a project before PEP 621.
func (p *projectReader) flit(n doc.Node) {
	if n.Kind() != doc.Object {
		return
	}
	p.home.lists = true
	name := n.Get("dist-name")
	if name.Text() == "" {
		name = n.Get("module")
	}
	p.home.identify(byPyproject, name.Text(), "", place(name, n))
	p.terms.license = stated{n.Get("license").Text(), n.Get("license").Span()}
	for c := range n.Get("classifiers").Items() {
		p.terms.classifier(c.Text(), c.Span())
	}
	p.list(n.Get("requires"), sbom.Runtime, "")
	for k, extra := range n.Get("requires-extra").Members() {
		p.list(extra, scopeOf(k.Text(), sbom.Optional), normal(k.Text()))
	}
}

// dynamic reads the files that tool.setuptools.dynamic takes the dependencies from.
func (p *projectReader) dynamic(n doc.Node) {
	use := func(files doc.Node, scope sbom.Scope) {
		list := []doc.Node{files}
		if files.Kind() == doc.Array {
			list = files.Terms()
		}
		for _, f := range list {
			if f.Kind() == doc.String {
				p.home.dynamic = source.Span{}
				if included, ok := p.included(p.file, f.Text(), f.Span()); ok {
					p.useRequirements(p.home, included, scope, f.Span())
				}
			}
		}
	}
	use(n.Get("dependencies").Get("file"), sbom.Runtime)
	if v := n.Get("version"); v.Kind() == doc.Object {
		for k, from := range v.Members() {
			p.home.fromAttribute(k.Text() + ":" + from.Text())
		}
	}
	for k, extra := range n.Get("optional-dependencies").Members() {
		use(extra.Get("file"), scopeOf(k.Text(), sbom.Optional))
	}
}
