package bazel

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// values are the texts that variables hold: one, or a list.
type values map[string][]string

// maxTexts bounds a list: each may hold others, several times.
const maxTexts = 100_000

// variables are those that the statements of a file set.
func variables(root doc.Node) values {
	v := values{}
	for statement := range root.Terms().Split("\n", ";") {
		if key, value := statement.Pair(); key.Kind() == doc.Word {
			v[key.Text()] = v.eval(value)
		}
	}
	return v
}

// eval gives the texts of an expression: strings, lists of them, variables, and these joined by +.
func (v values) eval(terms doc.Terms) (out []string) {
	list := false
	for part := range terms.Split("+") {
		var texts []string
		isList := false
		if len(part) == 3 && part[0].Kind() == doc.String {
			texts = v.formatted(part)
		} else if len(part) != 1 {
			continue
		}
		switch n := part[0]; {
		case len(part) > 1:
		case n.Kind() == doc.String:
			texts = []string{n.Text()}
		case n.Bracket() == '[' || n.Bracket() == '(':
			isList = n.Bracket() == '['
			for item := range n.Terms().Split(",", "\n") {
				texts = append(texts, v.eval(item)...)
			}
		case n.Kind() == doc.Word:
			texts = v[n.Text()]
			isList = len(texts) != 1
		}
		if len(out)+len(texts) > maxTexts {
			return out
		}
		if !list && !isList && len(out) == 1 && len(texts) == 1 && len(out[0])+len(texts[0]) <= 512 {
			out = []string{out[0] + texts[0]}
		} else {
			out, list = append(out, texts...), list || isList || len(out) > 0
		}
	}
	return out
}

// maven adds the artifacts that extensions and rules of rules_jvm_external are asked for: group:artifact:version.
func (r *reader) maven(root doc.Node) {
	v := variables(root)
	extensions := map[string]sbom.Scope{"maven_install": sbom.Runtime}
	for statement := range root.Terms().Split("\n", ";") {
		key, value := statement.Pair()
		if key.Kind() != doc.Word || len(value) < 2 || !value[0].IsWord("use_extension") {
			continue
		}
		from, scope := "", sbom.Runtime
		for part := range value[1].Terms().Split(",") {
			if key, value := part.Pair(); key.IsWord("dev_dependency") && len(value) == 1 && value[0].IsWord("True") {
				scope = sbom.Development
			}
			from += part[0].Text() + " "
		}
		if strings.Contains(from, "rules_jvm_external") && strings.Contains(from, "maven") {
			extensions[key.Text()+".install"], extensions[key.Text()+".artifact"] = scope, scope
		}
	}
	if !loads(root) {
		delete(extensions, "maven_install")
	}
	for statement := range root.Terms().Split("\n", ";") {
		scope, ok := extensions[statement[0].Text()]
		if len(statement) < 2 || !ok {
			continue
		}
		fields := map[string]doc.Terms{}
		for part := range statement[1].Terms().Split(",") {
			if key, value := part.Pair(); key.Kind() != doc.Missing {
				fields[key.Text()] = value
			}
		}
		if list := fields["artifacts"]; len(list) > 0 {
			for _, text := range v.eval(list) {
				r.coordinates(list[0], text, scope)
			}
		}
		if group := fields["group"]; len(group) > 0 {
			var parts []string
			for _, field := range []string{"group", "artifact", "version"} {
				parts = append(parts, strings.Join(v.eval(fields[field]), ""))
			}
			if only := fields["testonly"]; len(only) == 1 && only[0].IsWord("True") {
				scope = scope.Weaker(sbom.Test)
			}
			r.coordinates(group[0], strings.Join(parts, ":"), scope)
		}
	}
}

// loads reports whether the file takes maven_install from rules_jvm_external, and not from elsewhere.
func loads(root doc.Node) bool {
	for _, args := range root.Calls("load") {
		if len(args) > 0 && strings.Contains(args[0].Text(), "rules_jvm_external") {
			return true
		}
	}
	return false
}

// coordinates wants group:artifact:version, between which may stand a packaging and a classifier.
func (r *reader) coordinates(at doc.Node, text string, scope sbom.Scope) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || !ecosystem.Printable(text) {
		return
	}
	version := ""
	if len(parts) > 2 {
		version = parts[len(parts)-1]
	}
	c := sbom.Component{Name: parts[1], Version: version, PURL: ecosystem.PURL("maven", parts[0], parts[1], version)}
	r.wanted = append(r.wanted, ecosystem.Requirement{Key: "maven " + text, Scope: scope, Range: version, At: at.Span(), What: c})
}
