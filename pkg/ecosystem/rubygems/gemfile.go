package rubygems

import (
	"errors"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// gemfile is what a Gemfile names, as far as it is written out.
type gemfile struct {
	needs []need // each once a scope
	asked []asked
	// optional are the groups that are installed only if asked for. A group is that wherever it is named
	// (bundler.io/man/gemfile.5, "Block form of source, git, path, group and platforms").
	optional map[string]bool
	// specs are the folders of gemspecs whose requirements the Gemfile takes over, with the group that their
	// development dependencies go to.
	specs  []specCall
	depth  int
	unread []source.Span // gems that are not named in a way that can be followed
}

// asked is a gem with the groups that it is in: it is installed if one of them is.
type asked struct {
	need
	groups []string
}

type specCall struct {
	dir, name, group string
}

// frame is what holds within a block.
type frame struct {
	groups      []string // of all blocks around
	conditional bool
	options     bool // gems are asked for by way of a parameter
}

func (r *reader) readGemfile(file string) *gemfile {
	g := &gemfile{optional: map[string]bool{}}
	data, ok := r.Read(r.FS, file, maxCode)
	if !ok {
		return g
	}
	d, err := doc.Code(file, data, doc.Ruby)
	if e, ok := errors.AsType[*doc.SyntaxError](err); ok {
		r.Lost(e.Span, "mend the Gemfile", "%s", e.Msg)
	}
	g.read(&program{reader: r, file: file, root: d.Root()}, frame{})
	for _, a := range g.asked {
		for _, scope := range g.scopesOf(a.groups) {
			a.scope = scope
			g.needs = append(g.needs, a.need)
		}
	}
	return g
}

// maxEval bounds how deep Gemfiles load one another.
const maxEval = 8

// read reads the statements of a program or block.
func (g *gemfile) read(p *program, outer frame) {
	stack := []frame{outer}
	for statement := range simple(p.root) {
		top := stack[len(stack)-1]
		if isCondition(statement) {
			top.conditional = true
		}
		inner := top
		if statement = statement.Body(); len(statement) == 0 {
			continue
		}
		switch first := statement[0]; {
		case first.IsWord("group"):
			inner.groups = append(slices.Clone(top.groups), g.groupsOf(statement[1:])...)
		case first.IsWord("with_options"):
			inner.options = true
			inner.groups = append(slices.Clone(top.groups), optionGroups(arguments(statement))...)
		case first.IsWord("gem") || top.options && strings.HasSuffix(first.Text(), ".gem"):
			g.gem(p, arguments(statement), top)
		case first.IsWord("gemspec"):
			g.gemspec(p, arguments(statement))
		case first.IsWord("eval_gemfile"):
			g.eval(p, arguments(statement), top)
		}
		for _, term := range statement {
			if term.Bracket() == '{' {
				block := *p
				block.root = term
				g.read(&block, inner)
			}
		}
		for n := blocks(statement); n != 0; {
			if n > 0 {
				stack = append(stack, inner)
				n--
				continue
			}
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			n++
		}
	}
}

// simple yields the statements of a program as if each part of a block stood on lines of its own: what follows do, then and
// else, and what end ends.
func simple(root doc.Node) iter.Seq[doc.Terms] {
	return func(yield func(doc.Terms) bool) {
		for statement := range root.Terms().Split("\n", ";") {
			start := 0
			for i, term := range statement {
				begins := term.IsWord("end") || term.IsWord("else") || term.IsWord("elsif") || term.IsWord("when")
				if begins && i > start {
					if !yield(statement[start:i]) {
						return
					}
					start = i
				}
				if term.IsWord("do") || term.IsWord("then") || term.IsWord("else") {
					if !yield(statement[start : i+1]) {
						return
					}
					start = i + 1
				}
			}
			if start < len(statement) && !yield(statement[start:]) {
				return
			}
		}
	}
}

// optionGroups are the groups that options name, which hold for all gems of a block (api.rubyonrails.org, "Object#with_options").
func optionGroups(args doc.Terms) []string {
	var groups []string
	for part := range args.Split(",", "do") {
		if key, value := part.Pair(); symbol(key) == "group" || symbol(key) == "groups" {
			groups = append(groups, symbols(value)...)
		}
	}
	return groups
}

// arguments are those of a call that a statement begins with.
func arguments(statement doc.Terms) doc.Terms {
	if len(statement) > 1 && statement[1].Bracket() == '(' {
		return statement[1].Terms()
	}
	return statement[1:]
}

// openers begin a block that "end" ends.
var openers = []string{"if", "unless", "while", "until", "case", "begin", "def", "class", "module", "for"}

// blocks is how many blocks a statement opens, less those that it ends.
func blocks(statement doc.Terms) int {
	n := 0
	for i, term := range statement {
		switch {
		case term.IsWord("end"):
			n--
		case term.IsWord("do") && !isLoop(statement[0]):
			n++
		case (i == 0 || statement[i-1].IsWord("=")) && slices.ContainsFunc(openers, term.IsWord):
			n++
		}
	}
	return n
}

func isLoop(n doc.Node) bool { return n.IsWord("while") || n.IsWord("until") || n.IsWord("for") }

// isCondition: what the statement does, it does not always do.
func isCondition(statement doc.Terms) bool {
	return slices.ContainsFunc(statement, func(n doc.Node) bool {
		return n.IsWord("if") || n.IsWord("unless") || n.IsWord("elsif") || n.IsWord("else") || n.IsWord("case") || n.IsWord("when") || n.IsWord("install_if")
	})
}

// groupsOf reads the arguments of group.
func (g *gemfile) groupsOf(args doc.Terms) []string {
	if len(args) > 0 && args[0].Bracket() == '(' {
		args = args[0].Terms()
	}
	var groups []string
	optional := false
	for part := range args.Split(",", "do") {
		if key, value := part.Pair(); key.Kind() != doc.Missing {
			optional = optional || symbol(key) == "optional" && len(value) > 0 && value[0].IsWord("true")
			continue
		}
		groups = append(groups, symbols(part)...)
	}
	for _, group := range groups {
		g.optional[group] = g.optional[group] || optional
	}
	return groups
}

// symbols are the names that a term or an array gives, as symbols or strings.
func symbols(t doc.Terms) []string {
	var list []string
	for _, n := range t {
		switch {
		case n.Kind() == doc.Array:
			list = append(list, symbols(n.Terms())...)
		case n.Kind() == doc.String || n.Kind() == doc.Word && strings.HasPrefix(n.Text(), ":"):
			list = append(list, symbol(n))
		}
	}
	return list
}

func symbol(n doc.Node) string { return strings.TrimPrefix(n.Text(), ":") }

// gem reads the arguments of one gem.
func (g *gemfile) gem(p *program, args doc.Terms, f frame) {
	n := need{conditional: f.conditional}
	if len(args) == 0 {
		return
	}
	if !n.take(p, args) {
		g.unread = append(g.unread, args[0].Span())
		return
	}
	groups := f.groups
	for part := range args.Split(",") {
		part = unconditional(part)
		switch key, value := part.Pair(); symbol(key) {
		case "group", "groups":
			groups = append(slices.Clone(groups), symbols(value)...)
		case "platform", "platforms", "install_if":
			n.conditional = true
		}
	}
	g.asked = append(g.asked, asked{n, groups})
}

// groupScopes are the groups whose name says that their gems do not ship.
var groupScopes = []struct {
	scope  sbom.Scope
	groups []string
}{
	{sbom.Development, []string{"dev", "development", "doc", "docs", "documentation", "lint"}},
	{sbom.Test, []string{"test", "tests", "spec", "rspec", "cucumber"}},
}

// scopesOf gives the scopes of a gem in these groups, none of them twice.
func (g *gemfile) scopesOf(groups []string) []sbom.Scope {
	var scopes []sbom.Scope
	if len(groups) == 0 {
		groups = []string{"default"}
	}
	for _, group := range groups {
		scope := sbom.Runtime
		if g.optional[group] {
			scope = sbom.Optional
		}
		for _, s := range groupScopes {
			if slices.Contains(s.groups, strings.ToLower(group)) {
				scope = s.scope
			}
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// gemspec reads the arguments of gemspec.
func (g *gemfile) gemspec(p *program, args doc.Terms) {
	call := specCall{dir: path.Dir(p.file), group: "development"}
	for part := range args.Split(",") {
		key, value := part.Pair()
		names := symbols(value)
		if len(names) == 0 {
			continue
		}
		switch symbol(key) {
		case "path":
			call.dir = path.Join(call.dir, names[0])
		case "name":
			call.name = names[0]
		case "development_group":
			call.group = names[0]
		}
	}
	g.specs = append(g.specs, call)
}

// eval reads another Gemfile.
func (g *gemfile) eval(p *program, args doc.Terms, f frame) {
	var parts []string
	collect(args, &parts)
	if g.depth++; g.depth > maxEval || len(parts) == 0 {
		return
	}
	if loaded := p.load(path.Join(path.Dir(p.file), path.Join(parts...))); loaded != nil {
		g.read(loaded, f)
	}
}
