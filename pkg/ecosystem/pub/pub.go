// Package pub reads what pub, the package manager of Dart and Flutter, writes: pubspec.yaml and pubspec.lock.
//
// The lockfile lists packages with their source, checksum and one word that tells whether the project asks for them
// ("direct main", "direct dev", "direct overridden", "transitive"), and no edges. Those stand in
// .dart_tool/package_graph.json, where `dart pub get` leaves it; without it what is transitive hangs below the
// project by some way that nobody knows.
//
// Packages of the SDK are components, for they ship; the requirements on the SDK itself are not.
//
// The formats are described at https://dart.dev/tools/pub/pubspec.
package pub

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
	name         = "pub"
	manifestFile = "pubspec.yaml"
	lockFile     = "pubspec.lock"
	graphFile    = ".dart_tool/package_graph.json"
	next         = "run `dart pub get`"
	maxSize      = 64 << 20
)

// Ecosystem is the reader of Dart packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Dart and Flutter packages: pubspec.lock, pubspec.yaml

Components are the packages that pubspec.lock lists, with their checksums. dependencies of pubspec.yaml have scope runtime,
dev_dependencies development. Edges between packages are those of .dart_tool/package_graph.json, where it is kept. Members
of a workspace are roots beside it. Files of packages are looked for in Dart's cache (--cache pub=DIR, PUB_CACHE).`,
	Match: ecosystem.Named(manifestFile, lockFile),
	Group: group,
	Read:  read,
}

// group gives a lockfile the manifests of its folder and below that have none of their own: members of a workspace do not.
func group(paths []string) [][]string {
	locked := map[string]bool{}
	for _, p := range paths {
		locked[path.Dir(p)] = locked[path.Dir(p)] || path.Base(p) == lockFile
	}
	return ecosystem.GroupBy(paths, func(p string) string {
		for top := path.Dir(p); ; top = path.Dir(top) {
			if locked[top] {
				return top
			}
			if top == "." || top == "/" {
				return path.Dir(p)
			}
		}
	})
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	dir  string
	pins []ecosystem.Pin
	ids  map[string]sbom.ID
	main []ecosystem.Requirement // what the lockfile says is direct
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p, ids: map[string]sbom.ID{}, dir: p.Dir()}
	lock := p.File(lockFile)
	if lock != "" {
		r.dir = path.Dir(lock)
		r.readLock(lock)
		r.readEdges()
	}
	rooted := false
	var unpinned []sbom.ID
	for _, file := range p.Files {
		if path.Base(file) == manifestFile {
			rooted = rooted || path.Dir(file) == r.dir
			unpinned = append(unpinned, r.manifest(file, lock)...)
		}
	}
	if lock != "" {
		if !rooted {
			r.Require(r.Root(p.Unnamed(r.dir), r.dir, source.Span{Path: lock}), r.main, r.pins)
		}
		r.Absent(source.Span{}, lock, next, unpinned)
	}
	return r.Fragment, ctx.Err()
}

// readLock adds the packages. A package of another registry has that in its purl.
func (r *reader) readLock(file string) {
	top := r.Object(r.FS, file, maxSize, next, doc.YAML)
	for key, p := range r.Members(top.Get("packages"), next, "packages") {
		version := p.Get("version").Text()
		if !ecosystem.Printable(key.Text()) || !ecosystem.Printable(version) {
			r.Lost(key.Span(), next, "a package without a name and a version")
			continue
		}
		c, dir := r.component(key.Text(), version, p.Get("source").Text(), p.Get("description"))
		pin := ecosystem.Pin{Key: key.Text(), ID: r.Add(c, dir, key.Span()), At: key.Span()}
		r.pins, r.ids[pin.Key] = append(r.pins, pin), pin.ID
		if kind, ok := strings.CutPrefix(p.Get("dependency").Text(), "direct "); ok {
			scope := sbom.Runtime
			if kind == "dev" {
				scope = sbom.Development
			}
			r.main = append(r.main, ecosystem.Requirement{Key: pin.Key, Scope: scope, At: pin.At})
		}
	}
}

// component is a package by the source that the lockfile names. Where a hosted one was fetched from does not tell it from
// another of its name: hosts mirror each other.
func (r *reader) component(name, version, from string, about doc.Node) (c sbom.Component, dir string) {
	c = sbom.Component{Name: name, Version: version, Hashes: ecosystem.Hashes(about.Get("sha256").Text())}
	location, vcs := about.Get("url").Text(), ""
	switch from {
	case "git":
		c.Source = location
		if host, repo, ok := ecosystem.Repository(location); ok {
			vcs = "git+https://" + host + "/" + repo + "@" + about.Get("resolved-ref").Text()
		}
	case "path":
		dir = path.Join(r.dir, about.Get("path").Text())
		if !fs.ValidPath(dir) || path.IsAbs(about.Get("path").Text()) {
			dir = ""
		} else {
			dir = r.At(dir)
		}
	}
	c.PURL = ecosystem.PURL("pub", "", name, version, "vcs_url", vcs)
	if dir == "" && from != "path" {
		dir, c.Claims = r.cached(&c, from, about)
	}
	return c, dir
}

