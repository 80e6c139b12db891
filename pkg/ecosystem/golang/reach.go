package golang

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
)

// reach says of each package, by its number, when something leads to it. What is not in it never is.
type reach []condition

func (r reach) of(p *goPackage) condition {
	if p.number < len(r) {
		return r[p.number]
	}
	return condition{}
}

// flood follows imports from the seeds as far as they lead. The conditions of a path are joined: what one
// platform's file imports in a package that only another platform needs is never compiled. Each package is
// met once more for each condition that is new, of which there are few.
func (im *imports) flood(seeds []link) reach {
	var r reach
	queue := slices.Clone(seeds)
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		had := r.of(at.to)
		now := had.or(at.when)
		if now == had {
			continue
		}
		if n := at.to.number + 1; n > len(r) {
			r = append(r, make(reach, n-len(r))...)
		}
		r[at.to.number] = now
		im.load(at.to)
		for _, l := range at.to.imports {
			if when := l.when.and(now); !when.never() {
				queue = append(queue, link{l.to, when})
			}
		}
	}
	return r
}

// reached are the floods of a build.
type reached struct {
	programs []program // by deliverable
	shipped  reach     // from the packages of all programs
	tools    reach     // from what tool directives and files that no build compiles name
	tests    reach     // from the tests of the main modules
	rest     reach     // from all packages, where only some are delivered
}

// program is what one deliverable holds of a build.
type program struct {
	sbom.Deliverable
	platforms uint64
	reach     reach
	mains     map[*member]bool
}

// follow finds what is compiled into which deliverable.
func (b *build) follow() {
	im := b.imports
	all := im.platforms.all()
	var shipped, tools, tests, rest []link
	delivered := map[*member]bool{}
	for _, d := range b.Facts.Delivered() {
		p := program{Deliverable: d, platforms: im.platforms.bits(d.BuiltFor()), mains: map[*member]bool{}}
		seeds := b.seedsOf(&p)
		if len(seeds) == 0 {
			continue
		}
		for o := range p.mains {
			delivered[o] = true
		}
		shipped = append(shipped, seeds...)
		p.reach = im.flood(seeds)
		b.reached.programs = append(b.reached.programs, p)
	}
	for _, o := range im.mains {
		for _, p := range o.main.packages {
			rest = append(rest, link{p.goPackage, on(all)})
			tests = append(tests, p.tests...)
			tools = append(tools, p.aside...)
			if !delivered[o] { // it is part of what nobody described
				shipped = append(shipped, link{p.goPackage, on(all)})
			}
		}
		for _, t := range o.main.tools {
			if p := im.at(t.value); p != nil {
				tools = append(tools, link{p, on(all)})
			}
		}
	}
	b.reached.shipped, b.reached.tools, b.reached.tests = im.flood(shipped), im.flood(tools), im.flood(tests)
	if len(b.Facts.Deliverables) > 0 {
		b.reached.rest = im.flood(rest)
	}
}

// isBelow reports whether dir is one of the folders, or lies in one.
func isBelow(dir string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool {
		return f == "." || dir == f || strings.HasPrefix(dir, f+"/")
	})
}

// seedsOf are the packages that a deliverable is made of: those below its folders, of which the programs
// alone count if there are any; all, where it names no folder.
func (b *build) seedsOf(d *program) []link {
	var list, programs []link
	mains := map[*member]bool{}
	for _, o := range b.imports.mains {
		for _, p := range o.main.packages {
			if len(d.Roots) > 0 && !isBelow(p.dir, d.Roots) {
				continue
			}
			l := link{p.goPackage, on(d.platforms)}
			list = append(list, l)
			mains[o] = true
			if p.command {
				programs = append(programs, l)
			}
		}
	}
	d.mains = mains
	if len(d.Roots) > 0 && len(programs) > 0 {
		return programs
	}
	return list
}

// scopeOf is for what a package is compiled, "" for nothing.
func (r *reached) scopeOf(p *goPackage, when condition) sbom.Scope {
	shipped := r.shipped.of(p).and(when)
	switch {
	case shipped.untagged() != 0:
		return sbom.Runtime
	case !shipped.never():
		return sbom.Optional
	case !r.tools.of(p).and(when).never():
		return sbom.Build
	case !r.tests.of(p).and(when).never():
		return sbom.Test
	}
	return ""
}

// holes are the modules of which some packages are not known, and for what these are compiled.
type holes struct {
	of      map[*member]sbom.Scope
	nowhere sbom.Scope // for what packages are compiled that no module holds
}

// haze is what lies behind holes.
type haze struct {
	maybe map[*member]sbom.Scope // for what a package of the module may be compiled
	murky sbom.Scope             // for what any module may be compiled
}

// pair is two modules of which the first imports the second.
type pair struct{ from, to *member }

