package spdx2

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx23 "github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

func (b *builder) pkg(c *sbom.Component) *spdx23.Package {
	var notes notes
	declared, concluded := report.Declared(c), c.Concluded.Expr
	if report.Unknown(c) == "missing" {
		declared = spdx.None() // 7.15: nothing whatsoever is stated in it
	}
	p := &spdx23.Package{
		PackageName:             c.Name,
		PackageSPDXIdentifier:   packageID(c.ID),
		PackageVersion:          c.Version,
		PackageSupplier:         supplier(c.Supplier, &notes),
		PackageDownloadLocation: uri(c.Source, noAssertion, "source", &notes),
		PackageHomePage:         uri(c.Homepage, "", "homepage", &notes),
		PackageLicenseDeclared:  b.refs.write(declared, "declared", &notes),
		PackageLicenseConcluded: b.refs.write(concluded, "concluded", &notes),
		PackageLicenseComments:  whyConcluded(c),
		PackageCopyrightText:    copyrights(c.Copyrights),
		PrimaryPackagePurpose:   purpose(c.Type),
	}
	for _, h := range c.Hashes {
		if alg, ok := checksum(h); ok {
			p.PackageChecksums = append(p.PackageChecksums, common.Checksum{Algorithm: alg, Value: strings.ToLower(h.Hex)})
		} else {
			notes.add("hash: %s %s", h.Algorithm, h.Hex)
		}
	}
	if c.PURL != "" {
		p.PackageExternalReferences = []*spdx23.PackageExternalReference{{
			Category: common.CategoryPackageManager, RefType: common.TypePackageManagerPURL, Locator: c.PURL,
		}}
	}
	for _, modified := range format.Modified(c, sbom.MaxChanged) {
		notes.add("modified: %s", modified)
	}
	for _, layer := range format.Layers(c) {
		notes.add("layer: %s", layer)
	}
	for _, shipped := range format.Shipped(b.doc, c.ID) {
		notes.add("shipped: %s", shipped)
	}
	describe(c, &notes)
	p.PackageComment = notes.String()
	return p
}

// notes are the lines of a comment.
type notes []string

func (n *notes) add(format string, args ...any) { *n = append(*n, fmt.Sprintf(format, args...)) }

func (n notes) String() string { return strings.Join(n, "\n") }

// describe notes what has no field of its own: scope, places, and the evidence of every claim.
func describe(c *sbom.Component, n *notes) {
	scope := string(c.Scope)
	if c.Direct {
		scope = strings.TrimPrefix(scope+", direct", ", ")
	}
	if c.FirstParty {
		scope = strings.TrimPrefix(scope+", first party", ", ")
	}
	if scope != "" {
		n.add("scope: %s", scope)
	}
	for _, o := range c.Occurrences {
		for _, s := range o.Found {
			n.add("named: %s", s)
		}
		if o.Dir != "" {
			n.add("files: %s", o.Dir)
		}
	}
	for _, claim := range c.Claims {
		n.add("%s", claimLine(claim))
	}
}

// claimLine is "detected MIT: LICENSE:1 (text:MIT), docs/COPYING:1 (text:MIT)".
func claimLine(c sbom.Claim) string {
	s := fmt.Sprintf("%s %s", c.Basis, c.Expr)
	if c.Raw != "" && c.Raw != c.Expr.String() {
		s += fmt.Sprintf(" (stated as %q)", c.Raw)
	}
	var places []string
	for _, e := range c.Evidence {
		place := e.Span.String()
		if e.Rule != "" {
			place += " (" + e.Rule + ")"
		}
		places = append(places, place)
	}
	if len(places) > 0 {
		s += ": " + strings.Join(places, ", ")
	}
	return s
}

