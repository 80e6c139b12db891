package gradle

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// build is one Gradle build.
type build struct {
	*ecosystem.Project
	ecosystem.Graph
	top      string // its folder
	projects map[string]*project
	scripted map[string]bool      // the folders that have a build script, and the top
	spelled  map[string]string    // the folders of projects by how programs spell them, once that is asked for
	names    map[string]doc.Terms // what is assigned anywhere in the build
	texts    map[string]string    // properties from files
	catalogs map[string]*catalog
	checks   []check
	metadata string                   // the file of checks
	poms     map[coordinates]doc.Node // of the caches, as far as they were asked for
	kotlin   doc.Terms                // the version of Kotlin's plugin
	early    []func()                 // reads what the settings define, as soon as all assignments are known
	later    []func()                 // walks over scripts, for when all assignments are known
}

// project is one project of the build.
type project struct {
	dir            string
	title          string
	group, version doc.Terms
	at             source.Span
	app            bool
	wants          []want
	unknown        []want // what is asked for in a way that cannot be followed
	locals         []local
	pins           []pin
	features       []string // that a user of the project may ask for
	licenses       []sbom.Claim
	id             sbom.ID
}

// want is one dependency that a script asks for.
type want struct {
	coordinates
	scope    sbom.Scope
	asked    string // as written
	at       source.Span
	member   string // the folder of a project of the build, where it is one
	isPinned bool
}

// coordinates are those of a module.
type coordinates struct{ group, name, version, classifier string }

func (c coordinates) key() string { return c.group + ":" + c.name }

func newBuild(p *ecosystem.Project) *build {
	b := &build{
		Project: p, Graph: ecosystem.Graph{Reader: name}, projects: map[string]*project{},
		names: map[string]doc.Terms{}, texts: map[string]string{}, catalogs: map[string]*catalog{},
	}
	b.top = home(p.Files[0])
	for _, file := range p.Files {
		if dir := home(file); len(dir) < len(b.top) {
			b.top = dir
		}
	}
	for _, file := range p.Files {
		if isSettings(file) {
			b.top = home(file)
		}
	}
	b.scripted = map[string]bool{b.top: true}
	for _, file := range p.Files {
		b.scripted[home(file)] = b.scripted[home(file)] || isBuildScript(file)
	}
	b.readProperties(b.top)
	return b
}

// readProperties reads gradle.properties, if there is one.
func (b *build) readProperties(dir string) {
	file := path.Join(dir, "gradle.properties")
	if data, err := ecosystem.ReadFile(b.FS, file, maxScript); err == nil {
		d, _ := doc.Properties(file, data)
		for k, v := range d.Root().Members() {
			if _, ok := b.texts[k.Text()]; !ok {
				b.texts[k.Text()] = v.Text()
			}
		}
	}
}

// project gives the project of a folder.
func (b *build) project(dir string) *project {
	p := b.projects[dir]
	if p == nil {
		p = &project{dir: dir}
		b.projects[dir] = p
		if dir != b.top {
			b.readProperties(dir)
		}
	}
	return p
}

// owner is the project that a file speaks of: a script that others apply belongs to the nearest project around it.
func (b *build) owner(file string) *project {
	dir := home(file)
	if isScript(file) && !isBuildScript(file) || isConstants(file) {
		dir, _ = above(dir, b.scripted)
	}
	return b.project(cmp.Or(dir, b.top))
}

// settle turns what was read into components and edges.
func (b *build) settle() {
	top := b.project(b.top)
	for _, walk := range append(b.early, b.later...) {
		walk()
	}
	dirs := slices.Sorted(maps.Keys(b.projects))
	b.listUnused(top)
	for _, dir := range dirs {
		p := b.projects[dir]
		if p == top || !ofBuild(dir) || ofBuild(b.top) {
			b.addRoot(p)
			continue
		}
		top.absorb(p)
	}
	for _, dir := range dirs {
		if p := b.projects[dir]; p.id != "" {
			if p != top {
				b.Depend(top.id, p.id, sbom.Runtime, "", source.Span{})
				b.Relationships[len(b.Relationships)-1].Kind = sbom.Contains
			}
			b.emit(p)
		}
	}
	b.verify(top)
}

// absorb takes over what a project asks for that makes the build.
func (p *project) absorb(part *project) {
	for _, w := range part.wants {
		w.scope = asBuild(w.scope)
		p.wants = append(p.wants, w)
	}
	for _, l := range part.locals {
		l.scope = asBuild(l.scope)
		p.locals = append(p.locals, l)
	}
	for _, pin := range part.pins {
		pin.scope = asBuild(pin.scope)
		p.pins = append(p.pins, pin)
	}
}

// asBuild weakens what the product of a build of the build needs.
func asBuild(s sbom.Scope) sbom.Scope {
	if s == sbom.Runtime || s == sbom.Optional || s == "" {
		return sbom.Build
	}
	return s
}

