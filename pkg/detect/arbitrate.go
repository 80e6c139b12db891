package detect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// rank orders the ways by which a claim can be found. Where two claims lie on the same words, the one
// of the higher rank is right about them.
type rank int

const (
	rankUnread  rank = iota // something is stated and can't be read, or a text that nobody knows
	rankMention             // a name, a link
	rankField
	rankNotice
	rankNear
	rankExact // a tag, and a listed text word for word
)

func rankOf(c *sbom.Claim) rank {
	switch {
	case c.Kind == kindException:
		return rankNear
	case c.Expr.IsNoAssertion() && c.Kind != "tag", isUnread(c.Evidence[0].Rule):
		return rankUnread
	case c.Kind == "tag", c.Evidence[0].Rule == RuleAdded, c.Kind == "text" && c.Evidence[0].Coverage == 1:
		return rankExact
	case c.Kind == "text":
		return rankNear
	case c.Kind == "notice":
		return rankNotice
	case c.Kind == "field":
		return rankField
	}
	return rankMention
}

// isUnread reports whether a rule is that of claims for what nobody knows.
func isUnread(rule string) bool {
	return slices.Contains([]string{RuleUnknown, RuleNarrow, RuleStranger}, rule) || strings.HasPrefix(rule, sbom.RulePointer)
}

// arbitrate settles the overlaps among claims that several readers made of the same words:
//
//   - a claim that lies by half or more under claims of a higher rank is dropped: the name of a license
//     inside its own text is no second statement;
//     Not so where the text has other words than the listed one, which changed are: what is named there was
//     put in, "parts are under the GPL";
//   - terms that nobody knows are not dropped for the name of a license that stands in them: what takes something from it
//     may be the shorter half of a sentence;
//   - a sentence that narrows what is stated around it stands beside that, whatever was read in it;
//   - a field that can't be read is dropped for whatever else was read in it;
//   - of two of the same rank the one that lies inside the other is dropped; of two on the same words
//     the one that was made first stays;
//   - a notice that is only near a listed one is dropped for a name with a version inside it;
//   - tags are never dropped for one another, nor for a notice beside which they stand, only inside the
//     text of a license, where they are an example.
//
// What remains is in the order of places. The time is that of sorting.
func arbitrate(changed []region, claims []sbom.Claim) []sbom.Claim {
	claims = withoutRefuted(claims)
	slices.SortStableFunc(claims, func(a, b sbom.Claim) int {
		s, t := a.Evidence[0].Span, b.Evidence[0].Span
		return cmp.Or(-cmp.Compare(rankOf(&a), rankOf(&b)), cmp.Compare(s.Start, t.Start), -cmp.Compare(s.End, t.End))
	})
	var kept, near []sbom.Claim // near are those of texts near a listed one, in the order of places
	var above []region          // what the claims of higher ranks cover, sorted and disjoint
	var worded []region         // the same without the names
	for len(claims) > 0 {
		n, level := 0, rankOf(&claims[0])
		var own, unnamed []region
		for ; n < len(claims) && rankOf(&claims[n]) == level; n++ {
			s := claims[n].Evidence[0].Span
			g := region{s.Start, s.End}
			if claims[n].Evidence[0].Rule == RuleNarrow || level < rankNear && (isAlternative(&claims[n], near) || level > rankUnread && mostlyWithin(changed, g)) {
				kept = append(kept, claims[n])
				continue
			}
			over := above
			if claims[n].Evidence[0].Rule == RuleUnknown {
				over = worded
			}
			inside := len(own) > 0 && g.end <= own[len(own)-1].end && claims[n].Kind != "tag"
			if inside || mostlyWithin(over, g) && !goesBeyond(&claims[n], above) || claims[n].Expr.IsNoAssertion() && level == rankUnread && touches(above, g) {
				continue
			}
			kept = append(kept, claims[n])
			own = append(own, g)
			if !isMention(&claims[n]) {
				unnamed = append(unnamed, g)
			}
			if level == rankNear {
				near = append(near, claims[n])
			}
		}
		if level > rankUnread {
			above, worded = union(above, own), union(worded, unnamed)
		}
		claims = claims[n:]
	}
	slices.SortStableFunc(kept, func(a, b sbom.Claim) int {
		return cmp.Or(a.Evidence[0].Span.Compare(b.Evidence[0].Span), cmp.Compare(a.Evidence[0].Rule, b.Evidence[0].Rule))
	})
	return kept
}

