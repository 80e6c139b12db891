package python

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// program is a setup.py, of which only literal values are read: those that the call of setup is given, and those of
// names that the file assigns once and for all. What it computes is unknown.
type program struct {
	*reader
	home  *home
	root  doc.Node
	names map[string][]doc.Terms // by name, what is assigned or added to it
	terms terms
	steps int // that were made to follow names
}

// maxSteps is how far a name is followed to another, and maxFollowed how often in one file.
const (
	maxSteps    = 5
	maxFollowed = 10_000
)

// values are what is assigned to a name; nil if it is too far to follow.
func (p *program) values(name doc.Node, depth int) []doc.Terms {
	if name.Kind() != doc.Word || depth >= maxSteps || p.steps >= maxFollowed {
		return nil
	}
	p.steps++
	return p.names[name.Text()]
}

func (r *reader) setupPy(h *home, file string) {
	data, ok := r.Read(r.FS, file, maxFile)
	if !ok {
		return
	}
	d, err := doc.Code(file, data, doc.Python)
	if err != nil {
		r.broken(file, err)
	}
	p := program{reader: r, home: h, root: d.Root(), names: assigned(d.Root())}
	for name, args := range d.Root().Calls("setup") {
		h.library = true
		h.at = append(h.at, name.Span())
		p.arguments(args, name.Span(), 0)
	}
	h.claims = addClaim(h.claims, p.terms.claims()...)
}

// assigned gives what the statements of a program assign to names, add to lists, or put into dictionaries: that as the
// pair, key = value. Which way the program goes at a condition is unknown, so of lists all that may be said is taken.
func assigned(root doc.Node) map[string][]doc.Terms {
	out := map[string][]doc.Terms{}
	for statement := range root.Terms().Split("\n", ";") {
		statement, conditional := withoutHeader(statement)
		if len(statement) < 2 || statement[0].Kind() != doc.Word {
			continue
		}
		name, value := statement[0].Text(), statement[2:]
		switch {
		case statement[1].IsWord("="):
			names := []string{name}
			for len(value) > 2 && value[0].Kind() == doc.Word && value[1].IsWord("=") { // a = b = "1.0"
				names, value = append(names, value[0].Text()), value[2:]
			}
			for _, name := range names {
				if conditional && out[name] != nil {
					if len(value) > 0 && value[0].Bracket() != 0 {
						out[name] = append(out[name], value)
					}
					continue
				}
				out[name] = []doc.Terms{value}
			}
		case statement[1].IsWord("+="):
			out[name] = append(out[name], value)
		case statement[1].Bracket() == '[' && len(value) > 1 && value[0].IsWord("="):
			out[name] = append(out[name], slices.Concat(statement[1].Terms(), value))
		case statement[1].Bracket() == '(':
			for _, method := range []string{".append", ".extend", ".update"} {
				if list, ok := strings.CutSuffix(name, method); ok {
					out[list] = append(out[list], statement[1].Terms())
				}
			}
		}
	}
	return out
}

