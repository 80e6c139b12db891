package terraform

import (
	"bytes"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// required is a provider that a configuration requires.
type required struct {
	address
	constraint string
	at         source.Span
}

// settings are what the files of a folder say of providers and modules.
type settings struct {
	required   []required
	named      map[string]bool // what required_providers says of local names
	configured []doc.Node      // local names that blocks configure
	modules    []module
}

// configuration adds the providers that the files of a folder require and no lockfile pins, and the modules that they call.
func (r *reader) configuration(dir string, files []string) {
	s := settings{named: map[string]bool{}}
	for _, file := range files {
		data, ok := r.Read(r.FS, file, maxSize)
		if !ok || !isJSON(file) && !bytes.Contains(data, []byte("provider")) && !bytes.Contains(data, []byte("module")) {
			continue
		}
		parse, take := hcl, r.blocks
		if isJSON(file) {
			parse, take = doc.JSON, r.members
		}
		d, err := parse(file, data)
		if err != nil {
			r.Broken(file, mend, err)
		}
		take(d.Root(), &s)
	}
	r.providers(dir, s)
	r.modules(dir, s.modules)
}

// blocks reads a file in Terraform's own language.
func (r *reader) blocks(top doc.Node, s *settings) {
	for block := range top.Terms().Split("\n", ";") {
		switch body := block[len(block)-1]; {
		case body.Bracket() != '{':
		case len(block) == 3 && block[0].IsWord("provider"):
			s.configured = append(s.configured, block[1])
		case len(block) == 2 && block[0].IsWord("terraform"):
			s.required = append(s.required, r.requirements(body, s.named)...)
		case len(block) == 3 && block[0].IsWord("module"):
			m := module{label: block[1].Text(), at: block[1].Span()}
			for key, value := range body.Pairs() {
				switch text := value.Literal().Text(); key.Text() {
				case "source":
					m.source, m.at, m.computed = text, key.Span(), text == ""
					if n := value.Literal(); text != "" {
						m.at = n.Span()
					}
				case "version":
					m.version = text
				}
			}
			s.modules = append(s.modules, m)
		}
	}
}

// providers adds those that a folder requires and no lockfile pins.
func (r *reader) providers(dir string, s settings) {
	list := s.required
	for _, n := range s.configured {
		if local := n.Text(); !s.named[local] {
			s.named[local] = true
			if a, ok := parse(local); ok && !strings.Contains(local, "/") {
				list = append(list, required{a, "", n.Span()})
			}
		}
	}
	var loose []sbom.ID
	var first source.Span
	for _, q := range list {
		if r.pinned[q.key()] || q.key() == "builtin/terraform" || q.address == (address{"", "hashicorp", "terraform"}) {
			continue
		}
		id := r.Add(q.component(exact(q.constraint)), "", q.at)
		r.Depend(r.root(q.at.Path), id, sbom.Runtime, q.constraint, q.at)
		if loose = append(loose, id); first.IsZero() {
			first = q.at
		}
	}
	if len(loose) == 0 {
		return
	}
	why := "there is no lockfile: which versions of the providers are had is unknown"
	if r.locked[dir] {
		why = "the lockfile does not list all providers that the configuration requires"
	}
	r.Unavailable(first, next, why, loose...)
}

// requirements reads the blocks required_providers: a local name has a source and a constraint, or as once the constraint alone.
func (r *reader) requirements(body doc.Node, named map[string]bool) []required {
	var list []required
	for block := range body.Terms().Split("\n", ";") {
		if len(block) != 2 || !block[0].IsWord("required_providers") {
			continue
		}
		for key, value := range block[1].Pairs() {
			if len(value) == 0 {
				continue
			}
			named[key.Text()] = true
			from, constraint := key.Text(), value.Literal().Text()
			for field, text := range value[0].Pairs() {
				switch field.Text() {
				case "source":
					from = text.Literal().Text()
				case "version":
					constraint = text.Literal().Text()
				}
			}
			if q, ok := r.require(from, constraint, key.Span()); ok {
				list = append(list, q)
			}
		}
	}
	return list
}

// require is a provider by its source; ok is false for what cannot be one.
func (r *reader) require(from, constraint string, at source.Span) (q required, ok bool) {
	a, ok := parse(from)
	if !ok {
		r.Lost(at, "state the source of the provider", "%s cannot be a provider", ecosystem.Quote(from))
	}
	return required{a, constraint, at}, ok
}

// exact is the version that a constraint allows alone, "" if it allows others.
func exact(constraint string) string {
	s := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(constraint), "="))
	if !ecosystem.Printable(s) || strings.ContainsAny(s, "<>~!=, ") {
		return ""
	}
	return s
}
