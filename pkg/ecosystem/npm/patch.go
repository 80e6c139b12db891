package npm

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A project may say outright that it changes a package: by a patch that is applied whenever the package is installed. Yarn, pnpm and
// Bun name it in the lockfile. The tool patch-package finds it in the folder patches by its name, which is the way to the package
// with "+" for a slash, "++" before what lies in the package before it, and then the version: "a+1.0.0.patch",
// "@s+a++b+1.0.0+001+name.dev.patch". What a patch changes is known from the patch, whether it was applied already or not.

// maxPatch bounds a patch, in bytes.
const maxPatch = 16 << 20

// maxPatched is how many files of one patch are listed.
const maxPatched = 1000

// patch is one of patch-package's.
type patch struct {
	file    string
	folder  string // of the package, if it is installed
	version string
}

// parsePatch reads the name of a patch of the project in a folder. It gives the name of the package too.
func parsePatch(home, base string) (name string, p patch, ok bool) {
	stem, ok := strings.CutSuffix(base, ".patch")
	if !ok {
		return "", p, false
	}
	p = patch{file: path.Join(home, "patches", base), folder: home}
	names := strings.Split(strings.TrimSuffix(stem, ".dev"), "++")
	for i, n := range names {
		parts := strings.Split(n, "+")
		if i == len(names)-1 {
			at := slices.IndexFunc(parts, func(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' && strings.Count(s, ".") > 1 })
			if at < 0 {
				return "", p, false
			}
			parts, p.version = parts[:at], parts[at]
		}
		if name = strings.Join(parts, "/"); !validName(name) {
			return "", p, false
		}
		p.folder = path.Join(p.folder, "node_modules", name)
	}
	return name, p, true
}

// applyPatches says of the packages that patch-package changes that they are modified.
func (r *reader) applyPatches() {
	byName := map[string][]patch{}
	for _, home := range slices.Sorted(maps.Keys(r.manifests)) {
		entries, err := fs.ReadDir(r.FS, path.Join(home, "patches"))
		if err != nil {
			continue // nearly always: there is none
		}
		for _, e := range entries {
			if name, p, ok := parsePatch(home, e.Name()); ok && e.Type().IsRegular() {
				byName[name] = append(byName[name], p)
			}
		}
	}
	if len(byName) == 0 {
		return
	}
	for i := range r.Components {
		c := &r.Components[i]
		for k := range c.Occurrences {
			o := &c.Occurrences[k]
			for _, p := range byName[c.Name] {
				if p.version == c.Version || p.folder == o.Dir {
					r.modify(o, p.file)
				}
			}
		}
	}
}

// modify says that the package is modified by a patch, and if its files are at hand, which of them are; file is "" if it is
// not known where the patch lies.
func (r *reader) modify(o *sbom.Occurrence, file string) {
	o.Modified = sbom.Yes
	if file == "" {
		return
	}
	o.Against = cmp.Or(o.Against, file) // of several the first
	files := r.filesOf(file)
	if o.Dir == "" {
		return
	}
	changes := slices.Clone(o.Changed)
	for _, p := range files {
		if _, inner, ok := strings.Cut("/"+p, "/node_modules/"); ok { // patch-package's begin at the project
			parts := strings.Split(inner, "/node_modules/")
			p = parts[len(parts)-1]
			_, p, _ = strings.Cut(p, "/")
			if strings.HasPrefix(parts[len(parts)-1], "@") {
				_, p, _ = strings.Cut(p, "/")
			}
		}
		if p != "" && fs.ValidPath(p) {
			changes = append(changes, sbom.Change{Path: source.Join(o.Dir, p), How: sbom.ChangedByPatch})
		}
	}
	o.Change(changes...)
}

// filesOf are the files that a patch names, which is read once.
func (r *reader) filesOf(file string) []string {
	files, known := r.patches[file]
	if known {
		return files
	}
	data, err := ecosystem.ReadFile(r.FS, file, maxPatch)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // that the project has one is said elsewhere
		r.Gap(ecosystem.Unread(name, source.Span{Path: file}, err))
	}
	files = changedBy(data)
	if len(files) > maxPatched {
		r.Gap(sbom.Gap{Kind: sbom.Limit, Span: source.Span{Path: file}, Next: "see the patch for the others",
			Why: fmt.Sprintf("the patch names %d files, of which %d are listed", len(files), maxPatched)})
		files = files[:maxPatched]
	}
	r.patches[file] = files
	return files
}

// changedBy are the files that a patch names, as git writes it (git-diff, "Generating patch text with -p"): in its first line for
// each file, and where that is not there, in those before the hunks.
func changedBy(patch []byte) (files []string) {
	add := func(file []byte) {
		_, name, ok := strings.Cut(string(file), "/") // "a/" or "b/"
		if name = strings.TrimRight(name, "\r\t "); ok && utf8.ValidString(name) {
			files = append(files, name)
		}
	}
	var before []byte
	for line := range bytes.Lines(patch) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if rest, ok := bytes.CutPrefix(line, []byte("diff --git ")); ok {
			if i := bytes.LastIndex(rest, []byte(" b/")); i >= 0 {
				add(rest[i+1:])
			}
		} else if rest, ok := bytes.CutPrefix(line, []byte("+++ ")); ok && bytes.HasPrefix(before, []byte("--- ")) {
			if !bytes.HasPrefix(rest, []byte("/dev/null")) {
				add(rest)
			}
		}
		before = line
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// yarnPatch finds the patch that a range of Yarn names behind its "#": "~/.yarn/patches/a.patch", "./a.patch", where the one
// begins at the top of the project (https://yarnpkg.com/protocol/patch). Of several the first that is a file of the project.
func yarnPatch(dir, detail string) string {
	detail, _, _ = strings.Cut(detail, "::")
	for part := range strings.SplitSeq(detail, "&") {
		part = strings.TrimPrefix(strings.TrimPrefix(part, "optional!"), "~/")
		if file, ok := below(dir, part); ok && strings.HasSuffix(part, ".patch") {
			return file
		}
	}
	return ""
}

// pnpmPatch finds the patch of a package: the lockfile had its path once, since then pnpm-workspace.yaml or package.json has it
// (https://pnpm.io/cli/patch).
func (l *pinned) pnpmPatch(p *pin, locked string) string {
	keys := []string{p.name + "@" + p.version, p.name}
	file := locked
	if m := l.manifests[l.dir]; m != nil && file == "" {
		for _, key := range keys {
			file = cmp.Or(file, m.root.Get("pnpm").Get("patchedDependencies").Get(key).Text())
		}
	}
	dir := l.dir
	if file == "" {
		workspace, at := l.workspace(l.dir)
		for _, key := range keys {
			if file = workspace.Get("patchedDependencies").Get(key).Text(); file != "" {
				dir = at
				break
			}
		}
	}
	if at, ok := below(dir, file); ok && file != "" {
		return at
	}
	return ""
}
