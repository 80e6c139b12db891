package conan

import (
	"iter"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// recipe reads the attributes of the class in a conanfile.py, and the calls self.requires("name/version") in its methods.
func (r *reader) recipe(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, "look whether `conan inspect` can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Python)
	})
	c := sbom.Component{}
	for key, value := range attributes(d.Root()) {
		text := value.Literal().Text()
		switch field := key.Text(); field {
		case "name":
			if c.Name == "" && ecosystem.Printable(text) {
				c.Name, r.at = text, value[0].Span()
			}
		case "version":
			if ecosystem.Printable(text) {
				c.Version = text
			}
		case "homepage":
			c.Homepage = text
		case "license":
			c.Claims = license(value)
		default:
			if scope, ok := sections[field]; ok {
				named := strs(value)
				if len(named) == 0 && !value[0].IsWord("None") && value[0].Bracket() == 0 {
					r.Lost(key.Span(), "run `conan lock create`", "requirements that are computed")
				}
				for _, n := range named {
					if strings.Contains(n.Text(), "/") { // and not the word that says how it is used
						r.want(n, n.Span(), "", scope)
					}
				}
			}
		}
	}
	for method, args := range d.Root().Calls("self.requires", "self.tool_requires", "self.build_requires", "self.test_requires") {
		first := doc.Node{}
		if len(args) > 0 {
			first = args[0]
		}
		if first.Kind() != doc.String {
			r.Lost(method.Span(), "run `conan lock create`", "a requirement that is computed")
			continue
		}
		scope := sections[strings.TrimPrefix(method.Text(), "self.")]
		for _, t := range traits {
			if words := argument(args, t.name); len(words) == 1 && words[0].IsWord("True") {
				scope = t.scope
			}
		}
		r.want(first, first.Span(), "", scope)
	}
	if c.Name != "" {
		c.PURL = ecosystem.PURL("conan", "", c.Name, c.Version)
		r.root = c
	} else {
		r.root.Claims = c.Claims
	}
}

// attributes yields what is assigned in a recipe.
func attributes(root doc.Node) iter.Seq2[doc.Node, doc.Terms] {
	return func(yield func(doc.Node, doc.Terms) bool) {
		for statement := range root.Terms().Split("\n", ";") {
			if statement[0].IsWord("class") { // the first attribute follows without the end of a line
				for i, t := range statement {
					if t.IsWord(":") && i+1 < len(statement) {
						statement = statement[i+1:]
						break
					}
				}
			}
			key, value := statement.Pair()
			if key.Kind() == doc.Word && len(value) > 0 && !yield(key, value) {
				return
			}
		}
	}
}

// license is the claim of one license or of several, all of which hold.
func license(value doc.Terms) []sbom.Claim {
	var names []string
	for _, n := range strs(value) {
		names = append(names, n.Text())
	}
	if len(names) == 0 {
		return nil
	}
	return detect.Declaration(ecosystem.Together(names), value[0].Span())
}

// strs are the strings in a value: one, several, or those in brackets.
func strs(value doc.Terms) (out []doc.Node) {
	for _, n := range value {
		switch n.Kind() {
		case doc.String:
			out = append(out, n)
		case doc.Array:
			out = append(out, strs(n.Terms())...)
		}
	}
	return out
}

// traits are the arguments that say of a requirement what a method of its own says (docs.conan.io, "requirements()",
// "Requirement traits"); the last is the way of Conan 1 to ask for a framework of tests.
var traits = []struct {
	name  string
	scope sbom.Scope
}{{"build", sbom.Build}, {"test", sbom.Test}, {"force_host_context", sbom.Test}}

func argument(args doc.Terms, name string) doc.Terms {
	for part := range args.Split(",") {
		if key, value := part.Pair(); key.IsWord(name) {
			return value
		}
	}
	return nil
}
