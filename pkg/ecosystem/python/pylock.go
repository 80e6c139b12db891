package python

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
)

// pylock reads the lockfile of PEP 751. For which groups and extras a package is there its marker says: one whose marker names
// none is always installed, whatever lists it among its dependencies, which only inform. A lockfile without groups does not
// tell what is for what.
func (r *reader) pylock(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "write the lockfile again", doc.TOML)
	l := &lock{file: file, listed: true, install: "run `pip install -r " + path.Base(file) + "` in a virtual environment in the project's folder"}
	told := false
	for n := range d.Root().Get("packages").Items() {
		p := packOf(n)
		if p == nil {
			r.lostEntry(n)
			continue
		}
		p.scope = markerScope(n.Get("marker").Text())
		told = told || p.scope != ""
		p.pylockSource(n)
		for item := range n.Get("dependencies").Items() {
			name := item.Get("name").Text()
			if !isName(name) {
				continue
			}
			need := need{requirement: requirement{name: normal(name), written: name}, at: item.Span()}
			if v := item.Get("version").Text(); isVersion(v) {
				need.spec = "===" + v
			}
			p.needs, l.edges = append(p.needs, need), true
		}
		l.add(p)
	}
	for _, p := range l.packages {
		if told && p.scope == "" {
			p.scope = sbom.Runtime
		}
	}
	h.locks = append(h.locks, l)
}

// markerScope is the scope of a package that is there only for groups ("'dev' in dependency_groups") or extras; "" for
// others.
func markerScope(marker string) sbom.Scope {
	scope := sbom.Scope("")
	for _, kind := range []struct {
		sign  string
		other sbom.Scope
	}{{"in dependency_groups", sbom.Development}, {"in extras", sbom.Optional}} {
		rest := marker
		for {
			before, after, ok := strings.Cut(rest, kind.sign)
			if !ok {
				break
			}
			rest = after
			before = strings.TrimRight(before, " ")
			if before == "" || strings.HasSuffix(before, " not") {
				continue
			}
			quote := before[len(before)-1]
			name := before[strings.LastIndexByte(before[:len(before)-1], quote)+1 : len(before)-1]
			s := scopeOf(name, kind.other)
			if scope != "" {
				s = stronger(scope, s)
			}
			scope = s
		}
	}
	return scope
}

func (p *pack) pylockSource(n doc.Node) {
	if vcs := n.Get("vcs"); vcs.Kind() == doc.Object {
		p.origin = origin{vcs: git(firstOf(vcs.Get("type").Text(), "git"), firstOf(vcs.Get("url").Text(), vcs.Get("path").Text()), firstOf(vcs.Get("commit-id").Text(), vcs.Get("requested-revision").Text()))}
	}
	if dir := n.Get("directory").Get("path").Text(); dir != "" {
		p.origin = origin{local: path.Clean(dir)}
	}
	archive := n.Get("archive")
	if url := archive.Get("url").Text(); url != "" {
		p.origin = origin{url: anonymous(url)}
	}
	p.source = anonymous(n.Get("index").Text())
	p.sums(archive)
	p.sums(n.Get("sdist"))
	for wheel := range n.Get("wheels").Items() {
		p.sums(wheel)
	}
}

// sums takes the checksums of one archive, by algorithm.
func (p *pack) sums(n doc.Node) {
	for k, v := range n.Get("hashes").Members() {
		p.hash(k.Text() + ":" + v.Text())
	}
}