// judge takes from the packages what is known of the modules: for what each is compiled, and for what each
// imports which.
func (b *build) judge() {
	im, r := b.imports, &b.reached
	b.needed, b.links, b.hollow = map[*member]sbom.Scope{}, map[pair]sbom.Scope{}, map[*member]bool{}
	h := holes{of: map[*member]sbom.Scope{}}
	every := on(im.platforms.all())
	for _, p := range im.list {
		scope := r.scopeOf(p, every)
		if scope == "" {
			continue
		}
		if p.of == nil {
			if scope == sbom.Runtime || scope == sbom.Test { // a program that is run by hand may need what nobody requires
				b.unfound = append(b.unfound, p.path)
			}
			h.nowhere = stronger(h.nowhere, scope)
			continue
		}
		b.needed[p.of] = stronger(b.needed[p.of], scope)
		if p.hole {
			h.of[p.of] = stronger(h.of[p.of], scope)
			uncopied := scope == sbom.Build && len(b.vendors) > 0 && p.of.main == nil // `go mod vendor` leaves out what no build needs
			if p.of.files != nil && scope != sbom.Optional && !uncopied {
				b.unread = append(b.unread, p.path)
			}
		}
		for _, l := range p.imports {
			b.tie(p.of, l.to.of, r.scopeOf(p, l.when))
		}
	}
	for _, o := range im.mains {
		if o.main.partial {
			h.of[o] = o.main.purpose()
		}
		for _, p := range o.main.packages {
			for _, l := range p.tests {
				b.tie(o, l.to.of, sbom.Test)
			}
			for _, l := range p.aside {
				b.tie(o, l.to.of, sbom.Build)
			}
		}
		for _, t := range o.main.tools {
			if p := im.at(t.value); p != nil {
				b.tie(o, p.of, sbom.Build)
			}
		}
	}
	for _, s := range b.order {
		if s.hollow = s.hollow && b.needed[s.member] == ""; s.hollow {
			b.hollow[s.member] = true
		}
	}
	b.haze = b.spread(h)
}

// purpose is for what a module may need others that holds no package that is known: for its tools alone, where it names
// such and requires all others by way of them. So stands a go.mod that is there for tools only: the go command marks as
// indirect what no package of the module imports (https://go.dev/doc/modules/managing-dependencies#tools).
func (m *mainModule) purpose() sbom.Scope {
	direct := slices.ContainsFunc(m.requires, func(r requirement) bool { return !r.indirect })
	if len(m.tools) > 0 && len(m.packages) == 0 && !direct {
		return sbom.Build
	}
	return sbom.Runtime
}

// tie notes that a package of one module imports one of another.
func (b *build) tie(from, to *member, scope sbom.Scope) {
	if to != nil && from != to && scope != "" {
		b.links[pair{from, to}] = stronger(b.links[pair{from, to}], scope)
	}
}

// spread follows what is not known. A module with holes may import any that it requires, even one that is
// marked indirect, for the mark is a comment, and what that one's packages import is not known either, since
// nobody knows which of them. Below a module whose
// go.mod is not at hand lies anything: that is kept apart, for it says nothing of one module in particular. Of a hollow
// module no package is compiled, whoever requires it, so that nothing is compiled on its behalf.
func (b *build) spread(h holes) haze {
	z := haze{maybe: map[*member]sbom.Scope{}, murky: h.nowhere}
	for _, scope := range strengths {
		var queue []*member
		for o, s := range h.of {
			if s == scope {
				queue = append(queue, o)
			}
		}
		for ; len(queue) > 0; queue = queue[1:] {
			o := queue[0]
			if z.maybe[o] != "" || b.hollow[o] {
				continue
			}
			z.maybe[o] = scope
			if o.manifest == nil || o.manifest.language.value == "" && len(o.manifest.requires) == 0 {
				z.murky = stronger(z.murky, scope) // nothing, or no more than the go command makes of a missing one
				continue
			}
			for _, r := range o.manifest.requires {
				if to := b.imports.members[r.mod.Path]; to != nil {
					queue = append(queue, to)
				}
			}
		}
	}
	return z
}

// hazeOf is what is not known of one deliverable: what lies behind the packages that are part of it. What is not known on
// another platform, or of another program, says nothing of it.
func (b *build) hazeOf(p *program) haze {
	h := holes{of: map[*member]sbom.Scope{}}
	for _, pkg := range b.imports.list {
		when, scope := p.reach.of(pkg), sbom.Optional
		if when.untagged() != 0 {
			scope = sbom.Runtime
		}
		switch {
		case when.never():
		case pkg.of == nil:
			h.nowhere = stronger(h.nowhere, scope)
		case pkg.hole:
			h.of[pkg.of] = stronger(h.of[pkg.of], scope)
		}
	}
	for _, o := range b.imports.mains {
		if o.main.partial {
			h.of[o] = o.main.purpose()
		}
	}
	return b.spread(h)
}

// strengths are the scopes from the strongest.
var strengths = []sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development}

// stronger is the scope that comes first; "" is none.
func stronger(a, b sbom.Scope) sbom.Scope {
	for _, s := range strengths {
		if a == s || b == s {
			return s
		}
	}
	return ""
}

// reportPackages says once which packages could not be read, or found.
func (b *build) reportPackages() {
	if n := len(b.unread); n > 0 {
		b.gapAt(sbom.Lost, false, "mend the files, or generate those that are missing",
			"%s cannot be read whole, and what is imported there is not known: %s", count(n, "package", "packages"), firstOf(b.unread))
	}
	if n := len(b.unfound); n > 0 && !b.isOrphan() {
		b.gapAt(sbom.Lost, true, "run `go mod tidy`",
			"%s imported that no module of the build list holds: %s", count(n, "package is", "packages are"), firstOf(b.unfound))
	}
}
