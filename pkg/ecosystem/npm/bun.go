package npm

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// bun reads bun.lock, which is JSON with comments. A package is named by the path of names that leads to it, as in
// node_modules: of "a/b" and "b" the former is what a gets. An entry is an array: name@version, more or less about where it
// comes from, an object with what it requires, and a checksum.
func (l *pinned) bun() (broken bool) {
	d, broken := l.mustRead(l.file, maxLock, l.write, doc.JSONC)
	homes := map[*pin]string{}
	for key, entry := range d.Root().Get("packages").Members() {
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
			}
		}
		_, p.local = strings.CutPrefix(where, "workspace:")
		p.local = p.local || l.isOwn(where)
		repo, github := strings.CutPrefix(where, "github:")
		switch {
		case github:
			p.resolved, p.direct = "git+https://github.com/"+repo, true
		case isGit(where) || isHTTP(where):
			p.resolved, p.direct = where, true
		case !strings.Contains(where, ":"):
			p.version = where
		}
		if !p.local {
			for d := range l.dependencies(about, false) {
				p.needs = append(p.needs, need{dependency: d})
			}
		}
		homes[p] = key.Text()
		l.list(p, key.Text())
	}
	for _, p := range l.pins {
		for i := range p.needs {
			p.needs[i].ref = l.nearest(homes[p], p.needs[i].name)
		}
	}
	for dir, workspace := range d.Root().Get("workspaces").Members() {
		folder, ok := below(l.dir, dir.Text())
		if !ok {
			continue
		}
		title := workspace.Get("name").Text()
		if validName(title) {
			l.titles[folder] = title
		}
		l.importers[folder] = []need{}
		for d := range l.dependencies(workspace, true) {
			l.importers[folder] = append(l.importers[folder], need{d, l.nearest(title, d.name)})
		}
	}
	return broken
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
