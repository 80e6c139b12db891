package cargo

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const pin = "run `cargo generate-lockfile`"

// read adds the unit to the fragment.
func (u *unit) read() {
	if u.lock == "" {
		u.unlocked()
		return
	}
	w := &writer{unit: u, lock: u.readLock(u.lock), ids: map[*manifest]sbom.ID{}}
	w.identify()
	w.addPackages()
	w.addRoots()
	for _, p := range w.list {
		w.addEdges(p)
	}
	for _, m := range slices.Concat(u.members, u.others) {
		if !slices.ContainsFunc(w.list, func(p *locked) bool { return p.manifest == m }) {
			w.addNeeds(m, nil, nil)
		}
	}
	w.addUnused()
	w.adopt()
	w.report()
}

// writer writes the packages of one lockfile.
type writer struct {
	*unit
	*lock
	ids               map[*manifest]sbom.ID // of the target's own packages
	starts            []*locked             // what those need that the lockfile does not list
	roots             []sbom.ID
	unnamed           bool      // no manifest says what the root is called
	elsewhere, absent []sbom.ID // packages from elsewhere, and those of them of which there are no files
	stale             []string  // requirements that the lockfile does not meet
	unknown           []sbom.ID // what stands for them
	broken            []string  // what the lockfile's entries need and it does not hold
}

// identify finds the manifests of the lockfile's packages.
func (w *writer) identify() {
	own := map[string][]*manifest{}
	for _, m := range slices.Concat(w.members, w.others) {
		own[m.name] = append(own[m.name], m)
	}
	for _, p := range w.list {
		if p.source == "" {
			i := slices.IndexFunc(own[p.name], func(m *manifest) bool { return m.version == p.version })
			if i < 0 && len(own[p.name]) == 1 && len(w.byName[p.name]) == 1 {
				i = 0
			}
			if i >= 0 {
				p.manifest = own[p.name][i]
			}
		} else if p.replacement == "" {
			p.manifest = w.copyOf(p)
		}
		p.macro = p.manifest != nil && p.manifest.isMacro()
	}
}

// isOwn reports whether p is a package of the target that has a manifest.
func (p *locked) isOwn() bool { return p.source == "" && p.manifest != nil }

// addPackages adds the components.
func (w *writer) addPackages() {
	w.Components = slices.Grow(w.Components, len(w.list))
	for _, m := range slices.Concat(w.members, w.others) {
		c := m.component()
		if w.isProgram(m) {
			c.Type = sbom.TypeApplication
		}
		w.ids[m] = w.Add(c, m.dir, m.at)
	}
	for _, p := range w.list {
		switch {
		case p.replacement != "":
		case p.isOwn():
			p.id = w.ids[p.manifest]
			c := p.manifest.component()
			w.Add(sbom.Component{ID: p.id, PURL: c.PURL, Name: c.Name, Version: c.Version, Type: w.typeOf(p.manifest)}, p.manifest.dir, p.at)
		default:
			c, dir := p.component(), ""
			if m := p.manifest; m != nil {
				dir, c.Claims = m.dir, m.claims()
				m.describe(&c)
				if w.used[m] {
					c.Origin = sbom.OriginVendored
				}
			}
			p.id = w.Add(c, dir, p.at)
			if p.manifest != nil {
				w.Components[len(w.Components)-1].Occurrences[0].Digest = p.manifest.digest
			}
			if p.source != "" {
				w.elsewhere = append(w.elsewhere, p.id)
			}
			if dir == "" && p.source != "" {
				w.absent = append(w.absent, p.id)
			}
		}
	}
}

// isProgram reports whether a package makes something that runs (cargo-targets.html#binaries).
func (r *reader) isProgram(m *manifest) bool {
	return m.root.Get("bin").Len() > 0 || r.isFile(path.Join(m.dir, "src/main.rs"))
}

func (r *reader) typeOf(m *manifest) sbom.Type {
	if r.isProgram(m) {
		return sbom.TypeApplication
	}
	return sbom.TypeLibrary
}

