package main

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
)

// cache is a folder in which a package manager keeps what it fetched, and where it would look for it: in all of these, and what lies
// in several of them it finds in the first.
type cache struct {
	name  string
	where func(*program) []string
}

// usualCaches are those that readers know.
var usualCaches = []cache{
	{"berry", (*program).berryCache},
	{"bun", one((*program).bunCache)},
	{"cargo", (*program).cargoRegistry},
	{"cargo-git", (*program).cargoCheckouts},
	{"composer", (*program).composerFiles},
	{"conan", (*program).conanFolders},
	{"conda", (*program).condaPackages},
	{"debian", one((*program).debianRoot)},
	{"deno", one((*program).denoPackages)},
	{"gem", (*program).gemFolders},
	{"gomod", one((*program).goModCache)},
	{"goroot", one((*program).goRoot)},
	{"gradle", one((*program).gradleFiles)},
	{"hex", one((*program).hexPackages)},
	{"m2", one((*program).mavenRepository)},
	{"npm", one((*program).npmCache)},
	{"nuget", one((*program).nugetPackages)},
	{"pdm", one((*program).pdmCache)},
	{"pip", one((*program).pipCache)},
	{"pnpm", (*program).pnpmStores},
	{"pnpm-cache", one((*program).pnpmAnswers)},
	{"poetry", one((*program).poetryCache)},
	{"pub", one((*program).pubCache)},
	{"site", (*program).sitePackages},
	{"uv", one((*program).uvCache)},
	{"yarn", (*program).yarnCache},
}

func one(where func(*program) string) func(*program) []string {
	return func(p *program) []string { return []string{where(p)} }
}

// cacheNames are their names.
var cacheNames = func() (names []string) {
	for _, c := range usualCaches {
		names = append(names, c.name)
	}
	return names
}()

// caches opens the package managers' folders: those that the user names, and of the others those that
// lie where the package manager itself would look. Nothing is run to find them.
func (p *program) caches(named []string) (map[string]fs.FS, error) {
	out := map[string]fs.FS{}
	for _, n := range named {
		name, dir, ok := strings.Cut(n, "=")
		if !ok || dir == "" {
			return nil, fmt.Errorf("--cache %s: write NAME=DIR, with %s for NAME", n, strings.Join(cacheNames, " or "))
		}
		if !slices.Contains(cacheNames, name) {
			return nil, fmt.Errorf("--cache %s: no reader knows a cache %q; there are %s", n, name, strings.Join(cacheNames, ", "))
		}
		if out[name] != nil {
			return nil, fmt.Errorf("--cache %s: %s was named before", n, name)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, fmt.Errorf("--cache %s: %w", n, plain(err))
		}
		out[name] = viewed(name, newCache(root))
	}
	for _, c := range usualCaches {
		if out[c.name] != nil {
			continue
		}
		var found layers
		for _, dir := range c.where(p) {
			if dir == "" || len(found) == maxLayers {
				continue
			}
			if root, err := os.OpenRoot(dir); err == nil {
				found = append(found, newCache(root))
			}
		}
		switch len(found) {
		case 0:
		case 1:
			out[c.name] = viewed(c.name, found[0])
		default:
			out[c.name] = viewed(c.name, found)
		}
	}
	return out, nil
}

// maxLayers bounds the folders of one cache: each takes a file handle as long as the program runs.
const maxLayers = 40

// viewed is a cache as readers want to see it: a folder for each package, wherever its bytes lie, and a package for its name, however
// its file is called.
func viewed(name string, cache fs.FS) fs.FS {
	switch name {
	case "pnpm":
		return archive.NewStore(cache)
	case "pdm", "pip", "poetry", "uv":
		return archive.NewDistributions(cache)
	}
	return cache
}
