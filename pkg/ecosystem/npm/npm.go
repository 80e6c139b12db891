// Package npm reads package.json and the lockfiles that belong to it: npm's package-lock.json and npm-shrinkwrap.json in
// all three versions of the format, with the one that npm leaves in node_modules, and those of Yarn, pnpm and Bun.
//
// All versions of npm's describe one thing: a tree of folders. A package lies in the node_modules of some folder
// and finds its dependencies as Node.js does, in its own node_modules, then in that of each folder above.
// Version 1 nests the folders; versions 2 and 3 list their paths. Both become the same tree of [folder]
// values here, in which a parent and a name lead to a folder: that is all the resolution there is, and
// every edge of the graph comes from it. No version range is ever compared.
//
// Two files speak about the same dependency: package.json says what is wanted and why (its section gives
// the scope of the edge), the lockfile what is had. Where they disagree a gap says so.
//
// A package that is installed is believed only if its own package.json names the package and version that
// the lockfile names; its folder then is where the scan looks for license texts.
//
// Yarn, pnpm and Bun list packages instead of folders (pinned.go): every requirement has a reference to what meets it, and
// each format says in a file of its own how references are made (yarn.go, pnpm.go, bun.go).
//
// The format is described at https://docs.npmjs.com/cli/configuring-npm/package-lock-json.
package npm

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
const name = "npm"

// Ecosystem is the reader of npm projects.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `npm packages: package.json, package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml, bun.lock

Components are the packages that the lockfile lists, with the line of their entry, their checksums and
the license that the entry or the installed package.json declares. Where no lockfile is kept, the one that
npm leaves in node_modules serves; without either only the direct dependencies are known: their names, and if they are
installed their versions and licenses. Beside a lockfile of npm those of Yarn, pnpm and Bun do not count, and a gap says
so. The binary bun.lockb is not read: a gap.

Dependencies have scope runtime, optionalDependencies and peerDependencies optional, devDependencies of
the project and its workspaces development. What a published package bundles is contained in it. A package
from a git repository or a tarball outside a registry has a purl with vcs_url or download_url.

Installed packages are looked for in node_modules beside the lockfile. Of a folder of packages only those
count as members that the workspaces field names; others are projects of their own.`,
	Match: match,
	Group: group,
	Read:  read,
}

const (
	manifestFile = "package.json"
	hiddenLock   = "node_modules/.package-lock.json"
)

// lockFiles are in order of precedence: npm ignores package-lock.json beside npm-shrinkwrap.json.
var lockFiles = []string{"npm-shrinkwrap.json", "package-lock.json", hiddenLock}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !mode.IsRegular() {
		return false
	}
	dir, file := locate(p)
	if file != manifestFile && !slices.Contains(lockFiles, file) && !isPinned(file) && !slices.Contains(foreign, file) {
		return false
	}
	return !slices.Contains(strings.Split(dir, "/"), "node_modules")
}

// locate gives the folder of the project that a file belongs to, and the file's path below it.
func locate(p string) (dir, file string) {
	if top, ok := strings.CutSuffix(p, hiddenLock); ok && (top == "" || strings.HasSuffix(top, "/")) {
		return path.Clean(top), hiddenLock
	}
	return path.Dir(p), path.Base(p)
}

// group gives every lockfile the manifests of its folder and below, down to the next lockfile; where
// there is none, the manifest at the top takes those below it, which may be its workspaces.
func group(paths []string) [][]string {
	locked, tops := map[string]bool{}, map[string]bool{}
	for _, p := range paths {
		dir, file := locate(p)
		tops[dir] = true
		locked[dir] = locked[dir] || slices.Contains(lockFiles, file) || isPinned(file)
	}
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		top := owner(p, locked, tops)
		i, ok := at[top]
		if !ok {
			i = len(groups)
			at[top] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

func owner(p string, locked, tops map[string]bool) string {
	dir, _ := locate(p)
	top := dir
	for {
		if locked[dir] {
			return dir
		}
		if tops[dir] {
			top = dir
		}
		if dir == "." {
			return top
		}
		dir = path.Dir(dir)
	}
}

// read prefers npm's own lockfile; of several others the first by its name.
func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := newReader(p)
	lock, top := "", ""
	var others []string // lockfiles of Yarn, pnpm and Bun
	for _, file := range p.Files {
		dir, base := locate(file)
		_, had := locate(lock)
		switch {
		case base == manifestFile:
			r.manifests[dir] = r.readManifest(file)
		case isPinned(base):
			others = append(others, file)
		case slices.Contains(foreign, base):
			r.foreign = append(r.foreign, file)
		case lock == "" || slices.Index(lockFiles, base) < slices.Index(lockFiles, had):
			lock, top = file, dir
		}
	}
	switch {
	case lock != "":
		r.locked(ctx, top, lock)
		r.foreign = append(r.foreign, others...)
	case len(others) > 0:
		r.pinned(ctx, path.Dir(others[0]), others[0])
		r.foreign = append(r.foreign, others[1:]...)
	}
	r.unlocked(ctx)
	return r.Fragment, ctx.Err()
}
