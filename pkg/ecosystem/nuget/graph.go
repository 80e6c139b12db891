package nuget

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// entry is a package or a project in the graph of one target framework.
type entry struct {
	name, version string
	kind          string // "project", else a package
	direct        bool
	written       string // what a direct one was asked for with
	scope         sbom.Scope
	hash          string
	deps          doc.Node
	at            source.Span
	id            sbom.ID
	reached       bool
}

// target is the graph of one target framework.
type target struct {
	list   []*entry
	byName map[string]*entry // in lower case
	base   *target           // of a framework and a runtime: the one of the framework alone, which has the rest
}

func (t *target) add(e *entry) {
	t.list = append(t.list, e)
	t.byName[strings.ToLower(e.name)] = e
}

// runtimePack stands before the name of a package that a published program brings its runtime from.
const runtimePack = "runtimepack."

func (t *target) find(id string) *entry {
	e := t.byName[strings.ToLower(strings.TrimPrefix(id, runtimePack))]
	if e == nil && t.base != nil {
		return t.base.find(id)
	}
	return e
}

// targetsOf gives the target frameworks of an object, each with the one that it rests on: "net8.0/linux-x64" on "net8.0".
func targetsOf(n doc.Node, read func(*target, doc.Node)) []*target {
	byKey := map[string]*target{}
	var out []*target
	for k, v := range n.Members() {
		t := &target{byName: map[string]*entry{}}
		framework, _, _ := strings.Cut(k.Text(), "/")
		t.base = byKey[framework]
		byKey[k.Text()] = t
		read(t, v)
		out = append(out, t)
	}
	return out
}

// readGraph reads packages.lock.json or project.assets.json.
func (r *reader) readGraph(f *folder, file string) {
	next := "run `dotnet restore`"
	d, _ := r.Parse(r.FS, file, maxLock, next, doc.JSON)
	if k := d.Root().Kind(); k != doc.Object && k != doc.Missing {
		r.Lost(d.Root().Span(), next, "a lockfile is an object, this is of kind %v", k)
	}
	var targets []*target
	at := f.rootOf(d.Root().Get("project").Get("restore").Get("projectName").Text())
	if path.Base(file) == lockFile {
		next = "run `dotnet restore --force-evaluate`"
		targets = targetsOf(d.Root().Get("dependencies"), readLocked)
	} else {
		targets = readAssets(d.Root())
	}
	at.locked = true
	var all []sbom.ID
	for _, t := range targets {
		all = append(all, r.emit(at, t)...)
	}
	r.absent(file, "run `dotnet restore`", all)
}

// rootOf is the project that a file in its folder speaks of: the one of that name, else the first.
func (f *folder) rootOf(title string) *root {
	for _, at := range f.roots {
		if title != "" && at.title == strings.ToLower(title) {
			return at
		}
	}
	return f.roots[0]
}

// readLocked reads one framework of packages.lock.json.
func readLocked(t *target, n doc.Node) {
	for k, v := range n.Members() {
		kind := v.Get("type").Text()
		t.add(&entry{
			name: k.Text(), version: v.Get("resolved").Text(), kind: strings.ToLower(kind), direct: strings.EqualFold(kind, "Direct"),
			written: v.Get("requested").Text(), hash: v.Get("contentHash").Text(), deps: v.Get("dependencies"), at: k.Span(),
		})
	}
}

// readAssets reads project.assets.json: the graphs of the targets, hashes of the libraries, and what the project wants.
func readAssets(top doc.Node) []*target {
	libraries := top.Get("libraries").Index()
	targets := targetsOf(top.Get("targets"), func(t *target, n doc.Node) {
		for k, v := range n.Members() {
			id, version, _ := strings.Cut(k.Text(), "/")
			t.add(&entry{
				name: id, version: version, kind: v.Get("type").Text(), hash: libraries[k.Text()].Get("sha512").Text(), deps: v.Get("dependencies"), at: k.Span(),
			})
		}
	})
	for _, framework := range top.Get("project").Get("frameworks").Members() {
		for k, v := range framework.Get("dependencies").Members() {
			scope := sbom.Scope("")
			if strings.EqualFold(v.Get("suppressParent").Text(), "All") {
				scope = sbom.Development
			}
			mark(targets, k.Text(), v.Get("version").Text(), scope)
		}
		for k := range framework.Get("restore").Get("projectReferences").Members() {
			mark(targets, strings.TrimSuffix(path.Base(k.Text()), path.Ext(k.Text())), "", "")
		}
	}
	for _, list := range top.Get("projectFileDependencyGroups").Members() {
		for n := range list.Items() {
			id, written, _ := strings.Cut(n.Text(), " ")
			mark(targets, id, written, "")
		}
	}
	return targets
}

// mark notes that the project wants a package itself.
func mark(targets []*target, id, written string, scope sbom.Scope) {
	for _, t := range targets {
		if e := t.find(id); e != nil {
			if e.direct = true; e.written == "" {
				e.written = written
			}
			if e.scope == "" {
				e.scope = scope
			}
		}
	}
}

