// Package cargo reads what Cargo writes for Rust: Cargo.toml, Cargo.lock, vendored crates.
//
// Cargo.lock says which versions were chosen and what needs what, for all platforms and with all features of
// the workspace's own packages. It does not say for what: whether a crate serves the product, its build script or
// its tests is written in the Cargo.toml of the one that needs it, so that is where scopes come from. Of the
// workspace's members it always lies in the target; of a dependency it may lie in a vendor folder or in the registry
// that Cargo keeps in the user's home. Without it an edge between two dependencies counts as runtime, which
// errs on the side of what ships.
//
// A workspace is the Cargo.toml with [workspace], those that its globs name, and those that they reach by path
// inside its folder; all share one Cargo.lock and may inherit fields and requirements from the first. A package that
// is reached by path from elsewhere, or by [patch] or [replace], is a part of the project that needs it, unless it has a
// lockfile of its own.
//
// Procedural macros run in the compiler, and what they need does so too: they are needed to build.
//
// Reference: https://doc.rust-lang.org/cargo/reference/manifest.html, specifying-dependencies.html, workspaces.html.
package cargo

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "cargo"

// The limits of files, in bytes.
const (
	maxManifest = 8 << 20
	maxLock     = 128 << 20
)

// The files that are read.
const (
	manifestFile = "Cargo.toml"
	lockFile     = "Cargo.lock"
	checksumFile = ".cargo-checksum.json" // marks a vendored crate
)

// Ecosystem is the reader of Rust's packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Rust packages: Cargo.toml, Cargo.lock, vendored crates

Components are the packages of Cargo.lock (all four versions of the format) with checksums and edges; the members of a
workspace are its roots, with the license that Cargo.toml declares or inherits. Without a lockfile each requirement is a
component without a version. What only dev-dependencies need has scope development, what build-dependencies and
procedural macros need has scope build; dependencies marked optional are optional. Tables for one target are read as those
for all.

Files of dependencies are looked for in folders that 'cargo vendor' filled, wherever they lie in the target, then in the
registry that Cargo downloads to (the folders registry/src and registry/cache in CARGO_HOME; --cache cargo=DIR for one of them).
An archive there must have the checksum of the lockfile. Those of repositories are looked for in what Cargo checked out (git/checkouts;
--cache cargo-git=DIR).`,
	Match: match,
	Group: group,
	Read:  read,

	Outline:  outline,
	Original: published,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !mode.IsRegular() {
		return false
	}
	switch path.Base(p) {
	case manifestFile, lockFile, checksumFile:
		return !slices.Contains(strings.Split(path.Dir(p), "/"), "node_modules")
	}
	return false
}

// group makes one project of all: a package may need any other of the tree by its path.
func group(paths []string) [][]string {
	if len(paths) == 0 {
		return nil
	}
	return [][]string{paths}
}

// reader reads one project.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	manifests map[string]*manifest // of the target's own packages, by folder
	vendored  map[crate]*manifest  // copies of packages from elsewhere
	used      map[*manifest]bool   // of those: some lockfile names them
	homes     map[string]sbom.ID   // the first root of each unit, by folder
	indexes   []string             // folders of the cache, one a registry
	checkouts map[string]checkout  // repositories in the other cache, once they were asked for
}

// crate is what a vendored package is known by.
type crate struct{ name, version string }

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{
		Project: p, Graph: ecosystem.Graph{Reader: name},
		manifests: map[string]*manifest{}, vendored: map[crate]*manifest{}, used: map[*manifest]bool{}, homes: map[string]sbom.ID{},
	}
	copies := map[string]bool{}
	for _, file := range p.Files {
		copies[path.Dir(file)] = copies[path.Dir(file)] || path.Base(file) == checksumFile
	}
	for _, file := range p.Files {
		dir := path.Dir(file)
		if path.Base(file) != manifestFile || !copies[dir] && underCopy(dir, copies) {
			continue
		}
		m := r.readManifest(p.FS, file, dir)
		if copies[dir] {
			r.vendored[crate{m.name, m.version}] = m
		} else {
			r.manifests[dir] = m
		}
	}
	r.openCache()
	locks := map[string]string{}
	for _, file := range p.Files {
		if dir := path.Dir(file); path.Base(file) == lockFile && !copies[dir] && !underCopy(dir, copies) {
			locks[dir] = file
		}
	}
	for _, u := range r.units(locks) {
		if err := ctx.Err(); err != nil {
			return r.Fragment, err
		}
		u.read()
	}
	r.addUnused()
	return r.Fragment, ctx.Err()
}

// underCopy reports whether a folder lies in one that is a vendored crate.
func underCopy(dir string, copies map[string]bool) bool {
	for dir != "." && dir != "/" {
		dir = path.Dir(dir)
		if copies[dir] {
			return true
		}
	}
	return false
}
