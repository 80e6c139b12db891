package npm

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// The lockfiles of Yarn, pnpm, Bun and Deno list packages, not folders: every requirement has a reference, a text that leads
// to the one package that meets it. The formats differ in how a reference is made of a requirement, and in little else.

// pin is a package that a lockfile lists. Of one package there may be several, for different peers.
type pin struct {
	at            doc.Node // where it is listed
	purl          string   // if it is of another registry than npm's
	name, version string
	resolved      string // location, "" for the registry's
	direct        bool   // a dependent asks for that very location
	integrity     string
	sha1          string // of the archive, as Yarn 1 writes it behind the location
	locator       string // what Yarn 2 calls it, without the name
	checksum      string // of Yarn 2's own archive, as it writes that; of one for some platforms only what stands before it
	dev, optional bool   // it is needed for development alone, or may be missing, as the lockfile says
	patched       bool   // the project changes it
	patch         string // where the patch lies, "" if that is not known
	folder        string
	own           bool // it is a project of the target, and no package of others
	joined        bool // which the lockfile accounts for as it does for packages
	needs         []need
	id            sbom.ID
}

// need is a requirement and the reference to what meets it.
type need struct {
	dependency
	ref string
}

// pinned is a lockfile that lists packages.
type pinned struct {
	*reader
	dir, file string
	pins      []*pin
	refs      map[string]*pin
	named     map[string]*pin   // those that are the only one of their name, nil for others
	listed    map[string][]*pin // all of a name
	direct    map[string][]*pin // what the projects require themselves, by the name that they have for it
	unpeered  bool              // the lockfile does not name the peers of packages
	importers map[string][]need // what the lockfile itself says of the target's own projects, by folder
	said      map[string]title  // and what they are called
	// refer makes the reference of a requirement that a manifest in a folder writes.
	refer    func(d dependency) string
	cacheKey string              // the version of Yarn 2's cache
	forced   map[string][]string // the references that a project forces on all requirements of a name
	broken   bool                // part of it could not be read: what is missing follows from that
	stale    []string            // requirements that the lockfile does not meet
	format
}

// title is what a lockfile says of a project.
type title struct {
	name, version string
	at            doc.Node
}

// format is a lockfile of another manager than npm.
type format struct {
	file, tool     string
	parse          func(*pinned)
	write, install string // what to do for the lockfile, and for the packages
}

// formats are in the order of their names.
var formats = []format{
	{"bun.lock", "bun", (*pinned).bun, "run `bun install --lockfile-only`", "run `bun install --frozen-lockfile`"},
	{denoLock, "deno", (*pinned).deno, "run `deno install`", "run `deno install --frozen`"},
	{"pnpm-lock.yaml", "pnpm", (*pinned).pnpm, "run `pnpm install --lockfile-only`", "run `pnpm install --frozen-lockfile`"},
	{"yarn.lock", "yarn", (*pinned).yarn, "run `yarn install`", "run `yarn install`"},
}

func isPinned(file string) bool {
	return slices.ContainsFunc(formats, func(f format) bool { return f.file == file })
}

// pinned reads the project in dir by a lockfile of Yarn, pnpm, Bun or Deno.
func (r *reader) pinned(ctx context.Context, dir, file string) {
	l := &pinned{reader: r, dir: dir, file: file, refs: map[string]*pin{}, named: map[string]*pin{}, listed: map[string][]*pin{}, direct: map[string][]*pin{},
		importers: map[string][]need{}, said: map[string]title{}, forced: map[string][]string{}}
	l.format = formats[slices.IndexFunc(formats, func(f format) bool { return f.file == path.Base(file) })]
	l.parse(l)
	l.emitPins(ctx)
	if l.unpeered {
		l.addPeers()
	}
	needs := 0
	for _, p := range l.pins {
		needs += len(p.needs)
		l.listed[p.name] = append(l.listed[p.name], p)
		switch known, ok := l.named[p.name]; {
		case p.own:
		case !ok:
			l.named[p.name] = p
		case known != nil && known.id != p.id:
			l.named[p.name] = nil
		}
	}
	l.Relationships = slices.Grow(l.Relationships, needs)
	first := l.emitOwn()
	for _, p := range l.pins {
		if ctx.Err() != nil {
			return
		}
		for _, n := range p.needs {
			l.edge(p.id, n, nil)
		}
	}
	l.adoptPins(first)
	if len(l.stale) > 0 && !l.broken {
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Material: true, Next: l.write,
			Why: "the lockfile does not hold what is required: " + ecosystem.Names(l.stale)})
	}
}

