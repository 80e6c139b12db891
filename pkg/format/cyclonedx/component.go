package cyclonedx

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

func (b builder) component(c *sbom.Component) cdx.Component {
	licenses, beside := b.licenses(c)
	out := cdx.Component{
		BOMRef:             string(c.ID),
		Type:               componentType(c.Type),
		Name:               c.Name,
		Version:            c.Version,
		Scope:              scope(c.Scope),
		PackageURL:         c.PURL,
		Licenses:           licenses,
		ExternalReferences: references(c),
		Evidence:           b.evidence(c),
		Pedigree:           pedigree(c),
	}
	if _, name := format.Supplier(c.Supplier); name != "" {
		out.Supplier = &cdx.OrganizationalEntity{Name: name}
	}
	p := properties{}
	p.add("scope", string(c.Scope))
	for _, shipped := range format.Shipped(b.doc, c.ID) {
		p.add("shipped", shipped)
	}
	for _, modified := range format.Modified(c, sbom.MaxChanged) {
		p.add("modified", modified)
	}
	for _, layer := range format.Layers(c) {
		p.add("layer", layer)
	}
	p.add("direct", yes(c.Direct))
	p.add("first-party", yes(c.FirstParty))
	p.add("origin", string(c.Origin))
	p.add("license-declared", beside)
	p.add("license-state", report.Unknown(c))
	p.add("license-row", c.Concluded.Row)
	p.add("license-by", c.Concluded.By)
	p.add("license-note", c.Concluded.Note)
	p.add("license-conflict", yes(c.Concluded.Conflict))
	if !format.IsURI(c.Source) {
		p.add("source", c.Source)
	}
	var hashes []cdx.Hash
	for _, h := range c.Hashes {
		if isHash(h) {
			hashes = append(hashes, cdx.Hash{Algorithm: cdx.HashAlgorithm(h.Algorithm), Value: h.Hex})
		} else {
			p.add(strings.ToLower(h.Algorithm), h.Hex)
		}
	}
	if len(hashes) > 0 {
		out.Hashes = &hashes
	}
	out.Properties = p.list()
	return out
}

// pedigree says of a component that was modified so much: by which patches, and else which files differ.
func pedigree(c *sbom.Component) *cdx.Pedigree {
	if c.Modified() != sbom.Yes {
		return nil
	}
	out := cdx.Pedigree{Notes: "modified: " + strings.Join(format.Modified(c, sbom.MaxChanged), "; ")}
	seen := map[string]bool{}
	var patches []cdx.Patch
	for _, o := range c.Occurrences {
		if strings.HasSuffix(o.Against, ".patch") && !seen[o.Against] {
			seen[o.Against] = true
			patches = append(patches, cdx.Patch{Type: cdx.PatchTypeUnofficial, Diff: &cdx.Diff{URL: (&url.URL{Path: o.Against}).String()}})
		}
	}
	if len(patches) > 0 {
		out.Patches = &patches
	}
	return &out
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// componentType keeps to the specification's words; what a reader does not classify is a library.
func componentType(t sbom.Type) cdx.ComponentType {
	switch t {
	case sbom.TypeApplication, sbom.TypeFramework, sbom.TypePlatform:
		return cdx.ComponentType(t)
	}
	return cdx.ComponentTypeLibrary
}

// scope folds licet's five scopes into the specification's three: what is needed at run time, what may
// be absent there, and what is never part of it.
func scope(s sbom.Scope) cdx.Scope {
	switch s {
	case sbom.Optional:
		return cdx.ScopeOptional
	case sbom.Build, sbom.Test, sbom.Development:
		return cdx.ScopeExcluded
	}
	return cdx.ScopeRequired
}

// algorithms are the specification's names for hashes; what has another name is not a hash of the
// component's bytes, or not one that a reader of the document would know.
var algorithms = []string{
	"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512",
	"BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3",
}

func isHash(h sbom.Hash) bool {
	return slices.Contains(algorithms, h.Algorithm) && slices.Contains([]int{32, 40, 64, 96, 128}, len(h.Hex)) &&
		strings.Trim(h.Hex, "0123456789abcdefABCDEF") == ""
}

func references(c *sbom.Component) *[]cdx.ExternalReference {
	var out []cdx.ExternalReference
	if format.IsURI(c.Homepage) {
		out = append(out, cdx.ExternalReference{Type: cdx.ERTypeWebsite, URL: c.Homepage})
	}
	if format.IsURI(c.Source) {
		kind := cdx.ERTypeDistribution
		if strings.HasPrefix(c.Source, "git") {
			kind = cdx.ERTypeVCS
		}
		out = append(out, cdx.ExternalReference{Type: kind, URL: c.Source})
	}
	if len(out) == 0 {
		return nil
	}
	return &out
}

// evidence is where the component and the statements about its license were found.
func (b builder) evidence(c *sbom.Component) *cdx.Evidence {
	var places []cdx.EvidenceOccurrence
	for _, o := range c.Occurrences {
		if o.Dir != "" {
			places = append(places, place(source.Span{Path: o.Dir}, "files"))
		}
		for _, s := range o.Found {
			places = append(places, place(s, "named"))
		}
	}
	for _, claim := range c.Claims {
		for _, e := range claim.Evidence {
			places = append(places, place(e.Span, because(claim, e)))
		}
	}
	out := cdx.Evidence{Licenses: b.observed(c)}
	if len(places) > 0 {
		out.Occurrences = &places
	}
	if len(c.Copyrights) > 0 {
		lines := make([]cdx.Copyright, len(c.Copyrights))
		for i, s := range c.Copyrights {
			lines[i].Text = s.Text
		}
		out.Copyright = &lines
	}
	if out == (cdx.Evidence{}) {
		return nil
	}
	return &out
}

func place(s source.Span, context string) cdx.EvidenceOccurrence {
	o := cdx.EvidenceOccurrence{Location: s.Path, AdditionalContext: context}
	if s.Line > 0 {
		o.Line = &s.Line
	}
	if s.End > 0 {
		o.Offset = &s.Start
	}
	return o
}

// because says what a piece of evidence shows: "detected license MIT, rule text:MIT, coverage 98%".
func because(c sbom.Claim, e sbom.Evidence) string {
	s := fmt.Sprintf("%s license %s", c.Basis, c.Expr)
	if c.Raw != "" && c.Raw != c.Expr.String() {
		s += fmt.Sprintf(", stated as %q", c.Raw)
	}
	if e.Rule != "" {
		s += ", rule " + e.Rule
	}
	if e.Coverage > 0 {
		s += fmt.Sprintf(", coverage %.0f%%", 100*e.Coverage)
	}
	return s
}
