package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// survey finds out what is to be judged about a component, and under which circumstances.
type survey struct {
	*Pass
	own         map[string]string // categories of the facts' own licenses
	unavailable map[sbom.ID]bool
	linkage     map[sbom.ID]sbom.Linkage
	bundled     map[sbom.ID]bool // may be inside of what is delivered, whatever its scope
	aside       map[sbom.ID]bool // only tests and the like hold it
	live        []*Exception
	memo        map[string]judgement
}

func newSurvey(p *Pass) *survey {
	s := &survey{Pass: p, own: map[string]string{}, unavailable: map[sbom.ID]bool{}, memo: map[string]judgement{}}
	for _, l := range p.Facts.Licenses {
		if l.Category != "" {
			s.own[strings.ToLower(l.ID)] = l.Category
		}
	}
	for _, g := range p.Document.Gaps {
		if g.Kind == sbom.Unavailable {
			for _, id := range g.Components {
				s.unavailable[id] = true
			}
		}
	}
	for _, x := range p.Policy.Exceptions {
		if x.Live(p.AsOf) {
			s.live = append(s.live, x)
		}
	}
	if slices.ContainsFunc(p.Policy.Rules, func(r *Rule) bool { return len(r.When.Linkage) > 0 }) {
		s.linkage = linkagesOf(p.Document, p.Facts.Deliverables)
	}
	s.bundled, s.aside = bundledIn(p.Document, p.Facts.Deliverables), asideIn(p.Document)
	return s
}

// subject is one expression of a component that is to be judged.
type subject struct {
	expr   spdx.Expr
	kind   string // of unknown
	basis  string
	claims []int
	own    bool // of a root, and unknown to all but its owner, or of what only tests hold: judged only by what names it
}

// subjects gives what is judged: the component's license by the policy's basis, or, of one's own, every
// other license that its files state.
func (s *survey) subjects(c *sbom.Component, root bool) []subject {
	if c.FirstParty {
		return foreign(c)
	}
	sub := s.subject(c)
	apart := !root && !s.scope(c).Shipped()
	if apart && (isLent(c, sub.claims) || s.aside[c.ID] && isWritten(c, sub.claims)) {
		return nil
	}
	sub.own = root && isMine(c) && owned(sub) || apart && s.aside[c.ID]
	return []subject{sub}
}

// isLent reports whether all that is known of the license of a project in the target is a license file above its folder.
// That is the repository's own, and judged there: an example that does not ship adds nothing to it.
func isLent(c *sbom.Component, claims []int) bool {
	if len(claims) == 0 || len(c.Occurrences) == 0 {
		return false
	}
	for _, i := range claims {
		cl := c.Claims[i]
		if cl.Role != sbom.RoleLicenseFile || len(cl.Evidence) == 0 {
			return false
		}
		home := source.Dir(cl.Evidence[0].Span.Path)
		if strings.EqualFold(path.Base(home), "LICENSES") {
			home = source.Dir(home)
		}
		if root, _ := source.SplitRoot(home); root != "" {
			return false
		}
		if slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool { return !liesBelow(o.Dir, home) }) {
			return false
		}
	}
	return true
}

// isWritten reports whether all that is known of the license of a component is what single files state. Of tests and documents that
// is listed and not judged, whether or not there is a manifest among them.
func isWritten(c *sbom.Component, claims []int) bool {
	return len(claims) > 0 && !slices.ContainsFunc(claims, func(i int) bool { return c.Claims[i].Basis != sbom.Detected || c.Claims[i].Role != sbom.RoleFile })
}

// liesBelow reports whether a folder of the target is another one than dir, and in it.
func liesBelow(folder, dir string) bool {
	root, _ := source.SplitRoot(folder)
	return root == "" && folder != "" && folder != dir && (dir == "." || strings.HasPrefix(folder, dir+"/"))
}

// isMine reports whether a root may be the organisation's own: the subject of a bill of materials is what its author supplies.
func isMine(c *sbom.Component) bool { return c.Origin != sbom.OriginSBOM }

// owned reports whether what a root says of its license is what people write who do not publish: nothing,
// or a name of their own.
func owned(s subject) bool {
	if s.kind == Missing || s.kind == Unavailable {
		return true
	}
	terms := s.expr.Terms()
	return len(terms) > 0 && !slices.ContainsFunc(terms, func(t spdx.Term) bool {
		return !t.IsRef() || isUnknown(t)
	})
}

// isUnknown reports whether a leaf is a text that nobody knows.
func isUnknown(t spdx.Term) bool { return strings.HasPrefix(t.ID, unknownText) }

// Assumptions are what Evaluate took for granted about the document and nobody stated, one sentence each.
func Assumptions(p *Policy, doc *sbom.Document) []string {
	s := newSurvey(&Pass{Policy: p, Document: doc, Facts: &sbom.Facts{}})
	var silent, private []string
	for _, id := range doc.Roots {
		c := doc.Component(id)
		if c == nil || c.FirstParty || !isMine(c) {
			continue
		}
		switch sub := s.subject(c); {
		case !owned(sub):
		case sub.kind != "":
			silent = append(silent, c.Name)
		default:
			private = append(private, c.Name)
		}
	}
	var out []string
	if len(silent) > 0 {
		out = append(out, enumerate(silent)+" at the root: no license is stated, taken as the organisation's own")
	}
	aside := 0
	for i := range doc.Components {
		c := &doc.Components[i]
		if !s.aside[c.ID] || s.scope(c).Shipped() {
			continue
		}
		if sub := s.subject(c); sub.kind != "" || slices.ContainsFunc(sub.expr.Terms(), isUnknown) {
			aside++
		}
	}
	if aside == 1 {
		out = append(out, "of 1 component that only tests, examples or documents hold the license is not known, which is not judged")
	} else if aside > 1 {
		out = append(out, fmt.Sprintf("of %d components that only tests, examples or documents hold the license is not known, which is not judged", aside))
	}
	if len(private) > 0 {
		out = append(out, enumerate(private)+" at the root: the license is a name of one's own, taken as the organisation's own")
	}
	return out
}

