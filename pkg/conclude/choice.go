package conclude

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// withoutArms leaves out the texts that a license file offers a choice among: "under either of A and B", and then A and
// B in full, there or in files of their own. Joined by AND they would ask for what the statement leaves to the
// recipient.
//
// A file may also hold the license of the whole and, further down, say that some part of it is under A or B. So the
// choice must stand before the texts, or alone in a file that lies beside or above theirs and is about the whole; and each
// of its arms must have its text, and no arm may be missing among them. What else is stated in other files, or granted
// once more, is a statement of its own.
func withoutArms(text side, claims []sbom.Claim) side {
	for _, choice := range text {
		arms, at := armsOf(choice.expr), placeOf(claims[choice.claim])
		if len(arms) < 2 || at.IsZero() {
			continue
		}
		ofAll := isAlone(choice, text, claims) && isOfWhole(claims[choice.claim])
		explained := func(st statement) bool {
			c := claims[st.claim]
			return st.claim != choice.claim && !st.expr.IsNoAssertion() &&
				(c.Kind == kindText || c.Kind == kindReference && !isOfPart(c)) &&
				!slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool {
					if e.Span.Path == at.Path {
						return e.Span.Start < at.End
					}
					return !ofAll || c.Kind != kindText || !liesBelow(e.Span.Path, path.Dir(at.Path))
				}) &&
				slices.ContainsFunc(arms, func(arm spdx.Expr) bool { return covers(arm.Terms(), st.expr.Terms()) })
		}
		hasText := func(arm spdx.Expr) bool {
			return slices.ContainsFunc(text, func(st statement) bool {
				return claims[st.claim].Kind == kindText && explained(st) && covers(arm.Terms(), st.expr.Terms())
			})
		}
		if !slices.ContainsFunc(arms, func(arm spdx.Expr) bool { return !hasText(arm) }) {
			return slices.DeleteFunc(slices.Clone(text), explained)
		}
	}
	return text
}

// isAlone reports whether nothing but the choice is stated in its file.
func isAlone(choice statement, text side, claims []sbom.Claim) bool {
	at := placeOf(claims[choice.claim])
	return !slices.ContainsFunc(text, func(st statement) bool {
		return !st.expr.Equal(choice.expr) && slices.ContainsFunc(claims[st.claim].Evidence, func(e sbom.Evidence) bool { return e.Span.Path == at.Path })
	})
}

// rulePart is the rule of evidence for what is said of a part, see package detect.
const rulePart = "mention/part"

// isOfPart reports whether a claim was made of a part of what its file lies beside.
func isOfPart(c sbom.Claim) bool {
	return slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool { return e.Rule == rulePart })
}

// wholeNames are names, without what they end in, of license files that are about all they lie beside. LICENSE.docs and
// LICENSE-server are not.
var wholeNames = []string{"license", "licence", "licenses", "licences", "licensing", "copying", "copyright"}

// textEndings are those of texts.
var textEndings = []string{"", ".md", ".markdown", ".txt", ".text", ".rst", ".adoc", ".html"}

// isOfWhole reports whether neither a claim's words nor its file's name say that it is about a part.
func isOfWhole(c sbom.Claim) bool {
	name := strings.ToLower(path.Base(placeOf(c).Path))
	ending := path.Ext(name)
	return !isOfPart(c) && slices.Contains(wholeNames, strings.TrimSuffix(name, ending)) && slices.Contains(textEndings, ending)
}

// liesBelow reports whether a path is in a directory or one below it.
func liesBelow(p, dir string) bool { return dir == "." || strings.HasPrefix(p, dir+"/") }

// armsOf are the operands of an OR, and none of any other expression.
func armsOf(e spdx.Expr) []spdx.Expr {
	return spdx.Fold(e,
		func(t spdx.Term) []spdx.Expr { return []spdx.Expr{spdx.Leaf(t)} },
		func(a, b []spdx.Expr) []spdx.Expr { return slices.Concat(a, b) },
		func(a, b []spdx.Expr) []spdx.Expr { return nil })
}

func placeOf(c sbom.Claim) source.Span {
	if len(c.Evidence) == 0 {
		return source.Span{}
	}
	return c.Evidence[0].Span
}
