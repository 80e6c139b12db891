// Package helm reads the charts of Helm: Chart.yaml, Chart.lock, and requirements.yaml and requirements.lock, which had
// their part before version 3.
//
// A chart names the charts that it depends on; those that a condition or tags can switch off are optional. The lockfile has
// their versions. Charts that were fetched lie in the folder charts, with a Chart.yaml of their own.
//
// The format is described at https://helm.sh/docs/topics/charts.
package helm

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "helm"
	next    = "run `helm dependency build`"
	lint    = "look whether `helm lint` can read it"
	maxSize = 16 << 20
)

// Ecosystem is the reader of charts.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Helm charts: Chart.yaml, Chart.lock, requirements.yaml, requirements.lock

Components are the charts that a chart depends on, with the versions of the lockfile, and the files of those in its folder
charts. What a condition or tags can switch off has scope optional. The images that templates name are not read.`,
	Match: func(p string, mode fs.FileMode, head []byte) bool {
		switch path.Base(p) {
		case "Chart.yaml", "Chart.lock", "requirements.lock":
			return ecosystem.Own(p, mode)
		case "requirements.yaml": // Ansible has files of that name
			return ecosystem.Own(p, mode) && strings.Contains(string(head), "dependencies:")
		}
		return false
	},
	Group: group,
	Read:  read,
}

// group gives the charts in the folder charts to the chart above it.
func group(paths []string) [][]string {
	charts := map[string]bool{}
	for _, p := range paths {
		charts[path.Dir(p)] = charts[path.Dir(p)] || path.Base(p) == "Chart.yaml"
	}
	return ecosystem.GroupBy(paths, func(p string) string {
		dir := path.Dir(p)
		for path.Base(path.Dir(dir)) == "charts" && charts[path.Dir(path.Dir(dir))] {
			dir = path.Dir(path.Dir(dir))
		}
		return dir
	})
}

// chart is what one folder tells.
type chart struct {
	sbom.Component
	at     source.Span
	wanted []ecosystem.Requirement
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	top := p.Dir()
	for _, f := range p.Files {
		if len(path.Dir(f)) < len(top) {
			top = path.Dir(f)
		}
	}
	main := chart{Component: p.Unnamed(top), at: source.Span{Path: p.Files[0]}}
	lock := ""
	var pins []ecosystem.Pin
	var subs []chart
	for _, file := range p.Files {
		n := doc.Node{}
		if path.Dir(file) == top || path.Base(file) == "Chart.yaml" {
			n = g.Object(p.FS, file, maxSize, lint, doc.YAML)
		}
		switch base := path.Base(file); {
		case path.Dir(file) != top && base == "Chart.yaml":
			subs = append(subs, chartOf(g, file, n))
		case path.Dir(file) != top:
		case base == "Chart.yaml":
			wanted := main.wanted
			main = chartOf(g, file, n)
			main.wanted = append(main.wanted, wanted...)
		case base == "requirements.yaml":
			main.wanted = append(main.wanted, requirements(g, n)...)
		default:
			lock = file
			pins = locked(g, n)
		}
	}
	if main.Name == "" {
		main.Component = p.Unnamed(top)
	}
	join(g, subs, &pins)
	g.Absent(main.at, lock, next, g.Require(g.Root(main.Component, top, main.at), main.wanted, pins))
	return g.Fragment, ctx.Err()
}

// join adds the charts that were fetched and the edges from them. One that no lockfile pins is pinned by that.
func join(g *ecosystem.Graph, subs []chart, pins *[]ecosystem.Pin) {
	for _, s := range subs {
		if s.Name == "" {
			continue
		}
		for _, c := range g.Components {
			if c.Name == s.Name && c.Version == s.Version {
				s.PURL = c.PURL // with the repository
			}
		}
		id := g.Add(s.Component, path.Dir(s.at.Path), s.at)
		if !slices.ContainsFunc(*pins, func(p ecosystem.Pin) bool { return p.Key == s.Name }) {
			*pins = append(*pins, ecosystem.Pin{Key: s.Name, ID: id, At: s.at})
		}
	}
	byName := map[string]sbom.ID{}
	for _, p := range *pins {
		byName[p.Key] = p.ID
	}
	for _, s := range subs {
		for _, w := range s.wanted {
			if from, to := byName[s.Name], byName[w.Key]; from != "" && to != "" && from != to {
				g.Depend(from, to, w.Scope, w.Range, w.At)
			}
		}
	}
}

func chartOf(g *ecosystem.Graph, file string, n doc.Node) chart {
	c := chart{at: source.Span{Path: file}}
	if key := n.Get("name"); ecosystem.Printable(key.Text()) {
		c.Component, c.at = component(key.Text(), n.Get("version").Text(), ""), key.Span()
	}
	if n.Get("type").Text() != "library" {
		c.Type = sbom.TypeApplication
	}
	c.Homepage = n.Get("home").Text()
	license := n.Get("annotations").Get("artifacthub.io/license")
	if license.Kind() == doc.Missing {
		license = n.Get("annotations").Get("licenses")
	}
	c.Claims = detect.Declaration(license.Text(), license.Span())
	c.wanted = requirements(g, n)
	return c
}

func component(name, version, repository string) sbom.Component {
	if !ecosystem.Printable(version) || isRange(version) {
		version = ""
	}
	if !strings.Contains(repository, "://") || strings.HasPrefix(repository, "file://") { // a name of the user's configuration, or a folder
		repository = ""
	}
	c := sbom.Component{Name: name, Version: version}
	c.PURL = ecosystem.PURL("helm", "", name, version, "repository_url", ecosystem.Brief(repository))
	return c
}

// isRange reports whether a version allows several (github.com/Masterminds/semver): an x in it is a part of its own, before
// what names a release that is not final.
func isRange(version string) bool {
	core, _, _ := strings.Cut(version, "-")
	return strings.ContainsAny(version, "<>=^~*|, ") || slices.ContainsFunc(strings.Split(core, "."), func(part string) bool { return strings.EqualFold(part, "x") })
}

// requirements reads the list of dependencies.
func requirements(g *ecosystem.Graph, n doc.Node) (wanted []ecosystem.Requirement) {
	for d := range g.Items(n.Get("dependencies"), lint, "dependencies") {
		if !g.Expect(d, doc.Object, lint, "a dependency") {
			continue
		}
		key := d.Get("name")
		if !ecosystem.Printable(key.Text()) {
			g.Lost(d.Span(), lint, "a dependency without a name")
			continue
		}
		scope := sbom.Runtime
		if d.Get("condition").Text() != "" || d.Get("tags").Len() > 0 {
			scope = sbom.Optional
		}
		version := d.Get("version").Text()
		wanted = append(wanted, ecosystem.Requirement{
			Key: key.Text(), Scope: scope, Range: version, At: key.Span(), What: component(key.Text(), version, d.Get("repository").Text()),
		})
	}
	return wanted
}

// locked adds the charts that a lockfile pins.
func locked(g *ecosystem.Graph, n doc.Node) (pins []ecosystem.Pin) {
	for d := range g.Items(n.Get("dependencies"), next, "dependencies") {
		key := d.Get("name")
		c := component(key.Text(), d.Get("version").Text(), d.Get("repository").Text())
		if !ecosystem.Printable(c.Name) || c.Version == "" {
			g.Lost(d.Span(), next, "a chart without a name and a version")
			continue
		}
		c.Type = sbom.TypeApplication
		c.Source = d.Get("repository").Text()
		pins = append(pins, ecosystem.Pin{Key: c.Name, ID: g.Add(c, "", key.Span()), At: key.Span()})
	}
	return pins
}
