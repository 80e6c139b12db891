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
	component      func(fields map[string]string) sbom.Component
}{
	{"oci", "pull", pulled},
	{"crate", "spec", func(fields map[string]string) sbom.Component {
		c := sbom.Component{Name: fields["package"], Source: fields["git"]}
		if v, ok := strings.CutPrefix(fields["version"], "="); ok && ecosystem.Printable(strings.TrimSpace(v)) {
			c.Version = strings.TrimSpace(v)
		}
		c.PURL = ecosystem.PURL("cargo", "", c.Name, c.Version)
		return c
	}},
	{"go_deps", "module", func(fields map[string]string) sbom.Component {
		c := sbom.Component{Name: fields["path"], Version: fields["version"]}
		i := strings.LastIndexByte(c.Name, '/') + 1
		c.PURL = ecosystem.PURL("golang", strings.TrimSuffix(c.Name[:i], "/"), c.Name[i:], c.Version)
		return c
	}},
}

// pulled is an image. One whose digest or tag is written and unknown has no version, and not the tag latest.
func pulled(fields map[string]string) sbom.Component {
	image := fields["image"]
	digest, isPinned := fields["digest"]
	tag, isTagged := fields["tag"]
	switch {
	case digest != "":
		return ecosystem.ImageComponent(image + "@" + digest)
	case tag != "":
		return ecosystem.ImageComponent(image + ":" + tag)
	}
	c := ecosystem.ImageComponent(image)
	if isPinned || isTagged {
		c.Version, c.PURL = "", strings.Replace(c.PURL, "@latest", "", 1)
	}
	return c
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
		if statement[0].Bracket() == '[' { // [x.pull(...) for y in z]
			for call := range statement[0].Calls("pull", "spec", "module") {
				name, tag, _ := strings.Cut(call.Text(), ".")
				for _, e := range extended {
					if bound[name].extension == e.extension && tag == e.tag {
						r.Lost(call.Span(), "write a call for each", "what %s asks for, once for each value of a list", ecosystem.Quote(call.Text()))
					}
				}
			}
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
func (r *reader) extended(v values, call doc.Terms, scope sbom.Scope, component func(map[string]string) sbom.Component) {
	fields, at := map[string]string{}, call[0].Span()
	for part := range call[1].Terms().Split(",") {
		if key, value := part.Pair(); key.Kind() != doc.Missing {
			fields[key.Text()] = v.text(value)
		}
	}
	c := component(fields)
	if !ecosystem.Printable(c.Name) || c.Version != "" && !ecosystem.Printable(c.Version) {
		r.Lost(at, "write the name as a literal", "what %s asks for has no name that is written out", call[0].Text())
		return
	}
	r.wanted = append(r.wanted, ecosystem.Requirement{Key: call[0].Text() + " " + c.PURL, Scope: scope, Range: fields["version"], At: at, What: c})
}

// text is the one text that is written, perhaps in parts and by way of variables; "" if any of it is unknown.
func (v values) text(terms doc.Terms) string {
	var out strings.Builder
	for part := range terms.Split("+") {
		texts := v.eval(part)
		if len(texts) != 1 {
			return ""
		}
		out.WriteString(texts[0])
	}
	return out.String()
}
