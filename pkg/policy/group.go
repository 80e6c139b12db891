package policy

import (
	"fmt"
	"strings"

	"github.com/licet/licet/pkg/sbom"
)

// grouped joins findings that say the same about several packages which one and the same dependency
// brings in: the copies of a tool for a dozen platforms are one decision, not twelve. What a root requires
// itself stays apart, since there each line of the manifest is a decision. The findings must be sorted;
// a group stands where the first of it stood. At last each message says whom it is about.
func (p *Pass) grouped(findings []Finding) []Finding {
	var out []Finding
	first := map[string]int{}
	for _, f := range findings {
		const shortest = 3 // a root, what it requires, what that brings in
		if f.Component == "" || len(f.Path) < shortest {
			out = append(out, f)
			continue
		}
		key := f.sameness()
		i, ok := first[key]
		if !ok {
			first[key] = len(out)
			out = append(out, f)
			continue
		}
		g := &out[i]
		if len(g.Components) == 0 {
			g.Components = []sbom.ID{g.Component}
		}
		g.Components = append(g.Components, f.Component)
	}
	for i := range out {
		switch f := &out[i]; {
		case f.Component != "" && len(f.Components) > 1:
			p.asGroup(f)
		case f.Component != "" && len(f.Components) == 0:
			f.Message = title(p.Document.Component(f.Component)) + ": " + f.Message
		}
	}
	return out
}

// sameness is what findings of one group have in common: everything but who and where.
func (f *Finding) sameness() string {
	parts := []string{f.Check, f.Severity, string(f.Scope), f.Message, f.Expr.String(), f.Arm.String(), f.Basis, f.Unknown}
	for _, l := range f.Leaves {
		parts = append(parts, l.Expr.String(), string(l.Verdict), l.Reason, l.Decided.Span.String())
	}
	for _, id := range f.Path[:len(f.Path)-1] {
		parts = append(parts, string(id))
	}
	return strings.Join(parts, "\x00")
}

// asGroup makes the first finding of a group that of all. Its places and ways out are those of the first.
func (p *Pass) asGroup(f *Finding) {
	var names []string
	for _, id := range f.Components {
		names = append(names, p.Document.Component(id).Name)
	}
	f.Component = ""
	f.Path = f.Path[:len(f.Path)-1]
	f.Message = enumerate(names) + ": " + f.Message
	if len(f.Help) > 0 {
		f.Help = append(f.Help, fmt.Sprintf("what names %s is meant for the others as well, each by its own name", names[0]))
	}
}
