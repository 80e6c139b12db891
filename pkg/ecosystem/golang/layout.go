package golang

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// match takes the four kinds of manifest, but not those of copies: in vendor, node_modules, testdata, or
// a module cache that lies in the tree, whose folders bear a version.
func match(p string, mode fs.FileMode, _ []byte) bool {
	if !mode.IsRegular() {
		return false
	}
	dir, base := path.Split(p)
	switch base {
	case "go.mod", "go.work", "go.sum", "go.work.sum":
	case "modules.txt":
		if path.Base(dir) != "vendor" {
			return false
		}
		dir = path.Dir(path.Clean(dir))
	default:
		return false
	}
	return !slices.ContainsFunc(strings.Split(dir, "/"), func(segment string) bool {
		return segment == "vendor" || segment == "node_modules" || segment == "testdata" || strings.Contains(segment, "@v")
	})
}

// home is the folder of the module or workspace that a manifest belongs to.
func home(p string) string {
	if path.Base(p) == "modules.txt" {
		return path.Dir(path.Dir(p))
	}
	return path.Dir(p)
}

// group makes a project of each workspace with the modules below it, and of each module elsewhere.
func group(paths []string) [][]string {
	workspaces := map[string]bool{}
	for _, p := range paths {
		if path.Base(p) == "go.work" {
			workspaces[home(p)] = true
		}
	}
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		top := home(p)
		for dir := top; ; dir = path.Dir(dir) {
			if workspaces[dir] {
				top = dir
				break
			}
			if dir == "." {
				break
			}
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

// builds finds the build lists of the project: one of the workspace, and one of each module that the
// workspace doesn't use.
func (r *reader) builds() []*build {
	var builds []*build
	used := map[string]bool{}
	for _, p := range r.Files {
		if path.Base(p) != "go.work" {
			continue
		}
		b := r.workspace(p)
		for _, m := range b.mains {
			used[m.dir] = true
		}
		used[home(p)] = true
		builds = append(builds, b)
	}
	for _, p := range r.Files {
		dir := home(p)
		if used[dir] {
			continue
		}
		used[dir] = true
		b := r.newBuild(source.Span{Path: p})
		b.addMain(dir)
		builds = append(builds, b)
	}
	return builds
}

// workspace is the build of all modules that the go.work at p uses.
func (r *reader) workspace(p string) *build {
	b := r.newBuild(source.Span{Path: p})
	b.work = r.manifest(p)
	b.addFiles(home(p))
	if b.work == nil {
		return b
	}
	for _, use := range b.work.uses {
		dir, ok := inside(home(p), use.value)
		switch {
		case !ok:
			b.gap(sbom.Gap{Kind: sbom.Unavailable, Span: use.at, Reader: name, Material: true,
				Why: "the module at " + use.value + " lies outside the target", Next: "scan the folder that holds it too"})
		case r.manifest(path.Join(dir, "go.mod")) == nil:
			b.gap(sbom.Gap{Kind: sbom.Lost, Span: use.at, Reader: name, Material: true,
				Why: "there is no go.mod in " + use.value, Next: "run `go work use -r .`"})
		default:
			b.addMain(dir)
		}
	}
	return b
}

// resolve gives the path of a folder that a manifest in dir names.
func resolve(dir, local string) string {
	local = strings.ReplaceAll(local, `\`, "/")
	if path.IsAbs(local) || hasDrive(local) {
		return local
	}
	return path.Join(dir, local)
}

// inside is resolve for a folder that must lie in the target.
func inside(dir, local string) (string, bool) {
	p := resolve(dir, local)
	return p, fs.ValidPath(p) && !hasDrive(p)
}

func hasDrive(p string) bool { return len(p) > 1 && p[1] == ':' }

// manifest reads a go.mod or go.work of the target, once; nil if there is none.
func (r *reader) manifest(p string) *manifest {
	if m, ok := r.target[p]; ok {
		return m
	}
	r.target[p] = nil
	data, err := readFile(r.FS, p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	m := &manifest{path: p}
	if err != nil {
		r.gap(unread(source.Span{Path: p}, err))
	} else {
		var gaps []sbom.Gap
		m, gaps = parseManifest(p, data)
		r.gap(gaps...)
	}
	r.target[p] = m
	return m
}

// addMain adds the module in dir to the main modules. Where go.mod is missing and only go.sum or a vendor
// folder was left behind, there is still a root.
func (b *build) addMain(dir string) {
	p := path.Join(dir, "go.mod")
	m := b.manifest(p)
	if m == nil {
		b.gap(sbom.Gap{Kind: sbom.Lost, Span: b.at, Reader: name, Material: true,
			Why: "there is no go.mod beside it, and it may list more than is built", Next: "scan the folder that holds go.mod, or exclude this file"})
		m = &manifest{path: b.at.Path}
	} else if b.work == nil {
		b.at = source.Span{Path: p}
	}
	main := &mainModule{manifest: m, dir: dir, id: sbom.ID("file:" + dir + "#main")}
	if m.module.value != "" {
		main.id = purl(m.module.value, "")
		b.roots[m.module.value] = main
	}
	b.mains = append(b.mains, main)
	if b.work == nil || dir != home(b.at.Path) {
		b.addFiles(dir)
	}
}

// addFiles reads what lies beside a go.mod or go.work.
func (b *build) addFiles(dir string) {
	for _, base := range []string{"go.sum", "go.work.sum", "vendor/modules.txt"} {
		p := path.Join(dir, base)
		data, err := readFile(b.FS, p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			b.gap(unread(source.Span{Path: p}, err))
			continue
		}
		var gaps []sbom.Gap
		if base == "vendor/modules.txt" {
			var v *vendorFolder
			v, gaps = parseVendor(p, data)
			b.vendors = append(b.vendors, v)
		} else {
			gaps = b.sums.parse(p, data)
			b.sumFiles = append(b.sumFiles, p)
		}
		b.gap(gaps...)
	}
}

// isFolder reports whether a replacement is a folder of the machine, not a module.
func (r replacement) isFolder() bool {
	return r.new.Version == "" && modfile.IsDirectoryPath(r.new.Path)
}
