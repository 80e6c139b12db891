package conclude

import (
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// statement is one claim's content; claim is its index in the component.
type statement struct {
	claim int
	expr  spdx.Expr // NOASSERTION when raw cannot be read
	raw   string
	exact bool // means what it says, no more and no less
}

// side is all that one kind of source states.
type side []statement

func (s side) claims() []int {
	out := make([]int, len(s))
	for i, st := range s {
		out[i] = st.claim
	}
	return out
}

// readable reports whether every statement is an expression.
func (s side) readable() bool {
	return !slices.ContainsFunc(s, func(st statement) bool { return st.expr.IsNoAssertion() })
}

// expr is the AND of all statements. One that cannot be read has a name in it all the same, after its
// words, so that what can be read beside it is not lost; where none can be read it is NOASSERTION.
func (s side) expr() spdx.Expr {
	if !slices.ContainsFunc(s, func(st statement) bool { return !st.expr.IsNoAssertion() }) {
		return spdx.Expr{}
	}
	return s.named().Normal()
}

// named is the AND of all statements, each of which has a name.
func (s side) named() spdx.Expr {
	parts := make([]spdx.Expr, len(s))
	for i, st := range s {
		parts[i] = st.expr
		if st.expr.IsNoAssertion() {
			parts[i] = unreadable(st.raw)
		}
	}
	return spdx.And(parts...)
}

// unreadable names words that are no expression as package detect names a text that nobody knows: a policy
// takes both as unrecognised.
func unreadable(raw string) spdx.Expr {
	digest := strings.TrimPrefix(string(source.TextDigest([]byte(raw))), "lt1:")
	return spdx.Leaf(spdx.Term{ID: "LicenseRef-licet-unknown-" + digest})
}

func (s side) terms() []spdx.Term { return s.expr().Terms() }

func (s side) conclude(row string) sbom.Conclusion { return s.concludeAs(s.expr(), row) }

func (s side) concludeAs(e spdx.Expr, row string) sbom.Conclusion {
	return sbom.Conclusion{Expr: e, Row: row, Because: s.claims(), By: tool}
}

// String lists the distinct statements for people.
func (s side) String() string {
	var words []string
	for _, st := range s {
		w := st.expr.String()
		if st.expr.IsNoAssertion() {
			w = fmt.Sprintf("%q", st.raw)
		}
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// beyond gives the statements that the known expression does not cover, and those that cannot be read.
func (s side) beyond(known spdx.Expr) side {
	var out side
	for _, st := range s {
		_, single := st.expr.Term()
		switch {
		case st.expr.IsNoAssertion():
			out = append(out, st)
		case st.exact || !single:
			if !entails(known, st.expr) {
				out = append(out, st)
			}
		case !covers(known.Terms(), st.expr.Terms()):
			out = append(out, st)
		}
	}
	return out
}

// relatedTo reports whether each statement is another reading of what is known already, as another
// version of the same license: a matter of precision, not of contradiction.
func (s side) relatedTo(known spdx.Expr) bool {
	return !slices.ContainsFunc(s, func(st statement) bool {
		return st.expr.IsNoAssertion() || !covers(known.Terms(), st.expr.Terms())
	})
}

// vagueAbout reports whether no statement of s is an expression, and each can mean every license that
// the text names.
func (s side) vagueAbout(text side) bool {
	if !text.readable() {
		return false
	}
	for _, st := range s {
		if !st.expr.IsNoAssertion() {
			return false
		}
		for _, t := range text.terms() {
			if !canMean(st.raw, t.ID) {
				return false
			}
		}
	}
	return true
}

// settledBy parts what is declared: what is vague and can mean one of the texts, which then says it, and the rest. It needs no name
// of its own beside the text: "Apache Software License" and "BSD License" are what the texts of these two say.
func (s side) settledBy(text side) (vague, rest side) {
	for _, st := range s {
		if st.expr.IsNoAssertion() && len(text.unmeantBy(side{st})) < len(text) {
			vague = append(vague, st)
		} else {
			rest = append(rest, st)
		}
	}
	return vague, rest
}

// unmeantBy gives the statements that name a license which none of the vague ones can mean, and those that cannot be read.
func (s side) unmeantBy(vague side) side {
	return slices.DeleteFunc(slices.Clone(s), func(st statement) bool { return st.isMeantBy(vague) })
}

// meantBy gives the others.
func (s side) meantBy(vague side) side {
	return slices.DeleteFunc(slices.Clone(s), func(st statement) bool { return !st.isMeantBy(vague) })
}

func (st statement) isMeantBy(vague side) bool {
	return !st.expr.IsNoAssertion() && !slices.ContainsFunc(st.expr.Terms(), func(t spdx.Term) bool { return !vague.canMean(t) })
}

// canMean reports whether one of the vague statements can mean a license.
func (s side) canMean(t spdx.Term) bool {
	return slices.ContainsFunc(s, func(v statement) bool { return canMean(v.raw, t.ID) })
}

// besides gives the vague statements that speak of something else than the rest: "GPL" beside "GPL-3.0-only" says it again, and does
// not make room for version 2.
func (s side) besides(rest side) side {
	return slices.DeleteFunc(slices.Clone(s), func(v statement) bool { return slices.ContainsFunc(rest.expr().Terms(), side{v}.canMean) })
}

// unrefinedBy gives the statements of texts that the rest does not say more precisely in each of its arms, in the words that were
// vague too: of "GPL", "GPL-2.0-or-later" and the text of version 2, the second tells.
func (s side) unrefinedBy(rest, vague side) side {
	return slices.DeleteFunc(slices.Clone(s), func(st statement) bool {
		return !slices.ContainsFunc(st.expr.Terms(), func(found spdx.Term) bool {
			return !arms(rest.expr(), func(t spdx.Term) bool { return canBe(t, found) && vague.canMean(t) })
		})
	})
}

// fillers are words of a vague statement that do not narrow it.
var fillers = []string{
	"a", "and", "clause", "copying", "file", "general", "gnu", "in", "lesser", "like", "licence", "licenced", "license", "licensed", "license.md",
	"license.txt", "modified", "new", "or", "public", "revised", "see", "simplified", "software", "style", "the", "under",
	"v", "version",
}

// canMean reports whether the words of a manifest that are no SPDX expression leave room for the
// license id: besides fillers they hold nothing but the family's name ("BSD", "Apache") and numbers
// that the id holds too. Words that only point to the text ("SEE LICENSE IN LICENSE") can mean any.
func canMean(raw, id string) bool {
	low := strings.ToLower(id)
	family, _, _ := strings.Cut(low, "-")
	named := false
	for _, w := range strings.FieldsFunc(strings.ToLower(raw), func(r rune) bool { return strings.ContainsRune(" \t\r\n-_,;/()\"'", r) }) {
		number := strings.TrimLeft(w, "v")
		switch {
		case w == family:
			named = true
		case slices.Contains(fillers, w):
		case number != "" && strings.Trim(number, "0123456789.") == "" && slices.Contains(numbersOf(low), strings.TrimSuffix(number, ".0")):
		default:
			return false
		}
	}
	return named || strings.HasPrefix(strings.ToLower(raw), "see license in ")
}

// numbersOf are the numbers in an id, "2.0" as "2": apache-2.0 has 2, bsd-3-clause has 3.
func numbersOf(id string) []string {
	var out []string
	for _, part := range strings.Split(id, "-") {
		if part != "" && strings.Trim(part, "0123456789.") == "" {
			out = append(out, strings.TrimSuffix(part, ".0"))
		}
	}
	return out
}

// sameTerms reports whether both lists hold the same leaves.
func sameTerms(a, b []spdx.Term) bool {
	in := func(set []spdx.Term) func(spdx.Term) bool {
		return func(t spdx.Term) bool { return !slices.Contains(set, t) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// covers reports whether each of the found leaves is something that one of the stated leaves can mean.
func covers(stated, found []spdx.Term) bool {
	for _, f := range found {
		if !slices.ContainsFunc(stated, func(s spdx.Term) bool { return canBe(s, f) }) {
			return false
		}
	}
	return len(found) > 0
}

// variants are pairs of what people state and the text that they lay beside it, which differs from the stated license's own
// in what binds nobody, or little: Perl's tools lay the general text beside "the same terms as Perl", what is taken from Python has the
// license of a later version, and the words about whose views a work represents are called a license of their own, as is an early wording of the BSD license.
var variants = [][2]string{
	{"Artistic-1.0-Perl", "Artistic-1.0"},
	{"BSD-2-Clause", "BSD-2-Clause-Views"},
	{"BSD-3-Clause", "BSD-3-Clause-Tso"},
	{"Python-2.0", "Python-2.0.1"},
}

// canBe reports whether the stated leaf leaves room for the found one: the same, one of the versions
// that "or later" offers, or the license without the exception that the text did not show. LGPL-3.0
// builds on the text of the GPL-3.0 and is always shipped beside it.
func canBe(stated, found spdx.Term) bool {
	if stated == found || found.ID == "GPL-3.0-only" && strings.HasPrefix(stated.ID, "LGPL-3.0-") {
		return true
	}
	if slices.Contains(variants, [2]string{stated.ID, found.ID}) && stated.Exception == found.Exception {
		return true
	}
	if found.Exception != "" && found.Exception != stated.Exception {
		return false
	}
	for _, version := range stated.Alternatives() {
		if found.Exception == "" {
			version.Exception = ""
		}
		if version == found || slices.Contains(found.Alternatives(), version) {
			return true
		}
	}
	return false
}

// entails reports whether whoever complies with the known expression, whatever arm they take, complies
// with what a file states. It may say no where the truth is yes: then the statement is joined by AND.
func entails(known, stated spdx.Expr) bool {
	return known.Equal(stated) || arms(known, func(t spdx.Term) bool { return satisfies(t, stated) }) ||
		spdx.Fold(stated,
			func(leaf spdx.Term) bool {
				return arms(known, func(t spdx.Term) bool { return satisfies(t, spdx.Leaf(leaf)) })
			},
			func(a, b bool) bool { return a || b },
			func(a, b bool) bool { return a && b })
}

// arms reports whether every arm of the expression holds a leaf that will do.
func arms(e spdx.Expr, does func(spdx.Term) bool) bool {
	return spdx.Fold(e, does,
		func(a, b bool) bool { return a && b },
		func(a, b bool) bool { return a || b })
}

// satisfies reports whether one leaf is enough for an expression: it is the leaf asked for, or offers versions
// only that an "or later" leaf offers.
func satisfies(t spdx.Term, e spdx.Expr) bool {
	return spdx.Fold(e,
		func(leaf spdx.Term) bool { return t == leaf || (leaf.IsOrLater() || !t.IsOrLater()) && within(t, leaf) },
		func(a, b bool) bool { return a || b },
		func(a, b bool) bool { return a && b })
}

// within reports whether each version that one leaf can mean is one that the other can.
func within(t, leaf spdx.Term) bool {
	offered := leaf.Alternatives()
	return !slices.ContainsFunc(t.Alternatives(), func(v spdx.Term) bool { return !slices.Contains(offered, v) })
}
