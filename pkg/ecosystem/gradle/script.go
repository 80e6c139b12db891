package gradle

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A script is walked twice: once for what it assigns, when it is read, and once for what it asks for, when all
// assignments of the build are known.

// readScript reads a script, or a class that holds constants.
func (b *build) readScript(file string) {
	data, ok := b.Read(b.FS, file, maxScript)
	if !ok {
		return
	}
	d, err := doc.Code(file, data, doc.Groovy)
	if err != nil {
		b.unclear(file, err, isConstants(file))
	}
	b.assign(d.Root(), "", 0)
	if isSettings(file) {
		b.early = append(b.early, func() {
			for _, args := range d.Root().Calls("versionCatalogs") {
				if len(args) > 0 {
					b.readSettingsCatalog(args[0])
				}
			}
		})
	}
	if isConstants(file) {
		return
	}
	p := b.owner(file)
	if p.at.IsZero() || isBuildScript(file) {
		p.at = source.Span{Path: file}
	}
	for _, args := range d.Root().Calls("registerFeature") {
		if len(args) > 0 && args[0].Kind() == doc.String {
			p.features = append(p.features, args[0].Text())
		}
	}
	w := &walker{build: b, project: p, file: file, settings: isSettings(file)}
	b.later = append(b.later, func() { w.block(d.Root().Terms(), "") })
}

// unclear adds the gap of a script that could not be read whole.
func (b *build) unclear(file string, err error, aside bool) {
	b.broken(file, err)
	b.Gaps[len(b.Gaps)-1].Material = !aside
}

// assign notes what a block assigns: names of variables, properties, members of maps and of Kotlin's objects.
func (b *build) assign(block doc.Node, within string, depth int) {
	for statement := range block.Terms().Split("\n", ";") {
		for i, t := range statement {
			if t.Bracket() == '{' && depth < maxReferences {
				inner := within
				if i > 1 && (statement[i-2].IsWord("object") || statement[i-2].IsWord("class")) {
					inner += statement[i-1].Text() + "."
				}
				b.assign(t, inner, depth+1)
			}
		}
		b.assignment(statement, within)
	}
}

// assignment notes one statement: "name = value", "name by extra(value)", "set('name', value)".
func (b *build) assignment(s doc.Terms, within string) {
	for i, t := range s {
		switch {
		case t.IsWord("=") && i > 0 && i+1 < len(s):
			name, at := s[i-1].Text(), i-1
			if s[i-1].Bracket() == '[' && i > 1 { // extra["name"] = value
				name = strings.Join(b.strings(s[i-1:i]), "")
				if owner := strip(s[i-2].Text()); owner != "" && owner != "extra" && owner != "ext" {
					name = owner + "." + name
				}
			} else if at > 1 && s[at-1].IsWord(":") { // val name: String = value
				name = s[at-2].Text()
			}
			b.define(within+strip(name), s[i+1:], 0)
			return
		case t.IsWord("by") && i > 0 && i+2 < len(s) && s[i+1].IsWord("extra") && s[i+2].Bracket() == '(':
			b.define(within+s[i-1].Text(), s[i+2].Terms(), 0)
			return
		case (t.IsWord("set") || t.IsWord("extra.set") || t.IsWord("ext.set")) && i+1 < len(s) && s[i+1].Bracket() == '(':
			var args []doc.Terms
			for a := range s[i+1].Terms().Split(",") {
				args = append(args, a)
			}
			if len(args) == 2 && args[0][0].Kind() == doc.String {
				b.define(args[0][0].Text(), args[1], 0)
			}
			return
		}
	}
}

// strip takes off what says where a property is kept.
func strip(name string) string {
	for again := true; again; {
		again = false
		for _, p := range prefixes {
			if rest, ok := strings.CutPrefix(name, p); ok && rest != "" {
				name, again = rest, true
			}
		}
	}
	return name
}

