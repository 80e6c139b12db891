package nuget

import (
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// readNuspec reads the manifest of a package. Beside a project file it says how that is packed: what it declares is the
// project's.
func (r *reader) readNuspec(f *folder, file string) {
	if r.isInstalled(file) {
		return
	}
	d, _ := r.Parse(r.FS, file, maxManifest, "mend the file", doc.XML)
	meta := d.Root().Get("package").Get("metadata")
	if meta.Len() == 0 {
		return
	}
	id, version := meta.Get("id"), meta.Get("version").Text()
	c := sbom.Component{Name: id.Text(), Version: version}
	describe(&c, meta)
	var from sbom.ID
	if len(f.roots) > 0 {
		from = f.roots[0].id
		r.Add(sbom.Component{ID: from, Name: "", Claims: c.Claims}, "", source.Span{Path: file})
	} else {
		if !ecosystem.Printable(version) || strings.Contains(version, "$") {
			c.Version = ""
		}
		if !ecosystem.Printable(c.Name) || strings.Contains(c.Name, "$") {
			c.Name = strings.TrimSuffix(path.Base(file), ".nuspec")
		}
		if ecosystem.Printable(c.Name) {
			c.PURL = ecosystem.PURL(name, "", c.Name, c.Version)
		} else {
			c.Name = r.Unnamed(f.dir).Name
		}
		if isFile(r.FS, path.Join(f.dir, packedMark)) {
			c.Origin = sbom.OriginVendored
		}
		at := id.Span()
		if at.IsZero() {
			at = source.Span{Path: file}
		}
		from = r.Root(c, f.dir, at)
	}
	loose := r.requirements(from, meta.Get("dependencies"), 0)
	if len(loose) > 0 {
		r.Unavailable(source.Span{Path: file}, "scan a project that uses the package", "a package states ranges: which versions are had, and what they need, is unknown", loose...)
	}
}

// packedMark is part of every package (ECMA-376, part 2, Open Packaging Conventions) and of no project.
const packedMark = "[Content_Types].xml"

// isInstalled reports whether a nuspec lies in the folder of a package that a restore laid there: it is read when something
// needs the package.
func (r *reader) isInstalled(file string) bool {
	dir := path.Dir(file)
	for _, mark := range []string{".nupkg.metadata", path.Base(dir) + ".nupkg", ".signature.p7s"} {
		if isFile(r.FS, path.Join(dir, mark)) {
			return true
		}
	}
	return false
}

func isFile(fsys fs.FS, file string) bool {
	info, err := fs.Stat(fsys, file)
	return err == nil && info.Mode().IsRegular()
}

// requirements adds what a package needs; groups are for target frameworks.
func (r *reader) requirements(from sbom.ID, list doc.Node, depth int) []sbom.ID {
	var loose []sbom.ID
	for k, n := range list.Members() {
		switch {
		case k.Text() == "group" && depth == 0:
			loose = append(loose, r.requirements(from, n, 1)...)
		case k.Text() == "dependency":
			at := n.Get("@id")
			wanted, version := n.Get("@version").Text(), ""
			if strings.HasPrefix(wanted, "[") && !strings.Contains(wanted, ",") { // "[1.0]" leaves no choice
				version = lowest(wanted)
			}
			if id := r.add(at.Text(), version, nil, at.Span()); id != "" && id != from {
				r.Depend(from, id, sbom.Runtime, wanted, at.Span())
				loose = append(loose, id)
			}
		}
	}
	return loose
}

// describe fills in what a nuspec states of its package.
func describe(c *sbom.Component, meta doc.Node) {
	c.Supplier = source.Redact(meta.Get("authors").Text())
	c.Homepage = source.Redact(meta.Get("projectUrl").Text())
	c.Source = source.Redact(meta.Get("repository").Get("@url").Text())
	if n := meta.Get("license"); n.Text() != "" && n.Get("@type").Text() != "file" {
		c.Claims = detect.Declaration(n.Text(), n.Span())
	} else if n := meta.Get("licenseUrl"); n.Text() != "" {
		c.Claims = detect.Declaration(licenseAt(n.Text()), n.Span())
	}
}

// licenseAt is the expression that an address of the license server stands for, "" for the one that stands for a file in the
// package, and else the address.
func licenseAt(address string) string {
	if strings.Contains(address, "aka.ms/deprecateLicenseUrl") {
		return ""
	}
	if u, err := url.Parse(address); err == nil && u.Hostname() == "licenses.nuget.org" {
		return strings.TrimPrefix(u.Path, "/")
	}
	return address
}
