package bazel

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// extended are the tags of extensions that ask for a package of another ecosystem by its name: images (rules_oci, docs/pull.md),
// crates (rules_rust, crate_universe) and modules of Go (Gazelle, extensions.md).
var extended = []struct {
	extension, tag string
	component      func(field func(string) string) sbom.Component
}{
	{"oci", "pull", func(field func(string) string) sbom.Component {
		reference := field("image")
		if digest := field("digest"); digest != "" {
			reference += "@" + digest
		} else if tag := field("tag"); tag != "" {
			reference += ":" + tag
		}
		return ecosystem.ImageComponent(reference)
	}},
	{"crate", "spec", func(field func(string) string) sbom.Component {
		c := sbom.Component{Name: field("package")}
		if v, ok := strings.CutPrefix(field("version"), "="); ok && ecosystem.Printable(strings.TrimSpace(v)) {
			c.Version = strings.TrimSpace(v)
		}
		c.PURL = ecosystem.PURL("cargo", "", c.Name, c.Version)
		return c
	}},
	{"go_deps", "module", func(field func(string) string) sbom.Component {
		c := sbom.Component{Name: field("path"), Version: field("version")}
		i := strings.LastIndexByte(c.Name, '/') + 1
		c.PURL = ecosystem.PURL("golang", strings.TrimSuffix(c.Name[:i], "/"), c.Name[i:], c.Version)
		return c
	}},
}

// extensions adds what a MODULE.bazel asks of extensions: x = use_extension("@rules_oci//oci:extensions.bzl", "oci"), x.pull(...).
func (r *reader) extensions(root doc.Node) {
	v := variables(root)
	type use struct {
		extension string
		scope     sbom.Scope
	}
	bound := map[string]use{}
	for statement := range root.Terms().Split("\n", ";") {
		key, value := statement.Pair()
		if key.Kind() == doc.Word && len(value) == 2 && value[0].IsWord("use_extension") {
			u := use{scope: sbom.Runtime}
			for part := range value[1].Terms().Split(",") {
				switch name, value := part.Pair(); {
				case name.Kind() == doc.Missing:
					u.extension = part.Literal().Text()
				case name.IsWord("dev_dependency") && len(value) == 1 && value[0].IsWord("True"):
					u.scope = sbom.Development
				}
			}
			bound[key.Text()] = u
			continue
		}
		if len(statement) != 2 || statement[0].Kind() != doc.Word || statement[1].Bracket() != '(' {
			continue
		}
		name, tag, _ := strings.Cut(statement[0].Text(), ".")
		for _, e := range extended {
			if u := bound[name]; u.extension == e.extension && tag == e.tag {
				r.extended(v, statement, u.scope, e.component)
			}
		}
	}
}

// extended adds what one tag asks for.
func (r *reader) extended(v values, call doc.Terms, scope sbom.Scope, component func(func(string) string) sbom.Component) {
	fields, at := map[string]string{}, call[0].Span()
	for part := range call[1].Terms().Split(",") {
		if key, value := part.Pair(); key.Kind() != doc.Missing {
			fields[key.Text()] = strings.Join(v.eval(value), "")
		}
	}
	c := component(func(name string) string { return fields[name] })
	if !ecosystem.Printable(c.Name) || c.Version != "" && !ecosystem.Printable(c.Version) {
		r.Lost(at, "write the name as a literal", "what %s asks for has no name that is written out", call[0].Text())
		return
	}
	version := fields["version"]
	r.wanted = append(r.wanted, ecosystem.Requirement{Key: call[0].Text() + " " + c.PURL, Scope: scope, Range: version, At: at, What: c})
}
