package npm

import (
	"fmt"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// bun reads bun.lock, which is JSON with comments (https://bun.sh/docs/install/lockfile). A package is named by the path of names
// that leads to it, as in node_modules: of "a/b" and "b" the former is what a gets. An entry is an array: name@version, more
// or less about where it comes from, an object with what it requires, and a checksum.
func (l *pinned) bun() {
	top := l.root(doc.JSONC)
	patched := top.Get("patchedDependencies").Index()
	homes := map[*pin]string{}
	for key, entry := range top.Get("packages").Members() {
		if entry.Kind() != doc.Array {
			l.broken = true
			l.Lost(key.Span(), l.write, "the entry is of kind %v: what it says is lost", entry.Kind())
			continue
		}
		if home := key.Text(); len(home) > maxPath || strings.Count(home, "/") > maxNesting {
			l.broken = true
			l.Gap(sbom.Gap{Kind: sbom.Limit, Span: key.Span(), Material: true, Next: l.write,
				Why: fmt.Sprintf("%s lies deeper than %d names or %d bytes", ecosystem.Quote(home), maxNesting, maxPath)})
			continue
		}
		p := l.bunPackage(key, entry)
		if file, ok := patched[p.name+"@"+p.version]; ok {
			p.patched = true
			p.patch, _ = below(l.dir, file.Text())
		}
		homes[p] = key.Text()
		l.list(p, key.Text())
	}
	for _, p := range l.pins {
		for i := range p.needs {
			p.needs[i].ref = l.nearest(homes[p], p.needs[i].name)
		}
	}
	for dir, workspace := range top.Get("workspaces").Members() {
		folder, ok := below(l.dir, dir.Text())
		if !ok {
			continue
		}
		t := title{workspace.Get("name").Text(), workspace.Get("version").Text(), dir}
		l.said[folder] = t
		l.importers[folder] = []need{}
		home := t.name
		if !validName(home) {
			home = ""
		}
		for d := range l.dependencies(workspace, true) {
			l.importers[folder] = append(l.importers[folder], need{d, l.nearest(home, d.name)})
		}
	}
}

func (l *pinned) bunPackage(key, entry doc.Node) *pin {
	p := &pin{at: key}
	var where string
	var about doc.Node
	for part := range entry.Items() {
		switch text := part.Text(); {
		case where == "":
			p.name, where = splitRef(text)
		case part.Kind() == doc.Object:
			about = part
		case strings.HasPrefix(text, "sha"):
			p.integrity = text
		case isHTTP(text) && strings.Contains(path.Base(text), "."):
			p.resolved = text // an archive of another registry than the default
		}
	}
	p.optional = isForSome(about)
	folder, workspace := strings.CutPrefix(where, "workspace:")
	repo, github := strings.CutPrefix(where, "github:")
	switch {
	case workspace:
		p.folder, p.own = below(l.dir, folder)
	case where == "root:":
		p.folder, p.own = l.dir, true
	case github:
		p.resolved, p.direct = "git+https://github.com/"+repo, true
	case isGit(where) || isHTTP(where):
		p.resolved, p.direct = where, true
	case !strings.Contains(where, ":"):
		p.version = where
	default:
		l.settle(p, where)
	}
	for d := range l.dependencies(about, false) {
		p.needs = append(p.needs, need{dependency: d})
	}
	return p
}

// isForSome reports whether a package is for some platforms only, by its entry in the lockfile of Bun or Deno.
func isForSome(entry doc.Node) bool {
	return entry.Get("os").Kind() != doc.Missing || entry.Get("cpu").Kind() != doc.Missing
}

// nearest is the reference to the package of that name that one at a path of names gets.
func (l *pinned) nearest(home, name string) string {
	for home != "" {
		if ref := home + "/" + name; l.refs[ref] != nil {
			return ref
		}
		i := strings.LastIndexByte(home, '/')
		if i >= 0 && strings.HasPrefix(home[strings.LastIndexByte(home[:i], '/')+1:], "@") {
			i = strings.LastIndexByte(home[:i], '/') // a scope and its name are one
		}
		home = home[:max(i, 0)]
	}
	return name
}