// whyConcluded says how the conclusion was reached, or which kind of unknown it is.
func whyConcluded(c *sbom.Component) string {
	var parts []string
	switch report.Unknown(c) {
	case "missing":
		parts = append(parts, "missing: the files were looked at and state no license")
	case "unavailable":
		parts = append(parts, "unavailable: the files are not at hand and nothing is declared")
	case "unrecognised":
		parts = append(parts, "unrecognised: something is stated and cannot be read as an expression")
	}
	if c.Concluded.Conflict {
		parts = append(parts, "conflict: declared and detected license cannot both be the whole truth")
	}
	if c.Concluded.Note != "" {
		parts = append(parts, c.Concluded.Note)
	}
	if c.Concluded.Row != "" {
		parts = append(parts, fmt.Sprintf("concluded by %s, row %s", c.Concluded.By, c.Concluded.Row))
	}
	return strings.Join(parts, "\n")
}

// supplier takes a name when it says what it names.
func supplier(s string, n *notes) *common.Supplier {
	if kind, name := format.Supplier(s); kind != "" && name != "" {
		return &common.Supplier{SupplierType: kind, Supplier: name}
	}
	if s != "" {
		n.add("supplier: %s", s)
	}
	return &common.Supplier{Supplier: noAssertion}
}

// uri gives s where it may stand in a field of type URI, else the other value, and keeps s in a note.
func uri(s, other, what string, n *notes) string {
	if format.IsURI(s) {
		return s
	}
	if s != "" {
		n.add("%s: %s", what, s)
	}
	return other
}

func copyrights(list []sbom.Copyright) string {
	var lines []string
	for _, c := range list {
		if !c.Ignored {
			lines = append(lines, c.Text)
		}
	}
	if len(lines) == 0 {
		return noAssertion
	}
	return strings.Join(lines, "\n")
}

func purpose(t sbom.Type) string {
	switch t {
	case sbom.TypeApplication:
		return "APPLICATION"
	case sbom.TypeFramework:
		return "FRAMEWORK"
	case sbom.TypeLibrary:
		return "LIBRARY"
	case sbom.TypePlatform:
		return "OTHER"
	}
	return ""
}

// checksums are the algorithms of 7.10.
var checksums = []common.ChecksumAlgorithm{
	common.SHA1, common.SHA224, common.SHA256, common.SHA384, common.SHA512, common.MD5,
	common.SHA3_256, common.SHA3_384, common.SHA3_512,
	common.BLAKE2b_256, common.BLAKE2b_384, common.BLAKE2b_512, common.BLAKE3,
}

func checksum(h sbom.Hash) (common.ChecksumAlgorithm, bool) {
	name := h.Algorithm
	if rest, ok := strings.CutPrefix(name, "SHA-"); ok {
		name = "SHA" + rest
	}
	alg := common.ChecksumAlgorithm(name)
	return alg, slices.Contains(checksums, alg) && h.Hex != "" && strings.Trim(h.Hex, "0123456789abcdefABCDEF") == ""
}

// packageID is readable, and unique by the hash at its end: an SPDXID has only letters, digits, "." and
// "-" (7.2), which many a purl would share with another one.
func packageID(id sbom.ID) common.ElementID { return elementID("Package", string(id)) }

func elementID(kind, name string) common.ElementID {
	const readable = 80
	sum := sha256.Sum256([]byte(name))
	short := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.TrimPrefix(name, "pkg:"))
	short = strings.Trim(short[:min(len(short), readable)], "-")
	return common.ElementID(kind + "-" + short + "-" + hex.EncodeToString(sum[:8]))
}

// refs collects the LicenseRef- terms that the document names.
type refs map[spdx.Term]bool

// write prints an expression for a field of the document. What SPDX 2.3 cannot say becomes NOASSERTION,
// and a note says it in words.
func (r refs) write(e spdx.Expr, what string, n *notes) string {
	terms := e.Terms()
	for _, t := range terms {
		if strings.HasPrefix(t.ID, "DocumentRef-") || strings.HasPrefix(t.Exception, "AdditionRef-") || strings.Contains(t.Exception, ":") {
			n.add("%s license is %s, which SPDX 2.3 can name only with the document it refers to", what, e)
			return noAssertion
		}
	}
	for _, t := range terms {
		if t.IsRef() {
			r[spdx.Term{ID: t.ID}] = true
		}
	}
	return e.String()
}
