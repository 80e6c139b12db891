package policy

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// The severities of findings, from worst.
const (
	SeverityDeny   = "deny"
	SeverityReview = "review"
	SeverityNote   = "note" // never fails a build
)

// Check is one question that is put to a document.
type Check struct {
	// ID is what a finding names: "license".
	ID string
	// Doc is the manual page; its first line says what is found.
	Doc string
	// Severity is the worst that its findings can have.
	Severity string
	// Run reports findings; it may read everything of the pass and change nothing.
	Run func(*Pass)
}

// Checks lists all checks in the order in which they run.
func Checks() []*Check {
	return []*Check{licenseCheck(), conflictCheck(), choiceCheck(), allowanceCheck(), expiredCheck(), unusedCheck()}
}

// Pass is what a check gets: the document, and how each of its components was judged.
type Pass struct {
	Policy   *Policy
	Document *sbom.Document
	Facts    *sbom.Facts
	AsOf     time.Time

	check    *Check
	findings []Finding
	cases    []*judged
	used     map[any]bool
	meant    map[string][]string // see meanings
	path     func(sbom.ID) []sbom.ID
	edges    map[[2]sbom.ID][]source.Span
}

// Evaluate judges the document by the policy as of a day, and explains. facts may be nil. The findings are
// sorted by severity, scope, component and check, so the same input always gives the same list; those that
// say the same about siblings are one. No finding is a pass. If ctx ends, the rest is not judged: ask ctx.Err.
func Evaluate(ctx context.Context, p *Policy, doc *sbom.Document, facts *sbom.Facts, asOf time.Time) []Finding {
	if facts == nil {
		facts = &sbom.Facts{}
	}
	pass := &Pass{Policy: p, Document: doc, Facts: facts, AsOf: asOf.UTC(), used: map[any]bool{}, meant: map[string][]string{}}
	pass.judge(ctx)
	pass.index()
	for _, c := range Checks() {
		if ctx.Err() != nil {
			break
		}
		pass.check = c
		c.Run(pass)
	}
	slices.SortStableFunc(pass.findings, compareFindings)
	return pass.grouped(pass.findings)
}

func (p *Pass) report(f Finding) {
	f.Check = p.check.ID
	f.Severity = cmp.Or(f.Severity, p.check.Severity)
	p.findings = append(p.findings, f)
}

var severities = []string{SeverityDeny, SeverityReview, SeverityNote}
var scopes = []sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development}

func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)),
		cmp.Compare(slices.Index(scopes, a.Scope), slices.Index(scopes, b.Scope)),
		strings.Compare(string(a.Component), string(b.Component)),
		strings.Compare(a.Check, b.Check),
		strings.Compare(a.Message, b.Message),
	)
}

// judged is one thing that was judged: a component, or one foreign license in the files of one's own.
type judged struct {
	component *sbom.Component
	judgement
	root   bool
	scope  sbom.Scope // that rules saw
	basis  string
	claims []int // of the component, those that make the expression
}

// judge judges every component. Verdicts are remembered by expression and circumstances: thousands of
// components have a few dozen of them.
func (p *Pass) judge(ctx context.Context) {
	roots := map[sbom.ID]bool{}
	for _, id := range p.Document.Roots {
		roots[id] = true
	}
	s := newSurvey(p)
	for i := range p.Document.Components {
		if ctx.Err() != nil {
			return
		}
		c := &p.Document.Components[i]
		for _, sub := range s.subjects(c, roots[c.ID]) {
			verdict := s.judgement(sub.expr, s.circumstances(c, sub.kind))
			if sub.own && verdict.unknown != "" {
				continue
			}
			p.cases = append(p.cases, &judged{
				component: c, root: roots[c.ID], scope: s.scope(c), basis: sub.basis, claims: sub.claims, judgement: verdict,
			})
		}
	}
}

// index prepares what explanations need of the graph.
func (p *Pass) index() {
	p.path = p.Document.Paths()
	p.edges = make(map[[2]sbom.ID][]source.Span, len(p.Document.Relationships))
	for _, e := range p.Document.Relationships {
		at := [2]sbom.ID{e.From, e.To}
		p.edges[at] = append(p.edges[at], e.Found...)
	}
}

// Judge gives the verdict of a policy on a bare expression, as for a runtime component of unknown purl:
// for tests of policies, of ours and of those that embed the package. arm is what was taken of it, reason the clause that decided.
func Judge(p *Policy, facts *sbom.Facts, e spdx.Expr) (verdict Verdict, arm spdx.Expr, reason string) {
	if facts == nil {
		facts = &sbom.Facts{}
	}
	s := newSurvey(&Pass{Policy: p, Document: &sbom.Document{}, Facts: facts, used: map[any]bool{}})
	kind := ""
	switch {
	case e.IsNone():
		kind = Missing
	case e.IsNoAssertion():
		kind = Unrecognised
	}
	j := s.judgement(e, s.circumstances(&sbom.Component{}, kind))
	return j.verdict, j.arm, j.reason
}
