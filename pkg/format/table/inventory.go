package table

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
)

// manyComponents is how many components are listed one by one; of more only the licenses are, unless
// the user asks for all.
const manyComponents = 60

// group are the components with one license, or with one kind of unknown.
type group struct {
	title   string
	style   style
	unknown bool
	worth   bool // of a look each: unknown, or a conflict
	members []*sbom.Component
}

// fewMembers is how many components of a group are then listed that are worth a look each.
const fewMembers = 20

// inventory draws the licenses, the commonest first and the unknown ones last, where the eye ends.
func (v *view) inventory() {
	if len(v.doc.Components) == 0 {
		return
	}
	groups := grouped(v.doc.Components)
	most := len(v.doc.Components)
	if most > manyComponents && !v.verbose {
		most = fewMembers
		v.summary(groups)
		groups = slices.DeleteFunc(groups, func(g *group) bool { return !g.worth })
	}
	l := v.layout(groups)
	for _, g := range groups {
		v.line(text(g.style, g.title), text(dim, fmt.Sprintf("  %d", len(g.members))))
		for i, c := range g.members {
			if i == most {
				v.line(pad(2), text(dim, fmt.Sprintf("and %d more", len(g.members)-i)))
				break
			}
			v.component(c, l)
		}
	}
	if len(groups) > 0 {
		v.blank()
	}
}

func grouped(components []sbom.Component) []*group {
	byTitle := map[string]*group{}
	var groups []*group
	for i := range components {
		c := &components[i]
		g := groupOf(c)
		if byTitle[g.title] == nil {
			byTitle[g.title] = &g
			groups = append(groups, &g)
		}
		byTitle[g.title].members = append(byTitle[g.title].members, c)
	}
	slices.SortFunc(groups, func(a, b *group) int {
		if a.unknown != b.unknown {
			return cmp.Compare(btoi(a.unknown), btoi(b.unknown))
		}
		return cmp.Or(cmp.Compare(len(b.members), len(a.members)), strings.Compare(a.title, b.title))
	})
	return groups
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func groupOf(c *sbom.Component) group {
	switch report.Unknown(c) {
	case "missing":
		return group{title: "no license stated (missing)", style: red, unknown: true, worth: true}
	case "unavailable":
		return group{title: "not at hand (unavailable)", style: magenta, unknown: true, worth: true}
	case "unrecognised":
		return group{title: "not understood (unrecognised)", style: red, unknown: true, worth: true}
	}
	if c.Concluded.Conflict {
		return group{title: c.Concluded.Expr.String() + " (conflict)", style: yellow, worth: true}
	}
	return group{title: c.Concluded.Expr.String(), style: bold}
}

// layout are the widths of the columns in which components are drawn.
type layout struct{ name, scope, place int }

// layout makes the columns as wide as they need to be; where that is too wide, the place gives way first,
// down to a quarter of the line, then the name.
func (v *view) layout(groups []*group) layout {
	var l layout
	for _, g := range groups {
		for _, c := range g.members {
			l.name = max(l.name, columns(format.Visible(title(c))))
			l.scope = max(l.scope, columns(v.scopeOf(c)))
			l.place = max(l.place, columns(format.Visible(basisOf(c))))
		}
	}
	room := v.width - len("  ") - len("  ") - l.scope - len("  ")
	l.name = min(l.name, room-min(l.place, v.width/4))
	l.place = room - l.name
	return l
}

func (v *view) scopeOf(c *sbom.Component) string {
	if slices.Contains(v.doc.Roots, c.ID) {
		return "root"
	}
	return format.Visible(string(c.Scope))
}

// component draws "  name version  scope  place", the place being what the conclusion rests on.
func (v *view) component(c *sbom.Component, l layout) {
	name, scope := head(format.Visible(title(c)), l.name), v.scopeOf(c)
	v.line(
		pad(2), seg{plain, name}, pad(l.name-columns(name)+2),
		seg{dim, scope}, pad(l.scope-columns(scope)+2),
		seg{dim, tailPath(format.Visible(basisOf(c)), l.place)},
	)
	if v.verbose {
		v.details(c)
	}
}

// basisOf is the file that shows the license, a license file before a manifest, named from the component's
// own folder where it lies there; else the line that names the component.
func basisOf(c *sbom.Component) string {
	place := ""
	for _, i := range c.Concluded.Because {
		for _, e := range c.Claims[i].Evidence {
			if place == "" || c.Claims[i].Role == sbom.RoleLicenseFile {
				place = e.Span.Path
			}
		}
	}
	for _, o := range c.Occurrences {
		if rest, ok := strings.CutPrefix(place, o.Dir+"/"); ok && o.Dir != "" {
			return rest
		}
	}
	if place != "" {
		return place
	}
	for _, o := range c.Occurrences {
		for _, s := range o.Found {
			s.Col = 0
			return s.String()
		}
	}
	return ""
}

// fewChanged is how many files that differ are named of one copy.
const fewChanged = 10

// details draws every claim about a component and how the conclusion was reached.
func (v *view) details(c *sbom.Component) {
	for _, shipped := range format.Shipped(v.doc, c.ID) {
		v.wrap(text(dim, "shipped: "+shipped), pad(4))
	}
	for _, layer := range format.Layers(c) {
		v.wrap(text(dim, "layer: "+layer), pad(4))
	}
	for _, modified := range format.Modified(c, fewChanged) {
		v.wrap(text(dim, "modified: "+modified), pad(4))
	}
	for _, claim := range c.Claims {
		s := fmt.Sprintf("%s %s", claim.Basis, claim.Expr)
		if claim.Raw != "" && claim.Raw != claim.Expr.String() {
			s += fmt.Sprintf(" (%q)", claim.Raw)
		}
		for _, e := range claim.Evidence {
			s += ", " + e.Span.String()
		}
		v.wrap(text(dim, s), pad(4))
	}
	for _, cr := range c.Copyrights {
		v.wrap(text(dim, cr.Text), pad(4))
	}
	if c.Concluded.Note != "" {
		v.wrap(text(dim, c.Concluded.Note), pad(4))
	}
}

// summary draws a line a license: how many components, how large a share, and some of them by name.
func (v *view) summary(groups []*group) {
	const digits, bar = 6, 12
	titleWidth := 0
	for _, g := range groups {
		titleWidth = max(titleWidth, columns(format.Visible(g.title)))
	}
	titleWidth = min(titleWidth, v.width*2/5)
	largest := 0
	for _, g := range groups {
		largest = max(largest, len(g.members))
	}
	for _, g := range groups {
		title := head(format.Visible(g.title), titleWidth)
		n := len(g.members)
		share := max(1, bar*n/largest)
		room := v.width - titleWidth - digits - 2 - bar - 2
		v.line(
			seg{g.style, title}, pad(titleWidth-columns(title)), text(plain, fmt.Sprintf("%*d  ", digits, n)),
			seg{cyan, strings.Repeat("#", share)}, pad(bar-share+2), seg{dim, examples(g.members, room)},
		)
	}
	v.wrap(text(dim, "(--verbose lists every component)"))
	v.blank()
}

// examples are as many names as fit.
func examples(members []*sbom.Component, room int) string {
	s := ""
	for i, c := range members {
		next := format.Visible(c.Name)
		if i > 0 {
			next = s + ", " + next
		}
		if columns(next)+columns(", "+ellipsis) > room {
			if i == 0 {
				return head(next, room)
			}
			return s + ", " + ellipsis
		}
		s = next
	}
	return s
}
