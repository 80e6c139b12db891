package packed

import (
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// declared is the claim of a field.
func declared(n doc.Node) []sbom.Claim { return detect.Declaration(n.Text(), n.Span()) }

// licenses is the claim of a list of them. It does not say whether one may be chosen, so all are taken.
func licenses(list doc.Node, at source.Span) []sbom.Claim {
	var raw []string
	var parts []spdx.Expr
	readable := true
	for n := range list.Items() {
		e, ambiguous := detect.Declared(n.Text())
		readable = readable && !ambiguous && !e.IsNoAssertion()
		raw, parts = append(raw, n.Text()), append(parts, e)
	}
	if len(raw) == 0 {
		return nil
	}
	c := sbom.Claim{Basis: sbom.Declared, Role: sbom.RoleManifest, Raw: ecosystem.Brief(strings.Join(raw, ", ")), Evidence: []sbom.Evidence{{Span: at}}}
	if readable {
		c.Expr = spdx.And(parts...)
	}
	return []sbom.Claim{c}
}

// specification takes a Gem::Specification.
func (r *reader) specification(n doc.Node, files bool) error {
	at := source.Span{Path: r.file}
	c := sbom.Component{Name: n.Get("name").Text(), Version: n.Get("version").Get("version").Text(), Homepage: n.Get("homepage").Text()}
	platform := n.Get("platform").Text()
	if platform == "ruby" || !ecosystem.Printable(platform) {
		platform = ""
	}
	c.PURL = ecosystem.PURL("gem", "", c.Name, c.Version, "platform", platform)
	var authors []string
	for a := range n.Get("authors").Items() {
		authors = append(authors, a.Text())
	}
	c.Supplier = ecosystem.Brief(strings.Join(authors, ", "))
	c.Claims = licenses(n.Get("licenses"), at)
	folder := "data.tar.gz!/"
	if !files {
		folder = ""
		r.Lost(at, "fetch it again", "the archive holds no files of the gem")
	}
	return r.found(c, folder, at, doc.Node{})
}
