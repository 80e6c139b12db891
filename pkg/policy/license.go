package policy

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/licet/licet/pkg/sbom"
)

func licenseCheck() *Check {
	return &Check{
		ID: "license",
		Doc: `A license that the policy denies or wants reviewed.

Judges each component's license by exceptions, rules, lists and defaults, in this order, leaf by leaf. Of an
OR the best arm counts, of an AND the worst operand. What is not known is judged by its kind: missing,
unavailable, unrecognised, custom. Components whose files could not be looked at are one finding for each
lockfile that lists them.`,
		Severity: SeverityDeny,
		Run: func(p *Pass) {
			for _, j := range p.cases {
				if j.unknown != Unavailable && fails(j.verdict) {
					p.report(p.licenseFinding(j))
				}
			}
			p.unavailable()
		},
	}
}

// fails reports whether the verdict makes a finding. That of a gap leaves it to the gap.
func fails(v Verdict) bool { return v == Deny || v == Review }

func (p *Pass) licenseFinding(j *judged) Finding {
	f := p.about(j)
	f.Severity = string(j.verdict)
	f.Message = j.message()
	if c := j.component; c.Scope != "" && c.Scope != j.scope {
		f.Message += fmt.Sprintf(" (judged as %s: a bundled deliverable may hold what is for %s)", j.scope, c.Scope)
	}
	f.Expr, f.Basis, f.Unknown, f.Leaves = j.expr, j.basis, j.unknown, j.named()
	if j.chosen {
		f.Arm = j.arm
	}
	f.Help = p.waysOut(j)
	return f
}

// message says for a stranger what is wrong.
func (j *judged) message() string {
	wrong := "is not allowed"
	if j.verdict == Review {
		wrong = "needs a review"
	}
	switch j.unknown {
	case Missing:
		return "no license is stated, which " + wrong
	case Unrecognised:
		if raw := j.raw(); raw != "" {
			return fmt.Sprintf("%q is no license that can be read, which %s", short(raw), wrong)
		}
		return nobodyKnows + ", which " + wrong
	}
	what := j.leaf.String()
	if _, single := j.expr.Term(); !single {
		what = short(j.expr.String()) + ": " + what
	}
	return what + " " + wrong + ": " + j.reason
}

// short keeps an expression readable in a sentence.
func short(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}

// raw is the statement that could not be read, as written; "" for a text that nobody knows.
func (j *judged) raw() string {
	for _, i := range j.stating() {
		if c := j.component.Claims[i]; c.Expr.IsNoAssertion() {
			return c.Raw
		}
	}
	return ""
}

// unavailable reports what could not be looked at: for each gap that names such components and each verdict
// one finding. A component belongs to one gap, rather to one that says its files are not here. What no gap
// names is one finding as well: there the verdict gap would be silence, so that of missing holds, or a note.
func (p *Pass) unavailable() {
	open := map[sbom.ID]*judged{}
	for _, j := range p.cases {
		if j.unknown == Unavailable {
			open[j.component.ID] = j
		}
	}
	for _, fits := range []func(sbom.Gap) bool{
		func(g sbom.Gap) bool { return g.Kind == sbom.Unavailable },
		func(g sbom.Gap) bool { return g.Kind != sbom.Unavailable },
	} {
		for _, g := range p.Document.Gaps {
			if fits(g) {
				p.unavailableBy(g, open)
			}
		}
	}
	p.unavailableToAll(open)
}

// unavailableBy reports those of the open components that the gap names, and closes them.
func (p *Pass) unavailableBy(g sbom.Gap, open map[sbom.ID]*judged) {
	hit := map[Verdict][]*judged{}
	for _, id := range g.Components {
		if j := open[id]; j != nil {
			hit[j.verdict] = append(hit[j.verdict], j)
			delete(open, id)
		}
	}
	why := ""
	if g.Kind != sbom.Unavailable {
		why = g.Why
	}
	for _, v := range []Verdict{Deny, Review} {
		if len(hit[v]) > 0 {
			f := unavailableFinding(string(v), why, hit[v])
			f.Labels = []Label{{Span: g.Span, Text: "listed here"}}
			if g.Next != "" {
				f.Help = []string{g.Next}
			}
			p.report(f)
		}
	}
}

func (p *Pass) unavailableToAll(open map[sbom.ID]*judged) {
	hit := map[string][]*judged{}
	for _, j := range p.cases {
		if open[j.component.ID] != j {
			continue
		}
		v := j.verdict
		if v == Gap {
			v = p.Policy.Unknown.Missing.Verdict
		}
		switch {
		case fails(v):
			hit[string(v)] = append(hit[string(v)], j)
		case j.verdict == Gap:
			hit[SeverityNote] = append(hit[SeverityNote], j)
		}
	}
	for _, severity := range severities {
		if all := hit[severity]; len(all) > 0 {
			f := unavailableFinding(severity, "", all)
			first := all[0]
			f.Labels = p.manifestLabels(first.component, p.path(first.component.ID))
			f.Help = []string{"fetch their files and scan again, or state what is the case: " + statementSnippet(first, toState, toState)}
			p.report(f)
		}
	}
}

// unavailableFinding tells why the licenses are not known; unless it is said otherwise, because the files are
// not here.
func unavailableFinding(severity, why string, hit []*judged) Finding {
	first := hit[0]
	f := Finding{Severity: severity, Unknown: Unavailable, Basis: first.basis, Leaves: first.leaves, Scope: strongest(hit)}
	var names []string
	for _, j := range hit {
		f.Components = append(f.Components, j.component.ID)
		names = append(names, title(j.component))
	}
	if len(hit) == 1 {
		f.Component = first.component.ID
		f.Message = "the license of " + names[0] + " is not known: " + cmp.Or(why, "its files are not on this machine")
	} else {
		f.Message = fmt.Sprintf("the licenses of %d components are not known (%s): %s", len(hit), enumerate(names),
			cmp.Or(why, "their files are not on this machine"))
	}
	return f
}

// strongest is the strongest scope among the components.
func strongest(hit []*judged) sbom.Scope {
	least := slices.MinFunc(hit, func(a, b *judged) int {
		return cmp.Compare(slices.Index(scopes, a.component.Scope), slices.Index(scopes, b.component.Scope))
	})
	return least.component.Scope
}
