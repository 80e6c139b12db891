package packed

import (
	"bytes"
	"io/fs"
	"path"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// isConda reports whether a file is what a package of conda says of itself (docs.conda.io, "Conda packages"). Its archive is one that
// the scan enters, so this is a file as any other, as it is where the package lies unpacked.
func isConda(p string, mode fs.FileMode, head []byte) bool {
	return path.Base(p) == "index.json" && path.Base(path.Dir(p)) == "info" && mode.IsRegular() &&
		(bytes.Contains(head, []byte(`"build"`)) || bytes.Contains(head, []byte(`"build_number"`)))
}

// conda reads info/index.json. The folder above info is the package's.
func (r *reader) conda() error {
	d := r.Object(r.FS, r.file, maxManifest, "fetch the package again", doc.JSON)
	name := d.Get("name")
	c := sbom.Component{Name: name.Text(), Version: d.Get("version").Text()}
	if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version) {
		r.Lost(d.Span(), "fetch the package again", "%v", errNameless)
		return nil
	}
	c.PURL = ecosystem.PURL("conda", "", c.Name, c.Version, "build", d.Get("build").Text(), "subdir", d.Get("subdir").Text())
	c.Claims = declared(d.Get("license"))
	r.Root(c, path.Dir(path.Dir(r.file)), name.Span())
	if texts := r.At(path.Join(path.Dir(r.file), "licenses")); texts != "" {
		r.Add(c, texts, name.Span())
	}
	return nil
}
