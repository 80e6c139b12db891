// Package supplied reads bills of materials that somebody else wrote: CycloneDX in JSON and XML, SPDX 2 in JSON, YAML and
// tag-value, SPDX 3 in JSON-LD.
//
// A bill of materials is hearsay. What it says of licenses becomes claims of kinds of their own, [sbom.KindSupplied] for
// what its author calls declared and [sbom.KindSuppliedConclusion] for what its author concluded: package conclude goes by
// them only where no manifest and no file says anything, and never takes them for what licet saw itself. What it leaves
// unsaid is unavailable. Where it says itself that it is incomplete, that is a gap. A name of the document's own for a license is read by the
// text that the document has for it (texts.go), which is searched as that of a file is.
//
// The trick is that the formats differ in spelling and hardly in substance: each has parts with a reference of their own,
// links between references, and a subject. So each reader only translates into an inventory (inventory.go), over the trees
// of package doc so that each part knows its line; what refers to nothing, comes twice or is reached from nowhere is found
// there, once for all formats.
//
// Edges of CycloneDX have no scope, its components have one. An edge takes the scope of the component that it leads to:
// by that the effective scopes come out as they are stated, whatever the graph is. What licet notes in its own documents
// where a format has no field (the exact scope, a gap, that a license was looked for and is missing) is read back: all of
// it makes a verdict stricter or more exact, and none excuses anything.
//
// It does not verify signatures, fetch external documents or validate against schemas. SPDX in RDF/XML and in spreadsheets
// is not read, which is a gap: the library that could panics on hostile input, and loses all places.
//
// Sources: CycloneDX 1.2 to 1.7 (cyclonedx.org/docs), SPDX 2.2 and 2.3 (spdx.github.io/spdx-spec), SPDX 3.0 (same place).
package supplied

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name = "supplied"
	next = "ask for the whole document, or write it anew"

	maxSize = 128 << 20 // bytes
)

// Ecosystem is the reader of bills of materials.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `bills of materials: *.cdx.json, *.cdx.xml, bom.json, bom.xml, *.spdx, *.spdx.json, *.spdx.yaml, *.spdx3.json

