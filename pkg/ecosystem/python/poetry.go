package python

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// poetry reads the table tool.poetry (https://python-poetry.org/docs/pyproject/).
func (p *projectReader) poetry(n doc.Node) {
	if n.Kind() != doc.Object {
		return
	}
	h := p.home
	h.lists = true
	h.identify(byPyproject, n.Get("name").Text(), n.Get("version").Text(), place(n.Get("name"), n))
	if license := n.Get("license"); license.Text() != "" {
		p.terms.license = stated{license.Text(), license.Span()}
	}
	for c := range n.Get("classifiers").Items() {
		p.terms.classifier(c.Text(), c.Span())
	}
	h.homepage = firstOf(h.homepage, n.Get("homepage").Text())
	p.table(n.Get("dependencies"), sbom.Runtime)
	p.table(n.Get("dev-dependencies"), sbom.Development)
	for k, group := range n.Get("group").Members() {
		p.table(group.Get("dependencies"), scopeOf(k.Text(), sbom.Development))
	}
}

// table reads requirements by their names; the value is a range, a table, or a list of tables.
func (p *projectReader) table(n doc.Node, scope sbom.Scope) {
	for k, v := range n.Members() {
		if !isName(k.Text()) || normal(k.Text()) == "python" {
			continue
		}
		values := []doc.Node{v}
		if v.Kind() == doc.Array && v.Len() > 0 {
			values = v.Terms()
		}
		for _, v := range values {
			n := namedNeed(k, v)
			s := scope
			if optional, _ := v.Get("optional").Bool(); optional {
				s = sbom.Optional
			}
			p.home.need(n, s)
		}
	}
}

// namedNeed reads a requirement whose name is a key, as Poetry and Pipenv write it.
func namedNeed(k, v doc.Node) need {
	n := need{requirement: requirement{name: normal(k.Text()), written: k.Text()}, at: k.Span()}
	if v.Kind() == doc.String {
		n.spec = v.Text()
	} else {
		n.spec, n.marker = v.Get("version").Text(), v.Get("markers").Text()
		for e := range v.Get("extras").Items() {
			n.extras = append(n.extras, names([]string{e.Text()})...)
		}
		switch revision := firstOf(v.Get("rev").Text(), v.Get("ref").Text(), v.Get("tag").Text(), v.Get("branch").Text()); {
		case v.Get("git").Text() != "":
			n.origin = origin{vcs: git("git", v.Get("git").Text(), revision)}
		case v.Get("url").Text() != "":
			n.origin = origin{url: anonymous(v.Get("url").Text())}
		case v.Get("path").Text() != "":
			n.origin = origin{local: v.Get("path").Text()}
		case v.Get("file").Text() != "":
			n.origin = locate(v.Get("file").Text())
		}
	}
	n.raw = firstOf(n.spec, n.vcs, n.url, n.local)
	if n.marker != "" {
		n.raw += "; " + n.marker
	}
	if isVersion(n.spec) {
		n.spec = "==" + n.spec // a bare version is that one
	}
	return n
}

// poetryLock reads a poetry.lock, of which there are three kinds: the category of a package tells its scope, later
// nothing does, later its groups. Its checksums stand with it or at the end of the file.
func (r *reader) poetryLock(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "run `poetry lock`", doc.TOML)
	l := &lock{file: file, edges: true, listed: true, install: "run `poetry install` with the virtual environment in the project: `poetry config virtualenvs.in-project true`"}
	top := d.Root()
	l.byName = make(map[string][]int, top.Get("package").Len())
	files := top.Get("metadata").Get("files").Index()
	sums := top.Get("metadata").Get("hashes").Index()
	for n := range top.Get("package").Items() {
		p := packOf(n)
		if p == nil {
			r.lostEntry(n)
			continue
		}
		switch optional, _ := n.Get("optional").Bool(); {
		case n.Get("category").Text() != "":
			p.scope = scopeOf(n.Get("category").Text(), sbom.Development)
			if optional && p.scope == sbom.Runtime {
				p.scope = sbom.Optional
			}
		case n.Get("groups").Len() > 0:
			p.scope = strongestGroup(n.Get("groups"))
			if optional && p.scope == sbom.Runtime {
				p.scope = sbom.Optional
			}
		case optional:
			p.scope = sbom.Optional
		}
		p.poetrySource(n.Get("source"))
		extras := extrasOf(n.Get("extras"))
		deps := n.Get("dependencies")
		p.needs = make([]need, 0, deps.Len())
		for k, v := range deps.Members() {
			p.poetryNeeds(k, v, extras)
		}
		p.files(n.Get("files"))
		p.files(files[p.written])
		for sum := range sums[p.written].Items() {
			p.hash(sum.Text())
		}
		l.add(p)
	}
	h.locks = append(h.locks, l)
}