// withoutHeader gives the statement that stands behind "if x:" and the like, for the first of a block counts as one with
// its header; and whether the program may go past it.
func withoutHeader(statement doc.Terms) (rest doc.Terms, conditional bool) {
	for len(statement) > 0 {
		word := statement[0].Text()
		header := slices.Contains([]string{"if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "async"}, word)
		colon := slices.IndexFunc(statement, func(n doc.Node) bool { return n.IsWord(":") })
		if !header || statement[0].Kind() != doc.Word || colon < 0 {
			break
		}
		conditional = conditional || !slices.Contains([]string{"with", "try", "def", "async", "finally"}, word)
		statement = statement[colon+1:]
	}
	return statement, conditional
}

// arguments reads the arguments of setup, or the dictionary that it is given as **name.
func (p *program) arguments(args doc.Terms, call source.Span, depth int) {
	for part := range args.Split(",", "\n") {
		if name, value := part.Pair(); name.Kind() != doc.Missing {
			p.argument(strings.Trim(name.Text(), `"'`), value)
			continue
		}
		last := part[len(part)-1]
		if len(part) < 2 || !part[0].IsWord("*") {
			continue
		}
		if last.Bracket() == '{' || last.Bracket() == '(' { // **{...}, **dict(...)
			p.arguments(last.Terms(), call, depth)
			continue
		}
		for _, value := range p.values(last, depth) {
			if name, v := value.Pair(); name.Kind() == doc.String {
				p.argument(name.Text(), v)
				continue
			}
			if n := value[max(0, len(value)-1):]; len(n) == 1 && (n[0].Bracket() == '{' || n[0].Bracket() == '(') {
				p.arguments(n[0].Terms(), call, depth+1)
			}
		}
	}
}

func (p *program) argument(name string, value doc.Terms) {
	if len(value) == 0 {
		return
	}
	at := value[0].Span()
	switch name {
	case "name":
		p.home.identify(bySetupPy, p.text(value, 0), "", at)
	case "version":
		version := p.text(value, 0)
		if p.home.identify(bySetupPy, "", version, at); version == "" {
			p.readFrom(value)
		}
	case "url":
		p.home.homepage = firstOf(p.home.homepage, p.text(value, 0))
	case "license_expression":
		p.terms.expression = stated{p.text(value, 0), at}
	case "license":
		p.terms.license = stated{p.text(value, 0), at}
	case "classifiers":
		p.strings(value, 0, func(s string, at source.Span) { p.terms.classifier(s, at) })
	case "install_requires", "requires":
		p.list(name, value, sbom.Runtime, "")
	case "tests_require":
		p.list(name, value, sbom.Test, "")
	case "setup_requires":
		p.list(name, value, sbom.Build, "")
	case "extras_require":
		p.extras(value, 0)
	}
}

// text is a string that is written out, in one piece or several, or the value of a name; "" if it is computed.
func (p *program) text(value doc.Terms, depth int) string {
	var out strings.Builder
	for _, t := range value {
		switch {
		case t.Kind() == doc.String:
			out.WriteString(t.Text())
		case t.Bracket() == '(' && len(value) == 1 && depth < maxSteps:
			return p.text(t.Terms(), depth+1)
		case len(value) == 1:
			if values := p.values(t, depth); len(values) == 1 {
				return p.text(values[0], depth+1)
			}
			return ""
		default:
			return ""
		}
	}
	return out.String()
}

// strings yields the strings of a list, of lists that are added, and of names for such. It reports whether all
// of the value was written out.
func (p *program) strings(value doc.Terms, depth int, yield func(string, source.Span)) (whole bool) {
	whole = len(value) > 0
	for part := range value.Split("+", ",", "\n") {
		switch t := part[0]; {
		case len(part) == 1 && t.Kind() == doc.String, allStrings(part):
			yield(p.text(part, depth), t.Span())
		case len(part) > 1 && t.Kind() == doc.String: // "a" if x else "b", "a%s" % b
			yield(t.Text(), t.Span())
			whole = false
		case len(part) == 1 && t.Kind() == doc.Array && t.Bracket() != '{':
			if t.Len() > 0 {
				whole = p.strings(t.Terms(), depth, yield) && whole
			}
		case t.IsWord("None"):
		default:
			values := p.values(t, depth)
			whole = whole && len(part) == 1 && values != nil
			for _, v := range values {
				whole = p.strings(v, depth+1, yield) && whole
			}
		}
	}
	return whole
}

func allStrings(t doc.Terms) bool {
	for _, n := range t {
		if n.Kind() != doc.String {
			return false
		}
	}
	return true
}

// list reads requirements: a list of strings, or one string with a line for each.
func (p *program) list(argument string, value doc.Terms, scope sbom.Scope, extra string) {
	p.home.lists = true
	whole := p.strings(value, 0, func(s string, at source.Span) {
		for line := range strings.SplitSeq(s, "\n") {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			if n, ok := p.needOf(line, at); ok {
				n.extra = extra
				p.home.need(n, scope)
			} else {
				p.Lost(at, "correct the requirement", "%s is no requirement", ecosystem.Quote(line))
			}
		}
	})
	if !whole && scope != sbom.Build {
		p.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: value[0].Span(), Material: scope == sbom.Runtime,
			Why:  argument + " is computed by the program, which licet does not run: not all of the requirements are known",
			Next: "write them into pyproject.toml, or install the project and scan what is installed"})
	}
}

// extras reads the dictionary of extras: each has a list of requirements.
func (p *program) extras(value doc.Terms, depth int) {
	for _, t := range value {
		for _, v := range p.values(t, depth) {
			if name, list := v.Pair(); name.Kind() == doc.String {
				p.extra(name, list)
				continue
			}
			p.extras(v, depth+1)
		}
		if t.Bracket() != '{' && t.Bracket() != '(' {
			continue
		}
		for name, list := range t.Pairs() {
			p.extra(name, list)
		}
	}
}

func (p *program) extra(name doc.Node, list doc.Terms) {
	extra, marker, _ := strings.Cut(strings.Trim(name.Text(), `"'`), ":")
	switch {
	case len(list) == 0 || name.Kind() == doc.Missing:
	case extra == "" && marker != "":
		p.list("extras_require", list, sbom.Runtime, "")
	default:
		p.list("extras_require", list, scopeOf(extra, sbom.Optional), normal(extra))
	}
}
