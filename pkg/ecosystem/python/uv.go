package python

import (
	"path"
	"slices"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// uvLock reads a uv.lock (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile). It lists the members of the
// workspace as packages too, with what each needs for its extras and groups.
func (r *reader) uvLock(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "run `uv lock`", doc.TOML)
	l := &lock{file: file, edges: true, listed: true, install: "run `uv sync`"}
	l.byName = make(map[string][]int, d.Root().Get("package").Len())
	members := names(stringsOf(d.Root().Get("manifest").Get("members")))
	for n := range d.Root().Get("package").Items() {
		p := packOf(n)
		if p == nil {
			r.lostEntry(n)
			continue
		}
		p.uvSource(n.Get("source"))
		p.member = p.local == "." || p.local != "" && slices.Contains(members, p.name)
		ranges := rangesOf(n.Get("metadata").Get("requires-dist"))
		p.uvNeeds(n.Get("dependencies"), "", "", ranges)
		for k, list := range n.Get("optional-dependencies").Members() {
			scope := sbom.Scope("")
			if p.member {
				scope = scopeOf(k.Text(), sbom.Optional)
			}
			p.uvNeeds(list, normal(k.Text()), scope, ranges)
		}
		if p.member {
			for k, list := range n.Get("dev-dependencies").Members() {
				p.uvNeeds(list, "", scopeOf(k.Text(), sbom.Development), rangesOf(n.Get("metadata").Get("requires-dev").Get(k.Text())))
			}
		}
		p.hash(n.Get("sdist").Get("hash").Text())
		p.files(n.Get("wheels"))
		l.add(p)
	}
	h.locks = append(h.locks, l)
}

func (p *pack) uvSource(n doc.Node) {
	for k, v := range n.Members() {
		switch k.Text() {
		case "registry":
			p.source = anonymous(v.Text())
		case "git":
			p.origin = origin{vcs: uvGit(v.Text())}
		case "url":
			p.origin = origin{url: anonymous(v.Text())}
		case "editable", "virtual", "directory":
			p.origin = origin{local: path.Clean(v.Text())}
		case "path":
			p.source = v.Text()
		}
	}
}

// uvGit reads "https://host/repo?rev=main#commit".
func uvGit(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '#' {
			url, commit := s[:i], s[i+1:]
			for k := range url {
				if url[k] == '?' {
					url = url[:k]
					break
				}
			}
			return git("git", url, commit)
		}
	}
	return git("git", s, "")
}

// rangesOf gives the ranges as the member's manifest writes them, by name.
func rangesOf(n doc.Node) map[string]string {
	if n.Kind() != doc.Array {
		return nil // of all but the members
	}
	out := map[string]string{}
	for item := range n.Items() {
		out[item.Get("name").Text()] = item.Get("specifier").Text()
	}
	return out
}

// uvNeeds adds a list of dependencies. A version stands there only where there are several.
func (p *pack) uvNeeds(list doc.Node, extra string, scope sbom.Scope, ranges map[string]string) {
	p.needs = slices.Grow(p.needs, list.Len())
	for item := range list.Items() {
		name := item.Get("name").Text()
		if !isName(name) {
			continue
		}
		n := need{requirement: requirement{name: normal(name), written: name}, extra: extra, scope: scope, at: item.Span()}
		if v := item.Get("version").Text(); isVersion(v) {
			n.spec = "===" + v
		}
		n.raw = ranges[name]
		if marker := item.Get("marker").Text(); marker != "" {
			n.raw += "; " + ecosystem.Brief(marker)
		}
		n.extras = names(stringsOf(item.Get("extra")))
		p.needs = append(p.needs, n)
	}
}
