package packed

import (
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// declared is the claim of a field.
func declared(n doc.Node) []sbom.Claim { return detect.Declaration(n.Text(), n.Span()) }

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
	c.Claims = detect.DeclarationsOf("gem").Claims(n.Get("licenses"), at)
	folder := "data.tar.gz!/"
	if !files {
		folder = ""
		r.Lost(at, "fetch it again", "the archive holds no files of the gem")
	}
	return r.found(c, folder, at, doc.Node{})
}
