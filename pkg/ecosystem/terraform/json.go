package terraform

import (
	"iter"

	"github.com/licet/licet/pkg/doc"
)

// members reads a file in JSON: blocks are members by their types, below them by their labels, and of what may stand several
// times there may be a list.
func (r *reader) members(top doc.Node, s *settings) {
	r.objects(top, "the file")
	for block := range r.list(top.Get("terraform"), "terraform") {
		for names := range r.list(block.Get("required_providers"), "required_providers") {
			for key, value := range names.Members() {
				from, constraint := key.Text(), value.Text()
				if value.Kind() == doc.Object {
					constraint = value.Get("version").Text()
					if text := value.Get("source").Text(); text != "" {
						from = text
					}
				}
				s.named[key.Text()] = true
				if q, ok := r.require(from, constraint, key.Span()); ok {
					s.required = append(s.required, q)
				}
			}
		}
	}
	for block := range r.list(top.Get("provider"), "provider") {
		for key := range block.Members() {
			s.configured = append(s.configured, key)
		}
	}
	for block := range r.list(top.Get("module"), "module") {
		for key, value := range block.Members() {
			for call := range r.list(value, "a module") {
				from := call.Get("source")
				m := module{label: key.Text(), source: from.Text(), version: call.Get("version").Text(), at: key.Span()}
				if from.Kind() != doc.Missing {
					m.at, m.computed = from.Span(), from.Kind() != doc.String
				}
				s.modules = append(s.modules, m)
			}
		}
	}
}

// list yields the object, or those of a list.
func (r *reader) list(n doc.Node, what string) iter.Seq[doc.Node] {
	return func(yield func(doc.Node) bool) {
		items := []doc.Node{n}
		if n.Kind() == doc.Array {
			items = n.Terms()
		}
		for _, item := range items {
			if r.objects(item, what) && !yield(item) {
				return
			}
		}
	}
}

// objects reports whether a node is an object; what is there and is none is lost.
func (r *reader) objects(n doc.Node, what string) bool {
	if kind := n.Kind(); kind != doc.Object && kind != doc.Missing && kind != doc.Null {
		r.Lost(n.Span(), "mend the file", "%s where an object is expected: %s", kind, what)
	}
	return n.Kind() == doc.Object
}