// list adds a package to those that the lockfile lists.
func (l *pinned) list(p *pin, refs ...string) {
	if p.purl == "" && !validName(p.name) || p.version != "" && !validVersion(p.version) {
		l.broken = true
		l.Lost(p.at.Span(), l.write, "%s cannot be a package: what it is is not known", ecosystem.Quote(p.at.Text()))
		return
	}
	if p.joined {
		l.importers[p.folder], p.needs = append([]need{}, p.needs...), nil
	}
	l.pins = append(l.pins, p)
	for _, ref := range refs {
		l.refs[ref] = p
	}
}

// object reports whether an entry is what it must be; what it says is lost otherwise.
func (l *pinned) object(key, entry doc.Node) bool {
	if k := entry.Kind(); k != doc.Object {
		l.broken = true
		l.Lost(key.Span(), l.write, "%s is of kind %v: what it says is lost", ecosystem.Quote(key.Text()), k)
		return false
	}
	return true
}

// root is the top of the lockfile.
func (l *pinned) root(parse parser) doc.Node {
	d, whole := l.Parse(l.FS, l.file, maxLock, l.write, parse)
	l.broken = l.broken || !whole
	top := d.Root()
	if k := top.Kind(); whole && k != doc.Object && (k != doc.Null || l.tool != "pnpm") {
		l.broken = true
		l.Lost(top.Span(), l.write, "a lockfile is an object, this is of kind %v", k)
	}
	return top
}

// edge leads to the package of a need. Of peers, and of what is optional, none need be there; of peers there may be several.
func (l *pinned) edge(from sbom.ID, n need, m *manifest) {
	if n.peer {
		for _, p := range l.brought(n) {
			if from != "" && p.id != "" {
				l.relate(from, p.id, n.dependency, "")
			}
		}
		return
	}
	p := l.meet(n)
	switch {
	case from == "" || p != nil && p.id == "":
	case p != nil:
		l.relate(from, p.id, n.dependency, "")
	case n.scope != sbom.Optional:
		l.stale = append(l.stale, ecosystem.Brief(n.name+"@"+n.requirement))
		if m != nil {
			l.depend(m, n.dependency, nil)
		}
	}
}

// meet finds the package of a need. What a lockfile knows by another range, as resolutions and overrides make it, is found by
// these, or by its name where there is but one.
func (l *pinned) meet(n need) *pin {
	if p := l.refs[n.ref]; p != nil {
		return p
	}
	name := n.name
	if real, _, ok := alias(n.requirement); ok {
		name = real
	}
	for _, ref := range l.forced[n.name] {
		if p := l.refs[ref]; p != nil {
			return p
		}
	}
	return l.named[name]
}

// force notes the resolutions of a manifest: a name, or the path of names to it, and the range that it gets
// (https://yarnpkg.com/configuration/manifest#resolutions).
func (l *pinned) force(m *manifest) {
	if m == nil || l.refer == nil {
		return
	}
	for key, value := range m.root.Get("resolutions").Members() {
		parts := strings.Split(key.Text(), "/")
		last := parts[len(parts)-1]
		if n := len(parts); n > 1 && strings.HasPrefix(parts[n-2], "@") {
			last = parts[n-2] + "/" + last
		}
		name, _ := splitRef(last)
		l.forced[name] = append(l.forced[name], l.refer(dependency{name: name, requirement: value.Text()}))
	}
}

// adoptPins joins to the first root what no path leads to, in the scope that the lockfile flags. Where nothing says what the
// project requires, that is what it requires itself.
func (l *pinned) adoptPins(first sbom.ID) {
	var free []pendant
	for _, p := range l.pins {
		if p.id == "" || p.own {
			continue
		}
		d := dependency{scope: sbom.Runtime, at: p.at}
		if p.dev {
			d.scope = sbom.Development
		} else if p.optional {
			d.scope = sbom.Optional
		}
		free = append(free, pendant{id: p.id, dependency: d})
	}
	kind, assumed := sbom.Indirect, false
	if l.manifests[l.dir] == nil && len(l.importers) == 0 {
		kind = ""
	}
	l.adopt(free, func(pendant) (sbom.ID, sbom.Kind) { assumed = true; return first, kind })
	if assumed && kind == "" {
		file := manifestFile
		if l.tool == "deno" {
			file = denoManifests[0]
		}
		l.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: l.file}, Next: "scan the folder with " + file + " in it",
			Why: "there is no " + file + " beside it: what nothing else requires is taken as a direct dependency"})
	}
}
