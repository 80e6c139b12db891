package conan

import (
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

func (r *reader) lock(file string) {
	top := r.Object(r.FS, file, maxSize, next, doc.JSON)
	if nodes := top.Get("graph_lock").Get("nodes"); nodes.Kind() == doc.Object {
		r.graph(nodes)
		return
	}
	for _, section := range []string{"requires", "build_requires", "python_requires"} {
		for item := range top.Get(section).Items() {
			if id, ref, ok := r.pin(item, item.Text()); ok {
				r.pins = append(r.pins, ecosystem.Pin{Key: ref, ID: id, At: item.Span(), Scope: sections[section]})
			}
		}
	}
}

// pin adds the package of a reference that a lockfile names.
func (r *reader) pin(n doc.Node, text string) (id sbom.ID, name string, ok bool) {
	ref, ok := parse(text)
	c := ref.component()
	if !ok || c.Version == "" {
		r.Lost(n.Span(), next, "%s is no reference of a package", ecosystem.Quote(text))
		return "", "", false
	}
	dir := r.cached(&c, ref)
	return r.Add(c, dir, n.Span()), ref.name, true
}

// graph reads the nodes of version 1. One without a reference, or with that of a conanfile, is the project itself; old
// lockfiles have the reference in pref, and the edges as an object of references and numbers.
func (r *reader) graph(nodes doc.Node) {
	ids := map[string]sbom.ID{}
	names := map[string]string{}
	roots := map[string]bool{}
	for key, node := range nodes.Members() {
		ref := node.Get("ref")
		if ref.Text() == "" {
			ref = node.Get("pref")
		}
		if ref.Text() == "" || node.Get("path").Text() != "" {
			roots[key.Text()] = true
			if self, ok := parse(ref.Text()); ok && self.version != "" && r.root.PURL == "" {
				r.root, r.at = self.component(), ref.Span()
			}
			continue
		}
		if id, name, ok := r.pin(ref, ref.Text()); ok {
			ids[key.Text()], names[key.Text()] = id, name
			r.pins = append(r.pins, ecosystem.Pin{Key: name, ID: id, At: ref.Span(), Scope: contextScope(node)})
		}
	}
	for key, node := range nodes.Members() {
		for _, section := range []string{"requires", "build_requires", "python_requires"} {
			for to, at := range numbers(node.Get(section)) {
				id, ok := ids[to]
				switch from := ids[key.Text()]; {
				case !ok:
				case roots[key.Text()]:
					r.asked = append(r.asked, ecosystem.Requirement{Key: names[to], Scope: sections[section], At: at})
				case from != "":
					r.Depend(from, id, sections[section], "", at)
				}
			}
		}
	}
}

func contextScope(node doc.Node) sbom.Scope {
	if node.Get("context").Text() == "build" {
		return sbom.Build
	}
	return sbom.Runtime
}

// numbers yields the nodes that a list names.
func numbers(n doc.Node) func(func(string, source.Span) bool) {
	return func(yield func(string, source.Span) bool) {
		for item := range n.Items() {
			if !yield(item.Text(), item.Span()) {
				return
			}
		}
		for _, value := range n.Members() {
			if !yield(value.Text(), value.Span()) {
				return
			}
		}
	}
}
