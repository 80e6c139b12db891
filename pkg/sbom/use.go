package sbom

import (
	"cmp"
	"slices"
)

// answers are the answers from the one that binds most.
var answers = [...]Answer{Yes, Unknown, No}

func (a Answer) rank() int {
	if a == "" {
		a = Unknown
	}
	return slices.Index(answers[:], a)
}

// joinUses joins statements about the same deliverable and component: a yes outweighs all, and an unknown
// outweighs a no. Of equal ones the first by its reason stays.
func joinUses(in []Use) []Use {
	out := slices.Clone(in)
	slices.SortFunc(out, func(a, b Use) int {
		return cmp.Or(
			cmp.Compare(a.Component, b.Component), cmp.Compare(a.Deliverable, b.Deliverable),
			cmp.Compare(a.Shipped.rank(), b.Shipped.rank()), cmp.Compare(a.Because, b.Because),
			cmp.Compare(a.Linkage, b.Linkage), cmp.Compare(a.Modified, b.Modified),
		)
	})
	return slices.CompactFunc(out, func(a, b Use) bool { return a.Component == b.Component && a.Deliverable == b.Deliverable })
}

// settleUses holds the uses against the effective scopes. What nothing that ships leads to is not shipped,
// whatever imports it: a program among the fixtures has dependencies too. And where each reader that knows
// of a component says no, but a path leads to it all the same, nobody knows. Whether the component was modified is known of its
// copies, whichever of them a deliverable is built from.
func (d *Document) settleUses() {
	for i := 0; i < len(d.Uses); {
		end := i + 1
		for end < len(d.Uses) && d.Uses[end].Component == d.Uses[i].Component {
			end++
		}
		uses := d.Uses[i:end]
		i = end
		c := d.Component(uses[0].Component)
		for k := range uses {
			if c != nil && c.Modified() != Unknown {
				uses[k].Modified = c.Modified()
			}
		}
		switch {
		case c == nil:
		case !c.Scope.Shipped():
			for k := range uses {
				if uses[k].Shipped == Yes {
					uses[k].Shipped, uses[k].Because = No, "needed for "+string(c.Scope)+" only"
				}
			}
		case !slices.ContainsFunc(uses, func(u Use) bool { return u.Shipped != No }):
			for k := range uses {
				uses[k].Shipped, uses[k].Because = Unknown, uses[k].Because+", but needed at run time elsewhere in the tree"
			}
		}
	}
}

// UsesOf are the uses of a component, one for each deliverable that somebody knows about.
func (d *Document) UsesOf(id ID) []Use {
	start, _ := slices.BinarySearchFunc(d.Uses, id, func(u Use, id ID) int { return cmp.Compare(u.Component, id) })
	end := start
	for end < len(d.Uses) && d.Uses[end].Component == id {
		end++
	}
	return d.Uses[start:end]
}