// emit adds the components and edges of one framework.
func (r *reader) emit(at *root, t *target) []sbom.ID {
	var all []sbom.ID
	for _, e := range t.list {
		if e.kind == "project" {
			if e.id = r.projects[strings.ToLower(e.name)]; e.id == "" && ecosystem.Printable(e.name) {
				e.id = r.Add(sbom.Component{Name: e.name, Version: e.version}, "", e.at)
			}
			continue
		}
		if e.version == "" {
			r.Lost(e.at, "run `dotnet restore`", "the entry of %s has no version", ecosystem.Quote(e.name))
		}
		if e.id = r.add(e.name, e.version, contentHash(e.hash), e.at); e.id != "" {
			all = append(all, e.id)
		}
	}
	for _, e := range t.list {
		for k, v := range e.deps.Members() {
			to := t.find(k.Text())
			if e.id == "" || to == nil || to.id == "" || to.id == e.id {
				continue
			}
			to.reached = true
			r.Depend(e.id, to.id, sbom.Runtime, v.Text(), k.Span())
		}
	}
	for _, e := range t.list {
		r.join(at, e)
	}
	return all
}

// join adds the edge from the root to what it wants, and to what nothing else leads to.
func (r *reader) join(at *root, e *entry) {
	if e.id == "" || e.id == at.id {
		return
	}
	ref := at.byName[strings.ToLower(e.name)]
	place, scope := e.at, sbom.Runtime
	if e.scope != "" {
		scope = e.scope
	}
	if ref != nil && e.kind != "project" {
		ref.had = true
		c := ref.as(e.version)
		place, scope = c.at, c.scope
		if e.written == "" {
			e.written = c.written
		}
	}
	switch {
	case e.direct || ref != nil:
		r.Depend(at.id, e.id, at.scopeOf(scope), e.written, place)
	case e.kind == "project":
		r.Depend(at.id, e.id, at.scopeOf(scope), "", place)
	case !e.reached:
		r.Depend(at.id, e.id, at.scopeOf(scope), "", place)
		r.Relationships[len(r.Relationships)-1].Kind = sbom.Indirect
	}
}

// readDeps reads a *.deps.json: what a program was published with. The library that the file is called after is the program.
// brought says that the runtime is one of the others.
func (r *reader) readDeps(file string) (brought bool) {
	d, _ := r.Parse(r.FS, file, maxLock, "publish the program again", doc.JSON)
	top := d.Root()
	libraries := top.Get("libraries").Index()
	title := strings.TrimSuffix(path.Base(file), ".deps.json")
	targets := targetsOf(top.Get("targets"), func(t *target, n doc.Node) {
		for k, v := range n.Members() {
			id, version, _ := strings.Cut(k.Text(), "/")
			lib := libraries[k.Text()]
			brought = brought || strings.HasPrefix(id, runtimePack)
			t.add(&entry{name: strings.TrimPrefix(id, runtimePack), version: version, kind: lib.Get("type").Text(), hash: lib.Get("sha512").Text(), deps: v.Get("dependencies"), at: k.Span()})
		}
	})
	at := r.program(file, title, targets)
	var all []sbom.ID
	for _, t := range targets {
		all = append(all, r.emitProgram(at, t)...)
	}
	r.absent(file, "run `dotnet restore`", all)
	return brought
}

// program adds the root of a *.deps.json.
func (r *reader) program(file, title string, targets []*target) *root {
	c := sbom.Component{Name: title, Type: sbom.TypeApplication}
	place := source.Span{Path: file}
	for _, t := range targets {
		if e := t.find(title); e != nil && c.Version == "" {
			c.Name, c.Version, place = e.name, e.version, e.at
		}
	}
	if c.Version == "" { // the first project
		for _, t := range targets {
			for _, e := range t.list {
				if e.kind == "project" && c.Version == "" && ecosystem.Printable(e.name) {
					c.Name, c.Version, place = e.name, e.version, e.at
				}
			}
		}
	}
	if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version+"x") {
		c = r.Unnamed(path.Dir(file))
	} else {
		c.PURL = ecosystem.PURL(name, "", c.Name, c.Version)
	}
	return &root{id: r.Root(c, path.Dir(file), place), title: strings.ToLower(c.Name), at: place, byName: map[string]*reference{}}
}

// emitProgram is emit for a published program, in which other projects are packages like all others.
func (r *reader) emitProgram(at *root, t *target) []sbom.ID {
	var list []*entry
	own := t.find(at.title)
	for _, e := range t.list {
		switch {
		case e == own:
			continue
		case e.kind == "reference" || e.kind == "referenceassembly": // a file, not a package
			continue
		}
		e.kind = "package"
		list = append(list, e)
	}
	if own != nil {
		for k, v := range own.deps.Members() {
			mark([]*target{t}, k.Text(), v.Text(), "")
		}
	}
	part := &target{list: list, byName: t.byName, base: t.base}
	return r.emit(at, part)
}
