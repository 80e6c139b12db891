package python

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// join makes projects of the homes: an environment goes with the project it serves, a folder that a lockfile above
// lists goes with that lockfile, and the rest are projects of their own.
func (r *reader) join() {
	dirs := slices.Sorted(maps.Keys(r.homes))
	for _, dir := range dirs {
		r.settle(r.homes[dir])
	}
	for _, dir := range dirs {
		h := r.homes[dir]
		project, ok := projectOf(dir, func(dir string) bool { return r.homes[dir] != nil })
		if ok && h.env != nil && project != dir {
			r.homes[project].install(h.env.packages)
			h.env = nil
		}
	}
	members := map[*lock][]*home{}
	for _, dir := range dirs {
		h := r.homes[dir]
		if l := r.memberOf(h); l != nil {
			members[l] = append(members[l], h)
			h.taken = true
		}
	}
	for _, dir := range dirs {
		if h := r.homes[dir]; !h.taken && !h.empty() {
			r.project(h, members)
		}
	}
}

// empty: nothing in the folder makes a project, as with a setup.cfg that only configures a linter.
func (h *home) empty() bool {
	return len(h.needs) == 0 && len(h.locks) == 0 && h.env == nil && h.identity().name == "" && !h.library && !h.lists
}

// settle decides what metadata of packages in a folder is: that of the project, or of what is installed there.
func (r *reader) settle(h *home) {
	defer r.findVersion(h)
	if len(h.dists) == 0 {
		return
	}
	rest := h.dists[:0]
	named := h.identity().name
	for _, d := range h.dists {
		own := named == "" && len(h.dists) == 1 || normal(named) == d.name
		if isEnvironment(path.Base(h.dir)) || !own || d.conda != "" || d.sealed {
			rest = append(rest, d)
			continue
		}
		h.describe(d)
	}
	if h.dists = rest; len(rest) == 0 {
		return
	}
	h.install(h.dists)
}

// install adds packages to the environment of a home. A conda package and the Python package that it consists of
// are two components, one needed by the other.
func (h *home) install(packages []*pack) {
	if h.env == nil {
		h.env = &lock{file: packages[0].at[0].Path, edges: true}
	}
	for _, p := range packages {
		h.env.add(p)
		for _, i := range h.env.byName["conda:"+p.name] {
			if c := h.env.packages[i]; c.version == p.version {
				c.needs = append(c.needs, need{requirement: requirement{name: p.name, spec: "===" + p.version}})
			}
		}
	}
}

// describe takes over what metadata says of the project itself.
func (h *home) describe(d *pack) {
	h.identify(byMetadata, d.written, d.version, d.at[0])
	h.claims = addClaim(h.claims, d.claims...)
	h.homepage = firstOf(h.homepage, d.homepage)
	h.records = append(h.records, d.dirs...)
	h.library, h.lists = true, true
	for _, n := range d.needs {
		scope := sbom.Runtime
		if n.extra != "" {
			scope = scopeOf(n.extra, sbom.Optional)
		}
		h.need(n, scope)
	}
}

// memberOf is the lockfile of another folder that lists this one.
func (r *reader) memberOf(h *home) *lock {
	if len(h.locks) > 0 || isEnvironment(path.Base(h.dir)) {
		return nil
	}
	for dir := path.Dir(h.dir); h.dir != "."; dir = path.Dir(dir) {
		if top := r.homes[dir]; top != nil {
			for _, l := range top.locks {
				if l.locals[h.dir] != nil {
					return l
				}
			}
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	return nil
}

// project writes one project, with what was locked and what is installed for it.
func (r *reader) project(h *home, members map[*lock][]*home) {
	locks := slices.Clone(h.locks)
	if h.env != nil {
		if extra := r.installed(h); len(extra.packages) > 0 {
			locks = append(locks, extra)
		}
	}
	root := r.rootOf(h, locks)
	if !h.dynamic.IsZero() && !slices.ContainsFunc(h.needs, func(n need) bool { return n.scope == sbom.Runtime }) {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: h.dynamic, Material: true,
			Why:  "the dependencies are computed when the project is built, which licet does not do",
			Next: "write them into pyproject.toml, or install the project and scan what is installed"})
	}
	for _, l := range locks {
		roots := []*pack{root}
		if own := l.locals[h.dir]; own != nil && own != root {
			own.root, own.id = true, root.id
			roots = append(roots, own)
		}
		for _, m := range members[l] {
			roots = append(roots, r.rootOf(m, []*lock{l}))
		}
		for _, p := range l.packages {
			r.localRoot(h, p, &roots)
		}
		for _, p := range roots {
			p.needs = slices.Clone(p.needs)
			for i := range p.needs {
				p.needs[i].to = nil
			}
		}
		r.fill(l)
		r.spread(l, roots, h.lists)
		for _, p := range roots[1:] {
			if p.id == root.id {
				continue
			}
			r.Relationships = append(r.Relationships, sbom.Relationship{From: root.id, To: p.id, Kind: sbom.Contains, Scope: sbom.Runtime})
		}
	}
	for _, m := range h.members(locks, members) {
		r.unlocked(m, r.rootOf(m, nil), locks)
	}
	r.unlocked(h, root, locks)
}