// enumerate names a few and counts the rest.
func enumerate(names []string) string {
	const few = 3
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// subject applies the policy's basis. What a person clarified is the fact on every basis.
func (s *survey) subject(c *sbom.Component) subject {
	clarified := slices.ContainsFunc(c.Claims, func(cl sbom.Claim) bool { return cl.Basis == sbom.Clarified })
	sub := subject{basis: s.Policy.Basis}
	switch {
	case s.Policy.Basis == concluded || clarified:
		sub.basis, sub.expr, sub.claims = concluded, c.Concluded.Expr, c.Concluded.Because
	default:
		sub.expr, sub.claims = joined(c.Claims, sbom.Basis(s.Policy.Basis))
	}
	if sub.expr.IsNone() || sub.expr.IsNoAssertion() {
		sub.kind = s.unknownKind(c, sub)
	}
	if sub.kind == Missing {
		sub.expr = spdx.None()
	}
	return sub
}

// joined is the AND of the claims of one basis that speak for the component. A bill of materials does where nothing else does.
func joined(claims []sbom.Claim, basis sbom.Basis) (spdx.Expr, []int) {
	var parts []spdx.Expr
	var from []int
	heard := slices.ContainsFunc(claims, func(cl sbom.Claim) bool { return cl.Basis == basis && speaks(cl) && !cl.IsSupplied() })
	for i, cl := range claims {
		if cl.Basis == basis && speaks(cl) && !(heard && cl.IsSupplied()) {
			parts = append(parts, cl.Expr)
			from = append(from, i)
		}
	}
	if len(parts) == 0 {
		return spdx.None(), nil
	}
	return spdx.And(parts...), from
}

// speaks reports whether the claim is about what ships. Notices and tests are not.
func speaks(cl sbom.Claim) bool { return cl.Role != sbom.RoleAside && cl.Role != sbom.RoleNotice }

// rowUnavailable is the row of package conclude for what has files that could not be looked at, or none.
const rowUnavailable = "unavailable"

// unknownKind tells the kinds of unknown apart: something is stated and cannot be read; nothing is, and
// the files are not at hand; nothing is.
func (s *survey) unknownKind(c *sbom.Component, sub subject) string {
	stated := false
	for _, cl := range c.Claims {
		counts := sub.basis == concluded || cl.Basis == sbom.Basis(sub.basis)
		if !counts || !speaks(cl) {
			continue
		}
		if cl.Expr.IsNoAssertion() && cl.Raw != "" {
			return Unrecognised
		}
		stated = true
	}
	switch {
	case !stated && (s.unavailable[c.ID] || c.Concluded.Row == rowUnavailable):
		return Unavailable
	case stated && sub.expr.IsNoAssertion():
		return Unrecognised
	}
	return Missing
}

// foreign gives the licenses that the files of one's own state besides one's own, each by itself.
func foreign(c *sbom.Component) []subject {
	var own []spdx.Expr
	for _, cl := range c.Claims {
		if cl.IsSupplied() {
			continue // nobody's own word
		}
		if cl.Role == sbom.RoleManifest || cl.Role == sbom.RoleLicenseFile || cl.Basis == sbom.Declared || cl.Basis == sbom.Clarified {
			own = append(own, cl.Expr)
		}
	}
	var out []subject
	index := map[string]int{}
	for i, cl := range c.Claims {
		if cl.Basis != sbom.Detected || cl.Role != sbom.RoleFile || cl.Kind == "reference" || cl.PointsInto(c.Claims) ||
			slices.ContainsFunc(own, func(e spdx.Expr) bool { return isOwn(e, cl.Expr) }) {
			continue
		}
		sub := subject{expr: cl.Expr, basis: detected}
		if sub.expr.IsNone() || sub.expr.IsNoAssertion() {
			sub.kind = Unrecognised
		}
		key := sub.expr.Normal().String()
		at, seen := index[key]
		if !seen {
			at = len(out)
			index[key] = at
			out = append(out, sub)
		}
		out[at].claims = append(out[at].claims, i)
	}
	return out
}

// isOwn reports whether what a file states is one's own license: the same, or "or later" where that is a version, since the text
// of a GNU license cannot say so.
func isOwn(own, stated spdx.Expr) bool {
	o, single := own.Term()
	s, alone := stated.Term()
	return own.Equal(stated) || single && alone && s.IsOrLater() && slices.Contains(s.Alternatives(), o.Normal())
}

// judgement judges an expression, once for all components that have it under the same circumstances.
func (s *survey) judgement(e spdx.Expr, c circumstances) judgement {
	key := memoKey(e, c)
	if j, ok := s.memo[key]; ok {
		return j
	}
	j := &judge{
		circumstances: c.about(e), policy: s.Policy, own: s.own, expr: e.Normal(),
		used: s.used, ruled: map[spdx.Term]ruling{},
	}
	result := j.fold(s.Facts.Choices)
	s.memo[key] = result
	return result
}

func memoKey(e spdx.Expr, c circumstances) string {
	var b strings.Builder
	b.WriteString(c.kind + "\n" + e.String())
	for _, r := range c.rules {
		fmt.Fprintf(&b, "\nr%p", r)
	}
	for _, x := range c.exceptions {
		fmt.Fprintf(&b, "\nx%p", x)
	}
	return b.String()
}
