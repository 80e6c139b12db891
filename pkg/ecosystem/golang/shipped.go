package golang

import (
	"github.com/licet/licet/pkg/sbom"
)

// addUses says of every module of the build whether it is part of each deliverable that the build makes.
func (b *build) addUses() {
	standard := purl(standardLibrary, b.goVersion())
	elsewhere := b.joined(b.reached.rest)
	for i := range b.reached.programs {
		p := &b.reached.programs[i]
		known, z := b.joined(p.reach), b.hazeOf(p)
		use := func(id sbom.ID, o *member) {
			shipped, because := b.use(p, known[o], z, o)
			if shipped == sbom.No && !elsewhere[o].never() {
				because = "imported only by what is no part of " + p.Name
			}
			b.answer(p, id, shipped, because)
		}
		for _, o := range b.imports.mains {
			use(o.id, o)
		}
		for _, s := range b.order {
			if s.hollow {
				b.answer(p, s.id, sbom.No, "not imported")
				continue
			}
			use(s.id, s.member)
		}
		b.answer(p, standard, sbom.Yes, "linked into every program")
		for _, v := range b.strays {
			ships := v.ships()
			b.answer(p, purl(ships.Path, ships.Version), sbom.Unknown, "the vendor folder disagrees with go.mod")
		}
	}
}

// joined joins what leads to the packages of each module.
func (b *build) joined(r reach) map[*member]condition {
	out := map[*member]condition{}
	for _, p := range b.imports.list {
		if p.of != nil {
			out[p.of] = out[p.of].or(r.of(p))
		}
	}
	return out
}

func (b *build) answer(p *program, id sbom.ID, shipped sbom.Answer, because string) {
	b.out.Uses = append(b.out.Uses, sbom.Use{Component: id, Deliverable: p.Name, Shipped: shipped, Because: because})
}

// use answers for one module. What is imported says so for itself; what is not may still be, where packages
// are not at hand.
func (b *build) use(p *program, when condition, z haze, o *member) (shipped sbom.Answer, because string) {
	platforms := when.untagged()
	switch {
	case platforms != 0 && when.plain == 0:
		return sbom.Yes, "imported with cgo only" + b.only(p, platforms)
	case platforms != 0:
		return sbom.Yes, "imported" + b.only(p, platforms)
	case !when.never():
		return sbom.Unknown, "imported only with build tags"
	case ships(z.maybe[o]):
		return sbom.Unknown, "the imports of a module that requires it are not known"
	case ships(z.murky):
		return sbom.Unknown, "the imports of some modules are not known"
	case b.needed[o] == sbom.Test:
		return sbom.No, "imported by tests only"
	case b.needed[o] == sbom.Build:
		return sbom.No, "needed by tools only"
	}
	return sbom.No, "not imported"
}

// ships reports whether what is needed so is shipped; "" is not needed.
func ships(s sbom.Scope) bool { return s != "" && s.Shipped() }

// only names the platforms where they are not all that the deliverable is for.
func (b *build) only(p *program, platforms uint64) string {
	if platforms == p.platforms {
		return ""
	}
	return ", on " + b.imports.platforms.list(platforms) + " only"
}
