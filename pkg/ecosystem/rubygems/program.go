package rubygems

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
)

// program is a Ruby program of which literal values are read.
type program struct {
	*reader
	file   string
	root   doc.Node
	values map[string]doc.Terms // what constants and variables are assigned first, by the last part of the name
	depth  int                  // of programs that one another loads
	loaded *[]*program          // what it loads; nil as long as nobody asked
}

// assignment is `s.field = value`, or `NAME = value`.
type assignment struct {
	field  string   // the last part of the name
	member bool     // it is one of something
	at     doc.Node // the value's first term
	value  doc.Terms
}

// assignments yields the assignments of the program, wherever they stand.
func (p *program) assignments() iter.Seq[assignment] {
	return func(yield func(assignment) bool) { assignments(p.root, yield) }
}

func assignments(n doc.Node, yield func(assignment) bool) bool {
	for statement := range n.Terms().Split("\n", ";") {
		for i, term := range statement {
			if term.Bracket() == '{' && !assignments(term, yield) {
				return false
			}
			if i+1 >= len(statement) || term.Kind() != doc.Word || !statement[i+1].IsWord("=") || i+2 == len(statement) {
				continue
			}
			name := term.Text()
			dot := strings.LastIndexAny(name, ".:")
			a := assignment{field: name[dot+1:], member: dot > 0 && name[dot] == '.', value: unconditional(statement[i+2:])}
			if len(a.value) == 0 {
				continue
			}
			if a.at = a.value[0]; !yield(a) {
				return false
			}
		}
	}
	return true
}

// unconditional is a value without the condition behind it.
func unconditional(t doc.Terms) doc.Terms {
	if i := slices.IndexFunc(t, func(n doc.Node) bool { return n.IsWord("if") || n.IsWord("unless") }); i > 0 {
		return t[:i]
	}
	return t
}

// text gives the text that a value stands for: a literal, a constant or variable, numbers joined by dots, or what a
// file holds.
func (p *program) text(t doc.Terms) (string, bool) { return p.textOf(t, 0) }

// maxSteps bounds how many names lead to one another.
const maxSteps = 10

func (p *program) textOf(t doc.Terms, steps int) (string, bool) {
	if value := t.Literal(); value.Kind() == doc.String || value.Kind() == doc.Number {
		return value.Text(), true
	}
	if len(t) == 0 || steps > maxSteps {
		return "", false
	}
	first := t[0]
	switch {
	case first.Bracket() == '[' && len(t) >= 3 && strings.HasSuffix(t[1].Text(), ".join"):
		return p.joined(first, steps)
	case first.Kind() == doc.String && len(t) == 2 && isPlain(t[1].Text()):
		return first.Text(), true
	case first.Kind() == doc.Word && len(t) >= 2 && (strings.HasSuffix(first.Text(), "File.read") || strings.HasSuffix(first.Text(), "IO.read")):
		return p.content(t[1])
	case first.Kind() == doc.Word && len(t) <= 2:
		return p.named(first.Text(), steps)
	}
	return "", false
}

// isPlain reports whether a method leaves a text as it is, but for white space around it.
func isPlain(method string) bool {
	return slices.Contains([]string{".freeze", ".dup", ".to_s", ".strip", ".chomp", ".to_str"}, method)
}

// joined reads [1, 2, PRE].join("."), whatever else is done to the array before.
func (p *program) joined(array doc.Node, steps int) (string, bool) {
	var parts []string
	for part := range array.Terms().Split(",") {
		if part[0].IsWord("nil") {
			continue
		}
		text, ok := p.textOf(part, steps+1)
		if !ok {
			return "", false
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "."), true
}

// named looks up a constant or variable: here, then in the files that the program loads.
func (p *program) named(name string, steps int) (string, bool) {
	for _, method := range []string{".freeze", ".dup", ".to_s", ".strip", ".chomp", ".to_str"} {
		name = strings.TrimSuffix(name, method)
	}
	last := name[strings.LastIndexAny(name, ".:")+1:]
	if last == "" || strings.ContainsAny(last, "\"'`") {
		return "", false
	}
	if p.values == nil {
		p.values = map[string]doc.Terms{}
		for a := range p.assignments() {
			if _, had := p.values[a.field]; !had && !a.member {
				p.values[a.field] = a.value
			}
		}
	}
	if value, ok := p.values[last]; ok {
		return p.textOf(value, steps+1)
	}
	if p.depth > 0 || last[0] < 'A' || last[0] > 'Z' {
		return "", false
	}
	for _, loaded := range p.loads() {
		if text, ok := loaded.named(name, steps+1); ok {
			return text, true
		}
	}
	return "", false
}

// versionBeside looks for a constant VERSION where a gem has it by convention.
func (p *program) versionBeside(gem string) string {
	for _, file := range []string{strings.ReplaceAll(gem, "-", "/"), gem} {
		if loaded := p.load(path.Join(path.Dir(p.file), "lib", file, "version.rb")); loaded != nil && gem != "" {
			if text, ok := loaded.named("VERSION", 0); ok {
				return text
			}
		}
	}
	return ""
}

// maxLoads bounds how many files are looked for on behalf of one program.
const maxLoads = 64

// loads reads the Ruby files of the target that the program loads, as far as their names are written out.
func (p *program) loads() []*program {
	if p.loaded != nil {
		return *p.loaded
	}
	var list []*program
	p.loaded = &list
	tried := map[string]bool{}
	for _, args := range p.root.Calls("require", "require_relative", "load") {
		var parts []string
		collect(args, &parts)
		for i, part := range append([]string{path.Join(parts...)}, parts...) {
			if i == 1 && len(parts) == 1 {
				break
			}
			dir := path.Dir(p.file)
			for _, base := range []string{dir, p.file, path.Join(dir, "lib")} {
				file := path.Join(base, part)
				if path.Ext(file) != ".rb" {
					file += ".rb"
				}
				if tried[file] || len(tried) >= maxLoads {
					continue
				}
				tried[file] = true
				if loaded := p.load(file); loaded != nil {
					list = append(list, loaded)
				}
			}
		}
	}
	return list
}

// collect gathers the strings of terms, those in brackets too.
func collect(t doc.Terms, into *[]string) {
	for _, n := range t {
		switch n.Kind() {
		case doc.String:
			if s := n.Text(); s != "" && len(s) < 512 {
				*into = append(*into, s)
			}
		case doc.Array:
			collect(n.Terms(), into)
		}
	}
}

// load reads another Ruby file of the target; nil if there is none.
func (p *program) load(file string) *program {
	data, err := ecosystem.ReadFile(p.FS, file, maxCode)
	if err != nil {
		return nil
	}
	d, _ := doc.Code(file, data, doc.Ruby) // of a file in which something is odd, the rest counts
	return &program{reader: p.reader, file: file, root: d.Root(), depth: p.depth + 1}
}

// content is the text of the file that the arguments of File.read name.
func (p *program) content(args doc.Node) (string, bool) {
	var parts []string
	collect(args.Terms(), &parts)
	if len(parts) == 0 {
		return "", false
	}
	for _, base := range []string{path.Dir(p.file), p.file} {
		data, err := ecosystem.ReadFile(p.FS, path.Join(base, path.Join(parts...)), 1<<10)
		if text := strings.TrimSpace(string(data)); err == nil && ecosystem.Printable(text) {
			return text, true
		}
	}
	return "", false
}
