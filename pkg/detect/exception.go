package detect

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// An exception is found by itself and says something only beside the license that it widens: the claim of
// that license gets it. One that stands alone stays a claim that can't be read as an expression.

// kindException is the kind of a claim of an exception whose license is not there.
const kindException = "exception"

// RuleException begins the rule of an exception, its id follows. It is also what is kept of the statement.
const RuleException = kindException + "/"

// exceptionReach is how many bytes may lie between a license and its exception in an ordinary file.
const exceptionReach = 6 << 10

// attach gives each exception to the license it stands by.
func (r *reading) attach(claims []sbom.Claim) []sbom.Claim {
	isException := func(c sbom.Claim) bool { return c.Kind == kindException }
	if !slices.ContainsFunc(claims, isException) {
		return claims
	}
	attached := map[int]bool{}
	stated := statedExceptions(claims)
	for i := range claims {
		if !isException(claims[i]) {
			continue
		}
		id := claims[i].Raw
		if at := r.base(claims, i, id); at >= 0 {
			claims[at].Expr = withException(claims[at].Expr, id)
			claims[at].Evidence = append(claims[at].Evidence, claims[i].Evidence...)
			attached[i], stated[id] = true, true
		} else if stated[id] {
			attached[i] = true
		}
	}
	kept := claims[:0]
	for i, c := range claims {
		if isException(c) && c.Role == sbom.RoleFile {
			c.Kind = "reference" // it forbids nothing, and of what it permits the license is elsewhere
		}
		if !attached[i] {
			kept = append(kept, c)
		}
	}
	return kept
}

// mostBetween is how many claims may lie between an exception and its license.
const mostBetween = 1000

// base gives the claim that exception i widens: of those near it that may bear it the nearest, one before it
// rather than one after it, and a mere mention only if there is nothing else. It is -1 for none.
func (r *reading) base(claims []sbom.Claim, i int, id string) int {
	place := claims[i].Evidence[0].Span
	best, distance := -1, 0
	for k := max(0, i-mostBetween); k < min(len(claims), i+mostBetween); k++ {
		if !bears(claims[k].Expr, id) {
			continue
		}
		s := claims[k].Evidence[0].Span
		d := max(0, place.Start-s.End)
		if s.Start >= place.End {
			d = 2 * (s.Start - place.End)
		}
		if d > exceptionReach && r.role != sbom.RoleLicenseFile {
			continue
		}
		if claims[k].Kind == "reference" {
			d += exceptionReach
		}
		if best < 0 || d < distance {
			best, distance = k, d
		}
	}
	return best
}

// bears reports whether an expression has a license without an exception that this one is made for.
func bears(e spdx.Expr, id string) bool {
	return slices.ContainsFunc(e.Terms(), func(t spdx.Term) bool { return mayBear(t, id) })
}

func mayBear(t spdx.Term, exception string) bool {
	if t.Exception != "" || t.IsRef() {
		return false
	}
	return slices.ContainsFunc(families(exception), func(family string) bool { return strings.HasPrefix(t.ID, family) })
}

// families gives how the ids of the licenses begin that an exception is made for: those of GNU but for a few.
func families(exception string) []string {
	switch exception {
	case "LLVM-exception", "mxml-exception", "SHL-2.0", "SHL-2.1", "Swift-exception":
		return []string{"Apache-2.0"}
	case "fmt-exception":
		return []string{"MIT"}
	case "PCRE2-exception", "Google-Patent-WebM":
		return []string{"BSD-"}
	case "GNOME-examples-exception", "KiCad-libraries-exception":
		return []string{"CC-BY-SA-"}
	case "QPL-1.0-INRIA-2004-exception":
		return []string{"QPL-"}
	}
	switch {
	case strings.Contains(exception, "LGPL"), exception == "Nokia-Qt-exception-1.1", exception == "OCCT-exception-1.0":
		return []string{"LGPL-"}
	case strings.Contains(exception, "-GPL-"):
		return []string{"GPL-"}
	}
	return []string{"GPL-", "LGPL-", "AGPL-", "GFDL-"}
}

// withException adds an exception to the leaves that may bear it.
func withException(e spdx.Expr, id string) spdx.Expr {
	leaf := func(t spdx.Term) spdx.Expr {
		if mayBear(t, id) {
			t.Exception = id
		}
		return spdx.Leaf(t)
	}
	return spdx.Fold(e, leaf, func(a, b spdx.Expr) spdx.Expr { return spdx.Or(a, b) },
		func(a, b spdx.Expr) spdx.Expr { return spdx.And(a, b) })
}

// statedExceptions are the exceptions that claims have beside their licenses.
func statedExceptions(claims []sbom.Claim) map[string]bool {
	out := map[string]bool{}
	for i := range claims {
		for _, t := range claims[i].Expr.Terms() {
			if t.Exception != "" {
				out[t.Exception] = true
			}
		}
	}
	return out
}

// exceptionOf gives the exception of a wording that says no more: one known by its phrases, or one of the texts
// that the list has under an id for license and exception together. It is "" for any other.
func exceptionOf(m textMatch, e spdx.Expr) string {
	if m.kind == kindException {
		return m.id
	}
	if t, ok := e.Normal().Term(); ok && m.kind == "text" {
		return t.Exception
	}
	return ""
}
