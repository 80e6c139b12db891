package rubygems

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const relock = "run `bundle lock`"

// bundle is what one Gemfile is for.
type bundle struct {
	*reader
	dir           string
	gemfile, lock string // paths, "" for none
	names         *gemfile
	id            sbom.ID
	locked        *lock
}

func (b *bundle) read() {
	b.names = &gemfile{}
	if b.gemfile != "" {
		b.names = b.readGemfile(b.gemfile)
	}
	b.takeSpecs()
	if b.lock == "" {
		b.unlocked()
		return
	}
	b.locked = b.readLock(b.lock)
	b.locate()
	b.addComponents()
	b.addRoot()
	b.addWants()
	b.addDeps()
	b.adopt()
	b.report()
}

// own gives the gemspec of the gem that the folder is for, if there is one alone.
func (b *bundle) own() *gemspec {
	if list := b.specs[b.dir]; len(list) == 1 {
		return list[0]
	}
	return nil
}

// takeSpecs adds what the Gemfile takes over from gemspecs: their development dependencies; the others are the gem's.
func (b *bundle) takeSpecs() {
	for _, call := range b.names.specs {
		for _, s := range b.specs[call.dir] {
			if call.name != "" && call.name != s.name {
				continue
			}
			for _, n := range s.needs {
				if n.scope == sbom.Development {
					n.scope = b.names.scopesOf([]string{call.group})[0]
					b.names.needs = append(b.names.needs, n)
				}
			}
		}
	}
}

// locate finds gems that are at hand: those with a path in the target, the others where gems are installed.
func (b *bundle) locate() {
	for _, g := range b.locked.list {
		switch g.from.kind {
		case "PATH":
			top := path.Join(b.dir, g.from.remote)
			for _, s := range b.byName[g.name] {
				if s.dir == top || strings.HasPrefix(s.dir, top+"/") || top == "." {
					g.spec = s
					b.claimed[s] = true
					break
				}
			}
		case "GIT":
			if g.spec = b.checkout(g); g.spec == nil {
				g.spec = b.cachedCheckout(g)
			}
		default:
			if g.spec = b.installed(fullName(g.name, g.version, g.platform)); g.spec == nil {
				g.spec = b.cached(g)
			}
		}
	}
}

// addRoot adds the bundle. It is called as the gem that is developed there; that one is itself the root if the bundle
// does not hold it.
func (b *bundle) addRoot() {
	at := source.Span{Path: b.lock}
	s := b.own()
	if s == nil {
		b.id = b.Root(b.Unnamed(b.dir), b.dir, at)
		return
	}
	if !b.claimed[s] {
		b.claimed[s] = true
		b.id = b.Root(s.component(), b.dir, s.at)
		b.addSpecNeeds(s, b.id)
		return
	}
	c := s.component()
	c.PURL, c.Type, c.ID = "", sbom.TypeApplication, sbom.ID(fmt.Sprintf("file:%s#%s@%s", b.dir, s.name, s.version))
	b.id = b.Root(c, b.dir, s.at)
}

// addSpecNeeds adds what a gem needs that lies in the folder of a bundle that does not hold it.
func (b *bundle) addSpecNeeds(s *gemspec, id sbom.ID) {
	for _, n := range s.needs {
		for _, to := range b.locked.byName[n.name] {
			to.needed, to.reached = true, true
			b.Depend(id, to.id, n.scope, n.requirement, n.at)
		}
	}
}

func (b *bundle) addComponents() {
	b.Components = slices.Grow(b.Components, len(b.locked.list))
	for _, g := range b.locked.list {
		c, dir, digest := g.component(), "", source.Digest("")
		at := []source.Span{g.at}
		if s := g.spec; s != nil {
			c.Claims, c.Homepage = s.claims(), source.Redact(s.homepage)
			dir, digest = s.folder(b.reader), s.digest
			if !s.installed {
				at = append(at, s.at)
			}
		}
		g.id = b.Add(c, dir, at...)
		b.Components[len(b.Components)-1].Occurrences[0].Digest = digest
	}
}

