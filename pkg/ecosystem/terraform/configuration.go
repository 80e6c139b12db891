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

// configuration adds the providers that the files of a folder require and no lockfile pins.
func (r *reader) configuration(dir string, files []string) {
	var list []required
	named := map[string]bool{} // what required_providers says of local names
	var configured []doc.Node  // local names that blocks configure
	for _, file := range files {
		data, ok := r.Read(r.FS, file, maxSize)
		if !ok || !bytes.Contains(data, []byte("provider")) {
			continue
		}
		d, err := hcl(file, data)
		if err != nil {
			r.Broken(file, "mend the file", err)
		}
		for block := range d.Root().Terms().Split("\n", ";") {
			switch body := block[len(block)-1]; {
			case body.Bracket() != '{':
			case len(block) == 3 && block[0].IsWord("provider"):
				configured = append(configured, block[1])
			case len(block) == 2 && block[0].IsWord("terraform"):
				list = append(list, r.requirements(body, named)...)
			}
		}
	}
	for _, n := range configured {
		if local := n.Text(); !named[local] {
			named[local] = true
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
			a, ok := parse(from)
			if !ok {
				r.Lost(key.Span(), "state the source of the provider", "%s cannot be a provider", ecosystem.Quote(from))
				continue
			}
			list = append(list, required{a, constraint, key.Span()})
		}
	}
	return list
}

// exact is the version that a constraint allows alone, "" if it allows others.
func exact(constraint string) string {
	s := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(constraint), "="))
	if !ecosystem.Printable(s) || strings.ContainsAny(s, "<>~!=, ") {
		return ""
	}
	return s
}
