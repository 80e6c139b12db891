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
// Which direct requirements serve only the tests is not written in any manifest: the import lines of the
// main module's files tell. Following imports into the dependencies is not done here.
//
// The standard library is a component of every build: it is linked into every binary, and has modules of
// its own vendored within. Its version is that of the Go installation at hand, else what go.mod asks for.
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
module cache, vendor/modules.txt or go.sum. A module imported only by tests has scope test; one that only
tool directives or files tagged "tools" need has scope build; a module of which vendor holds no package, or
go.sum only the hash of go.mod, takes part in choosing versions only and has scope development.

Files of dependencies are looked for in vendor, then in the module cache (--cache gomod=DIR, the folder
that 'go env GOMODCACHE' prints; unpacked or zip), those of the standard library in --cache goroot=DIR.
Folders named vendor, node_modules and testdata are not searched for modules of their own.`,
	Match: match,
	Group: group,
	Read:  read,
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
