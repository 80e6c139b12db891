package supplied

import (
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// document is the reference of an SPDX document itself.
const document = "SPDXRef-DOCUMENT"

// parcel is a package of SPDX 2 (clause 7), however it was written.
type parcel struct {
	at                        source.Span
	id, name, version         field
	supplier, origin          field
	homepage, download        field
	declared, concluded       field
	inFiles, also             []field // also: what is declared once more
	licenseComment, comment   field
	copyright, purpose, purls field
	hashes                    []sbom.Hash
}

// spdx2 reads a document, the object of JSON or YAML.
func (v *inventory) spdx2(top doc.Node) {
	if top.Kind() != doc.Object {
		return
	}
	v.begin(textOf(top.Get("spdxVersion")))
	v.ignored[top.Get("SPDXID").Text()] = true
	for e := range v.Items(top.Get("hasExtractedLicensingInfos"), next, "licenses") {
		v.extracted(textOf(e.Get("licenseId")), textOf(e.Get("extractedText")))
	}
	for a := range top.Get("annotations").Items() {
		v.annotation(textOf(a.Get("comment")))
	}
	for _, key := range []string{"files", "snippets"} {
		for f := range top.Get(key).Items() {
			v.ignored[f.Get("SPDXID").Text()] = true
		}
	}
	for p := range v.Items(top.Get("packages"), next, "packages") {
		if p.Kind() != doc.Object {
			v.Lost(p.Span(), next, "a package of kind %s where an object is expected", p.Kind())
			continue
		}
		v.parcel(parcelOf(p))
	}
	for d := range top.Get("documentDescribes").Items() {
		v.subjects = append(v.subjects, d.Text())
	}
	for r := range v.Items(top.Get("relationships"), next, "relationships") {
		v.relate(textOf(r.Get("spdxElementId")).text, textOf(r.Get("relationshipType")), textOf(r.Get("relatedSpdxElement")).text)
	}
}

// begin reads the version of the specification.
func (v *inventory) begin(version field) {
	v.known, v.ignored[document] = true, true
	if !slices.Contains([]string{"SPDX-2.0", "SPDX-2.1", "SPDX-2.2", "SPDX-2.3", "SPDX-2.3.1"}, version.text) {
		v.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: cmp.Or(version.at, source.Span{Path: v.file}), Material: true, Next: "ask for version 2.3 or older of SPDX 2",
			Why: "a version of SPDX that licet does not know: what is new in it is not read"})
	}
}

// annotation reads a gap that licet noted.
func (v *inventory) annotation(comment field) {
	if gap, ok := strings.CutPrefix(comment.text, "gap: "); ok {
		v.told(gap, comment.at)
	}
}

func parcelOf(p doc.Node) parcel {
	get := func(key string) field { return textOf(p.Get(key)) }
	out := parcel{
		at: p.Span(), id: get("SPDXID"), name: get("name"), version: get("versionInfo"),
		supplier: get("supplier"), origin: get("originator"), homepage: get("homepage"), download: get("downloadLocation"),
		declared: get("licenseDeclared"), concluded: get("licenseConcluded"), licenseComment: get("licenseComments"),
		comment: get("comment"), copyright: get("copyrightText"), purpose: get("primaryPackagePurpose"),
	}
	for l := range p.Get("licenseInfoFromFiles").Items() {
		out.inFiles = append(out.inFiles, textOf(l))
	}
	for h := range p.Get("checksums").Items() {
		out.hashes = append(out.hashes, hash(h.Get("algorithm").Text(), h.Get("checksumValue").Text())...)
	}
	for r := range p.Get("externalRefs").Items() {
		if r.Get("referenceType").Text() == "purl" && out.purls.text == "" {
			out.purls = textOf(r.Get("referenceLocator"))
		}
	}
	return out
}

// parcel adds a package.
func (v *inventory) parcel(p parcel) {
	c := sbom.Component{
		Name: p.name.text, Version: stating(p.version), Hashes: p.hashes, Copyrights: copyrights(p.copyright),
		Supplier: cmp.Or(stating(p.supplier), stating(p.origin)), Homepage: stating(p.homepage), Source: stating(p.download),
		Type: typeOf(strings.ReplaceAll(strings.ToLower(p.purpose.text), "_", "-")),
	}
	at := cmp.Or(p.name.at, p.at)
	if strings.TrimSpace(c.Name) == "" && p.purls.text == "" {
		v.Lost(at, next, "a package without a name and a purl")
		v.ignored[p.id.text] = true
		return
	}
	if strings.EqualFold(p.purpose.text, "FILE") && p.purls.text == "" && stating(p.declared)+stating(p.concluded) == "" {
		v.ignored[p.id.text] = true
		return
	}
	v.identify(&c, p.purls)
	c.Claims = v.withTexts(p.claims())
	scope := noted(p.comment, "scope: ")
	if dir := noted(p.comment, "files: "); c.PURL == "" && dir != "" {
		c.ID = sbom.ID("file:" + dir + "#" + c.Name + "@" + c.Version)
	}
	v.add(p.id, c, scopeOf(scope), at)
}

