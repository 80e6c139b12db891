// Package npm reads package.json and the lockfiles that belong to it: npm's package-lock.json and npm-shrinkwrap.json in
// all three versions of the format, with the one that npm leaves in node_modules, and those of Yarn, pnpm, Bun and Deno, the
// last with deno.json.
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
// the lockfile names; its folder then is where the scan looks for license texts. What no entry claims is added, and where
// there is no lockfile, what is installed is the inventory (installed.go).
//
// Yarn, pnpm, Bun and Deno list packages instead of folders (pinned.go): every requirement has a reference to what meets it,
// and each format says in a file of its own how references are made (yarn.go, berry.go, pnpm.go, bun.go, deno.go).
//
// The format of npm is described at https://docs.npmjs.com/cli/configuring-npm/package-lock-json.
package npm

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "npm"

// Ecosystem is the reader of npm projects.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `npm packages: package.json, package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml, bun.lock, deno.json, deno.lock

Components are the packages that the lockfile lists, with the line of their entry, their checksums and
the license that the entry or the installed package.json declares. Where no lockfile is kept, the one that
npm leaves in node_modules serves, or else the packages that are installed. Without either only the direct dependencies are
known, by their names. Of several lockfiles in a folder the one counts whose manager package.json names; if it names none,
all are read, and a gap says so. The binary bun.lockb is not read: a gap.

Dependencies have scope runtime, optionalDependencies and peerDependencies optional, devDependencies of
the project and its workspaces development, pnpm's configDependencies build. What a published package bundles is contained in
it. A package from a git repository or a tarball outside a registry has a purl with vcs_url or download_url, one of Deno's
registry one of type jsr; a module that Deno loads from a URL has a generic one.

Installed packages are looked for in node_modules, in the stores that pnpm, Bun and Deno keep there, and in the archives of
Yarn's cache in the project. What is not there is looked for in the caches of npm, pnpm and Yarn on this machine, whichever of them
the project uses (--cache npm=DIR, the folder _cacache of npm's cache; pnpm=DIR, its store; yarn=DIR, Yarn 1's folder v6; berry=DIR, the
global cache of Yarn 2 and later), by the checksum of the lockfile, which it must have; then in those of Bun and Deno (bun=DIR, deno=DIR),
which hold packages unpacked, by name and version. Where nobody has the files, the license is declared that the registry told pnpm
(pnpm-cache=DIR), if that was said of the archive that the lockfile names. What is installed and not in the lockfile is listed too, with a gap. Of a folder of packages only those count as members that the workspaces field or the lockfile
names; others are projects of their own.

