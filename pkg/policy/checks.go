package policy

import (
	"fmt"
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

func conflictCheck() *Check {
	return &Check{
		ID: "conflict",
		Doc: `What a component declares and what its files say cannot both be the whole truth.

Both are judged, joined by AND. Look at the texts and state what is the case with clarify.`,
		Severity: SeverityReview,
		Run: func(p *Pass) {
			for _, j := range p.cases {
				c := j.component
				if !c.Concluded.Conflict || c.FirstParty {
					continue
				}
				f := p.about(j)
				f.Message = "declared and detected licenses contradict each other"
				if c.Concluded.Note != "" {
					f.Message += ": " + c.Concluded.Note
				}
				f.Expr, f.Basis = j.expr, j.basis
				f.Help = []string{"read the texts and state what is the case: " + statementSnippet(j)}
				p.report(f)
			}
		},
	}
}

func choiceCheck() *Check {
	return &Check{
		ID: "implicit-choice",
		Doc: `An arm of an OR was picked that nobody recorded, and the arms differ in copyleft.

Whoever redistributes under a choice of licenses should be able to say which one it was. Choices among arms
that reach equally far, as MIT OR Apache-2.0, are not reported.`,
		Severity: SeverityReview,
		Run: func(p *Pass) {
			for _, j := range p.cases {
				for _, c := range j.picks {
					if c.recorded || !c.differs || c.verdict != Allow {
						continue
					}
					f := p.about(j)
					of, took := c.of.expr(), c.took.expr()
					f.Message = fmt.Sprintf("%s is taken of %s, and nobody recorded that choice", took, short(of.String()))
					f.Expr, f.Basis, f.Leaves, f.Arm = j.expr, j.basis, j.leaves, j.arm
					f.Help = []string{fmt.Sprintf("record it: choices: [{of: %q, choose: %q}]", of, took)}
					p.report(f)
				}
			}
		},
	}
}

func expiredCheck() *Check {
	return &Check{
		ID: "expired-exception",
		Doc: `An exception whose last day has passed.

It holds through the day that expires names, 23:59:59 UTC. What it excepted is judged again.`,
		Severity: SeverityNote,
		Run: func(p *Pass) {
			for _, x := range p.Policy.Exceptions {
				if !x.Live(p.AsOf) {
					p.report(Finding{
						Message: fmt.Sprintf("the exception for %s under %s expired on %s", x.PURL, x.License, x.Expires.Format("2006-01-02")),
						Expr:    x.License, Labels: []Label{x.Found.saying("expired")},
						Help: []string{"renew it with a later day, or remove it"},
					})
				}
			}
		},
	}
}

func unusedCheck() *Check {
	return &Check{
		ID: "unused-allowance",
		Doc: `An exception, rule, clarification, curation, choice, or license on a list of allow that decided nothing.

What is no longer needed is permitted by oversight one day. Categories are not reported, and nothing of a
preset is. While the files of any component are not at hand only curations are: what decides nothing today may
be what that component needs.`,
		Severity: SeverityNote,
		Run: func(p *Pass) {
			unused := func(found Label, format string, args ...any) {
				p.report(Finding{Message: fmt.Sprintf(format, args...), Labels: []Label{found.saying("never used")}, Help: []string{"remove it"}})
			}
			applied := p.applied()
			for _, c := range p.Facts.Curations {
				if !applied[c.Found] {
					unused(p.place(c.Found), "the curation of %s applies to nothing that was found there", c.Path)
				}
			}
			if slices.ContainsFunc(p.Document.Gaps, func(g sbom.Gap) bool { return g.Kind == sbom.Unavailable && len(g.Components) > 0 }) {
				return
			}
			for _, c := range p.Facts.Clarify {
				if !applied[c.Found] {
					unused(p.place(c.Found), "the clarification of %s applies to no component", c.PURL)
				}
			}
			p.unusedChoices(unused)
			p.unusedJudgements(unused)
		},
	}
}

// applied gives the places of the facts that claims rest on.
func (p *Pass) applied() map[source.Span]bool {
	facts := map[source.Span]bool{}
	for _, c := range p.Facts.Clarify {
		facts[c.Found] = true
	}
	for _, c := range p.Facts.Curations {
		facts[c.Found] = true
	}
	out := map[source.Span]bool{}
	for _, c := range p.Document.Components {
		for _, cl := range c.Claims {
			for _, e := range cl.Evidence {
				if facts[e.Span] {
					out[e.Span] = true
				}
			}
		}
	}
	return out
}

func (p *Pass) unusedChoices(unused func(found Label, format string, args ...any)) {
	taken := map[string]bool{}
	for _, j := range p.cases {
		for _, pick := range j.picks {
			if pick.recorded {
				taken[pick.of.expr().Normal().String()] = true
			}
		}
	}
	for _, c := range p.Facts.Choices {
		if !taken[c.Of.Normal().String()] {
			unused(p.place(c.Found), "the choice of %s is not called for by any component", c.Choose)
		}
	}
}

func (p *Pass) unusedJudgements(unused func(found Label, format string, args ...any)) {
	for _, e := range p.Policy.Entries {
		if e.Verdict == Allow && e.Category == "" && e.Found.own() && !p.used[e] {
			unused(e.Found, "%s in allow is used by no component", e)
		}
	}
	for _, r := range p.Policy.Rules {
		if r.Found.own() && r.allows() && !p.used[r] {
			unused(r.Found, "%s decides about no component", r.name())
		}
	}
	for _, x := range p.Policy.Exceptions {
		if x.Found.own() && !p.used[x] && x.Live(p.AsOf) {
			unused(x.Found, "the exception for %s under %s is used by no component", x.PURL, x.License)
		}
	}
}

func (r *Rule) allows() bool {
	return r.Verdict == Allow || slices.ContainsFunc(r.Entries, func(e *Entry) bool { return e.Verdict == Allow })
}

// place labels a fact, with its line when it stands in the policy's own file.
func (p *Pass) place(span source.Span) Label {
	l := Label{Span: span}
	if span.Path == p.Policy.path && 0 < span.Line && span.Line <= len(p.Policy.lines) {
		l.Line = p.Policy.lines[span.Line-1]
	}
	return l
}

// saying gives the label with words beside its caret.
func (l Label) saying(text string) Label {
	l.Text = text
	return l
}
