package cargo

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/source"
)

// checkoutsName is the name among the project's caches of the folder in which Cargo checks repositories out: REPOSITORY-HASH/COMMIT,
// the commit cut short (https://doc.rust-lang.org/cargo/guide/cargo-home.html). A repository may hold many packages, anywhere.
const checkoutsName = "cargo-git"

// The limits of a search for packages in a checkout.
const (
	maxEntries = 50_000 // files and folders
	maxDepth   = 12     // folders
	minCommit  = 7      // letters of a commit
)

// checkout is a repository at a commit: its packages by their names. Of two with one name none is believed.
type checkout map[string]*manifest

// checkedOut finds a package that comes from a repository.
func (r *reader) checkedOut(p *locked) *manifest {
	address, commit, _ := strings.Cut(strings.TrimPrefix(p.source, "git+"), "#")
	address, _, _ = strings.Cut(address, "?")
	repository := strings.TrimSuffix(path.Base(strings.TrimRight(address, "/")), ".git")
	if r.Caches[checkoutsName] == nil || len(commit) < minCommit || strings.Trim(commit, "0123456789abcdef") != "" {
		return nil
	}
	if r.checkouts == nil {
		r.checkouts = map[string]checkout{}
	}
	key := repository + "#" + commit
	all, ok := r.checkouts[key]
	if !ok {
		all = r.readCheckout(repository, commit)
		r.checkouts[key] = all
	}
	if m := all[p.name]; m != nil && r.isOf(p, m) {
		return m
	}
	return nil
}

// readCheckout reads the manifests of a repository at a commit.
func (r *reader) readCheckout(repository, commit string) checkout {
	cache := r.Caches[checkoutsName]
	entries, _ := fs.ReadDir(cache, ".") // one for each repository
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), repository+"-") {
			continue
		}
		revisions, _ := fs.ReadDir(cache, e.Name())
		for _, revision := range revisions {
			if name := revision.Name(); len(name) >= minCommit && strings.HasPrefix(commit, name) {
				return r.packagesIn(path.Join(e.Name(), name))
			}
		}
	}
	return nil
}

// packagesIn reads the manifests below a folder of checkouts, each with the workspace that it may inherit from: the next one above.
// A manifest that cannot be read is as good as none: what is looked for and not found is absent.
func (r *reader) packagesIn(top string) checkout {
	cache, all, seen := r.Caches[checkoutsName], checkout{}, 0
	spaces := map[string]*manifest{} // workspaces, by folder; what lies above was met before
	fs.WalkDir(cache, top, func(p string, d fs.DirEntry, err error) error {
		if seen++; seen > maxEntries {
			return fs.SkipAll
		}
		if err != nil || d.IsDir() && (d.Name() == ".git" || strings.Count(p, "/") > maxDepth) {
			return fs.SkipDir
		}
		if !d.IsDir() {
			return nil
		}
		file := path.Join(p, manifestFile)
		if info, err := fs.Stat(cache, file); err != nil || !info.Mode().IsRegular() {
			return nil
		}
		data, err := ecosystem.ReadFile(cache, file, maxManifest)
		if err != nil {
			return nil
		}
		m := &manifest{file: source.JoinRoot(checkoutsName, file), dir: source.JoinRoot(checkoutsName, p)}
		toml, err := doc.TOML(m.file, data)
		if err != nil {
			return nil // repositories of tools have such for their tests
		}
		m.take(toml, true)
		if m.hasWorkspace() {
			spaces[p] = m
		}
		for dir := p; len(dir) >= len(top); dir = path.Dir(dir) {
			if spaces[dir] != nil {
				m.inherit(spaces[dir])
				break
			}
		}
		if _, again := all[m.name]; again {
			all[m.name] = nil
		} else {
			all[m.name] = m
		}
		return nil
	})
	return all
}
