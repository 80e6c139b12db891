// Package composer reads what Composer writes for PHP: composer.json, composer.lock, the vendor folder.
//
// The lockfile holds whole manifests, one a package: version, license, where from, and what it needs. What the project
// itself needs is written in composer.json, and for what: require or require-dev. The packages of the latter alone
// stand in a list of their own, packages-dev, which tells the scope even where composer.json is missing.
//
// A requirement can be met by a package of another name, which says that it replaces or provides the one required.
// Requirements on PHP itself, its extensions and Composer's plugin interface name no package: their names have no
// vendor before a slash (https://getcomposer.org/doc/01-basic-usage.md#platform-packages).
//
// A package may come from a folder of the tree, by a repository of the type path. The lockfile says so, and then its manifest is
// no project's but a package's.
//
// vendor/composer/installed.json lists in the same form what is installed and where. Beside a lockfile it tells the
// folders; without one it is what there is.
package composer

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "composer"

// maxFile bounds what is read of one file, in bytes.
const maxFile = 128 << 20

// The files that are read.
const (
	manifestFile  = "composer.json"
	lockFile      = "composer.lock"
	installedFile = "installed.json" // in the folder composer of the vendor folder
)

// Ecosystem is the reader of Composer's packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `PHP packages: composer.json, composer.lock, vendor/composer/installed.json

Components are the packages of the lockfile, or where there is none those that are installed, with the licenses that their
manifests declare: of several one may be chosen, as Composer has it. Without either each requirement is a component without
a version. What only require-dev needs has scope development. Requirements on PHP, its extensions and Composer itself are
left out.

Files of packages are looked for where installed.json says, else in the vendor folder, else in the archives that Composer
keeps (--cache composer=DIR, the folder files of its cache). Manifests in folders named vendor or
node_modules are no projects.`,
	Match: match,
	Group: group,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !mode.IsRegular() {
		return false
	}
	dir := path.Dir(p)
	switch path.Base(p) {
	case manifestFile, lockFile:
	case installedFile:
		if path.Base(dir) != "composer" {
			return false
		}
		dir = path.Dir(path.Dir(dir))
	default:
		return false
	}
	folders := strings.Split(dir, "/")
	return !slices.Contains(folders, "vendor") && !slices.Contains(folders, "node_modules")
}

// group makes one project of all: a package may come from any folder of the tree.
func group(paths []string) [][]string {
	if len(paths) == 0 {
		return nil
	}
	return [][]string{paths}
}

// byFolder puts together what lies in one folder. A list of what is installed belongs to the next project above the vendor
// folder, which need not be called so.
func byFolder(paths []string) [][]string {
	projects := map[string]bool{}
	for _, p := range paths {
		if path.Base(p) != installedFile {
			projects[path.Dir(p)] = true
		}
	}
	return ecosystem.GroupBy(paths, func(p string) string {
		if path.Base(p) != installedFile {
			return path.Dir(p)
		}
		home := path.Dir(path.Dir(path.Dir(p)))
		for dir := home; ; dir = path.Dir(dir) {
			if projects[dir] {
				return dir
			}
			if dir == "." {
				return home
			}
		}
	})
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	var all []*reader
	for _, files := range byFolder(p.Files) {
		r := &reader{Project: p, Graph: g, byName: map[string]*pkg{}, provided: map[string][]*pkg{}, stands: map[string]bool{}, declared: detect.DeclarationsOf("composer")}
		for _, file := range files {
			switch path.Base(file) {
			case manifestFile:
				r.readManifest(file)
			case lockFile:
				r.lock = file
			case installedFile:
				r.installed = append(r.installed, file)
			}
		}
		r.settle(files[0])
		r.readPackages()
		all = append(all, r)
	}
	for _, r := range adopt(all) {
		if err := ctx.Err(); err != nil {
			return g.Fragment, err
		}
		r.addRoot()
		r.addPackages()
		r.addEdges()
		r.adopt()
		r.report()
	}
	return g.Fragment, nil
}

// adopt gives the manifests of packages that another project takes from their folders (the dist of its lockfile's entry has
// the type path) to that project, and leaves the others. What such a package requires for its own development Composer does
// not install.
func adopt(all []*reader) (projects []*reader) {
	alone := map[string]*reader{} // those that have nothing but a manifest, by folder
	for _, r := range all {
		if r.listed() == "" {
			alone[r.dir] = r
		}
	}
	taken := map[*reader]bool{}
	for _, r := range all {
		for _, p := range r.list {
			folder, ok := r.local(p)
			if from := alone[folder]; ok && from != nil && strings.EqualFold(from.root.Get("name").Text(), p.name) {
				p.own, taken[from] = from.root, true
			}
		}
	}
	return slices.DeleteFunc(all, func(r *reader) bool { return taken[r] })
}
