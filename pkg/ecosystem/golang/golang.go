// Package golang reads Go modules: go.mod, go.sum, go.work and vendor/modules.txt.
//
// What is in a build is said by the go.mod of the main module alone, since go 1.17: its list of
// requirements, direct and indirect, is complete. Before that a module may be missing from it, and the
// list follows only from the go.mod files of all dependencies, by minimal version selection
// (https://go.dev/ref/mod#minimal-version-selection). They lie in the module cache. Where they don't,
// vendor/modules.txt knows the list, and go.sum nearly; a gap says so.
//
// Edges are what a direct requirement states. A requirement marked "// indirect" only holds a version:
// no package of that module is imported by the one that requires it, so it is no edge, unless nothing
// else leads to the module. So the shortest path to a component is one along which code is imported.
//
// Which of these modules are compiled, and for what, is not written in any manifest: the import lines tell
// (packages.go, reach.go). They are followed from the packages of each deliverable through vendor folders and
// the module cache, package by package, on each platform that the deliverable is for, with cgo and without.
// For each package it is known under which conditions something leads to it, and the conditions along a path
// are joined; so the answer is the one of `go list -deps`, for all platforms in one pass, and reading no more
// than the tops of the files that are compiled. A module is then
//
//	runtime      if a deliverable's packages lead to one of its packages,
//	optional     if they do only with build tags of one's own, which nobody states,
//	build        if only tool directives and files that no build compiles do,
//	test         if only tests of the main modules do,
//	development  if nothing does: it takes part in choosing versions.
//
// The scopes stand on the edges: one module's edge to another has the scope in which the one's packages that
// are in use import the other's. Whether each deliverable ships a module is said besides. Where the files of
// a module are not at hand, anything that it requires may be compiled: that counts as yes, and a gap says so.
//
// The standard library is a component of every build: it is linked into every binary, with the modules that
// it vendors within. Its version is that of the Go installation at hand, else what go.mod asks for.
//
// Nothing is executed and no version is resolved over the network: a build list that the go command would
// change before building is reported as it stands.
package golang

import (
	"context"
	"strings"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "golang"

// Ecosystem is the reader of Go modules.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Go modules: go.mod, go.sum, go.work, vendor/modules.txt

Components are the modules of the build list, replacements in the place of what they replace, and the
standard library as pkg:golang/stdlib. For go.mod files older than go 1.17 the list is completed from the
module cache, vendor/modules.txt or go.sum.

What is shipped follows from the imports of the packages of each deliverable (its programs, where folders are
stated; else all packages), through the dependencies, on the platforms that it is for. What only build tags of
one's own lead to has scope optional and may be shipped. A module that only tests import has scope test; one
that only tool directives, files tagged "tools" or programs run by hand need has scope build; one that nothing
imports takes part in choosing versions only and has scope development. Below a module whose files are not on
this machine everything may be imported.

Files of dependencies are looked for in vendor, then in the module cache (--cache gomod=DIR, the folder
that 'go env GOMODCACHE' prints; unpacked or zip), those of the standard library in --cache goroot=DIR.
Folders named vendor, node_modules and testdata are not searched for modules of their own.`,
	Match: match,
	Group: group,
	Read:  read,

	Outline:  outline,
	Original: published,
}

// reader reads one project.
type reader struct {
	*ecosystem.Project
	out    sbom.Fragment
	target map[string]*manifest         // go.mod and go.work of the target; nil for what is not there
	cached map[module.Version]*manifest // go.mod of the module cache; nil for what is not there
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, target: map[string]*manifest{}, cached: map[module.Version]*manifest{}}
	for _, b := range r.builds() {
		b.read(ctx)
		if err := ctx.Err(); err != nil {
			return r.out, err
		}
	}
	return r.out, nil
}

// gap adds gaps. What they quote of a file may be no text, or hold a secret.
func (r *reader) gap(gaps ...sbom.Gap) {
	for _, g := range gaps {
		g.Why = source.Redact(strings.ToValidUTF8(g.Why, "\uFFFD"))
		r.out.Gaps = append(r.out.Gaps, g)
	}
}