// packOf reads what the entries of all TOML lockfiles share; nil if there is no name.
func packOf(n doc.Node) *pack {
	name, version := n.Get("name"), n.Get("version").Text()
	if name.Kind() != doc.String || !isName(name.Text()) {
		return nil
	}
	if !isVersion(version) {
		version = ""
	}
	return &pack{requirement: requirement{name: normal(name.Text()), written: name.Text()}, version: version, at: []source.Span{name.Span()}}
}

func (r *reader) lostEntry(n doc.Node) {
	r.Lost(n.Span(), "write the lockfile again", "an entry without the name of a package")
}

// strongestGroup is the scope of a package that several groups need.
func strongestGroup(groups doc.Node) sbom.Scope {
	scope := sbom.Development
	for g := range groups.Items() {
		scope = stronger(scope, scopeOf(g.Text(), sbom.Development))
	}
	return scope
}

// files takes the checksums of a list of archives.
func (p *pack) files(n doc.Node) {
	for f := range n.Items() {
		p.hash(f.Get("hash").Text())
	}
}

func (p *pack) poetrySource(n doc.Node) {
	url := n.Get("url").Text()
	switch n.Get("type").Text() {
	case "git":
		p.origin = origin{vcs: git("git", url, firstOf(n.Get("resolved_reference").Text(), n.Get("reference").Text()))}
	case "url":
		p.origin = origin{url: anonymous(url)}
	case "directory":
		p.origin = origin{local: path.Clean(strings.ReplaceAll(url, `\`, "/"))}
	case "file":
		p.source = url
	case "legacy":
		p.source = anonymous(url)
	}
}

// maxExtras bounds for how many extras one package is needed.
const maxExtras = 100

// extrasOf gives for each package the extras that it is needed for: [package.extras] lists "name (range)".
func extrasOf(n doc.Node) map[string][]string {
	if n.Kind() != doc.Object {
		return nil // nearly always
	}
	out := map[string][]string{}
	for k, list := range n.Members() {
		for item := range list.Items() {
			q := item.Text()
			if name := q[:nameEnd(q)]; isName(name) && isName(k.Text()) && len(out[normal(name)]) < maxExtras {
				out[normal(name)] = append(out[normal(name)], normal(k.Text()))
			}
		}
	}
	return out
}

// poetryNeeds adds one member of [package.dependencies]. What is optional is needed for the extras that list it.
func (p *pack) poetryNeeds(k, v doc.Node, extras map[string][]string) {
	values := []doc.Node{v}
	if v.Kind() == doc.Array && v.Len() > 0 {
		values = v.Terms()
	}
	for _, v := range values {
		if !isName(k.Text()) {
			continue
		}
		n := namedNeed(k, v)
		optional, _ := v.Get("optional").Bool()
		n.extra, _ = extraOf(n.marker)
		if !optional && n.extra == "" {
			p.needs = append(p.needs, n)
			continue
		}
		if n.extra != "" {
			p.needs = append(p.needs, n)
		}
		for _, extra := range extras[n.name] {
			if extra != n.extra {
				e := n
				e.extra = extra
				p.needs = append(p.needs, e)
			}
		}
	}
}
