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
				f.Help = []string{"read the texts and state what is the case: " + statementSnippet(j, toState, toState)}
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
				unrecorded := slices.DeleteFunc(slices.Clone(j.picks), func(c choice) bool {
					return c.recorded || !c.differs || c.verdict != Allow
				})
				for _, c := range unrecorded[:min(len(unrecorded), maxChoices)] {
					p.report(p.choiceFinding(j, c, len(unrecorded)-1))
				}
			}
		},
	}
}

// maxChoices bounds what is told of one component: an expression can have thousands, and each finding
// shows all of it. When these are recorded, the next come up.
const maxChoices = 10

func (p *Pass) choiceFinding(j *judged, c choice, others int) Finding {
	f := p.about(j)
	of, took := c.of.expr(), c.took.expr()
	f.Message = fmt.Sprintf("%s is taken of %s, and nobody recorded that choice", took, short(of.String()))
	if others >= maxChoices {
		f.Message += fmt.Sprintf(" (one of %d of this license)", others+1)
	}
	f.Expr, f.Basis, f.Leaves, f.Arm = j.expr, j.basis, j.leaves, j.arm
	freest := c.freest.expr()
	f.Help = []string{fmt.Sprintf("record it: choices: [{of: %q, choose: %q}]", of, freest)}
	if !freest.Equal(took) {
		f.Help[0] = "the arm that asks least is " + freest.String() + ": choices: " + fmt.Sprintf("[{of: %q, choose: %q}]", of, freest)
		f.Help = append(f.Help, fmt.Sprintf("or record what is taken: choices: [{of: %q, choose: %q}]", of, took))
	}
	return f
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
		Doc: `An exception, rule, clarification, choice, or license on a list of allow that decided nothing.

What is no longer needed is permitted by oversight one day. Categories are not reported, and nothing of a
preset is; nor is anything while the files of a component are not at hand: what decides nothing today may be
what that component needs.`,
		Severity: SeverityNote,
		Run: func(p *Pass) {
			if slices.ContainsFunc(p.Document.Gaps, func(g sbom.Gap) bool { return g.Kind == sbom.Unavailable && len(g.Components) > 0 }) ||
				slices.ContainsFunc(p.cases, func(j *judged) bool { return j.unknown == Unavailable }) {
				return
			}
			p.unusedClarifications()
			p.unusedChoices()
			p.unusedJudgements()
		},
	}
}

func (p *Pass) unused(found Label, format string, args ...any) {
	p.report(Finding{Message: fmt.Sprintf(format, args...), Labels: []Label{found.saying("never used")}, Help: []string{"remove it"}})
}

func (p *Pass) unusedClarifications() {
	applied := map[source.Span]bool{}
	for _, c := range p.Document.Components {
		for _, cl := range c.Claims {
			if cl.Basis != sbom.Clarified {
				continue
			}
			for _, e := range cl.Evidence {
				applied[e.Span] = true
			}
		}
	}
	for _, c := range p.Facts.Clarify {
		if !applied[c.Found] {
			p.unused(p.place(c.Found), "the clarification of %s applies to no component", c.PURL)
		}
	}
}

func (p *Pass) unusedChoices() {
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
			p.unused(p.place(c.Found), "the choice of %s is not called for by any component", c.Choose)
		}
	}
}

func (p *Pass) unusedJudgements() {
	for _, e := range p.Policy.Entries {
		if e.Verdict == Allow && e.Category == "" && e.Found.own() && !p.used[e] {
			p.unused(e.Found, "%s in allow is used by no component", e)
		}
	}
	for _, r := range p.Policy.Rules {
		if r.Found.own() && r.allows() && !p.used[r] {
			p.unused(r.Found, "%s decides about no component", r.name())
		}
	}
	for _, x := range p.Policy.Exceptions {
		if x.Found.own() && !p.used[x] && x.Live(p.AsOf) {
			p.unused(x.Found, "the exception for %s under %s is used by no component", x.PURL, x.License)
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
