package npm

import (
	"iter"
	"slices"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// dependency is one requirement of a package.
type dependency struct {
	name, requirement string
	scope             sbom.Scope // what is optional may be missing
	peer              bool       // the dependent's dependents are to bring it
	at                doc.Node   // where it is written
}

// edge is a requirement that the tree meets, or stands for one that is not written; unmet is one that the
// tree does not meet.
type edge struct {
	from, to *folder
	kind     sbom.Kind
	dependency
}

type unmet struct {
	from *folder
	dependency
}

// sections are the fields of a manifest that name dependencies.
var sections = []struct {
	field string
	scope sbom.Scope
	peer  bool
}{
	{"dependencies", sbom.Runtime, false},
	{"optionalDependencies", sbom.Optional, false},
	{"peerDependencies", sbom.Optional, true},
	{"devDependencies", sbom.Development, false},
}

// dependencies lists what a manifest, or an entry of a lockfile with the same fields, requires;
// devDependencies only if asked for. What is in several fields is listed several times, but what is in
// optionalDependencies counts for nothing in dependencies
// (https://docs.npmjs.com/cli/configuring-npm/package-json#optionaldependencies). To Yarn dependenciesMeta may say the same of a
// dependency (https://yarnpkg.com/configuration/manifest#dependenciesMeta).
func (r *reader) dependencies(n doc.Node, dev bool) iter.Seq[dependency] {
	return func(yield func(dependency) bool) {
		optional := map[string]bool{}
		for key := range n.Get("optionalDependencies").Members() {
			optional[key.Text()] = true
		}
		var meta map[string]doc.Node
		if r.inUse == "yarn" {
			meta = n.Get("dependenciesMeta").Index()
		}
		for _, s := range sections {
			if s.scope == sbom.Development && !dev {
				continue
			}
			field := n.Get(s.field)
			if k := field.Kind(); k != doc.Object && k != doc.Missing && k != doc.Null && (k != doc.Array || field.Len() > 0) {
				r.Lost(field.Span(), "write an object", "%s is of kind %v: the dependencies it names are lost", s.field, k)
			}
			for key, value := range field.Members() {
				d := dependency{name: key.Text(), requirement: value.Text(), scope: s.scope, peer: s.peer, at: key}
				if may, _ := meta[d.name].Get("optional").Bool(); may && d.scope == sbom.Runtime {
					d.scope = sbom.Optional
				}
				switch {
				case !validName(d.name):
					r.Lost(d.at.Span(), "name a package", "%s cannot be the name of a package", ecosystem.Quote(d.name))
				case s.field == "dependencies" && optional[d.name]:
				case !yield(d):
					return
				}
			}
		}
	}
}

// requirements lists what a project requires.
func (r *reader) requirements(m *manifest) iter.Seq[dependency] {
	return func(yield func(dependency) bool) {
		for d := range r.dependencies(m.root, true) {
			if !yield(d) {
				return
			}
		}
		for _, d := range m.imports() {
			if !yield(d) {
				return
			}
		}
	}
}

// require finds what the package in a folder depends on.
func (l *lock) require(f *folder) {
	switch {
	case f.target != nil:
	case f.manifest != nil && !(f.manifest.broken && f.listed()):
		own := slices.Collect(l.dependencies(f.manifest.root, f.top))
		for _, d := range own {
			switch {
			case l.meet(f, d):
			case l.broken:
				l.cut = append(l.cut, unmet{f, d})
			case !l.excuse(d):
				l.stale = append(l.stale, d.name)
			}
		}
		if f.top && f.listed() && !l.nested {
			l.compare(own, f.entry)
		}
	case l.nested:
		for key, value := range f.entry.Get("requires").Members() {
			l.needs(f, dependency{name: key.Text(), requirement: value.Text(), scope: sbom.Runtime, at: key})
		}
	default:
		for d := range l.dependencies(f.entry, f.top) {
			l.needs(f, d)
		}
	}
}

func (l *lock) needs(f *folder, d dependency) {
	if !l.meet(f, d) && !l.excuse(d) {
		l.unmet = append(l.unmet, unmet{f, d})
	}
}

// excuse reports whether a requirement need not be met. A package for another platform is noted: the
// lockfile in node_modules leaves it out, but the product may well be shipped with it.
func (l *lock) excuse(d dependency) bool {
	if d.scope == sbom.Optional && !d.peer {
		l.left = append(l.left, ecosystem.Quote(d.name))
	}
	return d.scope == sbom.Optional
}

// meet finds what meets a requirement and adds the edge. Version 1 does not say of a requirement whether
// it is optional: it is if nothing but optional requirements lead to what meets it.
func (l *lock) meet(f *folder, d dependency) bool {
	to := l.resolve(f, d.name)
	if to == nil {
		return false
	}
	if l.nested && d.scope == sbom.Runtime && to.pkg.optional {
		d.scope = sbom.Optional
	}
	to.needed = true
	to.pkg.direct = to.pkg.direct || isHTTP(d.requirement)
	l.edges = append(l.edges, edge{from: f, to: to, dependency: d})
	return true
}

// compare notes where a manifest and the lockfile's copy of its requirements differ.
func (l *lock) compare(own []dependency, entry doc.Node) {
	type wish struct{ name, requirement string }
	had := map[wish]bool{}
	for d := range l.dependencies(entry, true) {
		had[wish{d.name, d.requirement}] = true
	}
	for _, d := range own {
		w := wish{d.name, d.requirement}
		if _, ok := had[w]; !ok {
			l.stale = append(l.stale, d.name)
		}
		had[w] = false
	}
	for w, missing := range had {
		if missing {
			l.stale = append(l.stale, w.name)
		}
	}
}

// assume makes edges for a lockfile that does not say what the project itself requires, and beside which
// no manifest does: the packages that nothing else requires, in the scope that their flags tell.
func (l *lock) assume() {
	root := l.root()
	if root.manifest != nil || root.listed() {
		return
	}
	assumed := false
	for _, f := range l.folders {
		if f.parent != root || f.top || !f.listed() || f.needed || f.target != nil {
			continue
		}
		assumed = true
		l.edges = append(l.edges, edge{from: root, to: f, dependency: f.flagged()})
	}
	if assumed {
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: l.file}, Next: "scan the folder with package.json in it",
			Why: "there is no package.json beside it: what nothing else requires is taken as a direct dependency"})
	}
}

