// Package conan reads what Conan, the package manager of C and C++, writes: conan.lock of its versions 1 and 2, conanfile.txt,
// and the literal values of conanfile.py.
//
// A reference, "name/version@user/channel#revision", names a package everywhere. The lockfile of version 1 is a graph whose
// nodes name each other by number; that of version 2 has three lists of references and no edges. What is built for the machine
// that builds (tool_requires, build_requires, the context "build", python_requires) has scope build.
//
// The formats are described at https://docs.conan.io (reference: conanfile.txt, conanfile.py; tutorial: lockfiles).
package conan

import (
	"context"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "conan"
	next    = "run `conan lock create`"
	maxSize = 64 << 20
)

// Ecosystem is the reader of Conan.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Conan packages: conan.lock (versions 1 and 2), conanfile.txt, conanfile.py

Components are the packages that the lockfile lists; that of Conan 1 gives the edges too. requires has scope runtime,
tool_requires, build_requires and python_requires have scope build, test_requires test. A conanfile.py is not executed: its
literal values are read. A range of versions ("zlib/[>=1.2]") is no version.

Licenses are those that the recipes of Conan 1 and 2 state on this machine, and the files in the folder licenses of what was built
(--cache conan=DIR, the folder p in CONAN_HOME or data in that of Conan 1).`,
	Match: ecosystem.Named("conan.lock", "conanfile.txt", "conanfile.py"),
	Read:  read,
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	root   sbom.Component
	at     source.Span
	wanted []ecosystem.Requirement
	pins   []ecosystem.Pin
	asked  []ecosystem.Requirement // what the first node of a graph asks for
	known  map[string]stored       // what Conan 2 has, by the reference, once that was asked for
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p, root: p.Unnamed(p.Dir()), at: source.Span{Path: p.Files[0]}}
	for _, file := range p.Files {
		switch path.Base(file) {
		case "conanfile.txt":
			r.text(file)
		case "conanfile.py":
			r.recipe(file)
		}
	}
	lock := p.File("conan.lock")
	if lock != "" {
		r.lock(lock)
	}
	if len(r.wanted) == 0 {
		r.wanted = r.asked
	}
	step := next
	if lock != "" {
		step = "run `conan install .`"
	}
	r.Absent(r.at, lock, step, r.Require(r.Root(r.root, p.Dir(), r.at), r.wanted, r.pins))
	return r.Fragment, ctx.Err()
}

// reference is "name/version@user/channel#revision%time", or that with ":package#revision" behind it.
type reference struct{ name, version, user, channel, revision string }

func parse(s string) (ref reference, ok bool) {
	ref.revision = revisionOf(s)
	for _, mark := range []string{"#", "%", ":"} {
		s, _, _ = strings.Cut(s, mark)
	}
	s, owner, _ := strings.Cut(strings.TrimSpace(s), "@")
	ref.user, ref.channel, _ = strings.Cut(owner, "/")
	ref.name, ref.version, _ = strings.Cut(s, "/")
	return ref, ecosystem.Printable(ref.name) && !strings.Contains(ref.version, "/")
}

// component has a purl with user and channel as qualifiers (purl types, conan). A range is no version.
func (r reference) component() sbom.Component {
	version := r.version
	if strings.HasPrefix(version, "[") || !ecosystem.Printable(version) {
		version = ""
	}
	channel := r.channel
	if r.user == "_" || channel == "_" { // nobody's
		r.user, channel = "", ""
	}
	return sbom.Component{
		Name: r.name, Version: version,
		PURL: ecosystem.PURL("conan", "", r.name, version, "user", r.user, "channel", channel),
	}
}

func (r *reader) want(n doc.Node, at source.Span, text string, scope sbom.Scope) {
	if n.Kind() != doc.Missing {
		text, at = n.Text(), n.Span()
	}
	ref, ok := parse(text)
	if !ok || !strings.Contains(text, "/") {
		r.Lost(at, "write it as name/version", "%s is no reference of a package", ecosystem.Quote(text))
		return
	}
	r.wanted = append(r.wanted, ecosystem.Requirement{Key: ref.name, Scope: scope, Range: ref.version, At: at, What: ref.component()})
}

// sections are those of conanfile.txt that list references, and the attributes and methods of conanfile.py.
var sections = map[string]sbom.Scope{
	"requires": sbom.Runtime, "tool_requires": sbom.Build, "build_requires": sbom.Build, "test_requires": sbom.Test,
	"python_requires": sbom.Build,
}

// text reads conanfile.txt.
func (r *reader) text(file string) {
	data, ok := r.Read(r.FS, file, maxSize)
	if !ok {
		return
	}
	scope, listed := sbom.Scope(""), false
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			r.Broken(file, next, err)
			return
		}
		line = line.Uncomment("#")
		if section, ok := strings.CutPrefix(line.Text, "["); ok && strings.HasSuffix(section, "]") {
			scope, listed = sections[strings.TrimSuffix(section, "]")]
			continue
		}
		if listed && line.Text != "" {
			r.want(doc.Node{}, line.Span(), line.Text, scope)
		}
	}
}
