// Package python reads what Python's many package managers write, and conda's files with them.
//
// They differ in form and agree in substance, so all become three things here. A [manifest] says what a
// project is and what it needs: pyproject.toml, setup.cfg, setup.py, Pipfile, requirements files, the
// metadata of a source distribution. A [lock] says what was chosen and what the chosen packages need of
// each other: poetry.lock, pdm.lock, uv.lock, Pipfile.lock, pylock.toml, and just as well a requirements
// file in which pip-compile noted who asked for each line, or a site-packages folder. A [home] is the
// folder to which some of each belong; reading it joins the needs of the one to the packages of the other.
//
// The difficulty is extras. "requests[socks]" is requests and, of what requests may need, that which it needs
// for socks. A lockfile lists everything that may be needed, so an edge exists only if somebody asks for
// the extra, and with the scope of the one who does. It is found by one walk over pairs of package and extra,
// see [spread].
//
// Names are compared and written as PEP 503 normalises them, for every file spells them in its own way.
// No program is run: of a setup.py only literal values are read, and a gap says where there is none.
// Versions are never chosen: a requirement that pins none is a component without a version.
package python

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "python"

// maxFile bounds what is read of one file, in bytes.
const maxFile = 128 << 20

// Ecosystem is the reader of Python projects and environments.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Python packages: pyproject.toml, requirements*.txt, poetry.lock, Pipfile(.lock), pdm.lock, uv.lock, pylock.toml,
setup.cfg, setup.py, site-packages, and conda's environment.yml, conda-lock.yml, conda-meta, meta.yaml

Components are the packages that a lockfile, a folder of installed packages or a pinned requirement names, with checksums and
places; a requirement that pins no version is a component without one. The line "# via" of pip-compile gives the edges of a
requirements file. Declared licenses are those of pyproject.toml, setup.cfg, setup.py and installed metadata: License-Expression, or
License together with the classifiers.

Scopes: extras are optional unless their name says test or development (dev, docs, lint); dependency groups and requirements files
whose name says test have scope test, other groups development; what builds the project has scope build. Of an extra
only what somebody asks for is an edge.

