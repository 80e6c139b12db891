package rpm

import (
	"context"
	"path"
	"strconv"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// maxHeader bounds the header of a package, in bytes.
const maxHeader = 64 << 20

// isPackage reports whether a file is the header of a package that is no system's, as package archive shows it.
func isPackage(p string) bool { return path.Base(p) == archive.RPMHeader }

// readPackage reads a package as it is fetched.
func readPackage(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g, file := &ecosystem.Graph{Reader: name}, p.Files[0]
	at := source.Span{Path: file}
	data, ok := g.Read(p.FS, file, maxHeader)
	if !ok {
		return g.Fragment, ctx.Err()
	}
	h, ok := parseHeader(data[min(len(data), 8):]) // behind the magic number and four bytes that mean nothing
	c, epoch := h.component()
	if !ok {
		c = sbom.Component{}
	}
	c.PURL = ecosystem.PURL("rpm", "", c.Name, c.Version, "arch", h.text(tagArch), "epoch", epoch)
	c.Claims = detect.Declaration(h.text(tagLicense), at)
	g.Fetched(p, c, at)
	return g.Fragment, ctx.Err()
}

// component is what a header says of its package, without a purl, for which the epoch is still wanted.
func (h header) component() (c sbom.Component, epoch string) {
	c = sbom.Component{Name: h.text(tagName), Version: h.text(tagVersion), Homepage: h.text(tagURL), Supplier: h.text(tagVendor)}
	if release := h.text(tagRelease); release != "" {
		c.Version += "-" + release
	}
	if n, ok := h.number(tagEpoch); ok && n > 0 {
		epoch = strconv.FormatUint(uint64(n), 10)
	}
	return c, epoch
}
