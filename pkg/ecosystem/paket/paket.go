// Package paket reads what Paket writes for .NET: paket.dependencies and paket.lock.
//
// Both are made of lines and groups. The lockfile lists for each group and each source the packages with their versions, and
// indented below a package what that needs; paket.dependencies lists what is asked for. A group is a set of its own, with
// versions of its own, and as a rule its name says what it serves: that is where scopes come from.
//
// Besides packages both may name single files and repositories of git; these are components with the purl of their
// repository. Files from elsewhere on the web have no name and are told about in a gap.
//
// Reference: https://fsprojects.github.io/Paket/dependencies-file.html, lock-file.html.
package paket

import (
	"context"
	"path"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps. Its packages are those of NuGet.
const name = "paket"

const (
	wantedFile = "paket.dependencies"
	lockFile   = "paket.lock"
)

const maxFile = 64 << 20 // bytes

// Ecosystem is the reader of Paket's files.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `.NET packages by Paket: paket.dependencies, paket.lock

Components are the packages of the lockfile with their edges; without one the packages that are asked for, with a version
where exactly one is. Files and repositories of git have the purl of their repository. Packages of a group whose name speaks of tests
have scope test, of builds scope build, of documentation, tools and development scope development, and so have clitools; all others
are runtime. The root has the name of its folder.`,
	Match: ecosystem.Named(wantedFile, lockFile),
	Read:  read,
}

// reader reads one folder.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	root   sbom.ID
	wanted []request
	pins   []*pin
	byKey  map[string]*pin
}

// request is a line of paket.dependencies.
type request struct {
	key, group, name, version, written string
	purl                               string // of what is no package
	tool                               bool
	at                                 source.Span
}

// pin is a package of the lockfile.
type pin struct {
	key, group string
	id         sbom.ID
	at         source.Span
	needs      []need
	held       bool // something leads to it
}

type need struct {
	name, written string
	at            source.Span
}

// keyOf is how a package is known in its group: case does not count.
func keyOf(group, name string) string { return strings.ToLower(group) + "\x00" + strings.ToLower(name) }

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, byKey: map[string]*pin{}}
	dir := p.Dir()
	r.root = r.Root(p.Unnamed(dir), p.At(dir), source.Span{Path: p.Files[0]})
	if file := p.File(wantedFile); file != "" {
		r.readWanted(file)
	}
	lock := p.File(lockFile)
	if lock != "" {
		r.readLock(lock)
	}
	r.join(lock)
	return r.Fragment, ctx.Err()
}

// scopeOf is what a group serves, by its name.
func scopeOf(group string) sbom.Scope {
	s := strings.ToLower(group)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(s, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("test", "bench"):
		return sbom.Test
	case has("doc", "tool", "dev", "analyz", "format", "lint"):
		return sbom.Development
	case has("build", "fake", "release"):
		return sbom.Build
	}
	return sbom.Runtime
}

// join adds the edges: from the root to what is asked for, between packages, and from the root to what nothing leads to.
func (r *reader) join(lock string) {
	for _, p := range r.pins {
		for _, n := range p.needs {
			if to := r.byKey[keyOf(p.group, n.name)]; to != nil && to.id != p.id {
				to.held = true
				r.Depend(p.id, to.id, sbom.Runtime, n.written, n.at)
			}
		}
	}
	var loose []sbom.ID
	for _, w := range r.wanted {
		scope := scopeOf(w.group)
		if w.tool {
			scope = sbom.Development
		}
		if p := r.byKey[w.key]; p != nil {
			p.held = true
			r.Depend(r.root, p.id, scope, w.written, w.at)
			continue
		}
		c := sbom.Component{Name: w.name, Version: w.version, PURL: w.purl}
		if c.PURL == "" {
			c.PURL = ecosystem.PURL("nuget", "", w.name, w.version)
		}
		id := r.Add(c, "", w.at)
		r.Depend(r.root, id, scope, w.written, w.at)
		loose = append(loose, id)
	}
	var all []sbom.ID
	for _, p := range r.pins {
		all = append(all, p.id)
		if p.held {
			continue
		}
		r.Depend(r.root, p.id, scopeOf(p.group), "", p.at)
		if len(r.wanted) > 0 {
			r.Relationships[len(r.Relationships)-1].Kind = sbom.Indirect
		}
	}
	if len(all) > 0 {
		r.WithoutFiles(source.Span{Path: lock}, "run `dotnet paket restore`", "the files of packages are not on this machine", all...)
	}
	if len(loose) > 0 {
		why := "there is no paket.lock: versions, and what the packages need in turn, are unknown"
		if lock != "" {
			why = "paket.lock does not have them: versions, and what the packages need in turn, are unknown"
		}
		r.Unavailable(r.wanted[0].at, "run `dotnet paket install`", why, loose...)
	}
}

// stored is where Paket lays a package in the target: packages/NAME, or packages/GROUP/NAME.
func (r *reader) stored(group, id string) string {
	if group != "" && !strings.EqualFold(group, "main") {
		id = path.Join(strings.ToLower(group), id)
	}
	return r.At(path.Join(r.Dir(), "packages", id))
}