Installed packages are looked for in site-packages and dist-packages of the target; a virtual environment in the folder of a project
belongs to it. What is not there is looked for in the environment that is active, and in the user's and the system's (--cache
site=DIR, a folder site-packages); a package counts by its name and version. Then in what pip, uv, Poetry and PDM keep: an archive counts
only if the lockfile has its checksum, where it has any; what lies unpacked counts by name and version. Of a vague license of what Debian
installed, its copyright file tells which it is, and that of single files that are installed. A wheel that lies unpacked, and below the top a source distribution, is no project but vendored.
setup.py is never run: what it computes is unknown, and a gap says so.`,
	Match: match,
	Group: group,
	Read:  read,

	Beside: func(p string) bool { return strings.Contains(p, ".dist-info/") || strings.Contains(p, ".egg-info/") },

	Original: published,
}

// lockNames are the lockfiles that have a name of their own.
var lockNames = []string{"Pipfile.lock", "pdm.lock", "poetry.lock", "pylock.toml", "uv.lock"}

// manifestNames are the other files that have one.
var manifestNames = []string{"Pipfile", "PKG-INFO", "pyproject.toml", "setup.cfg", "setup.py"}

func match(p string, mode fs.FileMode, head []byte) bool {
	if !mode.IsRegular() {
		return false
	}
	base := path.Base(p)
	metadata := isMetadata(p, head)
	if !metadata && !isArchive(p) && (base == "PKG-INFO" || !slices.Contains(lockNames, base) && !slices.Contains(manifestNames, base) &&
		!isPylock(base) && !isRequirements(p) && (!isConda(p) || strings.HasPrefix(base, "meta.") && !isRecipe(p, head))) {
		return false
	}
	folders := strings.Split(path.Dir(p), "/")
	if i := slices.IndexFunc(folders, isEnvironment); i >= 0 {
		egg := folders[len(folders)-1] == "EGG-INFO" && len(folders) == i+3
		return metadata && (egg || len(folders) <= i+2) // what a package brings along is its own
	}
	return !slices.Contains(folders, "node_modules")
}

// isEnvironment reports whether a folder of this name holds installed packages.
func isEnvironment(folder string) bool { return folder == "site-packages" || folder == "dist-packages" }

// isMetadata reports whether a file describes one package: METADATA, PKG-INFO, or an egg-info that is no folder.
func isMetadata(p string, head []byte) bool {
	switch base := path.Base(p); {
	case base == "METADATA" && strings.HasSuffix(path.Dir(p), ".dist-info") && isEnvironment(path.Base(path.Dir(path.Dir(p)))):
		return true // whatever is in it, a package is installed here
	case base == "METADATA" && (isInfo(path.Dir(p)) || isEnvironment(path.Base(path.Dir(p)))), base == "PKG-INFO", isInfo(p):
		return strings.Contains(strings.ToLower(string(head)), "name:")
	}
	return false
}

// isInfo reports whether a folder holds the metadata of a package, or a file is such.
func isInfo(p string) bool {
	base := path.Base(p)
	return strings.HasSuffix(base, ".dist-info") || strings.HasSuffix(base, ".egg-info") || base == "EGG-INFO"
}

// isRecord reports whether a tool wrote the file, into what it packed or beside what it installed.
func isRecord(p string) bool {
	base := path.Base(p)
	return base == "METADATA" || base == "PKG-INFO" || isInfo(p)
}

// isPylock reports whether a file has one of the names of PEP 751: pylock.toml, pylock.dev.toml.
func isPylock(base string) bool {
	return base == "pylock.toml" || strings.HasPrefix(base, "pylock.") && strings.HasSuffix(base, ".toml")
}

// isRequirements reports whether a file is called as requirements files are: requirements-dev.txt,
// dev-requirements.in, requirements/test.txt, constraints.txt.
func isRequirements(p string) bool {
	base := strings.ToLower(path.Base(p))
	stem := strings.TrimSuffix(base, path.Ext(base))
	if ext := path.Ext(base); ext != ".txt" && ext != ".in" && ext != ".pip" {
		return false
	}
	return strings.HasPrefix(stem, "requirement") || strings.HasSuffix(stem, "requirements") ||
		strings.HasPrefix(stem, "constraints") || isRequirementsFolder(path.Base(path.Dir(p)))
}

func isRequirementsFolder(folder string) bool {
	return folder == "requirements" || folder == "reqs" || folder == "requires"
}

// homeOf is the folder of the project or environment that a file belongs to.
func homeOf(p string) string {
	dir, base := path.Dir(p), path.Base(p)
	switch {
	case isConda(p):
		return condaHome(p)
	case isInfo(p):
		return dir
	case (base == "METADATA" || base == "PKG-INFO") && isInfo(dir):
		if path.Base(path.Dir(dir)) == "src" {
			return path.Dir(path.Dir(dir))
		}
		if path.Base(dir) == "EGG-INFO" {
			return path.Dir(path.Dir(dir))
		}
		return path.Dir(dir)
	case isRequirements(p) && isRequirementsFolder(path.Base(dir)):
		return path.Dir(dir)
	}
	return dir
}

// group gives a lockfile the projects below it, down to the next lockfile, for they may be its members; and a
// virtual environment to the project in whose folder it lies. All else is one project a folder.
func group(paths []string) [][]string {
	homes, locked := map[string]bool{}, map[string]bool{}
	for _, p := range paths {
		home, base := homeOf(p), path.Base(p)
		homes[home] = true
		locked[home] = locked[home] || slices.Contains(lockNames, base) || isPylock(base)
	}
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		top, environment := projectOf(homeOf(p), func(dir string) bool { return homes[dir] })
		if !environment {
			top = homeOf(p)
		}
		if !isEnvironment(path.Base(top)) {
			top = lockedAbove(top, locked)
		}
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

// projectOf gives the folder of the project that an environment serves: the one that the virtual environment lies in, or
// the environment of conda that it is a part of. ok is false for what is no environment.
func projectOf(home string, homes func(string) bool) (dir string, ok bool) {
	if !isEnvironment(path.Base(home)) {
		return "", false
	}
	above := path.Dir(home) // .venv/lib/python3.12, or .venv/Lib
	if strings.HasPrefix(path.Base(above), "python") {
		above = path.Dir(above)
	}
	if base := path.Base(above); base == "lib" || base == "Lib" || base == "lib64" {
		above = path.Dir(above)
	}
	for _, dir := range []string{above, path.Dir(above)} {
		if dir != home && homes(dir) {
			return dir, true
		}
	}
	return home, true
}

func lockedAbove(dir string, locked map[string]bool) string {
	for at := dir; ; at = path.Dir(at) {
		if locked[at] {
			return at
		}
		if at == "." || at == "/" {
			return dir
		}
	}
}

// reader reads one group of files.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	homes  map[string]*home
	parsed map[string]*requirementsFile
	lists  []string                          // requirements files
	aside  map[string]*home                  // folders outside the group that a requirement names
	site   *site                             // the packages that are installed elsewhere, once somebody asked
	kept   map[string]*archive.Distributions // what installers keep, where nobody sees it so already
	debian map[string]string                 // see debianPackages
	cut    bool                              // one of these is too large
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, homes: map[string]*home{}, parsed: map[string]*requirementsFile{}, aside: map[string]*home{}}
	for _, file := range p.Files {
		if ctx.Err() != nil {
			return r.Fragment, ctx.Err()
		}
		r.take(file)
	}
	r.requirements()
	r.join()
	return r.Fragment, ctx.Err()
}

// take reads one file into the home it belongs to.
func (r *reader) take(file string) {
	h := r.home(homeOf(file))
	h.made = h.made || !isRecord(file)
	h.packed = h.packed || path.Base(file) == "PKG-INFO" && path.Dir(file) == h.dir
	switch base := path.Base(file); {
	case isConda(file):
		r.conda(h, file)
	case isArchive(file):
		r.archive(h, file)
	case isRecord(file):
		r.metadata(h, file)
	case base == "pyproject.toml":
		r.pyproject(h, file)
	case base == "setup.cfg":
		r.setupCfg(h, file)
	case base == "setup.py":
		r.setupPy(h, file)
	case base == "Pipfile":
		r.pipfile(h, file)
	case base == "Pipfile.lock":
		r.pipfileLock(h, file)
	case base == "poetry.lock":
		r.poetryLock(h, file)
	case base == "pdm.lock":
		r.pdmLock(h, file)
	case base == "uv.lock":
		r.uvLock(h, file)
	case isPylock(base):
		r.pylock(h, file)
	default:
		r.lists = append(r.lists, file)
	}
}

// home is a folder with what belongs to it.
type home struct {
	dir string
	manifest
	locks   []*lock
	env     *lock // the packages that are installed there, or nil
	root    *pack
	used    map[string]bool // requirements files that were read, by scope
	foreign int             // how many of them lie in other folders
	made    bool            // there is a file that is no record of a package
	packed  bool            // it was a source distribution: no other folder of sources has its own record
	taken   bool            // it goes with the lockfile of another folder
}

func (r *reader) home(dir string) *home {
	h := r.homes[dir]
	if h == nil {
		h = &home{dir: dir}
		r.homes[dir] = h
	}
	return h
}

func at(file string) source.Span { return source.Span{Path: file} }
