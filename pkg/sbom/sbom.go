// Package sbom is licet's domain: components, the relationships between them, what was claimed about
// their licenses and on what evidence, and what could not be read.
//
// Three kinds of statement are kept apart and never overwritten. A component *declares* a license in
// its manifest; a license is *detected* in its files; what licet (or a named person) *concludes* from
// both stands beside them and names the claims it rests on. Scope and linkage belong to the edge, not
// to the component: the same library may be shipped by one path and merely test another.
//
// Readers produce [Fragment]s. [Merge] joins any number of them, in any order, into one [Document]: set
// union by identity, then sorted, so the same input always gives the same bytes. What is derived from
// the whole graph (effective scope, directness) is computed from a Document, never by a reader.
package sbom

import (
	"cmp"
	"slices"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// ID identifies a component: its canonical purl, or "file:<dir>#<name>@<version>" without one.
type ID string

// Digest is "algorithm:value": "lt1:..." over normalised text, "sha256:..." over raw bytes.
type Digest = source.Digest

// Component is one package, module, runtime or project. Components with one [ID] are one component;
// copies with different content are its occurrences.
type Component struct {
	ID       ID     `json:"id"`
	PURL     string `json:"purl,omitempty"`
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	Type     Type   `json:"type,omitempty"`
	Supplier string `json:"supplier,omitempty"`
	Homepage string `json:"homepage,omitempty"`
	// Source is where its bytes come from: a URL or VCS location, redacted.
	Source string `json:"source,omitempty"`
	Origin Origin `json:"origin,omitempty"`
	// FirstParty: the organisation's own, by the facts.
	FirstParty  bool         `json:"first_party,omitempty"`
	Occurrences []Occurrence `json:"occurrences,omitempty"`
	Claims      []Claim      `json:"claims,omitempty"`
	Concluded   Conclusion   `json:"concluded,omitzero"`
	Copyrights  []Copyright  `json:"copyrights,omitempty"`
	Hashes      []Hash       `json:"hashes,omitempty"`
	// Scope is the effective scope, see [Document.Resolve]. Readers leave it empty.
	Scope Scope `json:"scope,omitempty"`
	// Direct: a root depends on it by an edge of its own. Readers leave it false.
	Direct bool `json:"direct,omitempty"`
}

// Type is what a component is, in CycloneDX's words.
type Type string

// The types that readers give.
const (
	TypeApplication Type = "application"
	TypeLibrary     Type = "library"
	TypeFramework   Type = "framework"
	TypePlatform    Type = "platform"
	TypeContainer   Type = "container" // an image of one
)

// Origin is how a component came to be known.
type Origin string

// The origins. A manifest is written by those who develop a project, and is what it is built from. What is vendored is
// someone else's package that lies in the tree: packed, or unpacked with the record that a tool wrote beside its files. A
// project may be a root, such a package is none: it is a part of what is scanned. What was packed with all that it is built
// from is a project where it is the target itself, and a copy deeper down: nobody keeps releases of his own among his sources.
const (
	OriginManifest  Origin = "manifest"
	OriginVendored  Origin = "vendored"
	OriginBundled   Origin = "bundled"
	OriginEmbedded  Origin = "embedded"
	OriginSubmodule Origin = "submodule"
	OriginSBOM      Origin = "sbom"
	OriginUnknown   Origin = "unknown"
)

// origins are the origins in the order of what they tell: what a project is built from by its own word, before what lies in it as a
// copy, what was found in something built, and what others say. A component that came in several ways has the first of these.
var origins = [...]Origin{OriginManifest, OriginVendored, OriginEmbedded, OriginBundled, OriginSubmodule, OriginSBOM, OriginUnknown}

// Compare orders origins as [Merge] picks among them: the more telling first, one that is none of the above behind all, and the
// empty one last.
func (o Origin) Compare(p Origin) int {
	rank := func(o Origin) int {
		if o == "" {
			return len(origins) + 1
		}
		if i := slices.Index(origins[:], o); i >= 0 {
			return i
		}
		return len(origins)
	}
	return cmp.Or(cmp.Compare(rank(o), rank(p)), cmp.Compare(o, p))
}

// Occurrence is one place where the component's files lie. Dir is a path as [source.Span] writes it: a
// folder of the target or of a cache, or one inside an archive; empty when no files are at hand.
type Occurrence struct {
	Dir string `json:"dir,omitempty"`
	// Digest is over the content, when the package manager records one for this place.
	Digest Digest `json:"digest,omitempty"`
	// Found are the manifest and lockfile lines that name the component.
	Found []source.Span `json:"found,omitempty"`
	// Claims are indices into the component's claims: those that this occurrence's files make.
	Claims []int `json:"claims,omitempty"`
	// Layer is the layer of an image that brought the files, by the digest of what is packed in it; empty in what is no image.
	Layer Digest `json:"layer,omitempty"`
	// Whose says whether that layer is of the image that the image was made of, "base", or its "own"; empty if nobody knows. What is
	// in either is conveyed.
	Whose string `json:"whose,omitempty"`
	// Modified says whether the files differ from what was published; empty is unknown. What was left out of the copy is no
	// difference, nor are line endings.
	Modified Answer `json:"modified,omitempty"`
	// Against is what the answer rests on: "go.sum", ".cargo-checksum.json", the path of a patch.
	Against string `json:"against,omitempty"`
	// Changed are the files that differ, sorted, and no more than [MaxChanged] of them; Changes counts all.
	Changed []Change `json:"changed,omitempty"`
	Changes int      `json:"changes,omitempty"`
}

// Answer is a yes, a no, or an honest "unknown" (the zero value too).
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Basis says who makes a claim.
type Basis string

// The bases of a claim.
const (
	Declared  Basis = "declared"  // the component's manifest or registry entry
	Detected  Basis = "detected"  // the text of its files
	Clarified Basis = "clarified" // the facts (clarify, curations): a named person
)

// Role is the part that the claiming file plays in the component.
type Role string

// The roles. A claim of a license file speaks for the component; one of a file speaks for that file.
const (
	RoleManifest    Role = "manifest"
	RoleLicenseFile Role = "license-file" // LICENSE, COPYING and the like at the component's top
	RoleNotice      Role = "notice-file"  // NOTICE, AUTHORS, PATENTS: to be reproduced, not a license of the whole
	RoleFile        Role = "file"         // any other file that ships
	RoleAside       Role = "aside"        // tests, documentation, fixtures, lockfiles: listed, never joined in
)

// The kinds of claims that rest on a bill of materials which somebody wrote, or on the word of a service that was asked: what it says
// to be declared, and what its author concluded. Their basis is Declared, for nobody looked at a text; see package conclude for what they weigh.
const (
	KindSupplied           = "supplied"
	KindSuppliedConclusion = "supplied-conclusion"
)

// RuleConflict is the rule of a supplied conclusion whose author says that it contradicts what is declared.
const RuleConflict = "supplied-conflict"

// RuleExtracted is the rule of evidence that is the text of a license in a bill of materials, and of the claim of what such a text says, whose
// Raw is the name that the document has for it.
const RuleExtracted = "extracted-text"

// IsExtracted reports whether a claim is what the text says that a bill of materials has under a name.
func (c Claim) IsExtracted() bool {
	return c.Basis == Detected && c.Role == RoleAside && len(c.Evidence) == 1 && c.Evidence[0].Rule == RuleExtracted
}

// IsSupplied reports whether a claim rests on a bill of materials that somebody wrote.
func (c Claim) IsSupplied() bool { return c.Kind == KindSupplied || c.Kind == KindSuppliedConclusion }

// Claim is one statement about a license. Claims are appended, never changed.
type Claim struct {
	Basis Basis     `json:"basis"`
	Kind  string    `json:"kind,omitempty"` // of a detected claim: text, tag, notice, reference, field; ignored if set aside; of a declared one see KindSupplied
	Role  Role      `json:"role,omitempty"`
	Expr  spdx.Expr `json:"expression"` // NOASSERTION when Raw cannot be read as one
	// Raw is the statement as written, when it is short: a manifest's field, a tag's value.
	Raw      string     `json:"raw,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Evidence is where and how a claim was found.
type Evidence struct {
	Span source.Span `json:"span"`
	// EndLine is the line that the span ends on; 0 where nobody counted.
	EndLine int `json:"end_line,omitempty"`
	// Rule is the id of what matched.
	Rule string `json:"rule,omitempty"`
	// Coverage is the share of the listed text that was found, 0 to 1; 0 where that has no meaning.
	Coverage float64 `json:"coverage,omitempty"`
	// Text is the digest of the passage, a key of [Document.Texts] where the text is kept.
	Text Digest `json:"text,omitempty"`
}

// Conclusion is what follows from a component's claims, see package conclude.
type Conclusion struct {
	Expr spdx.Expr `json:"expression,omitzero"`
	// Row is the id of the row of the decision table that applied.
	Row string `json:"row,omitempty"`
	// Because are indices into the component's claims.
	Because []int  `json:"because,omitempty"`
	Note    string `json:"note,omitempty"`
	// By is "licet" or a named person.
	By string `json:"by,omitempty"`
	// Conflict: declared and detected cannot both be the whole truth.
	Conflict bool `json:"conflict,omitempty"`
}

// Copyright is one statement of ownership. Holder and Years are empty where they could not be told.
type Copyright struct {
	Text   string        `json:"text"`
	Holder string        `json:"holder,omitempty"`
	Years  string        `json:"years,omitempty"`
	Found  []source.Span `json:"found,omitempty"`
	// Ignored: it stands in a file of which another one states the copyright in its stead.
	Ignored bool `json:"ignored,omitempty"`
}

// Hash is a checksum of what the package manager fetches. Algorithm is in CycloneDX's words ("SHA-512");
// one that is not of the artifact's bytes has its own name ("h1", Go's hash of a module's files).
type Hash struct {
	Algorithm string `json:"alg"`
	Hex       string `json:"value"` // hexadecimal; as written for "h1"
}

// Relationship is an edge: From depends on To. Requirement is the range as the manifest writes it.
type Relationship struct {
	From        ID            `json:"from"`
	To          ID            `json:"to"`
	Kind        Kind          `json:"kind,omitempty"`
	Scope       Scope         `json:"scope,omitempty"`
	Linkage     Linkage       `json:"linkage,omitempty"`
	Requirement string        `json:"requirement,omitempty"`
	Found       []source.Span `json:"found,omitempty"`
}

// Kind is the kind of an edge; empty is "depends-on".
type Kind string

// The kinds of edge.
const (
	DependsOn Kind = "depends-on"
	Contains  Kind = "contains" // To lies inside From: a workspace member, a bundled copy
	Indirect  Kind = "indirect" // From needs To by way of something that could not be read
)

// Scope says for what the dependent needs the dependency, from strongest to weakest. Empty is unknown
// and counts as runtime.
type Scope string

// The scopes, strongest first.
const (
	Runtime     Scope = "runtime"
	Optional    Scope = "optional" // optional and peer dependencies: counted as shipped
	Build       Scope = "build"
	Test        Scope = "test"
	Development Scope = "development"
)

// Linkage says how the dependency is joined to the dependent. Empty is unknown.
type Linkage string

// The linkages.
const (
	Static         Linkage = "static"
	Dynamic        Linkage = "dynamic"
	Bundled        Linkage = "bundled"
	Process        Linkage = "process"
	Header         Linkage = "header"
	Aggregate      Linkage = "aggregate"
	LinkageUnknown Linkage = "unknown"
)

// Use is how one deliverable uses one component. Unknown counts as yes, and so does a use that nobody states.
//
// A reader states it where more is known than a graph of packages tells: which of a module's packages are compiled
// into this program for these platforms. [Document.Resolve] holds it against the effective scope.
type Use struct {
	Component   ID      `json:"component"`
	Deliverable string  `json:"deliverable"`
	Shipped     Answer  `json:"shipped"`
	Modified    Answer  `json:"modified,omitempty"`
	Linkage     Linkage `json:"linkage,omitempty"`
	Because     string  `json:"because,omitempty"`
}

// Gap is something that could not be read: a result like any other, so that absence never looks like
// a clean answer.
type Gap struct {
	Kind GapKind     `json:"kind"`
	Span source.Span `json:"span,omitzero"`
	// Reader is the ecosystem, or "walk", "detect", "merge".
	Reader string `json:"reader,omitempty"`
	Why    string `json:"why"`
	// Next is what the user can do, as an imperative: "run `npm ci`".
	Next string `json:"next,omitempty"`
	// Components are those whose files or facts are missing; the gap is material if one of them ships.
	Components []ID `json:"components,omitempty"`
	// FilesOnly: nothing but the files of the components is missing. A scan uses it, and no report has it.
	FilesOnly bool `json:"-"`
	// Material: it could hide a component or a license of something shipped. Readers set it for what
	// they lost outright; [Document.Resolve] adds it where a shipped component is concerned.
	Material bool `json:"material,omitempty"`
}

// GapKind says why something was not read.
type GapKind string

// The kinds of gap.
const (
	Lost        GapKind = "lost"        // broken or unreadable
	Limit       GapKind = "limit"       // past a limit of size, depth or number
	Unsupported GapKind = "unsupported" // licet does not know how
	Unavailable GapKind = "unavailable" // not on this machine
)

// FileFacts is what one file of the target says.
type FileFacts struct {
	Path string `json:"path"`
	Size int64  `json:"size,omitempty"`
	// SHA256 and SHA1 are of the raw bytes, in hexadecimal, for license files and those that carry claims.
	SHA256 string `json:"sha256,omitempty"`
	SHA1   string `json:"sha1,omitempty"`
	// Class is how the path was classified: "", test, documentation, fixture, example, build.
	Class string `json:"class,omitempty"`
	// Owner is the component whose file it is.
	Owner      ID          `json:"owner,omitempty"`
	Claims     []Claim     `json:"claims,omitempty"`
	Copyrights []Copyright `json:"copyrights,omitempty"`
}

// Text is the text of a license or notice as it was found.
type Text struct {
	Body string      `json:"body"`
	From source.Span `json:"from"`
}

// Input is one thing that the result depends on.
type Input struct {
	Kind   string `json:"kind"` // tree, cache, facts, policy, rules, tool, as-of
	Name   string `json:"name"`
	Digest Digest `json:"digest,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Fragment is what one reader learned. Order does not matter.
type Fragment struct {
	Roots         []ID
	Components    []Component
	Relationships []Relationship
	Gaps          []Gap
	Uses          []Use
}

// Document is everything a scan learned, sorted.
type Document struct {
	Roots         []ID            `json:"roots,omitempty"`
	Components    []Component     `json:"components,omitempty"`
	Relationships []Relationship  `json:"relationships,omitempty"`
	Files         []FileFacts     `json:"files,omitempty"`
	Texts         map[Digest]Text `json:"texts,omitempty"`
	Gaps          []Gap           `json:"gaps,omitempty"`
	Inputs        []Input         `json:"inputs,omitempty"`
	Uses          []Use           `json:"uses,omitempty"`
}
