// Package bower reads what Bower, an old package manager for browsers, writes: bower.json, and the .bower.json of the
// packages in bower_components.
//
// There is no lockfile. What is installed has a version and a manifest of its own, by which the edges are known.
//
// The format is described at https://github.com/bower/spec.
package bower

import (
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
	name    = "bower"
	next    = "run `bower install`"
	folder  = "bower_components"
	maxSize = 16 << 20
)

// Ecosystem is the reader of Bower packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Bower packages: bower.json, bower_components/*/.bower.json

Components are what the manifest asks for, with version, license and files of what is installed in bower_components.
dependencies has scope runtime, devDependencies development.`,
	Match: match,
	Group: func(paths []string) [][]string { return ecosystem.GroupBy(paths, home) },
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	if path.Base(p) == ".bower.json" {
		return path.Base(path.Dir(path.Dir(p))) == folder
	}
	return path.Base(p) == "bower.json" && !strings.Contains("/"+p, "/"+folder+"/")
}

// home is the folder of the project that a file belongs to.
func home(p string) string {
	if path.Base(p) == ".bower.json" {
		return path.Dir(path.Dir(path.Dir(p)))
	}
	return path.Dir(p)
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	dir := home(p.Files[0])
	root, at := p.Unnamed(dir), source.Span{Path: p.Files[0]}
	var wanted []ecosystem.Requirement
	var pins []ecosystem.Pin
	needs := map[sbom.ID]doc.Node{}
	ids := map[string]sbom.ID{}
	have := ""
	for _, file := range p.Files {
		n := g.Object(p.FS, file, maxSize, "look whether Bower can read it", doc.JSON)
		key := n.Get("name")
		if path.Base(file) == "bower.json" {
			if ecosystem.Printable(key.Text()) {
				root, at = component(key.Text(), n.Get("version").Text()), key.Span()
			}
			root.Homepage, root.Claims = n.Get("homepage").Text(), licenses(n)
			wanted = append(requirements(n, "dependencies", sbom.Runtime), requirements(n, "devDependencies", sbom.Development)...)
			continue
		}
		version := n.Get("version").Text()
		if version == "" {
			version = strings.TrimPrefix(n.Get("_release").Text(), "v")
		}
		installed := path.Base(path.Dir(file))
		c := component(installed, version)
		c.Homepage, c.Source, c.Claims = n.Get("homepage").Text(), n.Get("_source").Text(), licenses(n)
		place := source.Span{Path: file}
		if key.Kind() == doc.String {
			place = key.Span()
		}
		id := g.Add(c, path.Dir(file), place)
		have, ids[installed], needs[id] = file, id, n
		pins = append(pins, ecosystem.Pin{Key: installed, ID: id, At: place})
	}
	for _, pin := range pins {
		for _, w := range requirements(needs[pin.ID], "dependencies", sbom.Runtime) {
			if to, ok := ids[w.Key]; ok {
				g.Depend(pin.ID, to, w.Scope, w.Range, w.At)
			}
		}
	}
	g.Absent(at, have, next, g.Require(g.Root(root, dir, at), wanted, pins))
	return g.Fragment, ctx.Err()
}

func component(name, version string) sbom.Component {
	if !ecosystem.Printable(version) {
		version = ""
	}
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("bower", "", name, version)}
}

// requirements reads an object of names and ranges; a range may be "owner/repository#1.0" or a location.
func requirements(n doc.Node, field string, scope sbom.Scope) (wanted []ecosystem.Requirement) {
	for key, value := range n.Get(field).Members() {
		if !ecosystem.Printable(key.Text()) {
			continue
		}
		version := value.Text()
		if _, after, ok := strings.Cut(version, "#"); ok {
			version = after
		}
		if version == "" || strings.Trim(version, "0123456789.") != "" || strings.Count(version, ".") != 2 {
			version = ""
		}
		wanted = append(wanted, ecosystem.Requirement{
			Key: key.Text(), Scope: scope, Range: value.Text(), At: key.Span(), What: component(key.Text(), version),
		})
	}
	return wanted
}

// licenses reads one license, or several of which one may be chosen, as text or as {type, url}.
func licenses(n doc.Node) []sbom.Claim {
	field := n.Get("license")
	if field.Kind() == doc.Missing {
		field = n.Get("licenses")
	}
	var names []string
	add := func(n doc.Node) {
		if n.Kind() == doc.Object {
			n = n.Get("type")
		}
		if n.Text() != "" {
			names = append(names, n.Text())
		}
	}
	add(field)
	for item := range field.Items() {
		add(item)
	}
	return detect.Declaration(strings.Join(names, " OR "), field.Span())
}
