package supplied

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// inventory is what a document lists, by its own references.
type inventory struct {
	ecosystem.Graph
	project  *ecosystem.Project
	file     string
	known    bool               // it is in a format that is read
	ids      map[string]sbom.ID // by reference
	ignored  map[string]bool    // references of what is there and is no component: files, services, the document
	order    []sbom.ID          // the components, once each, as they come
	at       map[sbom.ID]source.Span
	scopes   map[sbom.ID]sbom.Scope // that a component has by itself
	links    []link
	subjects []string             // references
	material []field              // gaps that the document tells of
	lesser   []field              // and those that hide nothing
	open     []field              // references of what needs more than the document tells
	texts    map[string]field     // of licenses of the document's own
	meanings map[string]spdx.Expr // of texts
	searched int                  // bytes of these
}

// link is an edge between two references.
type link struct {
	from, to string
	kind     sbom.Kind
	scope    sbom.Scope // "": that of the component it leads to
	linkage  sbom.Linkage
	at       source.Span
}

// The most bytes of a name, and of a purl; what is longer is neither.
const (
	maxName = 512
	maxPURL = 2048
)

// brief cuts what is too long to be a name.
func brief(s string) string {
	if len(s) <= maxName {
		return s
	}
	return strings.ToValidUTF8(s[:maxName], "") + "…"
}

// field is a text of the document and its place.
type field struct {
	text string
	at   source.Span
}

func newInventory(p *ecosystem.Project, file string) *inventory {
	return &inventory{
		Graph: ecosystem.Graph{Reader: name}, project: p, file: file, ids: map[string]sbom.ID{}, ignored: map[string]bool{},
		at: map[sbom.ID]source.Span{}, scopes: map[sbom.ID]sbom.Scope{},
	}
}

// add adds a component under its reference, "" for none.
func (v *inventory) add(ref field, c sbom.Component, scope sbom.Scope, at source.Span) sbom.ID {
	c.Origin = cmp.Or(c.Origin, sbom.OriginSBOM)
	c.Name, c.Version, c.Supplier = brief(c.Name), brief(c.Version), brief(c.Supplier)
	if c.PURL == "" && c.ID == "" {
		c.ID = ecosystem.FolderID(path.Dir(v.file), c)
	}
	id := v.Add(c, "", at)
	if _, known := v.at[id]; !known {
		v.order, v.at[id] = append(v.order, id), at
	}
	if have, known := v.scopes[id]; known {
		scope = have.Stronger(scope)
	}
	v.scopes[id] = scope
	if _, twice := v.ids[ref.text]; twice && v.ids[ref.text] != id {
		v.Lost(ref.at, next, "two components have the reference %s: which one is meant elsewhere cannot be told", ecosystem.Quote(ref.text))
	} else if ref.text != "" {
		v.ids[ref.text] = id
	}
	return id
}

// identify gives the component the purl that the document states, in canonical form.
func (v *inventory) identify(c *sbom.Component, purl field) {
	if purl.text == "" {
		return
	}
	p, err := packageurl.FromString(strings.TrimSpace(purl.text))
	if err == nil && len(purl.text) <= maxPURL {
		c.PURL = canonical(p)
	}
	if err != nil || c.PURL == "" {
		v.Gap(sbom.Gap{Kind: sbom.Lost, Span: purl.at, Next: next,
			Why: fmt.Sprintf("%s is no purl: the component is known by its name alone", ecosystem.Quote(purl.text))})
		return
	}
	c.Version = cmp.Or(c.Version, p.Version)
	c.Name = cmp.Or(c.Name, p.Name)
}

// canonical leaves out the qualifiers that say what is the case without them (PURL-TYPES: a Maven package is a jar), and
// those by which tools tell builds of a Go module apart.
func canonical(p packageurl.PackageURL) string {
	var qualifiers []string
	for _, q := range p.Qualifiers {
		switch {
		case p.Type == packageurl.TypeMaven && q.Key == "type" && q.Value == "jar",
			p.Type == packageurl.TypeGolang && (q.Key == "type" || q.Key == "goos" || q.Key == "goarch"):
			continue
		}
		qualifiers = append(qualifiers, q.Key, q.Value)
	}
	if p.Subpath == "" {
		return ecosystem.PURL(p.Type, p.Namespace, p.Name, p.Version, qualifiers...)
	}
	if err := p.Normalize(); err != nil {
		return ""
	}
	return p.ToString()
}

