package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

func allowanceCheck() *Check {
	return &Check{
		ID: "allowance",
		Doc: `What passes only by an exception or a rule.

One note for each exception that is in use, and for each rule that allows what the lists and the default
would not: who approved it and why, and which components pass by it. Rules of presets are told like one's
own. What the lists allow anyway is not told.`,
		Severity: SeverityNote,
		Run: func(p *Pass) {
			passing := map[any]*passing{}
			for _, j := range p.cases {
				for _, a := range j.allowances {
					if passing[a.by] == nil {
						passing[a.by] = newPassing()
					}
					passing[a.by].add(j.component, a.leaf)
				}
			}
			for _, x := range p.Policy.Exceptions {
				if by := passing[x]; by != nil {
					f := by.finding(x.Found)
					f.Expr = x.License
					f.Message = fmt.Sprintf("%s of %s is allowed by an exception%s%s", x.what(), by, because(x.Reason), x.terms())
					p.report(f)
				}
			}
			for _, r := range p.Policy.Rules {
				if by := passing[r]; by != nil {
					f := by.finding(r.Found)
					f.Message = fmt.Sprintf("allowed by %s%s: %s of %s", r.name(), inBrackets(r.Reason), enumerate(by.licenses), by)
					p.report(f)
				}
			}
		},
	}
}

// allowance is a license, in the arm that was taken, that somebody made room for: by is an *Exception or
// a *Rule.
type allowance struct {
	by   any
	leaf spdx.Term
}

// passing is what passes by one exception or rule.
type passing struct {
	components []*sbom.Component
	licenses   []string
	seen       map[any]bool
}

func newPassing() *passing { return &passing{seen: map[any]bool{}} }

func (p *passing) add(c *sbom.Component, leaf spdx.Term) {
	if license := leaf.String(); !p.seen[license] {
		p.seen[license] = true
		p.licenses = append(p.licenses, license)
	}
	if !p.seen[c] {
		p.seen[c] = true
		p.components = append(p.components, c)
	}
}

// String names the components: "foo 2.1.0", or "5 components (a 1.0, b 1.0, c 2.0 and 2 more)".
func (p *passing) String() string {
	var names []string
	for _, c := range p.components {
		names = append(names, title(c))
	}
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%d components (%s)", len(names), enumerate(names))
}

func (p *passing) finding(at Label) Finding {
	f := Finding{Labels: []Label{at.saying("allowed here")}}
	for _, c := range p.components {
		f.Components = append(f.Components, c.ID)
	}
	if len(f.Components) == 1 {
		f.Component = f.Components[0]
	}
	slices.Sort(f.Components)
	return f
}

// what is the license of the exception in a sentence.
func (x *Exception) what() string {
	switch {
	case x.License.IsNone():
		return "the missing license"
	case x.License.IsNoAssertion():
		return "the unreadable license"
	}
	return x.License.String()
}

// terms are who approved the exception, and how long it holds.
func (x *Exception) terms() string {
	var terms []string
	if x.ApprovedBy != "" {
		terms = append(terms, "approved by "+x.ApprovedBy)
	}
	if !x.Expires.IsZero() {
		terms = append(terms, "until "+x.Expires.Format("2006-01-02"))
	}
	return inBrackets(strings.Join(terms, ", "))
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// title is how a component is called in a sentence.
func title(c *sbom.Component) string {
	switch {
	case c.Name == "":
		return string(c.ID)
	case c.Version == "":
		return c.Name
	}
	return c.Name + " " + c.Version
}
