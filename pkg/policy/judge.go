package policy

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// rank orders verdicts: allow < review < gap < deny.
func (v Verdict) rank() int {
	if i := slices.Index([]Verdict{Allow, Review, Gap}, v); i >= 0 {
		return i
	}
	return 3
}

// ruling is how one leaf was decided.
type ruling struct {
	verdict Verdict
	unknown string    // the kind, when that decided
	taken   spdx.Term // the version that was judged, when the leaf is "or later"; else the leaf
	named   bool      // an entry names the version taken, not the leaf as stated
	reason  string
	decided Label
	by      any // the *Rule or *Exception that decided; nil for lists and defaults
}

// circumstances are what the verdict on an expression depends on besides the policy.
type circumstances struct {
	kind       string       // of unknown, when the expression is NONE or NOASSERTION
	rules      []*Rule      // those whose condition holds, in order
	exceptions []*Exception // those that are live and for this package and version
}

// about leaves out what is about another whole expression.
func (c circumstances) about(e spdx.Expr) circumstances {
	c.rules = slices.DeleteFunc(slices.Clone(c.rules), func(r *Rule) bool {
		return !r.Expression.IsNoAssertion() && !r.Expression.Equal(e)
	})
	c.exceptions = slices.DeleteFunc(slices.Clone(c.exceptions), func(x *Exception) bool {
		_, leaf := x.License.Term()
		return !leaf && !x.License.Equal(e)
	})
	return c
}

// judge decides the leaves of one expression under one set of circumstances.
type judge struct {
	circumstances // those about expr
	policy        *Policy
	own           map[string]string // categories of the organisation's own licenses
	expr          spdx.Expr         // in normal form
	used          map[any]bool      // every entry, rule and exception that decided something
	ruled         map[spdx.Term]ruling
}

// leaf decides one leaf, once.
func (j *judge) leaf(t spdx.Term) ruling {
	r, ok := j.ruled[t]
	if !ok {
		r = j.decide(t)
		j.ruled[t] = r
	}
	return r
}

// decide takes an exception for the leaf, else the least verdict among the versions that it can mean.
func (j *judge) decide(t spdx.Term) ruling {
	if r, ok := j.excepted(t); ok {
		return r
	}
	if j.kind != "" {
		return j.unknown(j.kind, t, "")
	}
	versions := t.Alternatives()
	if len(versions) == 0 {
		versions = []spdx.Term{t}
	}
	best, alike := ruling{}, true
	for i, version := range versions {
		r := j.version(version, t)
		alike = alike && (i == 0 || r.verdict == best.verdict)
		if i == 0 || r.verdict.rank() < best.verdict.rank() {
			best = r
		}
	}
	switch {
	case best.taken == t:
	case alike && (!best.named || best.verdict == Deny):
		best.taken = t // every version fares the same: none was chosen
	default:
		best.reason = "as " + best.taken.String() + ": " + best.reason
	}
	return best
}

// excepted applies the first exception for the leaf or the whole expression.
func (j *judge) excepted(t spdx.Term) (ruling, bool) {
	for _, x := range j.exceptions {
		if leaf, ok := x.License.Term(); !ok || leaf.Equal(t) {
			j.used[x] = true
			return ruling{verdict: Allow, taken: t, reason: x.reason(), decided: x.Found, by: x}, true
		}
	}
	return ruling{}, false
}

func (x *Exception) reason() string {
	s := "excepted"
	if !x.Expires.IsZero() {
		s += " until " + x.Expires.Format("2006-01-02")
	}
	if x.Reason != "" {
		s += ": " + x.Reason
	}
	return s
}

// version decides one version of a leaf. A license of several categories is judged by each of them as if
// it were the only one, and the strictest verdict holds: a non-commercial license for content passes where
// both are permitted, not where one is.
func (j *judge) version(t, stated spdx.Term) ruling {
	all, pair := j.categories(t)
	if len(all) == 0 {
		all = []string{""}
	}
	var out ruling
	var rule any // without which one of the categories would be judged otherwise
	for _, category := range all {
		r, ok := j.listed(t, steps(t, stated, category, pair))
		if !ok && !binds(category, all) {
			continue
		}
		if !ok {
			r = j.unlisted(t)
		}
		if r.by != nil && rule == nil {
			rule = r.by
		}
		if out.reason == "" || r.verdict.rank() > out.verdict.rank() {
			out = r
		}
	}
	if out.verdict == Allow {
		out.by = rule
	}
	return out
}

// allowance reports whether the leaf passes by an exception, or by a rule where the lists alone would not
// let it pass.
func (j *judge) allowance(t spdx.Term) (allowance, bool) {
	r := j.leaf(t)
	if r.by == nil || r.verdict != Allow {
		return allowance{}, false
	}
	if _, ok := r.by.(*Rule); ok {
		lists := &judge{policy: j.policy, own: j.own, used: map[any]bool{}}
		if lists.decide(t).verdict == Allow {
			return allowance{}, false
		}
	}
	return allowance{by: r.by, leaf: t}, true
}

