package composer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// addPackages adds the components.
func (r *reader) addPackages() {
	r.Components = slices.Grow(r.Components, len(r.list))
	for _, p := range r.list {
		c := r.component(p)
		var digest source.Digest
		if p.dir == "" && !p.isMeta() {
			var manifest doc.Node
			p.dir, digest, manifest = r.cached(p)
			if len(c.Claims) == 0 {
				c.Claims = r.claims(manifest)
			}
		}
		p.id = r.Add(c, p.dir, p.at)
		r.Components[len(r.Components)-1].Occurrences[0].Digest = digest
		if at := p.own.Get("name"); at.Kind() != doc.Missing {
			folder, _ := r.local(p)
			r.Add(sbom.Component{PURL: c.PURL, Name: c.Name, Version: c.Version, Claims: r.claims(p.own)}, folder, at.Span())
		}
	}
}

// addEdges adds what the project needs, and what its packages need.
func (r *reader) addEdges() {
	var stale []string
	var unknown []sbom.ID
	for _, table := range []struct {
		name  string
		scope sbom.Scope
	}{{"require", sbom.Runtime}, {"require-dev", sbom.Development}} {
		field := r.root.Get(table.name)
		if k := field.Kind(); k != doc.Object && k != doc.Missing && (k != doc.Array || field.Len() > 0) {
			r.Lost(field.Span(), "write an object", "%s is of kind %v: the packages it names are lost", table.name, k)
		}
		for key, value := range needs(field) {
			found := r.resolve(key.Text())
			for _, p := range found {
				p.needed, p.reached = true, true
				r.Depend(r.id, p.id, table.scope, value.Text(), key.Span())
			}
			if len(found) == 0 && !r.stands[strings.ToLower(key.Text())] {
				id := r.addUnpinned(key, value.Text())
				r.Depend(r.id, id, table.scope, value.Text(), key.Span())
				stale, unknown = append(stale, key.Text()), append(unknown, id)
			}
		}
	}
	var broken []string
	for _, p := range r.list {
		listed := p.entry.Get("require").Index()
		for key, value := range needs(p.own.Get("require")) {
			if _, ok := listed[key.Text()]; ok {
				continue
			}
			if !r.require(p, key, value.Text()) {
				id := r.addUnpinned(key, value.Text())
				r.Depend(p.id, id, sbom.Runtime, value.Text(), key.Span())
				stale, unknown = append(stale, key.Text()), append(unknown, id)
			}
		}
		for key, value := range needs(p.entry.Get("require")) {
			if !r.require(p, key, value.Text()) {
				broken = append(broken, key.Text())
			}
		}
	}
	r.reportStale(stale, unknown)
	if len(broken) > 0 && r.whole {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: r.listed()}, Material: true, Next: update,
			Why: "what is listed requires packages that are not: " + ecosystem.Names(broken)})
	}
}

// require adds what a package needs. It reports whether there is something that meets it.
func (r *reader) require(p *pkg, key doc.Node, requirement string) bool {
	found := r.resolve(key.Text())
	for _, to := range found {
		if to != p {
			to.needed = true
			p.next = append(p.next, to)
			r.Depend(p.id, to.id, sbom.Runtime, requirement, key.Span())
		}
	}
	return len(found) > 0 || r.stands[strings.ToLower(key.Text())]
}

// resolve finds what meets a requirement: the package of that name, else those that stand in for it.
func (r *reader) resolve(name string) []*pkg {
	name = strings.ToLower(name)
	if p := r.byName[name]; p != nil {
		return []*pkg{p}
	}
	return r.provided[name]
}

// addUnpinned adds what a requirement names, with a version only if it leaves no choice.
func (r *reader) addUnpinned(key doc.Node, requirement string) sbom.ID {
	c := sbom.Component{Name: key.Text()}
	if isExact(requirement) {
		c.Version = requirement
	}
	c.PURL = purl(c.Name, c.Version)
	return r.Add(c, "", key.Span())
}

// isExact reports whether a range is one version: numbers between dots.
func isExact(requirement string) bool {
	parts := strings.Split(strings.TrimPrefix(requirement, "v"), ".")
	return len(parts) >= 3 && !slices.ContainsFunc(parts, func(s string) bool { return s == "" || strings.Trim(s, "0123456789") != "" })
}

// listed is the file that lists the packages.
func (r *reader) listed() string {
	if r.lock == "" && len(r.installed) > 0 {
		return r.installed[0]
	}
	return r.lock
}

func (r *reader) reportStale(stale []string, unknown []sbom.ID) {
	switch {
	case len(unknown) == 0:
	case r.listed() == "":
		r.Unavailable(source.Span{Path: r.manifest}, update, "there is no lockfile: versions and transitive dependencies are unknown", unknown...)
	case !r.whole:
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: r.listed()}, Components: unknown, Next: update,
			Why: "what can be read of the list does not hold all that composer.json requires: " + ecosystem.Names(stale)})
	default:
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: r.listed()}, Components: unknown, Next: update,
			Why: "out of date: it does not hold what composer.json requires: " + ecosystem.Names(stale)})
	}
}

// adopt joins what no path leads to from the project, in the scope of the list that it stands in.
func (r *reader) adopt() {
	for _, p := range r.list {
		if p.reached {
			p.reached = false
			p.reach()
		}
	}
	alone := r.root.Kind() != doc.Object
	var loose, strays []string
	take := func(p *pkg) {
		if p.reached {
			return
		}
		e := sbom.Relationship{From: r.id, To: p.id, Scope: sbom.Runtime, Found: []source.Span{p.at}}
		if p.dev {
			e.Scope = sbom.Development
		}
		if !alone || p.needed {
			e.Kind = sbom.Indirect
		}
		r.Relationships = append(r.Relationships, e)
		if p.stray {
			strays = append(strays, p.name)
		} else {
			loose = append(loose, p.name)
		}
		p.reach()
	}
	for _, p := range r.list { // the tops of what hangs loose first
		if !p.needed {
			take(p)
		}
	}
	for _, p := range r.list {
		take(p)
	}
	at := source.Span{Path: r.listed()}
	switch {
	case len(loose) == 0 || !r.whole:
	case alone:
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: at, Next: "scan the folder with composer.json in it",
			Why: "there is no composer.json beside it: what nothing else requires is taken as a direct dependency"})
	default:
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: at, Next: update, Why: "neither composer.json nor a package says what requires " + ecosystem.Names(loose)})
	}
	if len(strays) > 0 && r.lock != "" {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: r.installed[0]}, Next: "run `composer install`",
			Why: "installed, but not in the lockfile: " + ecosystem.Names(strays)})
	}
}

// reach marks p, and what it needs.
func (p *pkg) reach() {
	for queue := []*pkg{p}; len(queue) > 0; {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !at.reached {
			at.reached = true
			queue = append(queue, at.next...)
		}
	}
}

// report tells what is not on this machine.
func (r *reader) report() {
	var absent []sbom.ID
	all := 0
	for _, p := range r.list {
		if p.isMeta() {
			continue
		}
		all++
		if p.dir == "" {
			absent = append(absent, p.id)
		}
	}
	if len(absent) > 0 {
		r.WithoutFiles(source.Span{Path: r.listed()}, "run `composer install`",
			fmt.Sprintf("the files of %d of %d packages are not on this machine", len(absent), all), absent...)
	}
}
