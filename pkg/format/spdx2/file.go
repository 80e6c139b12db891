package spdx2

import (
	"slices"
	"strings"

	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx23 "github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// isListed reports whether a file gets an entry: it states something, and its SHA-1, without which it
// cannot have one (8.4), is known.
func isListed(f *sbom.FileFacts) bool {
	return f.SHA1 != "" && (len(f.Claims) > 0 || len(f.Copyrights) > 0)
}

func (b *builder) file(f *sbom.FileFacts) *spdx23.File {
	var notes notes
	if f.Class != "" {
		notes.add("class: %s", f.Class)
	}
	out := &spdx23.File{
		FileName:           "./" + f.Path,
		FileSPDXIdentifier: fileID(f.Path),
		Checksums:          []common.Checksum{{Algorithm: common.SHA1, Value: f.SHA1}},
		LicenseConcluded:   noAssertion,
		FileCopyrightText:  copyrights(f.Copyrights),
	}
	if f.SHA256 != "" {
		out.Checksums = append(out.Checksums, common.Checksum{Algorithm: common.SHA256, Value: f.SHA256})
	}
	for _, e := range report.Detected(f.Claims) {
		out.LicenseInfoInFiles = append(out.LicenseInfoInFiles, b.refs.leaves(e, &notes)...)
	}
	slices.Sort(out.LicenseInfoInFiles)
	out.LicenseInfoInFiles = slices.Compact(out.LicenseInfoInFiles)
	if len(out.LicenseInfoInFiles) == 0 {
		out.LicenseInfoInFiles = []string{none}
		if len(f.Claims) > 0 {
			out.LicenseInfoInFiles[0] = noAssertion
		}
	}
	for _, c := range f.Claims {
		notes.add("%s", claimLine(c))
	}
	out.FileComment = notes.String()
	return out
}

// leaves are the licenses of an expression one by one, as 8.6 has them.
func (r refs) leaves(e spdx.Expr, n *notes) []string {
	var out []string
	for _, t := range e.Terms() {
		out = append(out, r.write(spdx.Leaf(t), "detected", n))
	}
	return out
}

func fileID(path string) common.ElementID { return elementID("File", path) }

// extracted gives every LicenseRef- its text, or says where it is named and that no text is at hand.
func (b *builder) extracted() []*spdx23.OtherLicense {
	terms := make([]spdx.Term, 0, len(b.refs))
	for t := range b.refs {
		terms = append(terms, t)
	}
	slices.SortFunc(terms, func(s, t spdx.Term) int { return strings.Compare(s.ID, t.ID) })
	texts := b.texts()
	var out []*spdx23.OtherLicense
	for _, t := range terms {
		l := &spdx23.OtherLicense{LicenseIdentifier: t.ID, LicenseName: strings.TrimPrefix(t.ID, "LicenseRef-")}
		if text, ok := texts[t]; ok {
			l.ExtractedText = text.Body
			l.LicenseComment = "found: " + text.From.String()
		} else {
			l.ExtractedText = "The text of " + t.ID + " is not at hand; the comments of the packages and files that name it say where it is stated."
		}
		out = append(out, l)
	}
	return out
}

// texts are the texts of the LicenseRefs in use, the first found of each.
func (b *builder) texts() map[spdx.Term]sbom.Text {
	found := map[spdx.Term]sbom.Text{}
	look := func(claims []sbom.Claim) {
		for _, c := range claims {
			t, ok := c.Expr.Term()
			if !ok || !b.refs[t] {
				continue
			}
			if _, done := found[t]; done {
				continue
			}
			if text, ok := report.TextOf(b.doc, claims, t); ok {
				found[t] = text
			}
		}
	}
	for _, c := range b.doc.Components {
		look(c.Claims)
	}
	for _, f := range b.doc.Files {
		look(f.Claims)
	}
	return found
}
