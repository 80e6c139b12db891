// Package rubygems reads what RubyGems and Bundler write for Ruby: Gemfile.lock, Gemfile, gemspecs, installed gems.
//
// Gemfile.lock is a text ordered by indentation. Its sections say from where gems come (GEM, GIT, PATH), which were
// chosen and what each needs, and under DEPENDENCIES what the Gemfile names. For what it names them, the groups, only
// the Gemfile says; that and the gemspecs are programs, of which the literal values are read and nothing is executed.
//
// The root of a lockfile is the bundle: the application, or for a gem that is being developed its folder, called by
// its name and version but without a purl. For Bundler the gem in the folder is one of the dependencies of the bundle,
// at the path ".", and its runtime dependencies are not those of the bundle; so they are here. Without a lockfile the
// gem itself is the root.
//
// Groups called development, test and the like tell the scope; gems of other groups are required by default
// (Bundler.require) and count as runtime. Of a version that a gemspec computes, what a constant in a file beside it
// says is found.
//
// References: https://guides.rubygems.org/gemfile-lock/, https://guides.rubygems.org/specification-reference/,
// the manual page gemfile(5) of Bundler.
package rubygems

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
const name = "rubygems"

// The limits of files, in bytes.
const (
	maxCode = 4 << 20
	maxLock = 64 << 20
)

// Ecosystem is the reader of Ruby's gems.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Ruby gems: Gemfile.lock, Gemfile (gems.locked, gems.rb), *.gemspec, specifications of installed gems

Components are the gems of the lockfile with checksums and edges, gems for one platform with the qualifier platform; without a
lockfile each gem that the Gemfile or gemspec names is a component without a version. Declared licenses are those of
gemspecs. Groups called development or test, and add_development_dependency, tell the scope; an optional group is optional.

Files of gems are looked for in the folders of installed gems that the target holds (vendor/bundle, or those of a Ruby
installation), of gems with a path in that folder, then where RubyGems installs them on this machine (--cache gem=DIR, a folder
with gems and specifications, or with the archives in cache). Gemfiles and gemspecs are never run: only literal values are read.`,
	Match: match,
	Group: group,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !mode.IsRegular() {
		return false
	}
	dir, base := path.Dir(p), path.Base(p)
	if _, ok := homeOf(p); ok {
		return true
	}
	folders := strings.Split(dir, "/")
	if slices.Contains(folders, "node_modules") || isGemFolder(folders) {
		return false
	}
	switch base {
	case "Gemfile", "Gemfile.lock", "gems.rb", "gems.locked":
		return !slices.Contains(folders, "vendor")
	}
	return strings.HasSuffix(base, ".gemspec") && base != ".gemspec"
}

// homeOf gives the folder with gems to which the specification of an installed gem belongs.
func homeOf(p string) (home string, ok bool) {
	dir := path.Dir(p)
	if path.Base(dir) == "default" {
		dir = path.Dir(dir)
	}
	return path.Dir(dir), path.Base(dir) == "specifications" && strings.HasSuffix(p, ".gemspec")
}

// isGemFolder reports whether folders lead into the files of an installed gem: gems/NAME-VERSION, or
// bundler/gems/NAME-COMMIT.
func isGemFolder(folders []string) bool {
	for i := 1; i < len(folders); i++ {
		if folders[i-1] != "gems" {
			continue
		}
		if i > 1 && folders[i-2] == "bundler" {
			return true
		}
		for dash := range len(folders[i]) - 1 {
			if dash > 0 && folders[i][dash] == '-' && isDigit(folders[i][dash+1]) {
				return true
			}
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// group makes one project of all: a bundle may hold any gem of the tree by its path.
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
	specs   map[string][]*gemspec // of the target's own gems, by folder
	byName  map[string][]*gemspec // the same
	homes   []*home
	bundles []*bundle
	byFull  map[string]*gemspec // installed gems by their full name
	claimed map[*gemspec]bool   // a lockfile accounts for it
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, specs: map[string][]*gemspec{}, byName: map[string][]*gemspec{}, claimed: map[*gemspec]bool{}}
	bundles := map[string]*bundle{}
	at := func(file string) *bundle {
		dir := path.Dir(file)
		if bundles[dir] == nil {
			bundles[dir] = &bundle{reader: r, dir: dir}
		}
		return bundles[dir]
	}
	for _, file := range p.Files {
		if home, ok := homeOf(file); ok {
			r.addInstalled(home, file)
			continue
		}
		switch base := path.Base(file); {
		case base == "Gemfile" || base == "gems.rb":
			at(file).gemfile = file
		case base == "Gemfile.lock" || base == "gems.locked":
			at(file).lock = file
		default:
			r.addSpec(file)
		}
	}
	dirs := make([]string, 0, len(bundles))
	for dir := range bundles {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return r.Fragment, err
		}
		bundles[dir].read()
		r.bundles = append(r.bundles, bundles[dir])
	}
	r.addGems()
	r.addHomes()
	return r.Fragment, ctx.Err()
}

// addSpec reads the gemspec of a gem of the target. Those in a vendor folder count only for a bundle that names them.
func (r *reader) addSpec(file string) {
	s := r.readSpec(file)
	r.specs[path.Dir(file)] = append(r.specs[path.Dir(file)], s)
	r.byName[s.name] = append(r.byName[s.name], s)
	if slices.Contains(strings.Split(file, "/"), "vendor") {
		r.claimed[s] = true
	}
}