// flagged is the requirement that the lockfile's flags of an entry stand for. What is optional to a development dependency has
// both flags, and a third what is optional and for development besides
// (https://docs.npmjs.com/cli/configuring-npm/package-lock-json#packages).
func (f *folder) flagged() dependency {
	d := dependency{name: f.name, scope: sbom.Runtime, at: f.key}
	switch {
	case f.pkg.dev:
		d.scope = sbom.Development
	case f.pkg.optional, isTrue(f.entry, "peer"):
		d.scope = sbom.Optional
	}
	return d
}

// adoptAll joins every entry of a lockfile that was lost in part to the project, in the scope of its own
// flags: what requires it, and for what, may stand in the part that was lost.
func (l *lock) adoptAll() {
	type use struct {
		of    *folder
		scope sbom.Scope
	}
	root, said := l.root(), map[use]bool{}
	for _, e := range l.edges {
		said[use{e.to, e.scope}] = said[use{e.to, e.scope}] || e.from == root
	}
	for _, f := range l.folders {
		d := f.flagged()
		if f != root && !f.member && f.listed() && f.target == nil && !said[use{f, d.scope}] {
			l.edges = append(l.edges, edge{from: root, to: f, kind: sbom.Indirect, dependency: d})
		}
	}
}

// adopt joins what no path of edges leads to: to the package that bundles it, else to the project, in the
// scope that its flags tell.
func (l *lock) adopt() {
	next := map[*folder][]*folder{}
	for _, e := range l.edges {
		next[e.from] = append(next[e.from], e.to)
	}
	reached := map[*folder]bool{}
	reach := func(f *folder) {
		for queue := []*folder{f}; len(queue) > 0; {
			last := len(queue) - 1
			f, queue = queue[last], queue[:last]
			if !reached[f] {
				reached[f] = true
				queue = append(queue, next[f]...)
			}
		}
	}
	for _, f := range l.folders {
		if f == l.root() || f.member {
			reach(f)
		}
	}
	take := func(f *folder) {
		if reached[f] || !f.listed() || f.target != nil || f.pkg.bundled {
			return
		}
		l.edges = append(l.edges, edge{from: l.root(), to: f, kind: sbom.Indirect, dependency: f.flagged()})
		l.loose = append(l.loose, ecosystem.Quote(f.leaf()))
		reach(f)
	}
	for _, f := range l.folders { // the tops of what hangs loose first
		if !f.needed {
			take(f)
		}
	}
	for _, f := range l.folders {
		take(f)
	}
}
