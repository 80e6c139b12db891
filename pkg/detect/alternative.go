package detect

import (
	"bytes"
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

const (
	// alternativeBefore is how many bytes before a license the word may stand that makes it one of two.
	alternativeBefore = 120
	// alternativeGap is how many bytes may lie between the two.
	alternativeGap = 400
	// armGap is how many bytes may lie between a choice and the statement of one of its arms, or between two of these:
	// a disclaimer and an address.
	armGap = 2000
)

// joinAlternatives makes one statement of a license and another that is offered in its stead: "Alternatively,
// this software may be distributed under the terms of ...". The claims are in the order of their places; the
// one that comes first keeps its kind and gets the other's evidence, and so it does of those between the two and right
// behind them that only name what it offers: "ensure that the requirements of the A License are met".
func joinAlternatives(text []byte, claims []sbom.Claim) []sbom.Claim {
	var out []sbom.Claim
	joined := -1 // the one of out that offers several
	for _, c := range claims {
		start := c.Evidence[0].Span.Start
		offered := c.Kind != "tag" && !c.Expr.IsNoAssertion() && offersInstead(text[max(0, start-alternativeBefore):start])
		if i := offering(out, start); offered && i >= 0 {
			if !out[i].Expr.Equal(c.Expr) {
				out[i].Expr = spdx.Or(out[i].Expr, c.Expr)
			}
			for _, between := range out[i+1:] {
				out[i].Evidence = slices.Concat(out[i].Evidence, between.Evidence)
			}
			out, joined = out[:i+1], i
			out[i].Evidence = slices.Concat(out[i].Evidence, c.Evidence)
			continue
		}
		if joined >= 0 && joined == len(out)-1 && repeats(&c, &out[joined]) {
			out[joined].Evidence = slices.Concat(out[joined].Evidence, c.Evidence)
			continue
		}
		out = append(out, c)
	}
	return out
}

// offersInstead reports whether the words before a license say that it is offered instead of another. What begins a sentence
// of its own behind them is not: "Alternatively, call foo. It is distributed under".
func offersInstead(before []byte) bool {
	low := bytes.ToLower(before)
	for _, words := range rules.WordsOf(rules.WordInstead) {
		if i := bytes.LastIndex(low, []byte(words)); i >= 0 {
			return !endsSentence(low[i:])
		}
	}
	return false
}

// endsSentence reports whether a sentence ends in the text: a full stop between a word and a blank, and not one that stands for an
// empty line as in debian/copyright.
func endsSentence(text []byte) bool {
	for i := 1; i+1 < len(text); i++ {
		if text[i] == '.' && text[i-1] > ' ' && (text[i+1] == ' ' || text[i+1] == '\n') {
			return true
		}
	}
	return false
}

// offering gives the last of the claims that is near enough to have an alternative at start, and is a grant; -1 for none.
// Those behind it only name its license once more.
func offering(claims []sbom.Claim, start int) int {
	for i := len(claims) - 1; i >= 0; i-- {
		c := &claims[i]
		if c.Expr.IsNoAssertion() || start > ended(c)+alternativeGap && i == len(claims)-1 {
			break
		}
		if c.Kind == "text" || c.Kind == "notice" {
			if !slices.ContainsFunc(claims[i+1:], func(b sbom.Claim) bool { return !repeats(&b, c) }) {
				return i
			}
			break
		}
	}
	return -1
}

// repeats reports whether a claim is a mere name near a grant, and of nothing but what that grants.
func repeats(c, grant *sbom.Claim) bool {
	return c.Kind == "reference" && !c.Expr.IsNoAssertion() && c.Evidence[0].Span.Start <= ended(grant)+armGap &&
		!slices.ContainsFunc(c.Expr.Terms(), func(t spdx.Term) bool {
			return !slices.ContainsFunc(grant.Expr.Terms(), func(g spdx.Term) bool { return g.ID == t.ID && (t.Exception == "" || t == g) })
		})
}

// ended is where the last words end that a claim rests on.
func ended(c *sbom.Claim) int {
	end := 0
	for _, e := range c.Evidence {
		end = max(end, e.Span.End)
	}
	return end
}

// joinArms makes one statement of a choice in the head of a file and of what the same comment goes on with: the arms one by
// one, "This file is provided under a dual A/B license", and then what A and B ask for. No arm may be missing, and none may
// be there twice: the second would be said of something else.
func (r *reading) joinArms(claims []sbom.Claim) []sbom.Claim {
	if r.role != sbom.RoleFile {
		return claims // where package conclude compares the files
	}
	for i := range claims {
		if arms := claims[i].Expr.Terms(); len(arms) > 1 && i+len(arms) < len(claims) && r.goesOnWith(claims[i:i+1+len(arms)], arms) {
			for _, arm := range claims[i+1 : i+1+len(arms)] {
				claims[i].Evidence = slices.Concat(claims[i].Evidence, arm.Evidence)
			}
			claims[i].Kind = "notice" // as its arms are
			return slices.Delete(claims, i+1, i+1+len(arms))
		}
	}
	return claims
}

// goesOnWith reports whether the first claim is a choice among the arms and each of the others is one of them, in one comment.
func (r *reading) goesOnWith(claims []sbom.Claim, arms []spdx.Term) bool {
	if choice := &claims[0]; !choice.Expr.Equal(joined(spdx.Or, arms)) || choice.Kind != "notice" && choice.Kind != "reference" {
		return false
	}
	left := slices.Clone(arms)
	for i := range claims[1:] {
		c := &claims[1+i]
		t, single := c.Expr.Term()
		at := slices.Index(left, t)
		from, start := ended(&claims[i]), c.Evidence[0].Span.Start
		if !single || at < 0 || c.Kind != "text" && c.Kind != "notice" || start > from+armGap || from < start && r.commentEnds(from, start) {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return true
}

// commentEnds reports whether the comment that text[from] stands in is closed before text[to], or a line between them is none
// where each line is marked as one.
func (r *reading) commentEnds(from, to int) bool {
	between := r.text[from:to]
	if bytes.Contains(between, []byte("*/")) {
		return true
	}
	first := bytes.LastIndexByte(r.text[:from], '\n') + 1
	mark := lineMark(r.text[first:from])
	if mark == 0 || mark == '*' {
		return false
	}
	_, below, _ := bytes.Cut(between, []byte{'\n'})
	for line := range bytes.Lines(below) {
		if len(bytes.TrimSpace(line)) > 0 && lineMark(line) != mark {
			return true
		}
	}
	return false
}