// define notes a value; of a map, its members by their names behind a dot. The first assignment stays.
func (b *build) define(name string, value doc.Terms, depth int) {
	if name == "" || len(value) == 0 || depth > maxReferences {
		return
	}
	list := value[0]
	if len(value) == 2 && (value[0].IsWord("mapOf") || value[0].IsWord("mutableMapOf")) {
		list = value[1]
	}
	if b0 := list.Bracket(); b0 == '[' || list != value[0] {
		for part := range list.Terms().Split(",") {
			key, v := part.Pair()
			if len(part) > 2 && part[1].IsWord("to") {
				key, v = part[0], part[2:]
			}
			if key.Kind() != doc.Missing {
				b.define(name+"."+key.Text(), v, depth+1)
			}
		}
	}
	if _, ok := b.names[name]; !ok {
		b.names[name] = value
	}
}

// walker looks for what one script asks for.
type walker struct {
	*build
	*project
	file       string
	settings   bool
	configured bool // what is asked for is asked by a configuration of a known name
}

// block walks over the statements of a block. around are the words of the statements that it lies in.
func (w *walker) block(terms doc.Terms, around string) {
	for s := range terms.Split("\n", ";") {
		w.statement(s, around)
	}
}

func (w *walker) statement(s doc.Terms, around string) {
	w.property(s, around)
	var words []string
	for i, t := range s {
		if t.Kind() == doc.Word && len(words) < 8 {
			words = append(words, t.Text())
		}
		if t.Bracket() == '(' && i > 0 && s[i-1].Kind() == doc.Word { // named("jvmTest") { ... }
			for arg := range t.Items() {
				if arg.Kind() == doc.String && len(words) < 8 {
					words = append(words, arg.Text())
				}
			}
		}
		if t.Bracket() != '{' {
			continue
		}
		head := around + " " + strings.Join(words, " ")
		if len(head) > 500 {
			head = head[len(head)-500:]
		}
		last := ""
		if i > 0 {
			last = s[i-1].Text()
		}
		switch {
		case last == "dependencies" || strings.HasSuffix(last, ".dependencies"):
			if !managing(around) {
				w.dependencies(t, head)
			}
		case last == "versionCatalogs":
		case last == "license":
			w.license(t)
		default:
			w.block(t.Terms(), head)
		}
	}
}

// managing reports whether a block says only what versions would be.
func managing(around string) bool {
	return slices.ContainsFunc(strings.Fields(around), func(s string) bool {
		return s == "dependencyManagement" || s == "constraints" || s == "resolutionStrategy" || s == "dependencyResolutionManagement"
	})
}

// property notes what the script says of the project itself, at its top or for all projects.
func (w *walker) property(s doc.Terms, around string) {
	where := strings.TrimSpace(around)
	if len(s) < 2 || where != "" && where != "allprojects" && where != "subprojects" && where != "plugins" {
		return
	}
	value := s[1:]
	if s[1].IsWord("=") {
		value = s[2:]
	}
	switch strip(s[0].Text()) {
	case "group":
		w.project.group = value
	case "version":
		w.project.version = value
	case "rootProject.name", "name":
		if title, ok := w.text(value); ok && w.settings && s[0].Text() == "rootProject.name" {
			w.project.title = title
			w.project.at = value[0].Span()
		}
	case "apply", "id", "application", "war", "alias":
		for _, t := range s {
			w.project.app = w.project.app || isApplication(t)
			for arg := range t.Items() {
				w.project.app = w.project.app || isApplication(arg)
			}
		}
	case "kotlin":
		if i := slices.IndexFunc(s, func(t doc.Node) bool { return t.IsWord("version") }); i > 0 && i+1 < len(s) {
			w.build.kotlin = s[i+1:]
		}
	}
	if i := slices.IndexFunc(s, func(t doc.Node) bool { return t.IsWord("version") }); i > 0 && i+1 < len(s) && strings.TrimSpace(around) == "plugins" {
		if ids := w.strings(s[:i]); strings.HasPrefix(strings.Join(ids, "")+s[i-1].Text(), "org.jetbrains.kotlin") {
			w.build.kotlin = s[i+1:]
		}
	}
}

