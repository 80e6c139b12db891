package policy

import (
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// judgement is the verdict on an expression and everything that explains it.
type judgement struct {
	expr   spdx.Expr // in normal form
	ruling           // of the leaf that decided
	leaf   spdx.Term // that leaf, as stated
	arm    spdx.Expr // what was judged after all choices
	chosen bool      // arm is not all of expr
	leaves []Leaf
	picks  []choice // arms that were picked, in printed order

	allowances []allowance // by which leaves of the arm pass
}

// choice is an OR and the arm that was taken of it.
type choice struct {
	of, took *tree
	freest   *tree // the arm, of those with the verdict, whose copyleft reaches least
	better   *tree // the arm with the least verdict, when the recorded one has a greater
	recorded bool  // in the facts; else it was picked here
	differs  bool  // the arms differ in how far their copyleft reaches
	verdict  Verdict
}

// outcome is what an expression is folded into.
type outcome struct {
	ruling
	leaf     spdx.Term
	full     *tree // the whole subexpression
	arm      *tree // what is left of it after all choices
	custom   bool  // the arm holds a license of someone's own
	copyleft int   // how far the arm reaches
	picks    []choice
	arms     []outcome // while the arms of an OR are being gathered
}

// fold judges the expression. An OR is settled only when all of its arms are there, because a recorded
// choice is about the whole of it.
func (j *judge) fold(choices []sbom.Choice) judgement {
	out := settle(spdx.Fold(j.expr, j.outcome, or, func(a, b outcome) outcome {
		return and(settle(a, choices), settle(b, choices))
	}), choices)
	result := judgement{expr: j.expr, ruling: out.ruling, leaf: out.leaf, arm: j.expr}
	if j.kind != "" {
		result.leaves = []Leaf{{Expr: j.expr, Verdict: out.verdict, Reason: out.reason, Decided: out.decided, Chosen: true}}
		if a, ok := j.allowance(out.leaf); ok {
			result.allowances = []allowance{a}
		}
		return result
	}
	result.arm, result.picks = out.arm.expr().Normal(), out.picks
	result.chosen = !result.arm.Equal(j.expr)
	chosen := map[spdx.Term]bool{}
	out.arm.stated(chosen)
	for _, t := range j.expr.Terms() {
		r := j.leaf(t)
		result.leaves = append(result.leaves, Leaf{Expr: spdx.Leaf(t), Verdict: r.verdict, Reason: r.reason, Decided: r.decided, Chosen: chosen[t]})
		if a, ok := j.allowance(t); ok && chosen[t] {
			result.allowances = append(result.allowances, a)
		}
	}
	return result
}

func (j *judge) outcome(t spdx.Term) outcome {
	r := j.leaf(t)
	all, _ := j.categories(t)
	return outcome{
		ruling: r, leaf: t, custom: t.IsRef() || isAddition(t.Exception), copyleft: copyleft(all),
		full: &tree{term: t, leaf: t}, arm: &tree{term: r.taken, leaf: t},
	}
}

// or gathers arms.
func or(a, b outcome) outcome {
	return outcome{arms: append(a.members(), b.members()...)}
}

func (o outcome) members() []outcome {
	if len(o.arms) > 0 {
		return o.arms
	}
	return []outcome{o}
}

// and needs both: the greater verdict decides, the first of equals.
func and(a, b outcome) outcome {
	out := a
	if b.verdict.rank() > a.verdict.rank() {
		out.ruling, out.leaf = b.ruling, b.leaf
	}
	out.full, out.arm = a.full.and(b.full), a.arm.and(b.arm)
	out.custom = a.custom || b.custom
	out.copyleft = max(a.copyleft, b.copyleft)
	out.picks = append(a.picks, b.picks...)
	return out
}

// settle takes an arm of a gathered OR: the one that the facts record, else the one with the least
// verdict, the first of equals. An arm under a license of someone's own is not taken unasked while there
// is another: whoever takes it has to hold that license.
func settle(o outcome, choices []sbom.Choice) outcome {
	if len(o.arms) == 0 {
		return o
	}
	full := &tree{or: true}
	for _, a := range o.arms {
		full.kids = append(full.kids, a.full)
	}
	took, recorded := o.recorded(full, choices)
	least := o.least()
	if !recorded {
		took = least
	}
	out := o.arms[took]
	var better *tree
	if o.arms[least].verdict.rank() < out.verdict.rank() {
		better = o.arms[least].full
	}
	freest := out
	for _, a := range o.arms {
		if a.verdict == out.verdict && !a.custom && a.copyleft < freest.copyleft {
			freest = a
		}
	}
	first := o.arms[0].copyleft
	out.picks = append(out.picks, choice{
		of: full, took: out.full, freest: freest.full, better: better, recorded: recorded, verdict: out.verdict,
		differs: slices.ContainsFunc(o.arms, func(a outcome) bool { return a.copyleft != first }),
	})
	out.full = full
	return out
}

func (o outcome) recorded(full *tree, choices []sbom.Choice) (arm int, ok bool) {
	for _, c := range choices {
		if len(armsOf(c.Of)) != len(o.arms) || !c.Of.Equal(full.expr()) {
			continue
		}
		arm = slices.IndexFunc(o.arms, func(a outcome) bool { return c.Choose.Equal(a.full.expr()) })
		return max(0, arm), arm >= 0
	}
	return 0, false
}

func (o outcome) least() int {
	best := -1
	for i, a := range o.arms {
		if !a.custom && (best < 0 || a.verdict.rank() < o.arms[best].verdict.rank()) {
			best = i
		}
	}
	if best >= 0 {
		return best
	}
	for i, a := range o.arms {
		if best < 0 || a.verdict.rank() < o.arms[best].verdict.rank() {
			best = i
		}
	}
	return best
}

// tree is an expression under construction; joining takes constant time.
type tree struct {
	term spdx.Term // of a leaf
	leaf spdx.Term // the leaf that term was taken for
	or   bool
	kids []*tree
}

// and joins two trees. It may grow t, which nobody else must use any more.
func (t *tree) and(u *tree) *tree {
	if len(t.kids) == 0 || t.or {
		t = &tree{kids: []*tree{t}}
	}
	t.kids = append(t.kids, u)
	return t
}

func (t *tree) expr() spdx.Expr {
	if len(t.kids) == 0 {
		return spdx.Leaf(t.term)
	}
	parts := make([]spdx.Expr, len(t.kids))
	for i, k := range t.kids {
		parts[i] = k.expr()
	}
	if t.or {
		return spdx.Or(parts...)
	}
	return spdx.And(parts...)
}

// stated collects the leaves for which terms were taken.
func (t *tree) stated(into map[spdx.Term]bool) {
	if len(t.kids) == 0 {
		into[t.leaf] = true
	}
	for _, k := range t.kids {
		k.stated(into)
	}
}

// armsOf gives the arms of an expression that is an OR; any other is its only arm.
func armsOf(e spdx.Expr) []spdx.Expr {
	if e.IsNone() || e.IsNoAssertion() {
		return []spdx.Expr{e}
	}
	type arms []*tree
	joined := func(a arms) *tree {
		if len(a) == 1 {
			return a[0]
		}
		return &tree{or: true, kids: a}
	}
	all := spdx.Fold(e.Normal(),
		func(t spdx.Term) arms { return arms{{term: t}} },
		func(a, b arms) arms { return append(a, b...) },
		func(a, b arms) arms { return arms{joined(a).and(joined(b))} })
	out := make([]spdx.Expr, len(all))
	for i, t := range all {
		out[i] = t.expr()
	}
	return out
}