// goesBeyond reports whether a claim that names several licenses goes beyond what is covered: one of them may be meant
// by what covers it, and not the others.
func goesBeyond(c *sbom.Claim, covered []region) bool {
	s := c.Evidence[0].Span
	return isMention(c) && len(c.Expr.Terms()) > 1 &&
		!(within(covered, s.Start) && within(covered, s.End-1))
}

// withoutRefuted leaves out the notices that are near a listed one and name another license or version: the
// headers of the GNU licenses differ in a word or two, and what the words say is right.
func withoutRefuted(claims []sbom.Claim) []sbom.Claim {
	var named []region
	for i := range claims {
		if s := claims[i].Evidence[0].Span; isMention(&claims[i]) && namesVersions(&claims[i]) {
			named = append(named, region{s.Start, s.End})
		}
	}
	if named == nil {
		return claims
	}
	named = union(nil, named)
	return slices.DeleteFunc(claims, func(c sbom.Claim) bool {
		e := c.Evidence[0]
		return c.Kind == "notice" && e.Coverage > 0 && e.Coverage < 1 && touches(named, region{e.Span.Start, e.Span.End})
	})
}

// isAlternative reports whether a claim inside of text that is near a listed one was put there by somebody:
// a GNU license as an alternative, in a license that does not speak of any, or with an exception in one breath.
func isAlternative(c *sbom.Claim, texts []sbom.Claim) bool {
	if c.Kind != "notice" && c.Kind != "field" || !namesGNU(c) {
		return false
	}
	s := c.Evidence[0].Span
	i, found := slices.BinarySearchFunc(texts, s.Start, func(t sbom.Claim, at int) int { return cmp.Compare(t.Evidence[0].Span.Start, at) })
	if !found {
		i--
	}
	if i < 0 || s.End > texts[i].Evidence[0].Span.End {
		return false
	}
	byName := isMention(c)
	if texts[i].Kind == kindException {
		return !byName || strings.ContainsAny(c.Raw, "0123456789") // the license that it widens, with its version
	}
	term, ok := texts[i].Expr.Term()
	if !ok || c.Kind == "field" {
		return false
	}
	text, ok := rules.Text(term.ID)
	text = strings.ToLower(text)
	return ok && !strings.Contains(text, "general public") && !strings.Contains(text, "gpl")
}

// namesGNU reports whether a claim names one of the GNU licenses.
func namesGNU(c *sbom.Claim) bool {
	for _, t := range c.Expr.Terms() {
		if strings.Contains(t.ID, "GPL-") {
			return true
		}
	}
	return false
}

// namesVersions reports whether a claim names a license of which there are versions.
func namesVersions(c *sbom.Claim) bool {
	for _, t := range c.Expr.Terms() {
		if _, _, _, ok := splitVersion(t.ID); ok {
			return true
		}
	}
	return false
}

// mostlyWithin reports whether half of g or more lies in the regions.
func mostlyWithin(regions []region, g region) bool {
	i, _ := slices.BinarySearchFunc(regions, g.start, func(r region, at int) int { return cmp.Compare(r.end, at) })
	covered := 0
	for ; i < len(regions) && regions[i].start < g.end; i++ {
		covered += min(regions[i].end, g.end) - max(regions[i].start, g.start)
	}
	return covered > 0 && 2*covered >= g.end-g.start
}

// touches reports whether g overlaps one of the regions.
func touches(regions []region, g region) bool {
	i, _ := slices.BinarySearchFunc(regions, g.start+1, func(r region, at int) int { return cmp.Compare(r.end, at) })
	return i < len(regions) && regions[i].start < g.end
}

// union joins two lists of regions into one that is sorted and disjoint.
func union(a, b []region) []region {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(a, b region) int { return cmp.Compare(a.start, b.start) })
	var out []region
	for _, g := range all {
		if n := len(out); n > 0 && g.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, g.end)
		} else {
			out = append(out, g)
		}
	}
	return out
}
