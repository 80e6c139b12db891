package hex

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const mixNext = "run `mix deps.get`"

func (r *reader) mix(manifest, lock string) {
	m := project{at: source.Span{Path: lock}}
	if manifest != "" {
		m = r.mixManifest(manifest)
	}
	root := r.start(m)
	var pins []ecosystem.Pin
	if lock != "" {
		pins = r.mixLock(lock)
		for _, w := range m.wanted {
			if w.What.PURL == "" { // a folder, which no lockfile holds
				pins = append(pins, ecosystem.Pin{Key: w.Key, ID: r.Add(w.What, "", w.At), At: w.At})
			}
		}
	}
	r.Absent(m.at, lock, mixNext, r.Require(root, m.wanted, pins))
	if lock == "" && !m.computed.IsZero() {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: m.computed, Material: true, Next: mixNext,
			Why: "dependencies are computed by the program, which licet does not run: not all of them are known"})
	}
}

// mixLock reads the map of packages, and the edges in it once all are known.
func (r *reader) mixLock(file string) (pins []ecosystem.Pin) {
	needs := map[sbom.ID]doc.Node{}
	ids := map[string]sbom.ID{}
	for item := range r.parse(file, mixNext, doc.Elixir).Items() {
		if item.Bracket() != '{' {
			continue
		}
		for key, value := range item.Pairs() {
			if key.Kind() == doc.Missing {
				if len(value) > 0 {
					r.Lost(value[0].Span(), mixNext, "an entry without a package and its version")
				}
				continue
			}
			c, deps, ok := mixPackage(value.Literal())
			if !ok {
				r.Lost(key.Span(), mixNext, "an entry without a package and its version")
				continue
			}
			id := r.add(c, "deps", key.Span())
			pins = append(pins, ecosystem.Pin{Key: key.Text(), ID: id, At: key.Span()})
			ids[key.Text()], needs[id] = id, deps
		}
	}
	for _, pin := range pins {
		for _, dep := range values(needs[pin.ID]) {
			w, ok := mixRequirement(doc.Terms{dep})
			if to := ids[w.Key]; ok && to != "" {
				r.Depend(pin.ID, to, w.Scope, w.Range, w.At)
			}
		}
	}
	return pins
}

// mixPackage reads {:hex, :name, "version", "inner checksum", [managers], [dependencies], "repository", "checksum"} and
// {:git, "location", "revision", [options]}.
func mixPackage(n doc.Node) (c sbom.Component, deps doc.Node, ok bool) {
	v := values(n)
	switch {
	case len(v) >= 3 && v[0].IsWord(":hex"):
		name, version := strings.Trim(strings.TrimPrefix(v[1].Text(), ":"), `"`), v[2].Text()
		if !ecosystem.Printable(name) || !ecosystem.Printable(version) {
			return c, deps, false
		}
		organisation := ""
		if len(v) > 6 {
			_, organisation, _ = strings.Cut(v[6].Text(), ":")
		}
		c = component(organisation, name, version)
		if len(v) > 7 {
			c.Hashes = ecosystem.Hashes(v[7].Text())
		}
		if len(v) > 5 {
			deps = v[5]
		}
		return c, deps, true
	case len(v) >= 3 && v[0].IsWord(":git") && ecosystem.Printable(v[2].Text()):
		return fromGit(identityOf(v[1].Text()), v[1].Text(), v[2].Text()), deps, true
	}
	return c, deps, false
}

// identityOf is the last part of a location, which names its package as a rule.
func identityOf(location string) string {
	if _, repo, ok := ecosystem.Repository(location); ok {
		return repo[strings.LastIndexByte(repo, '/')+1:]
	}
	return location
}

// mixManifest reads the keyword lists of mix.exs: that of the project, which has an app, and those of dependencies: behind
// deps: and in the functions that are called after it.
func (r *reader) mixManifest(file string) project {
	m := mixReader{&project{at: source.Span{Path: file}}, map[string]string{}}
	m.lists(r.parse(file, "look whether `mix deps` can read it", doc.Elixir))
	return *m.project
}

// mixReader finds these lists.
type mixReader struct {
	*project
	attributes map[string]string // of the module: @version "1.0.0"
}

func (m *mixReader) lists(n doc.Node) {
	terms := n.Terms()
	for i, t := range terms {
		if t.Kind() == doc.Array {
			m.lists(t)
		}
		if t.Kind() != doc.Word || i+2 >= len(terms) {
			continue
		}
		text, value := t.Text(), terms[i+2]
		field := terms[i+1].IsWord(":")
		switch {
		case text == "deps" || strings.HasSuffix(text, "_deps"):
			m.dependencies(terms[i+1:])
		case text[0] == '@' && terms[i+1].Kind() == doc.String:
			m.attributes[text] = terms[i+1].Text()
		case field && text == "app" && m.name == "" && strings.HasPrefix(value.Text(), ":"):
			m.name, m.at = value.Text()[1:], value.Span()
		case field && text == "version" && m.version == "" && value.Kind() == doc.String:
			m.version = value.Text()
		case field && text == "version" && m.version == "":
			m.version = m.attributes[value.Text()]
		case field && text == "licenses" && value.Bracket() == '[' && m.claims == nil:
			m.claims = licenses(value)
		}
	}
}