// addRoots says what the project makes: its members; where no manifest tells, the packages that come from nowhere
// else and that no other needs.
func (w *writer) addRoots() {
	for _, m := range w.members {
		w.roots = append(w.roots, w.ids[m])
	}
	if len(w.roots) == 0 {
		needed := map[*locked]bool{}
		for _, p := range w.list {
			for dep := range p.deps.Items() {
				if to := w.resolve(dep.Text()); to != p {
					needed[to] = true
				}
			}
		}
		for _, p := range w.list {
			if p.source == "" && !needed[p] && !w.isOther(p) {
				w.roots = append(w.roots, p.id)
			}
		}
	}
	if w.unnamed = len(w.roots) == 0; w.unnamed {
		w.roots = append(w.roots, w.Add(w.Unnamed(w.dir), w.dir, source.Span{Path: w.file}))
	}
	w.Roots = append(w.Roots, w.roots...)
	w.homes[w.dir] = w.roots[0]
}

func (w *writer) isOther(p *locked) bool {
	return p.manifest != nil && slices.Contains(w.others, p.manifest)
}

// addEdges adds what a package of the lockfile needs.
func (w *writer) addEdges(p *locked) {
	if p.replacement != "" {
		return
	}
	var to []*locked
	var at []source.Span
	for dep := range p.deps.Items() {
		t := w.resolve(dep.Text())
		if t == nil {
			w.broken = append(w.broken, ecosystem.Quote(dep.Text()))
			continue
		}
		to, at = append(to, t), append(at, dep.Span())
	}
	var said map[*locked]bool
	switch {
	case p.isOwn():
		said = w.addNeeds(p.manifest, p, to)
	case p.manifest != nil:
		said = w.addStated(p, to)
	}
	for i, t := range to {
		if !said[t] {
			w.depend(p.id, p, t, sbom.Runtime, "", at[i])
		}
	}
}

// depend adds an edge; by is the dependent's entry in the lockfile, if it has one. A procedural macro serves the
// compiler only.
func (w *writer) depend(from sbom.ID, by, to *locked, scope sbom.Scope, requirement string, at source.Span) {
	if by == nil {
		w.starts = append(w.starts, to)
	} else if by != to {
		by.next, to.needed = append(by.next, to), true
	}
	if to.macro && (scope == sbom.Runtime || scope == sbom.Optional) {
		scope = sbom.Build
	}
	w.Depend(from, to.id, scope, requirement, at)
}

// addNeeds adds what a manifest of the target needs, each requirement met by one of the packages that the lockfile
// lists for it. It says which of these some requirement explains.
func (w *writer) addNeeds(m *manifest, by *locked, listed []*locked) map[*locked]bool {
	said := map[*locked]bool{}
	for _, n := range w.needs(m) {
		t := w.choose(listed, n)
		if t == nil && (len(listed) == 0 || !w.whole) {
			t = w.choose(w.byName[n.name], n)
		}
		switch {
		case t != nil:
			said[t] = true
			w.depend(w.ids[m], by, t, n.scope, n.written(), n.at)
		default:
			id := w.addNeighbour(n)
			if id == "" {
				id = w.addUnpinned(n)
				w.unknown = append(w.unknown, id)
			}
			w.Depend(w.ids[m], id, n.scope, n.written(), n.at)
			w.stale = append(w.stale, n.name)
		}
	}
	return said
}

// addUnused joins packages of the target that would take the place of others, if anything needed these.
func (w *writer) addUnused() {
	for _, n := range w.patches {
		m := w.manifests[n.dir]
		if id := w.ids[m]; id != "" && !slices.ContainsFunc(w.Relationships, func(e sbom.Relationship) bool { return e.To == id }) {
			w.Relationships = append(w.Relationships, sbom.Relationship{From: w.roots[0], To: id, Kind: sbom.Contains, Scope: sbom.Runtime, Found: []source.Span{n.at}})
		}
	}
}