// readEdges reads what dart pub get noted of the packages that it resolved.
func (r *reader) readEdges() {
	file := path.Join(r.dir, graphFile)
	data, err := ecosystem.ReadFile(r.FS, file, maxSize)
	if err != nil {
		return
	}
	d, _ := doc.JSON(file, data)
	for p := range d.Root().Get("packages").Items() {
		from, ok := r.ids[p.Get("name").Text()]
		if !ok {
			continue
		}
		for need := range p.Get("dependencies").Items() {
			if to, ok := r.ids[need.Text()]; ok {
				r.Depend(from, to, sbom.Runtime, "", need.Span())
			}
		}
	}
}

// manifest adds a root, and joins it to the packages of the lockfile if it is resolved together with them.
func (r *reader) manifest(file, lock string) (unpinned []sbom.ID) {
	top := r.Object(r.FS, file, maxSize, "look whether `dart pub get` can read it", doc.YAML)
	c, at := r.Unnamed(path.Dir(file)), source.Span{Path: file}
	if n := top.Get("name"); ecosystem.Printable(n.Text()) {
		c.Name, c.Version, c.Type, at = n.Text(), top.Get("version").Text(), "", n.Span()
		c.PURL = ecosystem.PURL("pub", "", c.Name, c.Version)
	}
	if folders := strings.Split(path.Dir(file), "/"); len(folders) > 2 && folders[len(folders)-3] == "hosted" &&
		folders[len(folders)-1] == c.Name+"-"+c.Version { // Pub's cache
		c.Origin = sbom.OriginVendored
	}
	c.Homepage, c.Source = top.Get("homepage").Text(), top.Get("repository").Text()
	c.Claims = detect.Declaration(top.Get("license").Text(), top.Get("license").Span())
	root := r.Root(c, path.Dir(file), at)
	wanted := requirements(&r.Graph, top)
	shared := lock != "" && (path.Dir(file) == r.dir || top.Get("resolution").Text() == "workspace")
	if !shared {
		r.Absent(at, "", next, r.Require(root, wanted, nil))
		return nil
	}
	pins := r.pins
	if path.Dir(file) != r.dir {
		pins = asked(wanted, pins)
	}
	return r.Require(root, wanted, pins)
}

// asked are the pins that a member of a workspace asks for: the rest hangs below the workspace.
func asked(wanted []ecosystem.Requirement, pins []ecosystem.Pin) (out []ecosystem.Pin) {
	keys := map[string]bool{}
	for _, w := range wanted {
		keys[w.Key] = true
	}
	for _, p := range pins {
		if keys[p.Key] {
			out = append(out, p)
		}
	}
	return out
}

// requirements reads what a manifest asks for. A value is a range, or an object that says where from, perhaps with one.
// One in dependency_overrides counts instead of what is asked for, by whomever, and is asked for itself.
func requirements(g *ecosystem.Graph, top doc.Node) (wanted []ecosystem.Requirement) {
	overrides, known := map[string]doc.Node{}, map[string]bool{}
	for key, value := range top.Get("dependency_overrides").Members() {
		overrides[key.Text()] = value
	}
	for _, table := range []struct {
		name  string
		scope sbom.Scope
	}{{"dependencies", sbom.Runtime}, {"dev_dependencies", sbom.Development}, {"dependency_overrides", sbom.Runtime}} {
		for key, value := range g.Members(top.Get(table.name), "look whether `dart pub get` can read it", table.name) {
			if table.name == "dependency_overrides" && known[key.Text()] {
				continue
			}
			known[key.Text()] = true
			w := ecosystem.Requirement{Key: key.Text(), Scope: table.scope, Range: value.Text(), At: key.Span()}
			if !ecosystem.Printable(w.Key) {
				continue
			}
			if other, ok := overrides[w.Key]; ok {
				value = other
				w.Range = value.Text()
			}
			if value.Kind() == doc.Object {
				w.Range = value.Get("version").Text()
			}
			w.What = sbom.Component{Name: w.Key, Version: exactly(w.Range)}
			w.What.PURL = ecosystem.PURL("pub", "", w.Key, w.What.Version)
			git := value.Get("git")
			w.What.Source = git.Text()
			if git.Kind() == doc.Object {
				w.What.Source = git.Get("url").Text()
			}
			wanted = append(wanted, w)
		}
	}
	return wanted
}

// exactly is the version that a requirement pins: one without a sign before it.
func exactly(requirement string) string {
	if strings.ContainsAny(requirement, "^<> ") || requirement == "any" {
		return ""
	}
	return requirement
}