func (h *home) members(locks []*lock, members map[*lock][]*home) []*home {
	var out []*home
	for _, l := range locks {
		out = append(out, members[l]...)
	}
	return out
}

// rootOf adds the component that the project in a folder is. It takes the place of the package that a lock lists for
// that folder.
func (r *reader) rootOf(h *home, locks []*lock) *pack {
	own := &pack{}
	for _, l := range locks {
		if p := l.locals[h.dir]; p != nil {
			own = p
			h.identify(byLock, p.written, p.version, p.at[0])
		}
	}
	if h.root != nil {
		return h.root
	}
	id := h.identity()
	c := sbom.Component{Name: id.name, Version: id.version, Claims: h.claims, Homepage: h.homepage, Type: sbom.TypeApplication}
	if h.library {
		c.Type = sbom.TypeLibrary
	}
	if c.PURL = h.conda; c.PURL != "" {
		own.conda = h.conda
	} else if id.name != "" {
		c.PURL = purl(id.name, id.version, origin{})
	} else {
		c.ID, c.Name = sbom.ID("file:"+h.dir+"#@"+id.version), h.dir
	}
	if id.version != "" && (!h.made || h.packed && h.dir != ".") { // a template of a record has no version yet
		c.Origin = sbom.OriginVendored
	}
	dir := ""
	if info, err := fs.Stat(r.FS, h.dir); err == nil && info.IsDir() {
		dir = h.dir
	}
	places := h.at
	if len(places) == 0 && id.at.IsZero() && len(locks) > 0 && locks[0].listed {
		places = []source.Span{at(locks[0].file)}
	}
	if !id.at.IsZero() {
		places = append([]source.Span{id.at}, places...)
	}
	own.id, own.root = r.Root(c, dir, places...), true
	if c.Origin == sbom.OriginVendored { // a wheel has its license files in the folder of its metadata
		for _, record := range h.records {
			r.Add(sbom.Component{ID: own.id, PURL: c.PURL, Name: c.Name, Version: c.Version, Type: c.Type, Origin: c.Origin}, record, places...)
		}
	}
	own.name = normal(id.name)
	if h.lists {
		own.needs = h.needs
	} else {
		own.needs = append(own.needs, h.needs...)
	}
	h.root = own
	return own
}

// localRoot makes a root of a package that a lockfile lists as a member of the project, and of which no manifest is
// at hand.
func (r *reader) localRoot(h *home, p *pack, roots *[]*pack) {
	if p.local == "" || p.root || !p.member {
		return
	}
	p.root = true
	c := sbom.Component{Name: p.written, Version: p.version, PURL: purl(p.name, p.version, origin{}), Claims: p.claims}
	p.id = r.Root(c, r.folder(path.Join(h.dir, p.local)), p.at...)
	*roots = append(*roots, p)
}

