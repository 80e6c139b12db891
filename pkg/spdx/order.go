package spdx

import (
	"cmp"
	"strings"

	"github.com/licet/licet/rules"
)

// compareNodes orders nodes as Equal sees them: leaves before compounds, AND before OR, then by
// content. Case does not count, because listed ids already stand in their one case and the names
// of user-defined ones are compared without it.
func compareNodes(a, b *node) int { return compareBy(a, b, rules.CompareFold) }

// orderNodes refines compareNodes by case, so that sorting has one result.
func orderNodes(a, b *node) int {
	return cmp.Or(compareNodes(a, b), compareBy(a, b, strings.Compare))
}

func compareBy(a, b *node, text func(a, b string) int) int {
	if a.op != b.op {
		return cmp.Compare(a.op, b.op)
	}
	if len(a.kids) == 0 {
		return compareTerms(a.term, b.term, text)
	}
	for i := range min(len(a.kids), len(b.kids)) {
		if c := compareBy(a.kids[i], b.kids[i], text); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a.kids), len(b.kids))
}

func compareTerms(a, b Term, text func(a, b string) int) int {
	if c := text(a.ID, b.ID); c != 0 {
		return c
	}
	if a.Plus != b.Plus {
		if b.Plus {
			return -1
		}
		return 1
	}
	return text(a.Exception, b.Exception)
}

// Equal reports whether t and u name the same license on the same terms. Both are brought to normal
// form; the part of a user-defined id after its prefix is compared without regard to case (SPDX 3.0.1,
// annex "SPDX license expressions", section "Case sensitivity").
func (t Term) Equal(u Term) bool {
	return compareTerms(t.Normal(), u.Normal(), rules.CompareFold) == 0
}
