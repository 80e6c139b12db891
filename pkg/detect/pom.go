package detect

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// POM is the claim of the element licenses of a POM, of which one may be chosen (POM reference, "Licenses"): each is known by its name,
// else by its address; where both tell of several licenses, by the address, for "CDDL+GPL" is short for what the page there says. An
// address of none of the licenses that an ambiguous name may mean is no reading of it.
// fill fills properties in. It is nil where none is listed.
func POM(list doc.Node, fill func(string) string) []sbom.Claim {
	declared := DeclarationsOf("maven")
	var stated []string
	var arms []spdx.Expr
	var first source.Span
	for key, n := range list.Members() {
		if key.Text() != "license" {
			continue
		}
		fields := []doc.Node{n.Get("name"), n.Get("url")}
		if n.Kind() == doc.String { // <license>MIT</license> is wrong, and clear
			fields = []doc.Node{n}
		}
		raw, e := "", spdx.Expr{}
		var may []spdx.Expr
		for _, field := range fields {
			text := strings.TrimSpace(fill(field.Text()))
			if text == "" || !e.IsNoAssertion() && len(e.Terms()) < 2 {
				continue
			}
			if raw == "" {
				raw = text
			}
			if first.IsZero() {
				first = field.Span()
			}
			m := declared.Words(text)
			if m.IsClear() && len(m.Expr.Terms()) >= len(e.Terms()) && (may == nil || slices.ContainsFunc(may, func(o spdx.Expr) bool { return share(o, m.Expr) })) {
				e = m.Expr
			}
			may = append(may, m.May...)
		}
		if raw != "" {
			stated, arms = append(stated, raw), append(arms, e)
		}
	}
	return Choice(stated, arms, first)
}

// share reports whether a license is in both.
func share(a, b spdx.Expr) bool {
	return slices.ContainsFunc(a.Terms(), func(t spdx.Term) bool {
		return slices.ContainsFunc(b.Terms(), func(u spdx.Term) bool { return t.ID == u.ID })
	})
}

// Choice is the claim of licenses of which one may be chosen, as they are written and as they were read. If one of them is unknown,
// the whole is. It is nil without any.
func Choice(stated []string, arms []spdx.Expr, at source.Span) []sbom.Claim {
	if len(stated) == 0 {
		return nil
	}
	e := spdx.Or(arms...)
	for _, arm := range arms {
		if arm.IsNoAssertion() {
			e = arm
		}
	}
	return declared(e, strings.Join(stated, " OR "), at)
}
