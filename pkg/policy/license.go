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
unavailable, unrecognised, custom. Components whose files are not on this machine are one finding for each
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
	f.Expr, f.Basis, f.Unknown, f.Leaves = j.expr, j.basis, j.unknown, j.leaves
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
			return fmt.Sprintf("%q is no license that can be read, which %s", raw, wrong)
		}
		return "a license text that nobody knows, which " + wrong
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

// raw is the statement that could not be read, as written.
func (j *judged) raw() string {
	for _, i := range j.claims {
		if c := j.component.Claims[i]; c.Expr.IsNoAssertion() && c.Raw != "" {
			return short(c.Raw)
		}
	}
	for _, c := range j.component.Claims {
		if c.Expr.IsNoAssertion() && c.Raw != "" && speaks(c) {
			return short(c.Raw)
		}
	}
	return ""
}

// unavailable reports what is not on this machine: for each gap and verdict one finding.
func (p *Pass) unavailable() {
	verdicts := map[sbom.ID]*judged{}
	for _, j := range p.cases {
		if j.unknown == Unavailable && fails(j.verdict) {
			verdicts[j.component.ID] = j
		}
	}
	for _, g := range p.Document.Gaps {
		if g.Kind != sbom.Unavailable {
			continue
		}
		for _, v := range []Verdict{Deny, Review} {
			var hit []*judged
			for _, id := range g.Components {
				if j := verdicts[id]; j != nil && j.verdict == v {
					hit = append(hit, j)
				}
			}
			if len(hit) > 0 {
				p.report(unavailableFinding(g, v, hit))
			}
		}
	}
}

func unavailableFinding(g sbom.Gap, v Verdict, hit []*judged) Finding {
	first := hit[0]
	f := Finding{
		Severity: string(v), Unknown: Unavailable, Basis: first.basis, Leaves: first.leaves,
		Scope:  strongest(hit),
		Labels: []Label{{Span: g.Span, Text: "listed here"}},
	}
	for _, j := range hit {
		f.Components = append(f.Components, j.component.ID)
	}
	if len(hit) == 1 {
		f.Component = first.component.ID
		f.Message = "the license of " + string(first.component.ID) + " is not known: its files are not on this machine"
	} else {
		f.Message = fmt.Sprintf("the licenses of %d components are not known: their files are not on this machine", len(hit))
	}
	if g.Next != "" {
		f.Help = []string{g.Next}
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
