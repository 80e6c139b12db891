// Package cyclonedx writes a report as a CycloneDX bill of materials in JSON.
//
// The document carries what licet knows where the specification has a place for it: purls, scopes,
// hashes, licenses with their acknowledgement, observed licenses and copyrights as evidence with path
// and line, the graph of dependencies from its root, and compositions that say what is incomplete.
// What has no place of its own is a property named "licet:...": the exact scope, why a license is
// unknown, how it was concluded, Go's h1 hash, and every gap, input and assumption. Verdicts are not
// in it: a bill of materials states what is the case, not what somebody thinks of it.
//
// Three decisions. A bom-ref is a component's ID, so two documents name the same thing alike. The
// serial number is a hash of the rest of the document, so the same input gives the same bytes. And
// since versions before 1.7 allow either a list of single licenses or exactly one expression, the
// concluded license always comes first, the declared one beside it where it fits, else as property
// licet:license-declared; see license.go.
package cyclonedx

import (
	"fmt"
	"io"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
)

// Format is CycloneDX JSON.
var Format = &format.Format{
	Name: "cyclonedx-json",
	Doc: `CycloneDX bill of materials in JSON (ECMA-424)

Components with purl, scope, hashes, licenses and their evidence, the dependency graph, and compositions
that say what could not be read. Versions 1.4 to 1.7 after "@"; older ones carry less evidence.`,
	Versions: versions,
	Encode:   encode,
}

var versions = []string{"1.6", "1.4", "1.5", "1.7"}

var specs = map[string]cdx.SpecVersion{
	"1.4": cdx.SpecVersion1_4,
	"1.5": cdx.SpecVersion1_5,
	"1.6": cdx.SpecVersion1_6,
	"1.7": cdx.SpecVersion1_7,
}

func encode(w io.Writer, r *report.Report, opt format.Options) error {
	asked, err := opt.Pick("cyclonedx-json", versions)
	if err != nil {
		return err
	}
	b := newBuilder(r.Document, specs[asked])
	bom := b.bom(r)
	return format.Seal(w, "serialNumber", func(w io.Writer) error { return write(w, bom, b.version) })
}

// write has the library convert only where it must: a conversion copies the whole document first.
func write(w io.Writer, bom *cdx.BOM, version cdx.SpecVersion) error {
	if version == bom.SpecVersion {
		return format.WriteJSON(w, bom, "  ")
	}
	return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, version)
}

// builder makes the parts of one document.
type builder struct {
	doc     *sbom.Document
	version cdx.SpecVersion
	has     map[sbom.ID]bool // the components
}

func newBuilder(doc *sbom.Document, version cdx.SpecVersion) builder {
	b := builder{doc: doc, version: version, has: make(map[sbom.ID]bool, len(doc.Components))}
	for i := range doc.Components {
		b.has[doc.Components[i].ID] = true
	}
	return b
}

func (b builder) bom(r *report.Report) *cdx.BOM {
	bom := cdx.NewBOM() // of the newest version the library knows
	if b.version <= cdx.SpecVersion1_6 {
		bom.SpecVersion = cdx.SpecVersion1_6
		bom.JSONSchema = "http://cyclonedx.org/schema/bom-1.6.schema.json"
	}
	bom.SerialNumber = format.Unsealed
	root := b.root()
	components := make([]cdx.Component, 0, len(b.doc.Components))
	for i := range b.doc.Components {
		if c := &b.doc.Components[i]; string(c.ID) != root.BOMRef {
			components = append(components, b.component(c))
		}
	}
	bom.Metadata = b.metadata(r, root)
	bom.Components = &components
	bom.Dependencies = b.dependencies(root)
	bom.Compositions = b.compositions(root)
	return bom
}

// root is the component that the document is about, or, where that is none or several, one of our own
// making that depends on all roots.
func (b builder) root() cdx.Component {
	if c := report.Main(b.doc); c != nil {
		root := b.component(c)
		root.Scope = ""
		return root
	}
	return cdx.Component{BOMRef: "root", Type: cdx.ComponentTypeApplication, Name: report.Name(b.doc)}
}

func (b builder) metadata(r *report.Report, root cdx.Component) *cdx.Metadata {
	tool := cdx.Component{Type: cdx.ComponentTypeApplication, Name: r.Tool.Name, Version: r.Tool.Version}
	p := properties{}
	p.add("command", r.Command)
	p.add("rules", r.Tool.Rules)
	p.add("reach", r.Reach)
	for _, s := range r.Assumptions {
		p.add("assumption", s)
	}
	for _, in := range b.doc.Inputs {
		p.add("input", input(in))
	}
	for _, g := range b.doc.Gaps {
		p.add("gap", format.Gap(g))
	}
	p.add("gaps-allowed", r.GapsAllowed)
	return &cdx.Metadata{
		Timestamp:  r.Created.UTC().Format(time.RFC3339),
		Tools:      &cdx.ToolsChoice{Components: &[]cdx.Component{tool}},
		Component:  &root,
		Properties: p.list(),
	}
}

func input(in sbom.Input) string {
	s := fmt.Sprintf("%s %s", in.Kind, in.Name)
	if in.Digest != "" {
		s += " " + string(in.Digest)
	}
	if in.Note != "" {
		s += " (" + in.Note + ")"
	}
	return s
}

// properties are licet's own name-value pairs; empty values are left out.
type properties []cdx.Property

func (p *properties) add(name, value string) {
	if value != "" {
		*p = append(*p, cdx.Property{Name: "licet:" + name, Value: value})
	}
}

func (p properties) list() *[]cdx.Property {
	if len(p) == 0 {
		return nil
	}
	return (*[]cdx.Property)(&p)
}
