package chef

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// berksfile reads what Berksfile or Policyfile.rb ask for: cookbook 'name', '~> 1.0', group: :test, git: '...', on its own or in
// a group, and the run list of a policy. Both are programs in Ruby, of which the calls with literal values are read. What a
// Berksfile takes over from the metadata is read there.
func (r *reader) berksfile(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, "look whether Ruby can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Ruby)
	})
	blocks := []sbom.Scope{sbom.Runtime}
	for s := range d.Root().Terms().Split("\n", ";") {
		call, args := s[0], s[1:]
		if len(args) > 0 && args[0].Bracket() == '(' {
			args = args[0].Terms()
		}
		scope := blocks[len(blocks)-1]
		switch {
		case call.IsWord("end") && len(blocks) > 1:
			blocks = blocks[:len(blocks)-1]
		case call.IsWord("cookbook"):
			r.cookbook(call, args, scope)
		case call.IsWord("run_list"):
			for part := range args.Split(",") {
				r.recipe(part.Literal())
			}
		case call.IsWord("if"), call.IsWord("unless"), call.IsWord("case"), call.IsWord("def"), call.IsWord("begin"):
			blocks = append(blocks, scope)
		case slices.ContainsFunc(s, func(n doc.Node) bool { return n.IsWord("do") }):
			if call.IsWord("group") {
				scope = groupScope(args)
			}
			blocks = append(blocks, scope)
		}
	}
}

// groupScope is the scope of what is asked for in groups: that of a group that is neither for tests nor for development counts
// for all, since Berkshelf brings every group unless it is told not to.
func groupScope(groups doc.Terms) sbom.Scope {
	scope := sbom.Scope("")
	for _, n := range groups {
		items := []doc.Node{n}
		if n.Kind() == doc.Array {
			items = n.Terms()
		}
		for _, item := range items {
			switch name := strings.TrimPrefix(item.Text(), ":"); name {
			case "", ",", "do":
			case "test", "tests", "testing", "integration", "unit", "spec", "kitchen", "chefspec":
				if scope != sbom.Runtime {
					scope = sbom.Test
				}
			case "development", "dev":
				if scope == "" {
					scope = sbom.Development
				}
			default:
				scope = sbom.Runtime
			}
		}
	}
	if scope == "" {
		scope = sbom.Runtime
	}
	return scope
}

// cookbook adds what a call asks for. A cookbook of the tree is read as what it is.
func (r *reader) cookbook(call doc.Node, args doc.Terms, scope sbom.Scope) {
	var key doc.Node
	requirement, from := "", ""
	for part := range args.Split(",") {
		field, value := part.Pair()
		v := value.Literal()
		switch name := strings.TrimPrefix(field.Text(), ":"); {
		case key.Kind() == doc.Missing && (field.Kind() != doc.Missing || v.Kind() != doc.String):
			r.Lost(call.Span(), "write the name of the cookbook as a literal", "a cookbook whose name is computed")
			return
		case key.Kind() == doc.Missing:
			key = v
		case field.Kind() == doc.Missing:
			requirement = v.Text()
		case name == "path":
			if r.At(path.Join(r.Dir(), v.Text())) != "" {
				return
			}
		case name == "git":
			from = v.Text()
		case name == "github":
			from = "https://github.com/" + v.Text()
		case name == "group", name == "groups":
			scope = groupScope(value)
		}
	}
	if r.isAsked(key.Text()) || key.Text() == r.root.Name {
		return // by the metadata
	}
	if r.depends(key, requirement); r.isAsked(key.Text()) {
		w := &r.wanted[len(r.wanted)-1]
		w.Scope, w.What.Source = scope, from
	}
}

func (r *reader) isAsked(cookbook string) bool {
	return slices.ContainsFunc(r.wanted, func(w ecosystem.Requirement) bool { return w.Key == cookbook })
}

// recipe adds the cookbook of an entry of a run list: 'cookbook::recipe' or 'recipe[cookbook]'.
func (r *reader) recipe(n doc.Node) {
	text := strings.TrimSuffix(strings.TrimPrefix(n.Text(), "recipe["), "]")
	name, _, _ := strings.Cut(text, "::")
	if n.Kind() != doc.String || name == r.root.Name || r.isAsked(name) || strings.Contains(name, "[") || !ecosystem.Printable(name) {
		return
	}
	c := component(name, "")
	r.wanted = append(r.wanted, ecosystem.Requirement{Key: name, Scope: sbom.Runtime, At: n.Span(), What: c})
}
