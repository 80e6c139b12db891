package table

import (
	"fmt"

	"github.com/licet/licet/pkg/sbom"
)

// manyGaps is how many gaps that are not material are drawn one by one.
const manyGaps = 5

// gaps draws what could not be read: all that is material, some of the rest.
func (v *view) gaps() {
	left := 0
	for _, material := range []bool{true, false} {
		drawn := 0
		for _, g := range v.doc.Gaps {
			switch {
			case g.Material != material:
			case !material && drawn == manyGaps && !v.verbose:
				left++
			default:
				v.gap(g)
				drawn++
			}
		}
	}
	if left > 0 {
		v.wrap(text(dim, fmt.Sprintf("and %s of nothing that ships; --verbose lists all", count(left, "more gap"))))
		v.blank()
	}
}

func (v *view) gap(g sbom.Gap) {
	st, kind := dim, "gap"
	if g.Material {
		st, kind = magenta, "material gap"
	}
	v.wrapAt(4, text(bold, g.Why), text(st, kind+"["+string(g.Kind)+"]: "))
	const gutter = 2
	if !g.Span.IsZero() {
		v.wrap(text(plain, g.Span.String()), pad(gutter), text(blue, "--> "))
	}
	if n := len(g.Components); n > 0 {
		s := v.name(g.Components[0])
		if n > 1 {
			s += fmt.Sprintf(" and %d more", n-1)
		}
		v.wrap(text(plain, s), pad(gutter+1), text(blue, "= "), text(bold, "about: "))
	}
	if g.Next != "" {
		v.help(g.Next, gutter)
	}
	v.blank()
}