// choose finds the package that meets a requirement; if none has a version that does, one that has the name: the
// requirement may have been patched.
func (w *writer) choose(list []*locked, n need) *locked {
	var named *locked
	for _, p := range list {
		if p.name != n.name || p.replacement != "" {
			continue
		}
		if meets(p, n) && (n.git != "") == strings.HasPrefix(p.source, "git+") {
			return p
		}
		if named == nil || meets(p, n) {
			named = p
		}
	}
	return named
}

// addStated adds what a package from elsewhere needs, in the scope that its own manifest tells. What its features
// switch on is listed in the lockfile, the rest is not, so that nothing is optional any more.
func (w *writer) addStated(p *locked, listed []*locked) map[*locked]bool {
	said := map[*locked]bool{}
	needs := w.needs(p.manifest)
	for _, t := range listed {
		var best *need
		for i := range needs {
			n := &needs[i]
			if n.scope == sbom.Development || !meets(t, *n) {
				continue
			}
			if best == nil || best.scope == sbom.Build && n.scope != sbom.Build {
				best = n
			}
		}
		if best == nil {
			continue
		}
		said[t] = true
		scope := best.scope
		if scope == sbom.Optional {
			scope = sbom.Runtime
		}
		w.depend(p.id, p, t, scope, best.written(), best.at)
	}
	return said
}

// adopt joins what no path leads to from the roots.
func (w *writer) adopt() {
	for _, p := range w.list {
		if slices.Contains(w.roots, p.id) {
			p.reach()
		}
	}
	for _, p := range w.starts {
		p.reach()
	}
	var loose []string
	take := func(p *locked) {
		if p.id == "" || p.reached {
			return
		}
		e := sbom.Relationship{From: w.roots[0], To: p.id, Scope: sbom.Runtime, Found: []source.Span{p.at}}
		if !w.unnamed || p.needed {
			e.Kind = sbom.Indirect
		}
		w.Relationships = append(w.Relationships, e)
		loose = append(loose, p.name)
		p.reach()
	}
	for _, p := range w.list { // the tops of what hangs loose first
		if !p.needed {
			take(p)
		}
	}
	for _, p := range w.list {
		take(p)
	}
	switch {
	case len(loose) == 0 || !w.whole:
	case w.unnamed:
		w.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: w.file}, Next: "scan the folder with Cargo.toml in it",
			Why: "there is no Cargo.toml beside it: what nothing else requires is taken as a direct dependency"})
	default:
		w.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: w.file}, Next: pin,
			Why: "neither a Cargo.toml nor the lockfile says what requires " + ecosystem.Names(loose)})
	}
}

// reach marks what is needed by p, and by what p needs.
func (p *locked) reach() {
	for queue := []*locked{p}; len(queue) > 0; {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !at.reached {
			at.reached = true
			queue = append(queue, at.next...)
		}
	}
}

// report tells what the lockfile lacks, each in one gap.
func (w *writer) report() {
	at := source.Span{Path: w.file}
	if len(w.stale) > 0 {
		why := "the lockfile is out of date: it does not hold what Cargo.toml requires: "
		if !w.whole {
			why = "what can be read of the lockfile does not hold all that Cargo.toml requires: "
		}
		w.Gap(sbom.Gap{Kind: sbom.Lost, Span: at, Components: w.unknown, Next: pin, Why: why + ecosystem.Names(w.stale)})
	}
	if len(w.broken) > 0 && w.whole {
		w.Gap(sbom.Gap{Kind: sbom.Lost, Span: at, Material: true, Next: pin,
			Why: "the lockfile does not hold what its own entries require: " + ecosystem.Names(w.broken)})
	}
	if len(w.absent) > 0 {
		w.WithoutFiles(at, "run `cargo fetch`, or `cargo vendor`",
			fmt.Sprintf("the files of %d of %d packages are not on this machine", len(w.absent), len(w.elsewhere)), w.absent...)
	}
}
