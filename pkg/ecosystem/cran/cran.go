// Package cran reads what packages of R come with and what renv writes: DESCRIPTION and renv.lock.
//
// DESCRIPTION is written like a control file of Debian. In the root of a package's source it is a manifest; in a library, a
// folder of installed packages, it has a field Built, and is the record of what lies there. renv.lock has, for
// each package, either its requirements or all fields of its DESCRIPTION.
//
// License is a field with a language of its own: "GPL (>= 2) | file LICENSE".
//
// The formats are described in Writing R Extensions (section 1.1.1, The DESCRIPTION file) and at
// https://rstudio.github.io/renv/reference/lockfiles.html.
package cran

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name         = "cran"
	manifestFile = "DESCRIPTION"
	lockFile     = "renv.lock"
	next         = "run `Rscript -e 'renv::restore()'`"
	maxSize      = 64 << 20
)

// Ecosystem is the reader of packages of R.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `R packages: renv.lock, DESCRIPTION (of sources, and of installed packages)

Components are the packages that renv.lock lists, with the edges between them, and what lies in a library. Depends, Imports
and LinkingTo have scope runtime, Suggests and Enhances optional. What renv/library holds gives licenses and files of the
packages of the lockfile above it.`,
	Match: match,
	Group: group,
	Read:  read,
}

func match(p string, mode fs.FileMode, head []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	base := path.Base(p)
	return base == lockFile || base == manifestFile && bytes.HasPrefix(head, []byte("Package:")) ||
		base == manifestFile && bytes.Contains(head, []byte("\nPackage:"))
}

// group gives a library to the project above it, if it is renv's, and else makes one project of it.
func group(paths []string) [][]string {
	projects := map[string]bool{}
	for _, p := range paths {
		projects[path.Dir(p)] = true
	}
	return ecosystem.GroupBy(paths, func(p string) string {
		dir := home(p)
		if library(p) && (dir == path.Dir(p) || !projects[dir]) {
			return path.Dir(path.Dir(p))
		}
		return dir
	})
}

// home is the folder of the project that a file belongs to.
func home(p string) string {
	if top, _, ok := ecosystem.Above(p, "renv/library"); ok {
		return top
	}
	return path.Dir(p)
}

// library reports whether the file lies in a folder as R calls its libraries.
func library(p string) bool {
	above := path.Base(path.Dir(path.Dir(p)))
	return path.Base(p) == manifestFile && (strings.Contains("/"+p, "/renv/library/") || above == "library" || above == "site-library")
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	ids  map[string]sbom.ID
	pins []ecosystem.Pin
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p, ids: map[string]sbom.ID{}}
	dir := p.Dir()
	if library(p.Files[0]) {
		if dir = home(p.Files[0]); dir == p.Dir() {
			dir = path.Dir(dir)
		}
	}
	root, at := p.Unnamed(dir), source.Span{Path: p.Files[0]}
	var wanted []ecosystem.Requirement
	var needs []needs
	folders := map[string]string{} // of what is installed, by name and version
	for _, file := range p.Files {
		switch {
		case path.Base(file) == lockFile:
		case library(file):
			needs = append(needs, r.installed(file, folders)...)
		default:
			d, _ := r.Parse(p.FS, file, maxSize, "write it as R CMD build wants it", doc.Header)
			root, at = r.described(d.Root())
			// R CMD INSTALL writes Built and leaves nothing to build it from, R CMD build writes Packaged.
			if d.Root().Get("Built").Text() != "" || d.Root().Get("Packaged").Text() != "" && p.Dir() != "." {
				root.Origin = sbom.OriginVendored
			}
			wanted = requirements(d.Root())
		}
	}
	lock := p.File(lockFile)
	if lock != "" {
		needs = append(needs, r.lock(lock, folders)...)
	}
	r.join(needs)
	have := lock
	if lock == "" && len(r.pins) > 0 {
		have = p.Files[0]
	}
	r.Absent(at, have, next, r.Require(r.Root(root, dir, at), wanted, r.pins))
	return r.Fragment, ctx.Err()
}

// needs is what one package needs.
type needs struct {
	from sbom.ID
	list []ecosystem.Requirement
}

func (r *reader) join(all []needs) {
	for _, n := range all {
		for _, w := range n.list {
			if to, ok := r.ids[w.Key]; ok && w.Scope == sbom.Runtime {
				r.Depend(n.from, to, w.Scope, w.Range, w.At)
			}
		}
	}
}

// installed adds a package of a library.
func (r *reader) installed(file string, folders map[string]string) []needs {
	d, _ := r.Parse(r.FS, file, maxSize, next, doc.Header)
	c, at := r.described(d.Root())
	if c.Version == "" {
		r.Lost(at, next, "a package without a version")
		return nil
	}
	folders[c.Name+" "+c.Version] = path.Dir(file)
	id := r.Add(c, path.Dir(file), at)
	r.pins = append(r.pins, ecosystem.Pin{Key: c.Name, ID: id, At: at})
	r.ids[c.Name] = id
	return []needs{{id, requirements(d.Root())}}
}

// described is the package of a DESCRIPTION.
func (r *reader) described(n doc.Node) (sbom.Component, source.Span) {
	pkg, license := n.Get("Package"), n.Get("License")
	if !ecosystem.Printable(pkg.Text()) {
		return r.Unnamed(r.Dir()), n.Span()
	}
	c := component(pkg.Text(), n.Get("Version").Text())
	c.Homepage, _, _ = strings.Cut(strings.TrimSpace(n.Get("URL").Text()), ",")
	c.Claims = licenseOf(license)
	return c, pkg.Span()
}

func component(name, version string) sbom.Component {
	if !ecosystem.Printable(version) {
		version = ""
	}
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("cran", "", name, version)}
}

// licenseOf reads the field. "+ file LICENSE" names a template's names and years, or restrictions; "| file LICENSE" is one
// more choice, that only the file tells, unless it is all that there is (Writing R Extensions, section 1.1.2).
func licenseOf(n doc.Node) []sbom.Claim {
	text := strings.Join(strings.Fields(n.Text()), " ")
	plain := text
	for _, file := range []string{"+ file LICENSE", "+ file LICENCE", "| file LICENSE", "| file LICENCE"} {
		plain = strings.ReplaceAll(plain, " "+file, "")
	}
	claims := detect.Declaration(plain, n.Span())
	for i := range claims {
		claims[i].Raw = ecosystem.Brief(text)
	}
	return claims
}

// fields are those that name other packages.
var fields = []struct {
	name  string
	scope sbom.Scope
}{
	{"Depends", sbom.Runtime}, {"Imports", sbom.Runtime}, {"LinkingTo", sbom.Runtime},
	{"Suggests", sbom.Optional}, {"Enhances", sbom.Optional},
}

// requirements reads lists of "name (>= 1.0)", parted by commas, or in a lockfile arrays of these. R itself is no package.
func requirements(n doc.Node) (wanted []ecosystem.Requirement) {
	known := map[string]bool{"R": true}
	for _, f := range fields {
		field := n.Get(f.name)
		parts := strings.Split(field.Text(), ",")
		for item := range field.Items() {
			parts = append(parts, item.Text())
		}
		for _, part := range parts {
			key, requirement, _ := strings.Cut(strings.TrimSpace(part), "(")
			key = strings.TrimSpace(key)
			if known[key] || !ecosystem.Printable(key) {
				continue
			}
			known[key] = true
			requirement = strings.TrimSpace(strings.TrimSuffix(requirement, ")"))
			version, exact := strings.CutPrefix(requirement, "==")
			if !exact {
				version = ""
			}
			wanted = append(wanted, ecosystem.Requirement{
				Key: key, Scope: f.scope, Range: requirement, At: field.Span(), What: component(key, strings.TrimSpace(version)),
			})
		}
	}
	return wanted
}

// lock adds the packages of renv.lock.
func (r *reader) lock(file string, folders map[string]string) (all []needs) {
	top := r.Object(r.FS, file, maxSize, next, doc.JSON)
	for key, p := range top.Get("Packages").Members() {
		c := component(key.Text(), p.Get("Version").Text())
		if !ecosystem.Printable(c.Name) || c.Version == "" {
			r.Lost(key.Span(), next, "a package without a name and a version")
			continue
		}
		c.PURL = locked(p, c)
		c.Source = p.Get("RemoteUrl").Text()
		if p.Get("License").Text() != "" {
			c.Claims = licenseOf(p.Get("License"))
		}
		id := r.Add(c, folders[c.Name+" "+c.Version], key.Span())
		r.pins = append(r.pins, ecosystem.Pin{Key: c.Name, ID: id, At: key.Span()})
		r.ids[c.Name] = id
		list := requirements(p)
		for need := range p.Get("Requirements").Items() {
			list = append(list, ecosystem.Requirement{Key: need.Text(), Scope: sbom.Runtime, At: need.Span()})
		}
		all = append(all, needs{id, list})
	}
	return all
}

// locked is the purl of a package by where it comes from: what is not from a repository has its revision.
func locked(p doc.Node, c sbom.Component) string {
	sha := p.Get("RemoteSha").Text()
	if p.Get("Source").Text() == "Bioconductor" {
		return ecosystem.PURL("bioconductor", "", c.Name, c.Version)
	}
	host := p.Get("RemoteHost").Text()
	switch {
	case host == "api.github.com":
		host = "github.com"
	case !strings.Contains(p.Get("Source").Text(), "Git") || host == "":
		return c.PURL
	}
	host, _, _ = strings.Cut(host, "/")
	vcs := "git+https://" + host + "/" + p.Get("RemoteUsername").Text() + "/" + p.Get("RemoteRepo").Text() + "@" + sha
	return ecosystem.PURL("cran", "", c.Name, c.Version, "vcs_url", vcs)
}
