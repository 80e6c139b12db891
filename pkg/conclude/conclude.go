// Package conclude draws the conclusion from the claims about a component: a pure function, and a table
// of rows that is applied in order.
//
// What a manifest declares and what the files say are weighed, never mixed silently. A license text
// cannot say "or later", and many a manifest cannot say which BSD it means: where one side is vague and
// the other precise, the precise one refines it. Where both are precise and differ, neither is thrown
// away: the conclusion is their AND, and a conflict is on record. The trick is to compare leaves, not
// expressions: a statement *covers* a text's license if one of its leaves can mean it, so
// "MIT OR Apache-2.0" with both texts at hand is no conflict, and nor is "GPL-2.0-or-later" with the
// text of version 2.
package conclude

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// Row is one row of the decision table.
type Row struct {
	ID  string // what a conclusion prints
	Doc string // when the row applies and what it concludes
}

// Rows are the rows in the order in which they are tried.
func Rows() []Row {
	return []Row{
		{rowClarified, "A named person stated what the license is, and the text they saw is still there."},
		{rowEqual, "The declared license and the license text name the same licenses: the declared expression."},
		{rowDeclaredRefines, "The text cannot tell what the declaration does (or later, an exception, a choice): the declared expression."},
		{rowTextRefines, "The declaration is vague (\"BSD\", \"see LICENSE\") and the text is one of what it can mean: the text's license."},
		{rowConflict, "Both are there and one does not cover the other: declared AND detected, and a conflict."},
		{rowDeclared, "Only a declaration: it stands."},
		{rowUnreadable, "Only a declaration, and it cannot be read as an expression: NOASSERTION, or a name for what cannot beside what can."},
		{rowHeadersRefine, "Only license files, one the text of a GNU license, which cannot say \"or later\"; files that ship say it, no fewer than say nothing, and none says otherwise: the text's version or later."},
		{rowText, "Only license files: what they say, joined by AND."},
		{rowTextHeaders, "License files, and other licenses in files that ship: all of them, joined by AND."},
		{rowHeaders, "Only statements in files that ship: these, joined by AND."},
		{rowSupplied, "No manifest and no file says anything, a bill of materials does that somebody wrote, or a service that was asked: what it concludes, and what it calls declared where that is more."},
		{rowMissing, "The files were looked at and state nothing: NONE."},
		{RowUnavailable, "The files are not at hand and nothing is declared: NOASSERTION."},
	}
}

const (
	rowClarified       = "clarified"
	rowEqual           = "declared-equals-text"
	rowDeclaredRefines = "declared-refines-text"
	rowTextRefines     = "text-refines-declared"
	rowConflict        = "declared-and-detected"
	rowDeclared        = "declared-only"
	rowUnreadable      = "declared-unreadable"
	rowHeadersRefine   = "headers-refine-text"
	rowText            = "license-file-only"
	rowTextHeaders     = "license-file-and-headers"
	rowHeaders         = "headers"
	rowSupplied        = "supplied"
	rowMissing         = "missing"
)

// RowUnavailable is the row of a component whose files are not at hand, or could not be read, and of which
// nothing is declared.
const RowUnavailable = "unavailable"

// Component concludes from c's claims. It reads nothing but its arguments and changes nothing. looked says whether all
// of the component's license files could be read: only then can nothing be missing. silent is that of [Files].
func Component(c *sbom.Component, looked bool, silent map[string]int) sbom.Conclusion {
	clarified, declared, text, headers := weigh(c.Claims)
	switch {
	case len(clarified) > 0:
		out := clarified.conclude(rowClarified)
		out.By = cmp.Or(clarified[0].raw, tool)
		return out
	case len(declared) > 0:
		return withCopies(c, fromStated(c, silent, declared, text, headers))
	case len(text) > 0:
		return withCopies(c, fromText(c, silent, text, headers))
	case len(headers) > 0:
		return headers.conclude(rowHeaders)
	}
	if out, ok := fromSupplied(c.Claims); ok {
		return out
	}
	if looked && slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool { return o.Dir != "" }) {
		return sbom.Conclusion{Expr: spdx.None(), Row: rowMissing, By: tool}
	}
	return sbom.Conclusion{Row: RowUnavailable, By: tool}
}

// tool is who concludes when no person does.
const tool = "licet"

// weigh sorts the claims by who speaks. Notices and files that do not ship (tests, documentation) have
// no say, nor has what a bill of materials says, a name or link that some file mentions, what points to a license file that
// is there, nor NONE, which states nothing. A person's statement about one file counts as that file's.
func weigh(claims []sbom.Claim) (clarified, declared, text, headers side) {
	for i, c := range claims {
		s := statement{claim: i, expr: c.Expr, raw: c.Raw, exact: c.Kind != kindText}
		switch {
		case c.Expr.IsNone() || c.IsSupplied():
		case c.Basis == sbom.Clarified && c.Role == "":
			clarified = append(clarified, s)
		case c.Basis == sbom.Declared:
			declared = append(declared, s)
		case c.Role == sbom.RoleLicenseFile:
			text = append(text, s)
		case c.Role == sbom.RoleFile && c.Kind != kindReference:
			headers = append(headers, s)
		}
	}
	headers = slices.DeleteFunc(headers, func(s statement) bool { return claims[s.claim].PointsInto(claims) })
	text = withoutBare(withoutArms(text, claims), claims)
	return clarified, refined(declared, headers), text, withoutShort(declared, text, headers, claims)
}