// folder is a folder of the target, or "" if there is none of that name.
func (r *reader) folder(dir string) string {
	if !fs.ValidPath(dir) {
		return ""
	}
	if info, err := fs.Stat(r.FS, dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// installed joins the environment of a project with its locks: a package that a lock lists has its files there. What no lock
// lists is left.
func (r *reader) installed(h *home) *lock {
	left := &lock{file: h.env.file, edges: true, within: h.env}
	for _, d := range h.env.packages {
		if d.name == normal(h.identity().name) {
			continue // the project itself, installed for its development
		}
		found := false
		for _, l := range h.locks {
			for _, i := range l.byName[d.name] {
				if p := l.packages[i]; p.version == d.version {
					found = true
					p.dirs, p.homepage = append(p.dirs, d.dirs...), firstOf(p.homepage, d.homepage)
					p.claims = addClaim(p.claims, d.claims...)
					p.at = append(p.at, d.at...)
					if !l.edges {
						p.needs = d.needs
					}
				}
			}
		}
		if !found {
			left.add(d)
		}
	}
	return left
}

// unlocked adds what a project needs and no lock lists: a pinned version is known all the same.
func (r *reader) unlocked(h *home, root *pack, locks []*lock) {
	var open, pinned, here []sbom.ID
	var first, firstPinned source.Span
	for _, n := range h.needs {
		if n.name != "" && (n.name == root.name || resolves(n, locks)) || n.local != "" && path.Join(path.Dir(n.at.Path), n.local) == h.dir {
			continue
		}
		p := &pack{requirement: n.requirement, version: pin(n.spec), hashes: n.hash, at: []source.Span{n.at}}
		p.spec = ""
		if n.local != "" {
			r.localNeed(h, p, n)
		}
		if p.name == root.name && p.name != "" {
			continue
		}
		r.elsewhere(p)
		id := r.component(p)
		r.Depend(root.id, id, n.scope, plain(n.raw), n.at)
		switch {
		case p.local != "" && len(p.dirs) > 0 || n.scope == sbom.Build:
		case p.version == "" && p.vcs == "" && p.url == "" && p.local == "":
			open = append(open, id)
			if first.IsZero() {
				first = n.at
			}
		default:
			if len(p.dirs) > 0 {
				here = append(here, id)
			} else {
				pinned = append(pinned, id)
			}
			if firstPinned.IsZero() {
				firstPinned = at(n.at.Path)
			}
		}
	}
	if len(open) > 0 {
		why := "no version is pinned, so that what will be installed is unknown"
		next := "write a lockfile: run `uv lock`, `poetry lock`, or `pip-compile --generate-hashes`"
		if len(locks) > 0 {
			why = fmt.Sprintf("%s does not list what the manifest asks for here: these versions are unknown", path.Base(locks[0].file))
			next = "bring the lockfile up to date"
		} else if strings.HasPrefix(string(open[0]), "pkg:conda/") {
			next = "write a lockfile: run `conda-lock`"
		}
		r.Unavailable(first, next, why, open...)
	}
	r.reportPinned(firstPinned, "run `python -m venv .venv` and install into it, in the project's folder", pinned, here)
}

// resolves reports whether a lock answers a need.
func resolves(n need, locks []*lock) bool {
	return slices.ContainsFunc(locks, func(l *lock) bool { return len(l.byName[n.name]) > 0 && !l.lacks(n) })
}

// localNeed finds what a requirement of a path is: a folder with a project, or an archive whose name tells.
func (r *reader) localNeed(h *home, p *pack, n need) {
	dir := path.Join(path.Dir(n.at.Path), strings.ReplaceAll(n.local, `\`, "/"))
	if name, version := inFileName(n.local); name != "" {
		p.written, p.name, p.version, p.origin = name, normal(name), version, origin{}
		return
	}
	other := r.homes[dir]
	if other == nil && r.folder(dir) != "" {
		other = r.look(dir)
	}
	if other != nil {
		if id := other.identity(); id.name != "" {
			p.written, p.name, p.version = id.name, normal(id.name), id.version
		}
	}
	if p.name == "" {
		p.written, p.name = path.Base(dir), normal(path.Base(dir))
	}
	if dir := r.folder(dir); dir != "" && dir != h.dir {
		p.dirs = []string{dir}
	}
	p.local = n.local
}

// look reads the manifests of a folder that is not in the group, for its name.
func (r *reader) look(dir string) *home {
	if h, ok := r.aside[dir]; ok {
		return h
	}
	aside := &reader{Project: r.Project, homes: map[string]*home{}, parsed: map[string]*requirementsFile{}, aside: map[string]*home{}}
	for _, base := range []string{"pyproject.toml", "setup.cfg", "setup.py"} {
		if info, err := fs.Stat(r.FS, path.Join(dir, base)); err == nil && info.Mode().IsRegular() {
			aside.take(path.Join(dir, base))
		}
	}
	r.aside[dir] = aside.homes[dir]
	return aside.homes[dir]
}
