package gradle

import (
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// parse reads coordinates: group:name:version:classifier@extension, of which name and what follows it may be missing. ok
// is false for what are none.
func parse(s string) (c coordinates, ok bool) {
	s, _, _ = strings.Cut(s, "@")
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 4 || !isPart(parts[0]) || !isPart(parts[1]) {
		return c, false
	}
	c.group, c.name = parts[0], parts[1]
	if len(parts) > 2 {
		c.version = strings.TrimSuffix(parts[2], "!!")
	}
	if len(parts) > 3 && isPart(parts[3]) {
		c.classifier = parts[3]
	}
	return c, true
}

// want adds what a project asks for. A version that is a range, or cannot be one, stays a requirement.
func (b *build) want(p *project, c coordinates, scope sbom.Scope, written string, at source.Span) {
	if strings.ContainsAny(c.version, "[](),+") || strings.HasPrefix(c.version, "latest.") || c.version != "" && !isPart(c.version) {
		c.version = ""
	}
	p.wants = append(p.wants, want{coordinates: c, scope: scope, asked: written, at: at})
}

// wrappers are functions whose argument is what is asked for.
var wrappers = []string{"platform", "enforcedPlatform", "testFixtures", "variantOf", "create", "dependencies.create", "project.dependencies.create", "dependencies.platform", "optional", "fg.deobf", "modApi", "include"}

// ask reads the arguments of a configuration: one or several notations, or the parts of one by name.
func (w *walker) ask(args doc.Terms, scope sbom.Scope, version string) {
	parts := slices.Collect(args.Split(",", "\n"))
	if n := len(parts) - 1; n > 0 && len(parts[n]) == 1 && parts[n][0].IsWord("optional") { // a mark of Nebula's plugins
		if parts = parts[:n]; scope == sbom.Runtime {
			scope = sbom.Optional
		}
	}
	if c, at, written, ok := w.byName(parts); ok {
		c.version = cmp.Or(version, c.version)
		w.build.want(w.project, c, scope, cmp.Or(version, written), at)
		return
	}
	if len(parts) >= 2 && len(parts) <= 4 { // ("group", "name", "version")
		if c, ok := w.positional(parts); ok {
			w.build.want(w.project, c, scope, c.version, parts[0][0].Span())
			return
		}
	}
	for _, p := range parts {
		w.notation(p, scope, version)
	}
}

// positional reads coordinates whose parts are arguments in turn.
func (w *walker) positional(parts []doc.Terms) (coordinates, bool) {
	var all []string
	for _, p := range parts {
		s, ok := w.text(p)
		if !ok || !isPart(s) {
			return coordinates{}, false
		}
		all = append(all, s)
	}
	return parse(strings.Join(all, ":"))
}

// byName reads coordinates whose parts have names: group: 'g', name: 'n', version: 'v'.
func (w *walker) byName(parts []doc.Terms) (c coordinates, at source.Span, written string, ok bool) {
	for _, p := range parts {
		key, value := p.Pair()
		if key.Kind() == doc.Missing {
			if len(parts) == 1 && len(p) == 1 && p[0].Bracket() == '[' {
				return w.byName(slices.Collect(p[0].Terms().Split(",")))
			}
			return c, at, "", false
		}
		if len(value) == 0 {
			continue
		}
		text, _ := w.text(value)
		switch key.Text() {
		case "group":
			c.group, at = text, value[0].Span()
		case "name":
			c.name = text
		case "version":
			c.version, written = text, cmp.Or(text, spell(value))
		case "classifier":
			c.classifier = text
		case "path": // project(path: ':x')
			return c, at, "", false
		}
	}
	return c, at, written, isPart(c.group) && isPart(c.name)
}

// spell gives an expression as it is written, if it is one word.
func spell(t doc.Terms) string {
	if len(t) == 1 {
		return t[0].Text()
	}
	return ""
}

// notation reads one value: coordinates as a string, an alias of a catalog, a project, a function around these.
func (w *walker) notation(t doc.Terms, scope sbom.Scope, version string) {
	n := t[0]
	word := ""
	if n.Kind() == doc.Word && !strings.HasPrefix(n.Text(), `"`) {
		word = n.Text()
	}
	switch {
	case n.Bracket() == '[' && len(t) == 1 || n.Bracket() == '(' && len(t) == 1:
		w.ask(n.Terms(), scope, version)
		return
	case word == "listOf" && len(t) == 2:
		w.ask(t[1].Terms(), scope, version)
		return
	case word != "" && len(t) >= 2 && slices.Contains(wrappers, word):
		args := t[1:]
		if t[1].Bracket() == '(' {
			args = t[1].Terms()
		}
		w.ask(args, scope, version)
		return
	case (word == "project" || word == "rootProject.project") && len(t) >= 2:
		w.member(t[1], scope, n.Span())
		return
	case strings.HasPrefix(word, "projects."):
		w.accessor(strings.TrimPrefix(word, "projects."), scope, n.Span())
		return
	case word == "kotlin" && len(t) >= 2 && t[1].Bracket() == '(':
		w.kotlinModule(t[1], scope)
		return
	case word != "" && len(t) <= 2:
		if modules := w.alias(word); len(modules) > 0 {
			for _, e := range modules {
				c := e.coordinates
				c.version = cmp.Or(version, c.version)
				w.build.want(w.project, c, scope, c.version, n.Span())
			}
			return
		}
	}
	w.coordinates(t, scope, version)
}

// coordinates reads a string with coordinates. Where the version is a name that nobody assigns, the rest still counts.
func (w *walker) coordinates(t doc.Terms, scope sbom.Scope, version string) {
	text, ok := w.text(t)
	written := ""
	if !ok {
		text = unquote(t[0].Text())
		if t[0].Kind() != doc.String && text == t[0].Text() { // no string begins it
			w.unknown(t, scope)
			return
		}
	}
	c, ok := parse(text)
	if !ok {
		head, rest, _ := strings.Cut(text, "$") // "group:name:$version"
		if c, ok = parse(head); !ok || strings.Count(head, ":") < 2 {
			w.unknown(t, scope)
			return
		}
		c.version, written = "", "$"+rest
	}
	c.version = cmp.Or(version, c.version)
	w.build.want(w.project, c, scope, cmp.Or(version, written, c.version), t[0].Span())
}

// elsewhere are functions that ask for what Gradle itself holds.
var elsewhere = []string{"gradleApi", "gradleTestKit", "gradleKotlinDsl", "localGroovy"}

// unknown notes what a configuration that is known by its name asks for, and that does not end in coordinates.
func (w *walker) unknown(t doc.Terms, scope sbom.Scope) {
	called := t[0].Text()
	called = called[strings.LastIndexByte(called, '.')+1:]
	if called == "files" || called == "fileTree" || called == "zipTree" {
		w.files(called, t[1:], scope, t[0].Span())
		return
	}
	if key, _ := t.Pair(); !w.configured || key.Kind() != doc.Missing || t[0].Bracket() == '{' || slices.Contains(elsewhere, called) {
		return
	}
	w.project.unknown = append(w.project.unknown, want{scope: scope, at: t[0].Span()})
}

// member asks for another project of the build.
func (w *walker) member(args doc.Node, scope sbom.Scope, at source.Span) {
	terms := args.Terms()
	if args.Bracket() == 0 {
		terms = doc.Terms{args}
	}
	for part := range terms.Split(",") {
		key, value := part.Pair()
		if key.Kind() != doc.Missing && key.Text() != "path" {
			continue
		}
		if p, ok := w.text(value); ok && strings.HasPrefix(p, ":") {
			w.project.wants = append(w.project.wants, want{scope: scope, at: at, member: w.memberAt(p)})
			return
		}
	}
}

// accessor asks for a project by its name in a program: projects.someLib is some-lib.
func (w *walker) accessor(name string, scope sbom.Scope, at source.Span) {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer("-", "", "_", "", "/", ".").Replace(s))
	}
	if w.spelled == nil {
		w.spelled = map[string]string{}
		for dir := range w.projects {
			w.spelled[plain(strings.TrimPrefix(strings.TrimPrefix(dir, w.top), "/"))] = dir
		}
	}
	if dir, ok := w.spelled[plain(name)]; ok {
		w.project.wants = append(w.project.wants, want{scope: scope, at: at, member: dir})
	}
}

// kotlinModule asks for a part of Kotlin, which has the version of the plugin: kotlin("stdlib").
func (w *walker) kotlinModule(args doc.Node, scope sbom.Scope) {
	parts := slices.Collect(args.Terms().Split(","))
	if len(parts) == 0 {
		return
	}
	module, ok := w.text(parts[0])
	if !ok || !isPart(module) {
		return
	}
	version, _ := w.text(w.build.kotlin)
	if len(parts) > 1 {
		version, _ = w.text(parts[1])
	}
	w.build.want(w.project, coordinates{group: "org.jetbrains.kotlin", name: "kotlin-" + module, version: version}, scope, version, args.Span())
}