// dependencies reads the list that follows: deps: [...], or a function, defp deps do [...].
func (m *mixReader) dependencies(terms doc.Terms) {
	for i, t := range terms[:min(6, len(terms))] {
		switch {
		case t.Bracket() == '[':
			for part := range t.Terms().Split(",", "\n") {
				if w, ok := mixRequirement(part); ok {
					m.wanted = append(m.wanted, w)
				} else if m.computed.IsZero() {
					m.computed = part[0].Span()
				}
			}
			if i+1 < len(terms) && (terms[i+1].IsWord("+") || terms[i+1].IsWord("++")) && m.computed.IsZero() {
				m.computed = terms[i+1].Span() // [...] ++ more()
			}
			return
		case t.IsWord("for") && i > 0 && m.computed.IsZero():
			m.computed = t.Span()
			return
		case !t.IsWord(":") && !t.IsWord(",") && !t.IsWord("do") && !t.IsWord("\n") && t.Bracket() != '(':
			return
		}
	}
}

// mixRequirement reads {:name, "~> 1.0", only: :test, optional: true}, of which all but the name may be missing, and the
// short form name: "~> 1.0".
func mixRequirement(part doc.Terms) (w ecosystem.Requirement, ok bool) {
	if key, value := part.Pair(); key.Kind() == doc.Word && value.Literal().Kind() == doc.String {
		w = ecosystem.Requirement{Key: key.Text(), At: key.Span(), Scope: sbom.Runtime, Range: value.Literal().Text()}
		w.What = component("", w.Key, exactly(w.Range))
		return w, ecosystem.Printable(w.Key)
	}
	n := part[0]
	if n.Bracket() != '{' || len(part) > 1 {
		return w, false
	}
	options := map[string]doc.Terms{}
	for key, value := range n.Pairs() {
		switch {
		case key.Kind() != doc.Missing:
			options[key.Text()] = value
		case len(value) == 1 && w.Key == "" && strings.HasPrefix(value[0].Text(), ":"):
			w.Key, w.At = strings.TrimPrefix(value[0].Text(), ":"), value[0].Span()
		case len(value) == 1 && value[0].Kind() == doc.String:
			w.Range = value[0].Text()
		case len(value) == 1 && value[0].Bracket() == '[':
			for key, value := range value[0].Pairs() {
				options[key.Text()] = value
			}
		}
	}
	name := w.Key
	if other := word(options["hex"]); other != "" {
		name = other
	}
	w.Scope = mixScope(options)
	w.What = component("", name, exactly(w.Range))
	for _, kind := range []string{"git", "github", "path"} {
		if location := options[kind].Literal(); location.Kind() == doc.String {
			switch kind {
			case "git":
				w.What = fromGit(name, location.Text(), word(options["ref"]))
			case "github":
				w.What = fromGit(name, "https://github.com/"+location.Text(), word(options["ref"]))
			case "path":
				w.What = sbom.Component{Name: name}
			}
		}
	}
	return w, ecosystem.Printable(w.Key)
}

// word is the text of one string or atom.
func word(t doc.Terms) string {
	if len(t) != 1 {
		return ""
	}
	return strings.TrimPrefix(t[0].Text(), ":")
}

// exactly is the version that a requirement pins, or "": behind "==", which may be left out (hexdocs.pm, Version, section
// "Requirements").
func exactly(requirement string) string {
	version := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(requirement), "=="))
	if version == "" || version[0] < '0' || version[0] > '9' || strings.ContainsAny(version, " <>=~!") {
		return ""
	}
	return version
}

// mixScope reads the environments that a dependency is for (hexdocs.pm, Mix.Tasks.Deps). One that is not started with the
// application and not limited to an environment is used to compile.
func mixScope(options map[string]doc.Terms) sbom.Scope {
	var only []string
	if t := options["only"]; len(t) == 1 && t[0].Bracket() == '[' {
		for _, n := range values(t[0]) {
			only = append(only, n.Text())
		}
	} else if len(t) == 1 {
		only = []string{t[0].Text()}
	}
	switch {
	case len(only) > 0 && !slices.Contains(only, ":prod"):
		if slices.ContainsFunc(only, func(env string) bool { return env != ":test" }) {
			return sbom.Development
		}
		return sbom.Test
	case word(options["runtime"]) == "false":
		return sbom.Build
	case word(options["optional"]) == "true":
		return sbom.Optional
	}
	return sbom.Runtime
}