// addWants adds what the Gemfile names, by the lines of the lockfile, in the scope that the groups tell.
func (b *bundle) addWants() {
	said := map[string][]need{}
	for _, n := range b.names.needs {
		said[n.name] = append(said[n.name], n)
	}
	var absent []string
	var unknown []sbom.ID
	miss := func(n need) {
		id := b.addUnpinned(n)
		b.Depend(b.id, id, n.scope, n.requirement, n.at)
		if !n.conditional {
			absent, unknown = append(absent, n.name), append(unknown, id)
		}
	}
	listed := map[string]bool{}
	for _, w := range b.locked.wants {
		listed[w.name] = true
		needs := said[w.name]
		if len(needs) == 0 {
			needs = []need{{name: w.name, requirement: w.requirement, scope: sbom.Runtime, at: w.at}}
		}
		for _, n := range needs {
			for _, g := range b.locked.byName[w.name] {
				g.needed, g.reached = true, true
				b.Depend(b.id, g.id, n.scope, n.requirement, n.at)
			}
			if len(b.locked.byName[w.name]) == 0 && w.name != "bundler" {
				miss(n)
			}
		}
	}
	for _, n := range b.names.needs {
		if listed[n.name] {
			continue
		}
		for _, g := range b.locked.byName[n.name] {
			g.needed, g.reached = true, true
			b.Depend(b.id, g.id, n.scope, n.requirement, n.at)
		}
		if len(b.locked.byName[n.name]) == 0 && !n.conditional {
			miss(n)
		}
	}
	if len(unknown) > 0 {
		b.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: b.lock}, Components: unknown, Next: relock,
			Why: "the lockfile names no version of " + ecosystem.Names(absent)})
	}
}

// addDeps adds what the gems need.
func (b *bundle) addDeps() {
	var broken []string
	for _, g := range b.locked.list {
		for line := range g.deps.Members() {
			name, requirement := item(strings.TrimSuffix(line.Text(), "!"))
			found := b.locked.byName[name]
			for _, to := range found {
				if to == g || len(found) > 1 && to.platform != g.platform && g.platform != "" && b.hasPlatform(found, g.platform) {
					continue
				}
				to.needed = true
				g.next = append(g.next, to)
				b.Depend(g.id, to.id, sbom.Runtime, requirement, line.Span())
			}
			if len(found) == 0 && name != "bundler" { // which is there anyway
				broken = append(broken, ecosystem.Brief(name))
			}
		}
	}
	if len(broken) > 0 && b.locked.whole {
		b.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: b.lock}, Material: true, Next: relock,
			Why: "the lockfile does not hold what its own entries require: " + ecosystem.Names(broken)})
	}
}

func (b *bundle) hasPlatform(list []*gem, platform string) bool {
	return slices.ContainsFunc(list, func(g *gem) bool { return g.platform == platform })
}

// adopt joins what no path leads to from the bundle.
func (b *bundle) adopt() {
	for _, g := range b.locked.list {
		if g.reached {
			g.reached = false
			g.reach()
		}
	}
	var loose []string
	take := func(g *gem) {
		if g.reached {
			return
		}
		e := sbom.Relationship{From: b.id, To: g.id, Kind: sbom.Indirect, Scope: sbom.Runtime, Found: []source.Span{g.at}}
		b.Relationships = append(b.Relationships, e)
		loose = append(loose, g.name)
		g.reach()
	}
	for _, g := range b.locked.list { // the tops of what hangs loose first
		if !g.needed {
			take(g)
		}
	}
	for _, g := range b.locked.list {
		take(g)
	}
	if len(loose) > 0 && b.locked.whole {
		b.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: b.lock}, Next: relock,
			Why: "neither DEPENDENCIES nor a gem says what requires " + ecosystem.Names(loose)})
	}
}

// reach marks g, and what it needs.
func (g *gem) reach() {
	for queue := []*gem{g}; len(queue) > 0; {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !at.reached {
			at.reached = true
			queue = append(queue, at.next...)
		}
	}
}

// report tells what is not on this machine.
func (b *bundle) report() {
	var absent []sbom.ID
	for _, g := range b.locked.list {
		if g.spec == nil {
			absent = append(absent, g.id)
		}
	}
	if len(absent) > 0 {
		b.WithoutFiles(source.Span{Path: b.lock}, "run `BUNDLE_PATH=vendor/bundle bundle install`",
			fmt.Sprintf("the files of %d of %d gems are not on this machine", len(absent), len(b.locked.list)), absent...)
	}
}
