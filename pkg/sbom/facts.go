package sbom

import (
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// Facts is the half of a policy file that states what is the case, as opposed to what is permitted.
// Both scan and check honour it. Every fact carries the place where it was stated.
type Facts struct {
	Project      Project       `json:"project,omitzero"`
	Deliverables []Deliverable `json:"deliverables,omitempty"`
	FirstParty   FirstParty    `json:"first_party,omitzero"`
	Paths        []PathClass   `json:"paths,omitempty"`
	Choices      []Choice      `json:"choices,omitempty"`
	Clarify      []Clarify     `json:"clarify,omitempty"`
	Curations    []Curation    `json:"curations,omitempty"`
	Licenses     []OwnLicense  `json:"licenses,omitempty"`
}

// Project names the target where its manifests do not, and states what it is published under.
type Project struct {
	Name    string      `json:"name,omitempty"`
	Version string      `json:"version,omitempty"`
	License spdx.Expr   `json:"license,omitzero"`
	Found   source.Span `json:"found,omitzero"`
}

// Deliverable is one thing that is conveyed: the unit of duties, notices and source bundles.
type Deliverable struct {
	Name      string      `json:"name"`
	Roots     []string    `json:"roots,omitempty"`     // folders of the target; none: the whole of it
	To        string      `json:"to,omitempty"`        // customers, public, affiliates, none
	Delivery  string      `json:"delivery,omitempty"`  // download, physical, device, ota, app-store, container, browser, network, source
	Platforms []string    `json:"platforms,omitempty"` // GOOS/GOARCH pairs
	Outgoing  spdx.Expr   `json:"outgoing,omitzero"`   // the license it is conveyed under
	Linking   Linkage     `json:"linking,omitempty"`
	Bundled   bool        `json:"bundled,omitempty"` // development dependencies may be inside
	Assumed   bool        `json:"assumed,omitempty"` // nobody stated it
	Found     source.Span `json:"found,omitzero"`
}

// WholeTree is the deliverable that is assumed when nobody states one.
var WholeTree = Deliverable{Name: "all", To: "customers", Delivery: "download", Linking: Static, Assumed: true}

// Delivered are the deliverables that are stated, else the one that is assumed.
func (f *Facts) Delivered() []Deliverable {
	if len(f.Deliverables) > 0 {
		return f.Deliverables
	}
	return []Deliverable{WholeTree}
}

// AssumedPlatforms are those of a deliverable that names none.
var AssumedPlatforms = []string{"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64"}

// BuiltFor are the platforms that are stated, else those assumed.
func (d *Deliverable) BuiltFor() []string {
	if len(d.Platforms) > 0 {
		return d.Platforms
	}
	return AssumedPlatforms
}

// FirstParty lists globs of purls and paths that are the organisation's own.
type FirstParty struct {
	PURLs []string    `json:"purls,omitempty"`
	Paths []string    `json:"paths,omitempty"`
	Found source.Span `json:"found,omitzero"`
}

// PathClass classifies the paths that a glob matches: test, documentation, fixture, example or product.
type PathClass struct {
	Glob   string      `json:"glob"`
	Class  string      `json:"class"`
	Reason string      `json:"reason,omitempty"`
	Found  source.Span `json:"found,omitzero"`
}

// Choice records which arm of an OR the organisation takes.
type Choice struct {
	Of     spdx.Expr   `json:"of"`
	Choose spdx.Expr   `json:"choose"`
	Found  source.Span `json:"found,omitzero"`
}

// Clarify states what the license of a package is. It holds while Text, when given, is the digest of
// one of the package's license texts.
type Clarify struct {
	PURL     string      `json:"purl"`
	Versions string      `json:"versions,omitempty"`
	License  spdx.Expr   `json:"license"`
	Text     Digest      `json:"text,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	By       string      `json:"by,omitempty"`
	Found    source.Span `json:"found,omitzero"`
}

// Curation corrects what was detected in one of the target's own files. It holds while Region, when
// given, is the digest of the passage.
type Curation struct {
	Path      string      `json:"path"`
	Detected  spdx.Expr   `json:"detected,omitzero"`
	Concluded spdx.Expr   `json:"concluded"`
	Region    Digest      `json:"region,omitempty"`
	Reason    string      `json:"reason,omitempty"`
	By        string      `json:"by,omitempty"`
	Found     source.Span `json:"found,omitzero"`
}

// OwnLicense is a license text of the organisation's own, matched as listed ones are.
type OwnLicense struct {
	ID       string      `json:"id"`
	Category string      `json:"category,omitempty"`
	Text     string      `json:"text,omitempty"` // path in the target
	Found    source.Span `json:"found,omitzero"`
}
