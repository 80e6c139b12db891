package chef

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// program is Berksfile or Policyfile.rb while it is read: programs in Ruby, of which the calls with literal values are read.
// blocks are the scopes of the blocks that are open, "" for those in no group.
type program struct {
	*reader
	blocks []sbom.Scope
	loop   bool            // the next do belongs to the loop that a statement began
	uneven bool            // there is an end too many
	local  map[string]bool // cookbooks of the tree, which are read as what they are
	runs   []doc.Node      // entries of run lists
}

// berksfile reads what Berksfile or Policyfile.rb ask for: cookbook 'name', '~> 1.0', group: :test, git: '...', on its own or in
// a group, and the run lists of a policy. What a Berksfile takes over from the metadata is read there.
func (r *reader) berksfile(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, "look whether Ruby can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Ruby)
	})
	p := program{reader: r, blocks: []sbom.Scope{""}, local: map[string]bool{}}
	first := len(r.wanted)
	p.statements(d.Root().Terms())
	if p.uneven || len(p.blocks) > 1 { // which group something is in is not known
		for i := range r.wanted[first:] {
			r.wanted[first+i].Scope = sbom.Runtime
		}
	}
	for _, n := range p.runs {
		p.recipe(n)
	}
}

// statements reads the calls of a block.
func (p *program) statements(t doc.Terms) {
	start := 0
	for i, n := range append(t, doc.Node{}) {
		text := n.Text()
		isEnd := n.Kind() == doc.Word && (text == "end" || strings.HasPrefix(text, "end."))
		if i < len(t) && !isEnd && !slices.ContainsFunc([]string{"\n", ";", "then", "else", "do"}, n.IsWord) {
			continue
		}
		scope := p.statement(t[start:i].Body())
		start = i + 1
		switch {
		case n.IsWord("do") && !p.loop:
			p.blocks = append(p.blocks, scope)
		case isEnd && len(p.blocks) > 1:
			p.blocks = p.blocks[:len(p.blocks)-1]
		case isEnd:
			p.uneven = true
		}
		p.loop = p.loop && !n.IsWord("do") && !n.IsWord("\n")
	}
}

// statement reads one call, and gives the scope of the block that it may begin.
func (p *program) statement(s doc.Terms) sbom.Scope {
	scope := p.blocks[len(p.blocks)-1]
	if key, value := s.Pair(); key.Kind() != doc.Missing {
		s = value // of what is assigned
	}
	if len(s) == 0 {
		return scope
	}
	call, args := s[0], s[1:]
	if len(args) > 0 && args[0].Bracket() == '(' {
		args = args[0].Terms()
	}
	switch call.Text() {
	case "if", "unless", "case", "def", "begin", "class", "module":
		p.blocks = append(p.blocks, scope)
	case "while", "until", "for":
		p.blocks, p.loop = append(p.blocks, scope), true
	case "cookbook":
		p.cookbook(call, args, scope)
		return scope
	case "run_list":
		p.run(call, slices.Collect(args.Split(",")))
	case "named_run_list":
		if parts := slices.Collect(args.Split(",")); len(parts) > 0 {
			p.run(call, parts[1:])
		}
	case "include_policy":
		p.Lost(call.Span(), "run `chef install`", "what another policy asks for, and this one includes, is not known")
	case "group":
		scope = groupScope(args)
	}
	for _, n := range s[1:] {
		if n.Bracket() == '{' { // a block
			outer := p.blocks
			p.blocks = []sbom.Scope{scope}
			p.statements(n.Terms())
			p.uneven = p.uneven || len(p.blocks) > 1
			p.blocks = outer
		}
	}
	return scope
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
			if item.Bracket() == '{' {
				continue // a block
			}
			switch strings.TrimPrefix(item.Text(), ":") {
			case "", ",":
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
	return cmp.Or(scope, sbom.Runtime)
}

// cookbook adds what a call asks for, in the group of the block and those that it names itself.
func (p *program) cookbook(call doc.Node, args doc.Terms, block sbom.Scope) {
	if end := slices.IndexFunc(args, func(n doc.Node) bool { return n.IsWord("if") || n.IsWord("unless") }); end >= 0 {
		args = args[:end]
	}
	var key doc.Node
	scope, requirement, from := block, "", ""
	for part := range args.Split(",") {
		field, value := part.Pair()
		v := value.Literal()
		switch name := strings.TrimPrefix(field.Text(), ":"); {
		case key.Kind() == doc.Missing && (field.Kind() != doc.Missing || v.Kind() != doc.String):
			p.Lost(call.Span(), "write the name of the cookbook as a literal", "a cookbook whose name is computed")
			return
		case key.Kind() == doc.Missing:
			key = v
		case field.Kind() == doc.Missing:
			requirement = v.Text()
		case name == "path":
			if p.At(path.Join(p.Dir(), v.Text())) != "" {
				p.local[key.Text()] = true
				return
			}
		case name == "git":
			from = v.Text()
		case name == "github":
			from = "https://github.com/" + v.Text()
		case name == "group", name == "groups":
			if scope = groupScope(value); block != "" {
				scope = scope.Stronger(block)
			}
		}
	}
	if key.Kind() == doc.Missing {
		p.Lost(call.Span(), "write the name of the cookbook as a literal", "a cookbook without a name")
		return
	}
	if key.Text() != p.root.Name {
		p.depends(key, requirement, from, cmp.Or(scope, sbom.Runtime))
	}
}

// run takes the entries of a run list.
func (p *program) run(call doc.Node, parts []doc.Terms) {
	for _, part := range parts {
		switch n := part.Literal(); n.Kind() {
		case doc.String:
			p.runs = append(p.runs, n)
		case doc.Array:
			for _, item := range n.Terms() {
				if !item.IsWord(",") { // none stand in %w(a b)
					p.run(call, []doc.Terms{{item}})
				}
			}
		default:
			p.Lost(call.Span(), "write the run list as literals", "a part of the run list that is computed")
		}
	}
}

// recipe adds the cookbook of an entry of a run list: 'cookbook::recipe' or 'recipe[cookbook]'.
func (p *program) recipe(n doc.Node) {
	text := strings.TrimSuffix(strings.TrimPrefix(n.Text(), "recipe["), "]")
	name, _, _ := strings.Cut(text, "::")
	if _, asked := p.asked[name]; asked || name == p.root.Name || p.local[name] || strings.Contains(name, "[") {
		return
	}
	if !ecosystem.Printable(name) {
		p.Lost(n.Span(), "mend the run list", "%s cannot be a cookbook", ecosystem.Quote(name))
		return
	}
	p.asked[name] = len(p.wanted)
	p.wanted = append(p.wanted, ecosystem.Requirement{Key: name, Scope: sbom.Runtime, At: n.Span(), What: component(name, "")})
}
