// Package sbt reads builds of sbt: build.sbt, the programs in project, and build.sbt.lock.
//
// A build of sbt is a program in Scala, but what it asks for has a form of its own that stands out wherever it is
// written: "group" % "name" % "version" % Configuration. Those are read, with names for versions that are assigned
// elsewhere in the build, and nothing of Scala is run. Two percent signs mean that the name ends in the version of Scala,
// which is part of the artifact's name: "cats-core" is cats-core_2.13 there.
//
// The lockfile, which the plugin sbt-dependency-lock writes, lists all modules with checksums and configurations; which of
// them are asked for is then told by the build.
//
// Reference: https://www.scala-sbt.org/1.x/docs/Library-Dependencies.html,
// https://stringbean.github.io/sbt-dependency-lock/file-formats/index.html.
package sbt

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps. Its modules are those of Maven repositories.
const name = "sbt"

const lockFile = "build.sbt.lock"

// The limits of files, in bytes.
const (
	maxScript = 4 << 20
	maxLock   = 64 << 20
)

// Ecosystem is the reader of builds of sbt.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Scala builds by sbt: build.sbt, project/*.scala, build.sbt.lock

Components are the modules of the lockfile, with checksums; without one what the build asks for literally, with versions that
are written there or assigned to a name. Modules for Scala have its version in their name, if scalaVersion says it. The
configurations Test and it are test, Provided is build, Optional is optional, all others runtime; plugins are build. The root has
the name, organization, version and license that the build states.`,
	Match: match,
	Group: group,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	dir, base := path.Base(path.Dir(p)), path.Base(p)
	return base == "build.sbt" || base == lockFile || dir == "project" && (path.Ext(base) == ".sbt" || path.Ext(base) == ".scala")
}

// home is the folder of the build: what lies in project belongs to the folder around it.
func home(p string) string {
	dir := path.Dir(p)
	if path.Base(dir) == "project" {
		dir = path.Dir(dir)
	}
	return dir
}

// group makes one project of each build. A folder project without a build beside it is something else.
func group(paths []string) [][]string {
	builds := map[string]bool{}
	for _, p := range paths {
		builds[home(p)] = builds[home(p)] || path.Ext(p) != ".scala"
	}
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		dir := home(p)
		if !builds[dir] {
			continue
		}
		i, ok := at[dir]
		if !ok {
			i = len(groups)
			at[dir] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// build is one build.
type build struct {
	*ecosystem.Project
	ecosystem.Graph
	names  map[string]doc.Terms // what is assigned
	docs   []script
	wanted []module
	// what is asked for in a way that cannot be followed
	unknown []source.Span
	facts   facts
	root    sbom.ID
}

type script struct {
	file    string
	terms   doc.Node
	plugins bool // it builds the build
}

// facts is what the build states of itself.
type facts struct {
	name, organization, version, scala string
	license                            []sbom.Claim
	at                                 source.Span
}

// module is one that the build asks for.
type module struct {
	group, name, version string
	cross                bool // the name ends in the version of Scala
	scope                sbom.Scope
	written              string
	at                   source.Span
	had                  bool
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	b := &build{Project: p, Graph: ecosystem.Graph{Reader: name}, names: map[string]doc.Terms{}}
	lock := ""
	for _, file := range p.Files {
		if path.Base(file) == lockFile {
			lock = file
		} else {
			b.readScript(file)
		}
	}
	for _, s := range b.docs {
		b.facts.read(b, s)
	}
	for _, s := range b.docs {
		b.follow(s.terms, 0)
		b.find(s.terms, s.plugins, 0)
	}
	b.addRoot()
	if lock != "" {
		b.readLock(lock)
	}
	b.settle(lock != "")
	return b.Fragment, ctx.Err()
}

func (b *build) readScript(file string) {
	data, ok := b.Read(b.FS, file, maxScript)
	if !ok {
		return
	}
	d, err := doc.Code(file, data, doc.Groovy) // strings, comments and brackets are Scala's too
	if e, bad := err.(*doc.SyntaxError); bad {
		b.Gap(sbom.Gap{Kind: sbom.Lost, Span: e.Span, Why: e.Msg, Next: "mend the file", Material: path.Base(file) == "build.sbt"})
	}
	b.assign(d.Root(), 0)
	b.docs = append(b.docs, script{file, d.Root(), path.Ext(file) == ".sbt" && path.Base(path.Dir(file)) == "project"})
}

// addRoot adds the component that the build makes.
func (b *build) addRoot() {
	dir := home(b.Files[0])
	c := sbom.Component{Name: b.facts.name, Version: b.facts.version, Type: sbom.TypeLibrary, Claims: b.facts.license}
	if !isPart(c.Version) {
		c.Version = ""
	}
	if b.facts.at.IsZero() {
		b.facts.at = source.Span{Path: b.Files[0]}
	}
	switch {
	case !isPart(c.Name):
		claims := c.Claims
		c = b.Unnamed(dir)
		c.Claims = claims
	case isPart(b.facts.organization):
		c.PURL = ecosystem.PURL("maven", b.facts.organization, c.Name, c.Version)
	}
	b.root = b.Root(c, b.At(dir), b.facts.at)
}

// settle adds what is asked for and no lockfile has.
func (b *build) settle(locked bool) {
	var loose []sbom.ID
	for _, m := range b.wanted {
		if m.had {
			continue
		}
		id := b.Add(sbom.Component{Name: b.nameOf(m), Version: m.version, PURL: ecosystem.PURL("maven", m.group, b.nameOf(m), m.version)}, "", m.at)
		if id != b.root {
			b.Depend(b.root, id, m.scope, m.written, m.at)
			loose = append(loose, id)
		}
	}
	if n := len(b.unknown); n > 0 && !locked {
		b.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: b.unknown[0], Material: true,
			Why:  fmt.Sprintf("modules are computed by the build, which licet does not run: not all are known (%d)", n),
			Next: "add sbt-dependency-lock, and run `sbt dependencyLockWrite`"})
	}
	if len(loose) > 0 && !locked {
		b.Unavailable(b.facts.at, "add sbt-dependency-lock, and run `sbt dependencyLockWrite`",
			"there is no lockfile: what the modules need in turn, and versions that are not written, are unknown", loose...)
	}
}

// nameOf is the name of a module's artifact.
func (b *build) nameOf(m module) string {
	if !m.cross {
		return m.name
	}
	v := b.facts.scala
	switch {
	case v == "":
		return m.name
	case strings.HasPrefix(v, "3."):
		return m.name + "_3"
	}
	parts := strings.SplitN(v, ".", 3)
	if len(parts) < 2 {
		return m.name
	}
	return m.name + "_" + parts[0] + "." + parts[1]
}

// isPart reports whether a text can be a part of coordinates.
func isPart(s string) bool { return ecosystem.Printable(s) && !strings.ContainsAny(s, `:/\${}"`) }