// claims are those of one license of the document: an expression, an id, or words; none where it asserts nothing.
func claims(kind string, license field) []sbom.Claim {
	switch text := strings.TrimSpace(license.text); text {
	case "", "NOASSERTION":
		return nil
	case "NONE":
		return []sbom.Claim{{Basis: sbom.Declared, Kind: kind, Role: sbom.RoleManifest, Expr: spdx.None(), Raw: text, Evidence: []sbom.Evidence{{Span: license.at}}}}
	default:
		list := detect.Declaration(text, license.at)
		if e, err := spdx.Parse(text); err == nil {
			list[0].Expr = e
		}
		for i := range list {
			list[i].Kind = kind
		}
		return list
	}
}

// unread is the claim of a license that is stated and that nobody could read.
func unread(at source.Span) sbom.Claim {
	return sbom.Claim{Basis: sbom.Declared, Kind: sbom.KindSupplied, Role: sbom.RoleManifest,
		Raw: "a license that the document calls unrecognised", Evidence: []sbom.Evidence{{Span: at}}}
}

// contradict marks what was concluded as contradicting what is declared, which the document says at that place.
func contradict(list []sbom.Claim, at source.Span) {
	for i := range list {
		if !at.IsZero() && list[i].Kind == sbom.KindSuppliedConclusion {
			list[i].Evidence = append(list[i].Evidence, sbom.Evidence{Span: at, Rule: sbom.RuleConflict})
		}
	}
}

// copyrights are the statements of a text, one a line.
func copyrights(text field) []sbom.Copyright {
	const most = 1000 // lines
	var out []sbom.Copyright
	if text.text == "NONE" || text.text == "NOASSERTION" {
		return nil
	}
	for line := range strings.Lines(text.text) {
		if line = strings.TrimSpace(line); line != "" && len(out) < most {
			out = append(out, sbom.Copyright{Text: ecosystem.Brief(line), Found: []source.Span{text.at}})
		}
	}
	return out
}

// hash is a checksum as CycloneDX names algorithms; SPDX leaves out the first hyphen of SHA-1 and its kin.
func hash(algorithm, value string) []sbom.Hash {
	algorithm = strings.TrimSpace(strings.ToUpper(algorithm))
	if rest, ok := strings.CutPrefix(algorithm, "SHA"); ok && rest != "" && rest[0] != '-' && !strings.HasPrefix(rest, "3-") {
		algorithm = "SHA-" + rest
	}
	value = strings.ToLower(strings.TrimSpace(value))
	if algorithm == "" || len(algorithm) > 20 || value == "" || len(value) > 128 || strings.Trim(value, "0123456789abcdef") != "" {
		return nil
	}
	return []sbom.Hash{{Algorithm: algorithm, Hex: value}}
}

// told notes a gap that licet noted in a document, see package format.
func (v *inventory) told(gap string, at source.Span) {
	head, _, _ := strings.Cut(gap, ": ")
	g := &v.lesser
	if strings.HasSuffix(head, ", material") {
		g = &v.material
	}
	*g = append(*g, field{gap, at})
}

// tell adds one gap for all that a document says to be missing in it and that could hide something, and one for the rest.
func (v *inventory) tell() {
	for i, list := range [][]field{v.material, v.lesser} {
		if len(list) > 0 {
			v.Gap(sbom.Gap{Kind: sbom.Lost, Span: list[0].at, Material: i == 0,
				Why:  fmt.Sprintf("the document names %s in what it is made of, the first is: %s", sbom.Plural(len(list), "gap"), ecosystem.Brief(list[0].text)),
				Next: "see to it where the document was made"})
		}
	}
}

// isIncomplete adds the gap of components of which the document says that it does not tell everything.
func (v *inventory) isIncomplete(at source.Span, refs []string) {
	var ids []sbom.ID
	for _, ref := range refs {
		if id, ok := v.ids[ref]; ok {
			ids = append(ids, id)
		}
	}
	v.Gap(sbom.Gap{Kind: sbom.Lost, Span: at, Components: ids, Material: len(ids) == 0,
		Why: "the document says that what it tells of these components is incomplete", Next: "ask who wrote it for the rest"})
}