// applications are the plugins of projects that make something to run.
var applications = []string{"application", "war", "ear", "com.android.application", "org.springframework.boot", "com.gradleup.shadow", "com.github.johnrengelman.shadow"}

func isApplication(t doc.Node) bool { return slices.Contains(applications, t.Text()) }

// license notes a license that the script publishes.
func (w *walker) license(block doc.Node) {
	for s := range block.Terms().Split("\n", ";") {
		value := s[1:]
		switch {
		case len(s) > 2 && s[0].IsWord("name") && s[1].IsWord("="):
			value = s[2:]
		case len(s) > 1 && (s[0].IsWord("name") || s[0].IsWord("name.set")):
		default:
			continue
		}
		if raw, ok := w.text(value); ok {
			w.project.licenses = append(w.project.licenses, detect.Declaration(raw, value[0].Span())...)
		}
	}
}

// dependencies reads the block of that name.
func (w *walker) dependencies(block doc.Node, around string) {
	for s := range block.Terms().Split("\n", ";") {
		configuration := s[0].Text()
		switch {
		case len(s) < 2:
			continue
		case s[0].Bracket() != 0, configuration == "constraints", configuration == "components", configuration == "modules", configuration == "attributesSchema":
			continue
		case configuration == "if", configuration == "else", configuration == "for", s[len(s)-1].Bracket() == '{' && s[1].Bracket() != '(' && len(s) == 2:
			for _, t := range s {
				if t.Bracket() == '{' {
					w.dependencies(t, around)
				}
			}
			continue
		}
		args := s[1:]
		w.configured = isConfiguration(configuration) && !args[0].IsWord("=")
		if args[0].Bracket() == '(' && (len(args) == 1 || args[1].Bracket() == '{') {
			if closure := args[1:]; len(closure) == 1 {
				w.rich(configuration, args[0].Terms(), closure[0], around)
				continue
			}
			args = args[0].Terms()
		}
		if configuration == "add" || configuration == "dependencies.add" {
			parts := slices.Collect(args.Split(","))
			if len(parts) < 2 {
				continue
			}
			configuration, _ = w.text(parts[0])
			args = parts[1]
		}
		w.ask(args, w.scope(configuration, around), "")
	}
}

// scope is that of a configuration in a block: what asks for a source set of tests is for tests.
func (w *walker) scope(configuration, around string) sbom.Scope {
	scope := w.project.scopeOf(configuration)
	for _, word := range strings.Fields(around) {
		switch {
		case word == "buildscript" || word == "pluginManagement":
			return sbom.Build
		case scope != sbom.Development && (strings.HasSuffix(word, "Test") || strings.HasSuffix(word, "Test.dependencies") || word == "testing" || word == "test" || word == "testFixtures"):
			scope = sbom.Test
		}
	}
	return scope
}

// rich reads coordinates with a closure behind them, which may state the version.
func (w *walker) rich(configuration string, args doc.Terms, closure doc.Node, around string) {
	version := ""
	for s := range closure.Terms().Split("\n", ";") {
		if len(s) == 2 && s[0].IsWord("version") && s[1].Bracket() == '{' {
			for _, v := range s[1].Calls("strictly", "require", "prefer") {
				if text, ok := w.text(v); ok && (version == "" || !strings.ContainsAny(text, "[](),+")) {
					version = text
				}
			}
		}
	}
	w.ask(args, w.scope(configuration, around), version)
}

// memberAt is the folder of a project of the build by its path, ":lib:core".
func (b *build) memberAt(p string) string {
	return path.Join(b.top, strings.ReplaceAll(strings.TrimPrefix(p, ":"), ":", "/"))
}
