package terraform

import (
	"iter"

	"github.com/licet/licet/pkg/doc"
)

// members reads a file in JSON: blocks are members by their types, below them by their labels, and of what may stand several
// times there may be a list.
func (r *reader) members(top doc.Node, s *settings) {
	r.Expect(top, doc.Object, mend, "the file")
	for block := range r.list(top.Get("terraform"), "terraform") {
		for names := range r.list(block.Get("required_providers"), "required_providers") {
			for key, value := range named(names) {
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
		for key := range named(block) {
			s.configured = append(s.configured, key)
		}
	}
	for block := range r.list(top.Get("module"), "module") {
		for key, value := range named(block) {
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

// named yields the members of an object but for the comments, which have the name //.
func named(n doc.Node) iter.Seq2[doc.Node, doc.Node] {
	return func(yield func(key, value doc.Node) bool) {
		for key, value := range n.Members() {
			if key.Text() != "//" && !yield(key, value) {
				return
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
			if r.Expect(item, doc.Object, mend, what) && !yield(item) {
				return
			}
		}
	}
}
