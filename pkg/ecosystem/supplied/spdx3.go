package supplied

import (
	"cmp"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
)

// spdx3 reads a document of SPDX 3: a graph of elements by their spdxId, in which licenses are elements too and all else is
// a relationship (SPDX 3.0, Core and Software profiles).
func (v *inventory) spdx3(top doc.Node) {
	v.known = true
	licenses := map[string]field{}
	declared, concluded := map[string][]field{}, map[string][]field{}
	var packages, relationships []doc.Node
	for e := range v.Items(top.Get("@graph"), next, "elements") {
		id := element(e)
		switch kind := elementType(e); kind {
		case "software_Package", "dataset_DatasetPackage", "ai_AIPackage":
			packages = append(packages, e)
			continue
		case "Relationship", "LifecycleScopedRelationship":
			relationships = append(relationships, e)
		case "simplelicensing_LicenseExpression":
			licenses[id] = textOf(e.Get("simplelicensing_licenseExpression"))
		case "expandedlicensing_ListedLicense", "expandedlicensing_CustomLicense", "simplelicensing_SimpleLicensingText":
			licenses[id] = field{lastPart(id), e.Span()}
			v.extracted(licenses[id], textOf(e.Get("simplelicensing_licenseText")))
		case "expandedlicensing_ConjunctiveLicenseSet", "expandedlicensing_DisjunctiveLicenseSet", "expandedlicensing_WithAdditionOperator", "expandedlicensing_OrLaterOperator":
			licenses[id] = field{"a license that is put together of elements", e.Span()}
		case "CreationInfo":
			if version := textOf(e.Get("specVersion")); version.text != "" && !strings.HasPrefix(version.text, "3.0") {
				v.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: version.at, Material: true, Next: "ask for version 3.0",
					Why: "a version of SPDX that licet does not know: what is new in it is not read"})
			}
		case "SpdxDocument", "software_Sbom", "Bom":
			for r := range values(e.Get("rootElement")) {
				v.subjects = append(v.subjects, r.Text())
			}
		}
		v.ignored[id] = true
	}
	for _, r := range relationships {
		from := r.Get("from").Text()
		for to := range values(r.Get("to")) {
			license := licenses[to.Text()]
			if license.text == "" {
				license = field{lastPart(to.Text()), to.Span()}
			}
			switch kind := r.Get("relationshipType").Text(); kind {
			case "hasDeclaredLicense":
				declared[from] = append(declared[from], license)
			case "hasConcludedLicense":
				concluded[from] = append(concluded[from], license)
			default:
				v.connect3(r, kind, from, textOf(to))
			}
		}
	}
	for _, p := range packages {
		v.package3(p, declared[element(p)], concluded[element(p)])
	}
}

// values yields the items of an array, or the one value that stands there alone.
func values(n doc.Node) func(yield func(doc.Node) bool) {
	return func(yield func(doc.Node) bool) {
		if n.Kind() == doc.String {
			yield(n)
			return
		}
		n.Items()(yield)
	}
}

func element(e doc.Node) string     { return cmp.Or(e.Get("spdxId").Text(), e.Get("@id").Text()) }
func elementType(e doc.Node) string { return cmp.Or(e.Get("type").Text(), e.Get("@type").Text()) }

// lastPart is the name of a license by its address: ".../licenses/MIT", ".../NoneLicense".
func lastPart(id string) string {
	name := id[strings.LastIndexAny(id, "/#")+1:]
	switch strings.TrimPrefix(name, "expandedlicensing_") {
	case "NoneLicense":
		return "NONE"
	case "NoAssertionLicense":
		return "NOASSERTION"
	}
	return name
}

// connect3 reads a relationship between packages; its scope is that of a stage of the life cycle.
func (v *inventory) connect3(r doc.Node, kind, from string, to field) {
	l := link{from: from, to: to.text, at: to.at}
	switch kind {
	case "describes":
		v.subjects = append(v.subjects, to.text)
		return
	case "contains":
		l.kind = sbom.Contains
	case "dependsOn", "hasPrerequisite":
		l.scope = sbom.Runtime
	case "hasStaticLink":
		l.scope, l.linkage = sbom.Runtime, sbom.Static
	case "hasDynamicLink":
		l.scope, l.linkage = sbom.Runtime, sbom.Dynamic
	case "hasOptionalDependency", "hasOptionalComponent":
		l.scope = sbom.Optional
	case "hasProvidedDependency":
		l.scope = sbom.Build
	default:
		return
	}
	switch r.Get("scope").Text() {
	case "build":
		l.scope = sbom.Build
	case "test":
		l.scope = sbom.Test
	case "development", "design":
		l.scope = sbom.Development
	}
	switch lastPart(to.text) {
	case "NoneElement":
	case "NoAssertionElement":
		v.open = append(v.open, field{from, to.at})
	default:
		v.links = append(v.links, l)
	}
}

// package3 adds a package.
func (v *inventory) package3(p doc.Node, declared, concluded []field) {
	c := sbom.Component{
		Name: p.Get("name").Text(), Version: p.Get("software_packageVersion").Text(), Type: typeOf(p.Get("software_primaryPurpose").Text()),
		Homepage: p.Get("software_homePage").Text(), Source: p.Get("software_downloadLocation").Text(),
		Copyrights: copyrights(textOf(p.Get("software_copyrightText"))),
	}
	purl := textOf(p.Get("software_packageUrl"))
	for e := range p.Get("externalIdentifier").Items() {
		if strings.EqualFold(e.Get("externalIdentifierType").Text(), "packageUrl") && purl.text == "" {
			purl = textOf(e.Get("identifier"))
		}
	}
	for h := range p.Get("verifiedUsing").Items() {
		c.Hashes = append(c.Hashes, hash(h.Get("algorithm").Text(), h.Get("hashValue").Text())...)
	}
	id := element(p)
	if strings.TrimSpace(c.Name) == "" && purl.text == "" {
		v.Lost(p.Span(), next, "a package without a name and a purl")
		v.ignored[id] = true
		return
	}
	v.identify(&c, purl)
	for _, l := range declared {
		c.Claims = append(c.Claims, claims(sbom.KindSupplied, l)...)
	}
	for _, l := range concluded {
		c.Claims = append(c.Claims, claims(sbom.KindSuppliedConclusion, l)...)
	}
	c.Claims = v.withTexts(c.Claims)
	at := p.Get("name").Span()
	if at.IsZero() {
		at = p.Span()
	}
	v.add(field{id, at}, c, "", at)
}