// kindText is the kind of a claim that rests on a license's own words, which do not say "or later", name
// no exception and offer no choice.
const kindText = "text"

// kindNotice is the kind of a claim that rests on words by which somebody puts something under a license.
const kindNotice = "notice"

// kindReference is the kind of a claim that rests on a license's name or address alone. In a license file
// that is a statement; in the midst of a program it may be about anything.
const kindReference = "reference"

// fromStated handles a declaration and what the files say. One that is vague, as "GPL" is, leaves to the notices what the
// text leaves to them; one that is an expression has said it.
func fromStated(c *sbom.Component, silent map[string]int, declared, text, headers side) sbom.Conclusion {
	if len(text) > 0 && declared.vagueAbout(text) {
		text, _, headers = text.refinedBy(headers, c, silent)
	}
	return withForeign(fromDeclared(declared, text), slices.Concat(declared, text), headers)
}

// fromDeclared handles the rows in which there is a declaration.
func fromDeclared(declared, text side) sbom.Conclusion {
	both := slices.Concat(declared, text)
	vague, rest := declared.settledBy(text)
	switch {
	case len(text) == 0 && !declared.readable():
		out := declared.conclude(rowUnreadable)
		out.Note = "not an SPDX expression: " + declared.String()
		return out
	case len(text) == 0:
		return declared.conclude(rowDeclared)
	case declared.vagueAbout(text):
		return both.concludeAs(text.expr(), rowTextRefines)
	case declared.readable() && text.readable() && declared.expr().Equal(text.expr()):
		return both.concludeAs(declared.expr(), rowEqual)
	case declared.readable() && text.readable() && len(text.beyond(declared.expr())) == 0:
		row := rowDeclaredRefines
		if sameTerms(declared.terms(), text.terms()) {
			row = rowEqual
		}
		return both.concludeAs(declared.expr(), row)
	case len(vague) > 0 && rest.readable() && len(text.beyond(rest.expr()).unmeantBy(vague.besides(rest))) == 0:
		return both.concludeAs(slices.Concat(rest, text.meantBy(vague).unrefinedBy(rest, vague)).expr(), rowTextRefines)
	}
	out := both.concludeAs(slices.Concat(rest, text).expr(), rowConflict)
	out.Conflict = true
	out.Note = fmt.Sprintf("declared %s; the license files say %s", declared, text)
	return out
}

// fromText handles the rows in which nothing is declared: a license file, and what single files state.
func fromText(c *sbom.Component, silent map[string]int, text, headers side) sbom.Conclusion {
	text, refining, headers := text.refinedBy(headers, c, silent)
	foreign := headers.beyond(text.expr())
	switch {
	case len(foreign) > 0:
		return slices.Concat(text, refining, foreign).concludeAs(slices.Concat(text, foreign).expr(), rowTextHeaders)
	case len(refining) > 0:
		return slices.Concat(text, refining).concludeAs(text.expr(), rowHeadersRefine)
	}
	return text.conclude(rowText)
}

// withForeign adds what shipped files state beyond a conclusion from what was stated for the whole: one
// foreign file binds the whole as much as a line in LICENSE does, and the declaration did not say so.
func withForeign(base sbom.Conclusion, stated, headers side) sbom.Conclusion {
	foreign := headers.beyond(base.Expr)
	if len(foreign) == 0 {
		return base
	}
	out := base
	out.Row, out.Conflict = rowConflict, !foreign.relatedTo(base.Expr)
	out.Because = slices.Concat(base.Because, foreign.claims())
	out.Note = "files that ship say " + foreign.String()
	if base.Note != "" {
		out.Note = base.Note + "; " + out.Note
	}
	if base.Expr.IsNoAssertion() { // nothing stated could be read
		out.Expr = slices.Concat(stated, foreign).expr()
	} else {
		out.Expr = spdx.And(base.Expr, foreign.named()).Normal()
	}
	return out
}

// withCopies compares the copies of a component: one name for two contents is a conflict, though the AND
// of all that they state is judged.
func withCopies(c *sbom.Component, out sbom.Conclusion) sbom.Conclusion {
	said := map[string]bool{}
	var each []string // what the license files of a copy state, and where the first that says so lies
	for _, o := range c.Occurrences {
		var text side
		for _, i := range o.Claims {
			if cl := c.Claims[i]; cl.Role == sbom.RoleLicenseFile {
				text = append(text, statement{claim: i, expr: cl.Expr, raw: cl.Raw})
			}
		}
		if len(text) == 0 {
			continue
		}
		words := text.String()
		if !said[words] {
			said[words] = true
			each = append(each, fmt.Sprintf("%s in %s", words, o.Dir))
		}
	}
	if len(each) > 1 {
		out.Conflict = true
		if out.Note != "" {
			each = append(each, out.Note)
		}
		out.Note = strings.Join(each, "; ")
	}
	return out
}
