// Package submodule reads .gitmodules, which names the git repositories that lie in another.
//
// Which commit is used stands in git's own database, not in .gitmodules. Where the submodule was fetched, git keeps it in
// .git/modules/NAME/HEAD.
//
// The format is described in gitmodules(5).
package submodule

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "submodule"
	next    = "run `git submodule update --init`"
	maxSize = 16 << 20
)

// Ecosystem is the reader of git submodules.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `git submodules: .gitmodules

Components are the repositories that lie in the project's, with the commit that is checked out, where git tells it, and
their files. They are contained in the project.`,
	Match: ecosystem.Named(".gitmodules"),
	Read:  read,
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	file := p.Files[0]
	d, _ := g.Parse(p.FS, file, maxSize, "mend the file", doc.INI)
	root := g.Root(p.Unnamed(p.Dir()), p.Dir(), source.Span{Path: file})
	var absent []sbom.ID
	for section, fields := range d.Root().Members() {
		key, isModule := strings.CutPrefix(section.Text(), "submodule")
		if !isModule {
			continue
		}
		key = strings.Trim(strings.TrimSpace(key), `"`)
		where, url := fields.Get("path").Text(), fields.Get("url").Text()
		dir := path.Join(p.Dir(), where)
		if where == "" || url == "" || !fs.ValidPath(dir) || !ecosystem.Printable(path.Base(where)) {
			g.Lost(section.Span(), "mend the file", "a submodule without a path and a location")
			continue
		}
		c := sbom.Component{Name: path.Base(where), Version: commit(p, key), Source: url, Origin: sbom.OriginSubmodule}
		c.PURL = ecosystem.RepositoryPURL(url, c.Version)
		dir = filled(p, dir)
		id := g.Add(c, dir, section.Span())
		g.Relationships = append(g.Relationships, sbom.Relationship{
			From: root, To: id, Kind: sbom.Contains, Scope: sbom.Runtime, Found: []source.Span{section.Span()},
		})
		if dir == "" {
			absent = append(absent, id)
		}
	}
	if len(absent) > 0 {
		g.Unavailable(source.Span{Path: file}, next, "the files of some submodules are not on this machine", absent...)
	}
	return g.Fragment, ctx.Err()
}

// filled is the folder if something is in it: git makes an empty one for what it did not fetch.
func filled(p *ecosystem.Project, dir string) string {
	if entries, err := fs.ReadDir(p.FS, dir); err != nil || len(entries) == 0 {
		return ""
	}
	return dir
}

// commit is what is checked out of the submodule of that name, "" if git does not tell.
func commit(p *ecosystem.Project, key string) string {
	file := path.Join(p.Dir(), ".git/modules", key, "HEAD")
	if !fs.ValidPath(file) {
		return ""
	}
	data, err := ecosystem.ReadFile(p.FS, file, 1<<10)
	head := strings.TrimSpace(string(data))
	if err != nil || len(head) < 40 || strings.Trim(head, "0123456789abcdef") != "" {
		return ""
	}
	return head
}
