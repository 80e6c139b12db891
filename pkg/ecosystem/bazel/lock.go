package bazel

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

func (r *reader) lock(file string) {
	n := r.Object(r.FS, file, maxSize, next, doc.JSON)
	if graph := n.Get("moduleDepGraph"); graph.Kind() == doc.Object {
		r.graph(graph)
		return
	}
	for key, sum := range n.Get("registryFileHashes").Members() {
		_, place, ok := strings.Cut(key.Text(), "/modules/")
		place, isSource := strings.CutSuffix(place, "/source.json")
		name, version, cut := strings.Cut(place, "/")
		if !ok || !isSource || !cut || sum.Kind() == doc.Null || !ecosystem.Printable(name) || !ecosystem.Printable(version) {
			continue
		}
		r.pins = append(r.pins, ecosystem.Pin{Key: name, ID: r.Add(component(name, version), "", key.Span()), At: key.Span()})
	}
}

// graph reads the graph of modules: keys are name@version, and the values of deps such keys. What comes with Bazel has no
// version, and what only that needs is no matter of the project.
func (r *reader) graph(graph doc.Node) {
	ids := map[string]sbom.ID{}
	needed := reach(graph.Index())
	for key, about := range graph.Members() {
		if !needed[key.Text()] {
			continue
		}
		name, version := about.Get("name").Text(), about.Get("version").Text()
		spec := about.Get("repoSpec").Get("attributes")
		if !ecosystem.Printable(name) {
			r.Lost(key.Span(), next, "a module without a name")
			continue
		}
		c := component(name, version)
		if other, ok := r.overrides[name]; ok {
			c = other
		}
		c.Hashes = ecosystem.Hashes(spec.Get("integrity").Text())
		for url := range spec.Get("urls").Items() {
			c.Source = url.Text()
			break
		}
		ids[key.Text()] = r.Add(c, "", key.Span())
		r.pins = append(r.pins, ecosystem.Pin{Key: name, ID: ids[key.Text()], At: key.Span()})
	}
	for key, about := range graph.Members() {
		for _, dep := range about.Get("deps").Members() {
			if from, to := ids[key.Text()], ids[dep.Text()]; from != "" && to != "" && from != to {
				r.Depend(from, to, sbom.Runtime, "", dep.Span())
			}
		}
	}
}

// reach are the modules that the root needs by way of others, but not of those that come with Bazel.
func reach(modules map[string]doc.Node) map[string]bool {
	needed := map[string]bool{}
	for todo := []string{"<root>"}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, dep := range modules[at].Get("deps").Members() {
			key := dep.Text()
			own := key == "bazel_tools@_" || key == "local_config_platform@_"
			if !own && !needed[key] {
				needed[key] = true
				todo = append(todo, key)
			}
		}
	}
	return needed
}
