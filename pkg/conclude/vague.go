package conclude

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// What one place says in full another says in short: a manifest names the family, a README one of the licenses that may be
// chosen, and below "under A with the exception" stands the text of A. Each is compared with the full statement, and where it
// is only shorter it is not a second one.

// refined gives a declaration that names a family without a version ("LGPL", which offers them all) what the files
// that ship and offer fewer of its versions say in full: all of that, joined by AND.
func refined(declared, headers side) side {
	out := slices.Clone(declared)
	for i, st := range out {
		vague, single := st.expr.Term()
		if !single || len(vague.Alternatives()) < 2 || strings.ContainsAny(st.raw, "0123456789+>") || st.raw == "" {
			continue
		}
		var full []spdx.Expr
		for _, h := range headers {
			t, single := h.expr.Term()
			if single && canMean(st.raw, t.ID) && t.Exception == vague.Exception && within(t, vague) {
				full = append(full, h.expr)
			}
		}
		if len(full) > 0 {
			out[i].expr = spdx.And(full...).Normal()
		}
	}
	return out
}

// withoutShort leaves out what a README says of a choice that is declared: a badge, or a word on one of the licenses. Each
// of them must have its text among the license files, so that the choice is no slip of the manifest. What is said of a part is
// another statement; and where something is put under the one that asks for more, and no word is lost on another, it may be a
// part that is meant.
func withoutShort(declared, text, headers side, claims []sbom.Claim) side {
	if !declared.readable() || len(declared) == 0 {
		return headers
	}
	arms := armsOf(declared.expr())
	if len(arms) < 2 || slices.ContainsFunc(arms, func(arm spdx.Expr) bool {
		return !slices.ContainsFunc(text, func(st statement) bool {
			return claims[st.claim].Kind == kindText && covers(arm.Terms(), st.expr.Terms())
		})
	}) {
		return headers
	}
	names := func(st statement) bool {
		c := claims[st.claim]
		return slices.ContainsFunc(arms, st.expr.Equal) && len(c.Evidence) > 0 && !isOfPart(c) &&
			!slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool { return !isReadme(e.Span.Path) })
	}
	freer := slices.ContainsFunc(arms, func(arm spdx.Expr) bool { return !binds(arm) })
	return slices.DeleteFunc(slices.Clone(headers), func(st statement) bool {
		alone := !slices.ContainsFunc(headers, func(h statement) bool { return names(h) && !h.expr.Equal(st.expr) })
		return names(st) && !(claims[st.claim].Kind == kindNotice && alone && freer && binds(st.expr))
	})
}

// binds reports whether a license may ask for more than notices.
func binds(e spdx.Expr) bool {
	return slices.ContainsFunc(e.Terms(), func(t spdx.Term) bool {
		all := rules.Categories(t.ID)
		return len(all) == 0 || slices.ContainsFunc(all, func(c string) bool { return c != "permissive" && c != "public-domain" })
	})
}

// isReadme reports whether a file at path introduces what it lies beside.
func isReadme(p string) bool {
	name, _, _ := strings.Cut(path.Base(p), ".")
	return strings.EqualFold(name, "readme")
}

// withoutBare leaves out the text of a license where the words above it give the whole the same license with an exception: no
// text has room for one.
func withoutBare(text side, claims []sbom.Claim) side {
	return slices.DeleteFunc(slices.Clone(text), func(bare statement) bool {
		return claims[bare.claim].Kind == kindText && slices.ContainsFunc(text, func(st statement) bool {
			given, single := st.expr.Term()
			above := placeOf(claims[st.claim])
			if !single || given.Exception == "" || claims[st.claim].Kind == kindText || above.IsZero() || isOfPart(claims[st.claim]) {
				return false
			}
			given.Exception = ""
			return bare.expr.Equal(spdx.Leaf(given)) && !slices.ContainsFunc(claims[bare.claim].Evidence, func(e sbom.Evidence) bool {
				return e.Span.Path != above.Path || e.Span.Start < above.End
			})
		})
	})
}