// stating is a text that asserts something.
func stating(f field) string {
	if f.text == "NOASSERTION" || f.text == "NONE" {
		return ""
	}
	return f.text
}

// claims are those of a package. NONE of what its author concluded counts where nothing is declared (7.13, 7.15); what the
// files say where nothing is concluded.
func (p parcel) claims() []sbom.Claim {
	out := claims(sbom.KindSupplied, p.declared)
	for _, again := range p.also {
		out = append(out, claims(sbom.KindSupplied, again)...)
	}
	out = append(out, claims(sbom.KindSuppliedConclusion, p.concluded)...)
	if stating(p.concluded) == "" {
		for _, f := range p.inFiles {
			out = append(out, claims(sbom.KindSuppliedConclusion, f)...)
		}
	}
	if strings.HasPrefix(p.licenseComment.text, "conflict: ") {
		contradict(out, p.licenseComment.at)
	}
	if len(out) == 0 && strings.HasPrefix(p.licenseComment.text, "unrecognised: ") {
		out = append(out, unread(p.licenseComment.at))
	}
	return out
}

// noted is the rest of the first line of a comment that begins so.
func noted(comment field, prefix string) string {
	for line := range strings.Lines(comment.text) {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// scopeOf reads "test, direct".
func scopeOf(note string) sbom.Scope {
	word, _, _ := strings.Cut(note, ",")
	switch s := sbom.Scope(word); s {
	case sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development:
		return s
	}
	return ""
}

// relation is what a type of relationship means (clause 11.1).
type relation struct {
	turned  bool // the second element needs the first
	kind    sbom.Kind
	scope   sbom.Scope
	linkage sbom.Linkage
}

// relationOf says what a type means; ok is false for those by which nothing is needed.
func relationOf(kind string) (r relation, ok bool) {
	switch kind {
	case "CONTAINS":
		return relation{kind: sbom.Contains}, true
	case "CONTAINED_BY", "PACKAGE_OF":
		return relation{turned: true, kind: sbom.Contains}, true
	case "DEPENDS_ON", "HAS_PREREQUISITE":
		return relation{scope: sbom.Runtime}, true
	case "DEPENDENCY_OF", "RUNTIME_DEPENDENCY_OF", "PREREQUISITE_FOR":
		return relation{turned: true, scope: sbom.Runtime}, true
	case "DYNAMIC_LINK":
		return relation{scope: sbom.Runtime, linkage: sbom.Dynamic}, true
	case "STATIC_LINK":
		return relation{scope: sbom.Runtime, linkage: sbom.Static}, true
	case "OPTIONAL_DEPENDENCY_OF", "OPTIONAL_COMPONENT_OF":
		return relation{turned: true, scope: sbom.Optional}, true
	case "BUILD_DEPENDENCY_OF", "BUILD_TOOL_OF", "PROVIDED_DEPENDENCY_OF":
		return relation{turned: true, scope: sbom.Build}, true
	case "TEST_DEPENDENCY_OF", "TEST_TOOL_OF":
		return relation{turned: true, scope: sbom.Test}, true
	case "DEV_DEPENDENCY_OF", "DEV_TOOL_OF":
		return relation{turned: true, scope: sbom.Development}, true
	}
	return relation{}, false
}

// relate reads a relationship.
func (v *inventory) relate(from string, kind field, to string) {
	switch {
	case kind.text == "DESCRIBES" && v.ignored[from]:
		v.subjects = append(v.subjects, to)
		return
	case kind.text == "DESCRIBED_BY" && v.ignored[to]:
		v.subjects = append(v.subjects, from)
		return
	}
	r, ok := relationOf(kind.text)
	if !ok {
		return
	}
	if r.turned {
		from, to = to, from
	}
	switch {
	case to == "NONE" || from == "NONE":
	case to == "NOASSERTION" && v.ids[from] != "":
		v.isIncomplete(kind.at, []string{from})
	case v.ignored[from] && from == document && r.kind == sbom.Contains: // some say so and mean that it describes it
		v.subjects = append(v.subjects, to)
	default:
		v.links = append(v.links, link{from: from, to: to, kind: r.kind, scope: r.scope, linkage: r.linkage, at: kind.at})
	}
}