// listed decides by the first rule that has an entry for the license, else by the lists.
func (j *judge) listed(t spdx.Term, steps []step) (ruling, bool) {
	for _, rule := range j.rules {
		if !rule.Expression.IsNoAssertion() {
			j.used[rule] = true
			return ruling{verdict: rule.Verdict, taken: t, decided: rule.Found, by: rule,
				reason: "the whole expression is that of " + rule.name() + because(rule.Reason)}, true
		}
		if e, s, ok := pick(rule.Entries, steps); ok {
			j.used[rule], j.used[e] = true, true
			return ruling{verdict: e.Verdict, taken: t, named: s.named, decided: e.Found, by: rule,
				reason: s.reason(e) + " of " + rule.name() + because(rule.Reason)}, true
		}
	}
	if e, s, ok := pick(j.policy.Entries, steps); ok {
		j.used[e] = true
		return ruling{verdict: e.Verdict, taken: t, named: s.named, decided: e.Found, reason: s.reason(e) + because(e.Reason)}, true
	}
	return ruling{}, false
}

func (r *Rule) name() string {
	if r.ID == "" {
		return "the rule in " + r.Found.Span.String()
	}
	return "rule " + r.ID
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// step is one level of precedence: a key that an entry names, or a category.
type step struct {
	key      string
	category string
	with     spdx.Term // the leaf, when the step looks at the license without the leaf's exception
	dropped  bool      // that exception cannot be left aside, so allow entries do not hold
	named    bool
}

// steps are the levels at which entries are looked for: the very term as stated and as the version at
// hand; for a term with an exception the category of the pair, then the license without the exception;
// the category of the license.
func steps(t, stated spdx.Term, category string, pair bool) []step {
	var out []step
	keys := func(s step, t, stated spdx.Term) {
		s.key = keyOf(stated)
		out = append(out, s)
		if t != stated {
			s.key, s.named = keyOf(t), true
			out = append(out, s)
		}
	}
	keys(step{}, t, stated)
	if t.Exception == "" {
		return append(out, step{category: category})
	}
	if pair {
		out = append(out, step{category: category})
	}
	without := step{with: t, dropped: !rules.PurePermission(t.Exception)}
	keys(without, bare(t), bare(stated))
	if !pair {
		without.category = category
		out = append(out, without)
	}
	return out
}

func bare(t spdx.Term) spdx.Term {
	t.Exception = ""
	return t
}

// pick finds the entry that decides: of the first step that has any, the strictest.
func pick(entries []*Entry, steps []step) (*Entry, step, bool) {
	for _, s := range steps {
		var best *Entry
		for _, e := range entries {
			if s.matches(e) && (best == nil || e.Verdict.rank() > best.Verdict.rank()) {
				best = e
			}
		}
		if best != nil {
			return best, s, true
		}
	}
	return nil, step{}, false
}

func (s step) matches(e *Entry) bool {
	switch {
	case s.dropped && e.Verdict == Allow:
		return false
	case s.key != "":
		return e.key == s.key
	}
	return e.Category != "" && e.names(s.category)
}

// reason words why the entry decided.
func (s step) reason(e *Entry) string {
	list := " in " + string(e.Verdict)
	switch {
	case s.with.ID == "" && e.Category == "":
		return "named" + list
	case s.with.ID == "":
		return e.String() + " is" + list
	case e.Verdict == Allow:
		return e.String() + " is" + list + ", and " + s.with.Exception + " only permits more"
	}
	return e.String() + " is" + list + ", with an exception or without"
}

// unlisted decides a license that no rule and no list names.
func (j *judge) unlisted(t spdx.Term) ruling {
	switch {
	case strings.HasPrefix(t.ID, unknownText):
		return j.unknown(Unrecognised, t, nobodyKnows)
	case t.IsRef():
		return j.unknown(Custom, t, "a license of someone's own that no list names")
	}
	r := ruling{verdict: j.policy.Default.Verdict, taken: t, decided: j.policy.Default.Found}
	r.reason = "not in any list (default: " + string(r.verdict) + ")"
	if all, _ := j.categories(t); len(all) > 0 {
		r.reason = strings.Join(all, ", ") + ", " + r.reason
	}
	if isAddition(t.Exception) {
		if custom := j.unknown(Custom, t, "an addition of someone's own that no list names"); custom.verdict.rank() > r.verdict.rank() {
			return custom
		}
	}
	return r
}

// unknown decides what cannot be judged by its license.
func (j *judge) unknown(kind string, t spdx.Term, what string) ruling {
	if what == "" {
		what = map[string]string{
			Missing:      "no license is stated",
			Unavailable:  "its files could not be looked at",
			Unrecognised: "what is stated is no license that can be read",
		}[kind]
	}
	s := j.policy.Unknown.of(kind)
	return ruling{verdict: s.Verdict, unknown: kind, taken: t, decided: s.Found, reason: what + " (" + kind + ": " + string(s.Verdict) + ")"}
}

const (
	none        = "NONE"
	noAssertion = "NOASSERTION"
	nobodyKnows = "a license text that nobody knows"
	unknownText = "LicenseRef-licet-unknown-" // what detection calls a text that nobody knows
)

func isAddition(exception string) bool {
	return strings.HasPrefix(exception, "AdditionRef-") || strings.HasPrefix(exception, "DocumentRef-")
}