// addRoot adds the component of a project. Group and version may be those of the build's top.
func (b *build) addRoot(p *project) {
	top := b.projects[b.top]
	group := b.first(p.group, top.group, "group")
	c := sbom.Component{Name: p.title, Version: b.first(p.version, top.version, "version"), Type: sbom.TypeLibrary, Claims: p.licenses}
	if p.app {
		c.Type = sbom.TypeApplication
	}
	if !isPart(c.Version) {
		c.Version = ""
	}
	if c.Name == "" && p.dir != "." {
		c.Name = path.Base(p.dir)
	}
	if c.Name == "" || !isPart(c.Name) {
		unnamed := b.Unnamed(p.dir)
		c.Name, c.Version, group = unnamed.Name, cmp.Or(c.Version, unnamed.Version), ""
	}
	if isPart(group) {
		c.PURL = ecosystem.PURL("maven", group, c.Name, c.Version)
	} else {
		c.ID = sbom.ID("file:" + p.dir + "#" + c.Name + "@" + c.Version)
	}
	if p.at.IsZero() {
		p.at = source.Span{Path: b.Files[0]}
	}
	p.id = b.Root(c, p.dir, p.at)
}

// first is the first value that is written, else the property.
func (b *build) first(own, inherited doc.Terms, property string) string {
	for _, t := range []doc.Terms{own, inherited} {
		if s, ok := b.text(t); ok && s != "" {
			return s
		}
	}
	return b.texts[property]
}

// isPart reports whether a text can be a part of coordinates.
func isPart(s string) bool { return ecosystem.Printable(s) && !strings.ContainsAny(s, `:/\${}"'`) }

// emit joins a project with what it asks for and what its lockfiles have.
func (b *build) emit(p *project) {
	wanted := map[string][]int{}
	for i, w := range p.wants {
		if w.member == "" {
			wanted[w.key()] = append(wanted[w.key()], i)
		}
	}
	var absent []sbom.ID
	for _, pin := range p.pins {
		id, dir := b.add(pin.coordinates, pin.at)
		if dir == "" {
			absent = append(absent, id)
		}
		direct := wanted[pin.key()]
		for _, i := range direct {
			scope := pin.scope
			if p.wants[i].scope == sbom.Optional && scope == sbom.Runtime {
				scope = sbom.Optional // of a feature of the main source set, whose classpath has it
			}
			b.Depend(p.id, id, scope, p.wants[i].asked, p.wants[i].at)
			p.wants[i].isPinned = true
		}
		if len(direct) == 0 {
			b.Depend(p.id, id, pin.scope, "", pin.at)
			if len(wanted) > 0 {
				b.Relationships[len(b.Relationships)-1].Kind = sbom.Indirect
			}
		}
	}
	if len(absent) > 0 {
		b.WithoutFiles(source.Span{Path: p.pins[0].at.Path}, "run `gradle dependencies`", "the files of modules are not on this machine", absent...)
	}
	b.emitWants(p)
	b.emitLocals(p)
}

// emitWants adds what no lockfile has.
func (b *build) emitWants(p *project) {
	if n := len(p.unknown); n > 0 && len(p.pins) == 0 {
		shipped := func(w want) bool { return w.scope == sbom.Runtime }
		b.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: p.unknown[0].at, Material: slices.ContainsFunc(p.unknown, shipped),
			Why:  fmt.Sprintf("dependencies are computed by the script, which licet does not run: not all are known (%d)", n),
			Next: "lock the dependencies: run `gradle dependencies --write-locks`"})
	}
	var loose []sbom.ID
	var at source.Span
	for _, w := range p.wants {
		switch {
		case w.isPinned:
		case w.member != "":
			if to := b.projects[w.member]; to != nil && to.id != "" && to.id != p.id {
				b.Depend(p.id, to.id, w.scope, "", w.at)
			}
		default:
			id, _ := b.add(w.coordinates, w.at)
			b.Depend(p.id, id, w.scope, w.asked, w.at)
			if at.IsZero() {
				at = w.at
			}
			loose = append(loose, id)
		}
	}
	if len(loose) > 0 {
		b.Unavailable(at, "lock the dependencies: run `gradle dependencies --write-locks`",
			"there is no lockfile: what the dependencies need in turn, and versions that are not written, are unknown", loose...)
	}
}

// add adds a module, and gives the folder of its files.
func (b *build) add(c coordinates, at source.Span) (sbom.ID, string) {
	dir := b.stored(c)
	return b.Add(sbom.Component{
		Name: c.name, Version: c.version, PURL: ecosystem.PURL("maven", c.group, c.name, c.version, "classifier", c.classifier),
		Claims: b.licenses(c),
	}, dir, at), dir
}
