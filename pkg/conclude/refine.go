package conclude

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// refinedBy gives the texts as the notices in files that ship mean them, and the notices that say so. The text of a GNU
// license is of one version and cannot say "or later"; its own instructions ("How to Apply These Terms") leave that to the
// notice at the start of each file, and by section 9 of the GPL-2.0 and 14 of the GPL-3.0 it is the notice that decides.
//
// A text is refined where notices say "or later", as is the custom there, and none names the text's version alone. A notice with an exception says
// nothing of the rest: build tools leave such in programs of any license. Nor does one that begins at a later version.
// A notice above the text in its file says it as well.
//
// That the read-me calls it "GPLv3" names the text once more, and is as vague; it is taken out of the headers.
func (s side) refinedBy(headers side, c *sbom.Component, silent map[string]int) (refined, by, rest side) {
	claims := c.Claims
	refined, rest = slices.Clone(s), headers
	for i, st := range refined {
		t, single := st.expr.Term()
		t = t.Normal()
		later, gnu := laterOf(t)
		if !single || st.exact || !gnu {
			continue
		}
		loose := func(h statement) bool { return h.expr.Equal(st.expr) && isLoose(claims[h.claim]) }
		names := func(h statement) bool {
			return h.exact && !loose(h) && slices.ContainsFunc(h.expr.Terms(), func(x spdx.Term) bool { return x.Normal().ID == t.ID })
		}
		if slices.ContainsFunc(s, names) || slices.ContainsFunc(headers, names) {
			continue
		}
		offers := func(h statement) bool {
			x, ok := h.expr.Term()
			return ok && h.exact && x.IsOrLater() && canBe(x, t) && x.Exception == ""
		}
		above := slices.ContainsFunc(s, func(h statement) bool { return offers(h) && isAbove(claims[h.claim], claims[st.claim]) })
		say := slices.DeleteFunc(slices.Clone(headers), func(h statement) bool { return !offers(h) })
		if !above && (len(say) == 0 || !say.areUsual(c, silent)) {
			continue
		}
		refined[i].expr = spdx.Leaf(later)
		by = append(by, say...)
		rest = slices.DeleteFunc(slices.Clone(rest), loose)
	}
	return refined, by, rest
}

// areUsual reports whether notices are the custom of the component's authors: one stands in a document at its top, or as many
// files bear one as there are of their kind that state nothing. A file that was taken from elsewhere says nothing of the
// hundred around it.
func (s side) areUsual(c *sbom.Component, silent map[string]int) bool {
	bear, kinds := map[string]bool{}, map[string]bool{}
	for _, st := range s {
		for _, e := range c.Claims[st.claim].Evidence {
			p := e.Span.Path
			switch {
			case !isProse(p):
				bear[p], kinds[path.Ext(p)] = true, true
			case slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool { return o.Dir == source.Dir(p) }):
				return true
			}
		}
	}
	alike := 0
	for kind := range kinds {
		alike += silent[kind]
	}
	return len(bear) > 0 && len(bear) >= alike
}

// isAbove reports whether a notice about the whole stands in the file of a text, above it.
func isAbove(notice, text sbom.Claim) bool {
	n, t := placeOf(notice), placeOf(text)
	return n.Path != "" && n.Path == t.Path && n.Start < t.Start && notice.Kind != kindReference && !isOfPart(notice)
}

// laterOf is the leaf that offers the later versions too; ok is false for what is no text of a GNU license. SPDX has
// "-only" and "-or-later" in the names of these alone.
func laterOf(t spdx.Term) (later spdx.Term, ok bool) {
	base, ok := strings.CutSuffix(t.ID, "-only")
	later = spdx.Term{ID: base + "-or-later"}
	return later, ok && t.Exception == "" && slices.Contains(later.Alternatives(), t)
}

// proseEndings are those of documents.
var proseEndings = []string{".adoc", ".html", ".markdown", ".md", ".rst", ".txt"}

// isLoose reports whether a claim stands in a document that calls a license by its name, and not "only" that version of it.
func isLoose(c sbom.Claim) bool {
	return c.Kind == kindNotice && !strings.Contains(strings.ToLower(c.Raw), "only") && isProse(placeOf(c).Path)
}

// isProse reports whether a file at path is a document for people.
func isProse(p string) bool {
	name := strings.ToLower(path.Base(p))
	return strings.HasPrefix(name, "readme") || slices.Contains(proseEndings, path.Ext(name))
}