CycloneDX 1.2 to 1.7 in JSON and XML, SPDX 2.2 and 2.3 in JSON, YAML and tag-value, SPDX 3.0 in JSON-LD; JSON is known by its
beginning, whatever the file is called. As a target, the document's subject is the root. Inside of a tree what it lists is
merged by purl with what is found there, and never overrides it. Its licenses are claims of its author: they are gone by where
nothing else says anything. SPDX in RDF/XML is not read.`,
	Match: match,
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string { return p })
	},
	Read: read,
}

// endings are those of names that tell what a file is.
var endings = []string{
	".cdx.json", ".cdx.xml", ".spdx.json", ".spdx", ".spdx.yaml", ".spdx.yml", ".spdx3.json", ".spdx.rdf", ".spdx.rdf.xml", ".spdx.xml",
}

func match(p string, mode fs.FileMode, head []byte) bool {
	if !mode.IsRegular() || isBitnami(p) {
		return false
	}
	base := strings.ToLower(path.Base(p))
	for _, ending := range endings {
		if strings.HasSuffix(base, ending) && len(base) > len(ending) {
			return true
		}
	}
	if head == nil && isPlain(base) {
		return true // where files are not looked into, as in packages, the name must do
	}
	if base == "bom.xml" || path.Ext(base) == ".xml" && strings.Contains(base, "bom") {
		return bytes.Contains(head, []byte("cyclonedx.org/schema/bom/"))
	}
	if path.Ext(base) == ".rdf" {
		return bytes.Contains(head, []byte("spdx.org/rdf/terms"))
	}
	return path.Ext(base) == ".json" && kindOf(head) != ""
}

// isPlain reports whether a document bears the name that the specification of CycloneDX gives it, and that others use too.
func isPlain(base string) bool { return base == "bom.json" || base == "bom.xml" }

// isBitnami reports whether another reader has the document: see package bitnami.
func isBitnami(p string) bool {
	return strings.HasPrefix(path.Base(p), ".spdx-") && strings.Contains("/"+p, "/opt/bitnami/")
}

// kindOf says which format a JSON document is in by how it begins: "cyclonedx", "spdx2", "spdx3", or "".
func kindOf(head []byte) string {
	switch {
	case bytes.Contains(head, []byte(`"bomFormat"`)) && bytes.Contains(head, []byte(`"CycloneDX"`)):
		return "cyclonedx"
	case bytes.Contains(head, []byte(`"spdxVersion"`)) && bytes.Contains(head, []byte(`"SPDX-`)),
		bytes.Contains(head, []byte(`"SPDXRef-DOCUMENT"`)):
		return "spdx2"
	case bytes.Contains(head, []byte(`"@context"`)) && bytes.Contains(head, []byte("spdx.org/rdf/3")):
		return "spdx3"
	}
	return ""
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	file := p.Files[0]
	v := newInventory(p, file)
	base := strings.ToLower(path.Base(file))
	switch ext := path.Ext(base); {
	case ext == ".rdf" || strings.HasSuffix(base, ".rdf.xml") || strings.HasSuffix(base, ".spdx.xml"):
		v.isRDF()
		return v.Fragment, ctx.Err()
	case ext == ".xml":
		v.cyclonedx(v.object(doc.XML).Get("bom"))
	case ext == ".yaml" || ext == ".yml":
		v.spdx2(v.object(doc.YAML))
	case ext == ".json":
		v.json(v.object(doc.JSON))
	default: // .spdx says nothing of how it is written
		v.written(p.FS)
	}
	if len(v.order)+len(v.Gaps) == 0 && isPlain(base) && !v.known {
		return v.Fragment, ctx.Err() // of something else
	}
	return v.finish(), ctx.Err()
}

// object reads the document as one object.
func (v *inventory) object(parse func(string, []byte) (*doc.Doc, error)) doc.Node {
	return v.Object(v.project.FS, v.file, maxSize, next, parse)
}

// json reads a JSON document by what it says that it is.
func (v *inventory) json(top doc.Node) {
	switch {
	case top.Get("@graph").Kind() != doc.Missing:
		v.spdx3(top)
	case top.Get("spdxVersion").Kind() != doc.Missing || top.Get("SPDXID").Kind() != doc.Missing:
		v.spdx2(top)
	case top.Get("bomFormat").Text() == "CycloneDX" || top.Get("specVersion").Kind() != doc.Missing:
		v.cyclonedx(top)
	case len(v.Gaps) == 0 && !isPlain(strings.ToLower(path.Base(v.file))):
		v.Lost(top.Span(), next, "neither a CycloneDX nor an SPDX document")
	}
}

// written reads a file of SPDX, whose name does not tell whether it holds tags and values, JSON, YAML or XML.
func (v *inventory) written(fsys fs.FS) {
	data, ok := v.Read(fsys, v.file, maxSize)
	if !ok {
		return
	}
	head := bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 512)], []byte("\xef\xbb\xbf")))
	switch {
	case bytes.HasPrefix(head, []byte("{")):
		d, err := doc.JSON(v.file, data)
		v.broken(err)
		v.json(d.Root())
	case bytes.HasPrefix(head, []byte("<")):
		v.isRDF()
	default:
		v.tagValue(data)
	}
}

// isRDF adds the gap of a document in a format that is not read.
func (v *inventory) isRDF() {
	v.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: source.Span{Path: v.file}, Material: true,
		Why: "SPDX in RDF/XML is not read: what is listed there is missing from the inventory", Next: "convert it to JSON or tag-value"})
}

func (v *inventory) broken(err error) {
	if err != nil {
		v.Broken(v.file, next, err)
	}
}
