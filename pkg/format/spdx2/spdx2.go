// Package spdx2 writes a report as an SPDX 2.3 document in JSON.
//
// Packages carry purl, checksums, declared and concluded license and the evidence for both; files carry
// what was detected in them; relationships carry the scope of every edge. What the specification has no
// field for is said in a comment of the element it is about, and every gap is an annotation of the
// document, so that nobody takes silence for completeness.
//
// Rules that are easy to get wrong, and how they are kept here (clauses of SPDX 2.3):
//
//   - documentNamespace (6.5) must be a unique absolute URI without "#". It is a urn:uuid that is
//     computed from the rest of the document: unique to its content, no host invented.
//   - NONE is written only where somebody looked and found nothing, NOASSERTION for everything else
//     that is unknown (7.13, 7.15); licenseComments says which kind of unknown it is.
//   - A package whose files were not all analysed has filesAnalyzed false and then must not contain
//     files (7.8). Files are therefore tied to their package by an OTHER relationship with a comment.
//   - Every LicenseRef- has its text in hasExtractedLicensingInfos (10.1). DocumentRef- would need the
//     other document's checksum (6.6), and AdditionRef- came only with SPDX 3: both are spelled out in
//     a comment and the field says NOASSERTION.
//   - TEST_DEPENDENCY_OF and its kin point from the dependency to the dependent (11.1).
//   - supplier (7.5) must say whether it is a person or an organisation; where the source does not, it
//     is NOASSERTION and the name goes to the comment.
package spdx2

import (
	"fmt"
	"io"
	"strings"

	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx23 "github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
)

// Format is SPDX 2.3 JSON.
var Format = &format.Format{
	Name: "spdx-json",
	Doc: `SPDX 2.3 document in JSON (ISO/IEC 5962 and its successor)

Packages with purl, checksums, declared and concluded license; files with what was detected in them;
relationships with scope; custom license texts; every gap as an annotation of the document.`,
	Versions: versions,
	Encode:   encode,
}

var versions = []string{"2.3"}

const (
	none        = "NONE"
	noAssertion = "NOASSERTION"
	timeFormat  = "2006-01-02T15:04:05Z" // 6.9: UTC, no fractions
)

func encode(w io.Writer, r *report.Report, opt format.Options) error {
	if _, err := opt.Pick("spdx-json", versions); err != nil {
		return err
	}
	doc := newBuilder(r).document()
	return format.Seal(w, "documentNamespace", func(w io.Writer) error { return format.WriteJSON(w, doc, "  ") })
}

// builder makes the parts of one document and remembers which LicenseRefs they name.
type builder struct {
	r    *report.Report
	doc  *sbom.Document
	tool string
	refs refs
}

func newBuilder(r *report.Report) *builder {
	return &builder{r: r, doc: r.Document, tool: r.Tool.Name + "-" + r.Tool.Version, refs: refs{}}
}

func (b *builder) document() *spdx23.Document {
	d := &spdx23.Document{
		SPDXVersion:       spdx23.Version,
		DataLicense:       spdx23.DataLicense,
		SPDXIdentifier:    "DOCUMENT",
		DocumentName:      report.Name(b.doc),
		DocumentNamespace: format.Unsealed,
		DocumentComment:   b.comment(),
		CreationInfo: &spdx23.CreationInfo{
			LicenseListVersion: listVersion(b.r.Tool.Rules),
			Creators:           []common.Creator{{CreatorType: "Tool", Creator: b.tool}},
			Created:            b.r.Created.UTC().Format(timeFormat),
		},
	}
	for i := range b.doc.Components {
		d.Packages = append(d.Packages, b.pkg(&b.doc.Components[i]))
	}
	for i := range b.doc.Files {
		if f := &b.doc.Files[i]; isListed(f) {
			d.Files = append(d.Files, b.file(f))
		}
	}
	d.Relationships = b.relationships()
	d.OtherLicenses = b.extracted()
	for _, g := range b.doc.Gaps {
		d.Annotations = append(d.Annotations, b.annotation("gap: "+format.Gap(g)))
	}
	return d
}

// comment says in words what a reader must know before they rely on the document.
func (b *builder) comment() string {
	lines := []string{"reach: " + b.r.Reach}
	for _, s := range b.r.Assumptions {
		lines = append(lines, "assumption: "+s)
	}
	for _, in := range b.doc.Inputs {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("input: %s %s %s %s", in.Kind, in.Name, in.Digest, in.Note), " "))
	}
	if b.r.GapsAllowed != "" {
		lines = append(lines, "gaps allowed: "+b.r.GapsAllowed)
	}
	if n := len(b.doc.Gaps); n > 0 {
		lines = append(lines, fmt.Sprintf("incomplete: what could not be read is listed in the annotations (%d)", n))
	}
	return strings.Join(lines, "\n")
}

func (b *builder) annotation(text string) *spdx23.Annotation {
	return &spdx23.Annotation{
		Annotator:         common.Annotator{AnnotatorType: "Tool", Annotator: b.tool},
		AnnotationDate:    b.r.Created.UTC().Format(timeFormat),
		AnnotationType:    "OTHER",
		AnnotationComment: text,
	}
}

// listVersion is the "M.N" that 6.7 wants of the license list's version, "" when there is none.
func listVersion(rules string) string {
	for word := range strings.FieldsSeq(rules) {
		parts := strings.Split(strings.TrimPrefix(word, "v"), ".")
		if len(parts) >= 2 && isNumber(parts[0]) && isNumber(parts[1]) {
			return parts[0] + "." + parts[1]
		}
	}
	return ""
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
