// Package vcpkg reads what vcpkg, a package manager of C and C++, writes: the manifest vcpkg.json, and the list of what is
// installed, vcpkg_installed/vcpkg/status.
//
// The manifest says what is wanted; the versions follow from a baseline, a commit of the registry, which is not
// at hand. So without the list of what is installed only overrides give versions. That list is written like the one of
// dpkg, one paragraph for each package and for each of its features.
//
// The formats are described at https://learn.microsoft.com/vcpkg/reference/vcpkg-json.
package vcpkg

import (
	"context"
	"io/fs"
	"maps"
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
	name       = "vcpkg"
	next       = "run `vcpkg install`"
	statusFile = "vcpkg_installed/vcpkg/status"
	maxSize    = 64 << 20
)

// Ecosystem is the reader of vcpkg.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `vcpkg packages: vcpkg.json, vcpkg_installed/vcpkg/status

Components are what the manifest asks for, with the versions and the edges of what is installed beside it, and the license
files in vcpkg_installed/TRIPLET/share. Host dependencies have scope build, those of features that are not default
optional.`,
	Match: match,
	Group: group,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	return p == statusFile || strings.HasSuffix(p, "/"+statusFile) || path.Base(p) == "vcpkg.json" && !strings.Contains("/"+p, "/vcpkg_installed/")
}

func home(p string) string {
	if dir, ok := strings.CutSuffix(p, statusFile); ok {
		return path.Clean(dir)
	}
	return path.Dir(p)
}

func group(paths []string) [][]string {
	return ecosystem.GroupBy(paths, home)
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	dir := home(p.Files[0])
	root, at := p.Unnamed(dir), source.Span{Path: p.Files[0]}
	var wanted []ecosystem.Requirement
	if file := p.File("vcpkg.json"); file != "" {
		top := g.Object(p.FS, file, maxSize, "look whether `vcpkg format-manifest` can read it", doc.JSONC)
		if n := top.Get("name"); ecosystem.Printable(n.Text()) {
			root.Name, root.Version, root.Type, at = n.Text(), versionOf(top), "", n.Span()
			root.PURL = ecosystem.PURL("vcpkg", "", root.Name, root.Version)
		}
		root.Homepage = top.Get("homepage").Text()
		root.Claims = detect.Declaration(top.Get("license").Text(), top.Get("license").Span())
		wanted = requirements(top)
	}
	id := g.Root(root, dir, at)
	status := p.File("status")
	var pins []ecosystem.Pin
	if status != "" {
		pins = installed(g, p, status, dir)
	}
	g.Absent(at, status, next, g.Require(id, wanted, pins))
	return g.Fragment, ctx.Err()
}

// versionOf reads the version, which has four names for as many kinds of order.
func versionOf(n doc.Node) string {
	for _, field := range []string{"version", "version-semver", "version-date", "version-string"} {
		if v := n.Get(field).Text(); ecosystem.Printable(v) {
			if port := n.Get("port-version").Text(); port != "" && port != "0" {
				v += "#" + port
			}
			return v
		}
	}
	return ""
}

// requirements reads the dependencies and those of features, of which the default ones are used unless one says otherwise.
func requirements(top doc.Node) (wanted []ecosystem.Requirement) {
	pinned := map[string]string{}
	for o := range top.Get("overrides").Items() {
		pinned[o.Get("name").Text()] = versionOf(o)
	}
	standard := map[string]bool{}
	for f := range top.Get("default-features").Items() {
		standard[f.Text()+f.Get("name").Text()] = true
	}
	self := top.Get("name").Text()
	include(top, self, standard)
	add := func(list doc.Node, scope sbom.Scope) {
		for item := range list.Items() {
			n, scope := item, scope
			if item.Kind() == doc.Object {
				n = item.Get("name")
			}
			if host, _ := item.Get("host").Bool(); host {
				scope = sbom.Build
			}
			if key := n.Text(); ecosystem.Printable(key) && key != self {
				c := sbom.Component{Name: key, Version: pinned[key], PURL: ecosystem.PURL("vcpkg", "", key, pinned[key])}
				wanted = append(wanted, ecosystem.Requirement{Key: key, Scope: scope, Range: item.Get("version>=").Text(), At: n.Span(), What: c})
			}
		}
	}
	add(top.Get("dependencies"), sbom.Runtime)
	for feature, value := range top.Get("features").Members() {
		scope := sbom.Optional
		if standard[feature.Text()] {
			scope = sbom.Runtime
		}
		add(value.Get("dependencies"), scope)
	}
	return wanted
}

// include adds to the features that are used those that they use themselves: {"name": "self", "features": ["more"]}
// (learn.microsoft.com, vcpkg.json reference, "Feature").
func include(top doc.Node, self string, used map[string]bool) {
	features := top.Get("features").Index()
	queue := slices.Sorted(maps.Keys(used))
	for ; len(queue) > 0; queue = queue[1:] {
		for item := range features[queue[0]].Get("dependencies").Items() {
			if item.Get("name").Text() != self {
				continue
			}
			for f := range item.Get("features").Items() {
				if name := f.Text() + f.Get("name").Text(); !used[name] {
					used[name] = true
					queue = append(queue, name)
				}
			}
		}
	}
}

// installed adds the packages of the list, and the edges between them.
func installed(g *ecosystem.Graph, p *ecosystem.Project, file, dir string) (pins []ecosystem.Pin) {
	d, _ := g.Parse(p.FS, file, maxSize, next, doc.Stanzas)
	ids := map[string]sbom.ID{}
	for s := range d.Root().Items() {
		pkg, version := s.Get("Package"), s.Get("Version").Text()
		if s.Get("Feature").Kind() != doc.Missing || !strings.HasSuffix(s.Get("Status").Text(), " installed") {
			continue
		}
		if !ecosystem.Printable(pkg.Text()) || !ecosystem.Printable(version) {
			g.Lost(s.Span(), next, "a package without a name and a version")
			continue
		}
		if port := s.Get("Port-Version").Text(); port != "" && port != "0" {
			version += "#" + port
		}
		triplet := s.Get("Architecture").Text()
		c := sbom.Component{Name: pkg.Text(), Version: version, PURL: ecosystem.PURL("vcpkg", "", pkg.Text(), version, "triplet", triplet)}
		share := ""
		if share = path.Join(dir, "vcpkg_installed", triplet, "share", c.Name); fs.ValidPath(share) {
			share = p.At(share)
		}
		ids[c.Name] = g.Add(c, share, pkg.Span())
		pins = append(pins, ecosystem.Pin{Key: c.Name, ID: ids[c.Name], At: pkg.Span()})
	}
	for s := range d.Root().Items() {
		from, depends := ids[s.Get("Package").Text()], s.Get("Depends")
		for need := range strings.SplitSeq(depends.Text(), ",") {
			need, target, _ := strings.Cut(strings.TrimSpace(need), ":")
			need, _, _ = strings.Cut(need, "[")
			scope := sbom.Runtime
			if target != "" && target != s.Get("Architecture").Text() { // for the machine that builds
				scope = sbom.Build
			}
			if to := ids[need]; from != "" && to != "" && from != to {
				g.Depend(from, to, scope, "", depends.Span())
			}
		}
	}
	return pins
}