What a bundle holds ships, also of development dependencies. The metafile of esbuild (any *.json that begins with inputs), the statistics
of webpack (*stats*.json) and source maps tell it. Of a deliverable that is stated as bundled the first two tell all; without
them what development needs may be inside.`,
	Embedded: embedded,
	Match:    match,
	Group:    group,
	Read:     read,

	Original: published,
}

const (
	manifestFile  = "package.json"
	hiddenLock    = "node_modules/.package-lock.json"
	installedFile = "node_modules/*/package.json"
	binaryLock    = "bun.lockb" // Bun's of old
)

// lockFiles are in order of precedence: npm ignores package-lock.json beside npm-shrinkwrap.json.
var lockFiles = []string{"npm-shrinkwrap.json", "package-lock.json", hiddenLock}

func match(p string, mode fs.FileMode, head []byte) bool {
	if !mode.IsRegular() {
		return false
	}
	if isBundleFile(p, head) && ecosystem.Own(p, mode) {
		return true
	}
	dir, file := locate(p)
	switch {
	case file == installedFile, file == cacheFile:
		return true
	case file == manifestFile, file == binaryLock, isLock(file), isPinned(file), slices.Contains(denoManifests, file):
		return !slices.Contains(strings.Split(dir, "/"), "node_modules")
	}
	return false
}

// embedded tells the files that say what a bundle holds from the manifests, among what was matched.
func embedded(p string) bool {
	_, file := locate(p)
	return !isManifest(file)
}

// isManifest tells by the path below the folder of a project.
func isManifest(file string) bool {
	return file == installedFile || file == manifestFile || file == cacheFile || file == binaryLock || isLock(file) || isPinned(file) ||
		slices.Contains(denoManifests, file)
}

func isLock(file string) bool { return slices.Contains(lockFiles, file) }

// locate gives the folder of the project that a file belongs to, and the file's path below it.
func locate(p string) (dir, file string) {
	if top, ok := strings.CutSuffix(p, hiddenLock); ok && (top == "" || strings.HasSuffix(top, "/")) {
		return path.Clean(top), hiddenLock
	}
	if top, ok := installedAt(p); ok {
		return top, installedFile
	}
	if top, ok := cachedAt(p); ok {
		return top, cacheFile
	}
	return path.Dir(p), path.Base(p)
}

// group gives every lockfile the manifests of its folder and below, down to the next lockfile; where
// there is none, the manifest at the top takes those below it, which may be its workspaces.
func group(paths []string) [][]string {
	locked, tops := map[string]bool{}, map[string]bool{}
	for _, p := range paths {
		dir, file := locate(p)
		tops[dir] = tops[dir] || isManifest(file)
		locked[dir] = locked[dir] || isLock(file) || isPinned(file)
	}
	owners := map[string]string{}
	return ecosystem.GroupBy(paths, func(p string) string {
		dir, _ := locate(p)
		if _, ok := owners[dir]; !ok {
			owners[dir] = owner(dir, locked, tops)
		}
		return owners[dir]
	})
}

func owner(dir string, locked, tops map[string]bool) string {
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

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := newReader(p)
	locks := map[string]string{} // by manager
	for _, file := range p.Files {
		dir, base := locate(file)
		_, had := locate(locks[name])
		m := r.manifests[dir]
		switch {
		case !isManifest(base):
			r.bundles = append(r.bundles, file)
		case base == installedFile:
			r.installs = append(r.installs, file)
		case base == cacheFile:
			r.archives = append(r.archives, file)
		case base == manifestFile || slices.Contains(denoManifests, base) && (m == nil || m.deno.Kind() == doc.Missing):
			r.manifests[dir] = m.join(r.readManifest(file))
		case isLock(base) && (locks[name] == "" || slices.Index(lockFiles, base) < slices.Index(lockFiles, had)):
			locks[name] = file
		case base == binaryLock:
			r.binary = append(r.binary, file)
		}
		for _, f := range formats {
			if f.file == base {
				locks[f.tool] = file
			}
		}
	}
	r.locked(ctx, locks)
	r.unlocked(ctx)
	r.reportBinary()
	r.reportArchives()
	r.bundled()
	r.applyPatches()
	return r.Fragment, ctx.Err()
}

// locked reads the project that the lockfiles in one folder are of. If there are several, its manifest may name the manager whose
// lockfile counts; else all do, since any may be what the product is built by. What npm leaves in node_modules serves alone.
func (r *reader) locked(ctx context.Context, locks map[string]string) {
	if _, file := locate(locks[name]); file == hiddenLock && len(locks) > 1 {
		delete(locks, name)
	}
	tools := slices.Sorted(maps.Keys(locks))
	for _, tool := range tools {
		dir, file := locate(locks[tool])
		at := source.Span{Path: locks[tool]}
		if named := r.namedTool(dir); named != tool && locks[named] != "" {
			r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: at, Next: "delete the lockfile that is not in use",
				Why: file + " is not read: the package manager that " + manifestFile + " names is " + named})
			continue
		}
		if len(r.locks) > 0 {
			r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: at, Next: "delete the lockfile that is not in use, or name the package manager in " + manifestFile,
				Why: "there is another lockfile, and nothing says which of them is in use: both are read"})
		}
		r.locks, r.inUse = append(r.locks, dir), tool
		if tool == name {
			r.npm(ctx, dir, locks[tool])
		} else {
			r.pinned(ctx, dir, locks[tool])
		}
	}
}

// namedTool is the package manager that the manifest in a folder names, as Corepack reads it: name@version
// (https://nodejs.org/api/packages.html#packagemanager).
func (r *reader) namedTool(dir string) string {
	m := r.manifests[dir]
	if m == nil {
		return ""
	}
	if named, _, ok := strings.Cut(m.root.Get("packageManager").Text(), "@"); ok {
		return named
	}
	if m.root.Kind() == doc.Missing {
		return "deno"
	}
	return m.root.Get("devEngines").Get("packageManager").Get("name").Text()
}

// reportBinary tells of lockfiles that are not text.
func (r *reader) reportBinary() {
	for _, file := range r.binary {
		if m := r.manifests[path.Dir(file)]; (m == nil || !m.used) && !slices.Contains(r.locks, path.Dir(file)) {
			r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: source.Span{Path: file}, Material: true, Next: "run `bun install --save-text-lockfile --lockfile-only`",
				Why: file[strings.LastIndexByte(file, '/')+1:] + " is not text and is not read: what only it names is missing from the inventory"})
		}
	}
}
