package python

import (
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// pipfile reads a Pipfile (https://pipenv.pypa.io/en/latest/pipfile.html): packages, dev-packages, and other
// categories of packages by their own names.
func (r *reader) pipfile(h *home, file string) {
	d, whole := r.Parse(r.FS, file, maxFile, "correct the file", doc.TOML)
	p := projectReader{reader: r, home: h, file: file}
	h.at, h.lists = append(h.at, at(file)), whole
	for k, v := range d.Root().Members() {
		switch k.Text() {
		case "source", "requires", "scripts", "pipenv", "pipfile":
		case "packages":
			p.table(v, sbom.Runtime)
		case "dev-packages":
			p.table(v, sbom.Development)
		default:
			p.table(v, scopeOf(k.Text(), sbom.Development))
		}
	}
}

// pipfileLock reads a Pipfile.lock, which does not say what packages need of each other. A package with an index is one
// that the Pipfile names.
func (r *reader) pipfileLock(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "run `pipenv lock`", doc.JSON)
	l := &lock{file: file, listed: true, install: "run `pipenv sync` with the virtual environment in the project: PIPENV_VENV_IN_PROJECT=1"}
	marked := false
	for k, category := range d.Root().Members() {
		scope := scopeOf(k.Text(), sbom.Development)
		if k.Text() == "_meta" {
			continue
		}
		for name, v := range category.Members() {
			if !isName(name.Text()) {
				r.lostEntry(name)
				continue
			}
			n := namedNeed(name, v)
			p := &pack{requirement: n.requirement, version: pin(n.spec), at: []source.Span{name.Span()}, scope: scope}
			p.spec, p.extras = "", nil
			for sum := range v.Get("hashes").Items() {
				p.hash(sum.Text())
			}
			if v.Get("index").Text() != "" {
				p.direct, marked = sbom.Yes, true
			}
			l.add(p)
		}
	}
	for _, p := range l.packages {
		if marked && p.direct == "" {
			p.direct = sbom.No
		}
	}
	h.locks = append(h.locks, l)
}
