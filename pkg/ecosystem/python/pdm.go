package python

import (
	"github.com/licet/licet/pkg/doc"
)

// pdmLock reads a pdm.lock (https://pdm-project.org/latest/usage/lockfile/). An entry with extras holds what
// the package needs for them, and the package itself.
func (r *reader) pdmLock(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "run `pdm lock`", doc.TOML)
	l := &lock{file: file, edges: true, listed: true, install: "run `pdm install`"}
	files := d.Root().Get("metadata").Get("files").Index()
	for n := range d.Root().Get("package").Items() {
		p := packOf(n)
		if p == nil {
			r.lostEntry(n)
			continue
		}
		if n.Get("groups").Len() > 0 {
			p.scope = strongestGroup(n.Get("groups"))
		}
		revision := firstOf(n.Get("revision").Text(), n.Get("ref").Text())
		switch {
		case n.Get("git").Text() != "":
			p.origin = origin{vcs: git("git", n.Get("git").Text(), revision)}
		case n.Get("path").Text() != "":
			p.origin = origin{local: n.Get("path").Text()}
		case n.Get("url").Text() != "":
			p.origin = origin{url: anonymous(n.Get("url").Text())}
		}
		extras := []string{""}
		if e := n.Get("extras"); e.Len() > 0 {
			extras = nil
			for item := range e.Items() {
				if len(extras) < maxExtras {
					extras = append(extras, names([]string{item.Text()})...)
				}
			}
		}
		for item := range n.Get("dependencies").Items() {
			need, ok := want(item.Text(), item.Span())
			for _, extra := range extras {
				if ok && need.name != p.name {
					need.extra = extra
					p.needs = append(p.needs, need)
				}
			}
		}
		p.files(n.Get("files"))
		p.files(files[p.written+" "+p.version])
		l.add(p)
	}
	h.locks = append(h.locks, l)
}

// stringsOf are the texts of a list.
func stringsOf(n doc.Node) []string {
	var out []string
	for item := range n.Items() {
		out = append(out, item.Text())
	}
	return out
}
