// Package swift reads what the Swift package manager and Xcode write: Package.resolved in its versions 1 to 3, and the
// literal values of Package.swift.
//
// Package.resolved lists every package with its revision, and no edges. Package.swift, a program, says which of them the
// project names itself, and its targets say what for: a package that only test targets use is for tests, one that only
// plugins come from is for building. Both know a package by its identity: the last part of its location, or the name
// that a registry gave it. The manifests of the packages lie in .build/checkouts when they were fetched, and give the
// edges between them.
//
// The formats are described in the documentation of SwiftPM (PackageDescription.md; Package.resolved in its source,
// PinsStorage).
package swift

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name         = "swift"
	lockFile     = "Package.resolved"
	manifestFile = "Package.swift"
	next         = "run `swift package resolve`"
	maxSize      = 64 << 20
)

// Ecosystem is the reader of Swift packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Swift packages: Package.resolved (versions 1, 2, 3), Package.swift

Components are the packages that Package.resolved pins, by version or else by revision. Package.swift is not executed: its
literal values tell the project's name and its direct dependencies, with their requirements. What only test targets use has
scope test, what only gives plugins scope build. Binary targets are components with their location and checksum. Edges between packages are known if they were fetched into
.build/checkouts, where their license files are looked for too.`,
	Match: match,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	base := path.Base(p)
	return (base == lockFile || base == manifestFile) && ecosystem.Own(p, mode) && !strings.Contains("/"+p, "/.build/")
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	pins []ecosystem.Pin // by identity
	dirs []string        // of each pin, the folder it was fetched to, or ""

	files map[int][]ecosystem.Requirement // of pins, by their index, targets that were compiled elsewhere
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p, files: map[int][]ecosystem.Requirement{}}
	lock, file := p.File(lockFile), p.File(manifestFile)
	var m manifest
	root, dir := p.Unnamed(home(lock)), home(lock)
	at := source.Span{Path: lock}
	if file != "" {
		dir = p.Dir()
		m = r.readManifest(file)
		root, at = p.Unnamed(dir), m.at
		if m.name != "" {
			root.Name, root.Type = m.name, sbom.TypeLibrary
		}
	} else if name := xcode(lock); name != "" {
		root.Name = name
	}
	id := r.Root(root, dir, at)
	if lock != "" {
		r.readLock(lock, dir)
	}
	r.checkouts(ctx)
	r.Absent(at, lock, next, r.Require(id, m.wanted, r.pins))
	r.locals(id, dir, m.locals)
	r.binaries(id, dir, m.files)
	for i, pin := range r.pins {
		r.binaries(pin.ID, r.dirs[i], r.files[i])
	}
	return r.Fragment, ctx.Err()
}

// locals adds packages that lie in folders: projects of the tree, each by its own name.
func (r *reader) locals(root sbom.ID, dir string, list []ecosystem.Requirement) {
	var gone []sbom.ID
	for _, w := range list {
		folder := path.Join(dir, w.Key)
		if fs.ValidPath(folder) && !path.IsAbs(w.Key) && r.At(folder) != "" {
			if _, err := fs.Stat(r.FS, path.Join(folder, manifestFile)); err == nil {
				other := reader{Project: r.Project} // what is wrong with it, its own reading tells
				c := r.Unnamed(folder)
				if name := other.readManifest(path.Join(folder, manifestFile)).name; name != "" {
					c.Name, c.Type = name, sbom.TypeLibrary
				}
				c.ID = ecosystem.FolderID(folder, c)
				r.Depend(root, r.Add(c, "", w.At), w.Scope, w.Range, w.At)
				continue
			}
		}
		id := r.Add(w.What, "", w.At)
		r.Depend(root, id, w.Scope, w.Range, w.At)
		gone = append(gone, id)
	}
	if len(gone) > 0 {
		r.Unavailable(list[0].At, "scan a folder that holds them too", "packages in folders that are not in the tree: what they need, and their licenses, are unknown", gone...)
	}
}

// binaries adds the targets of a package that were compiled elsewhere.
func (r *reader) binaries(of sbom.ID, dir string, list []ecosystem.Requirement) {
	var ids []sbom.ID
	for _, w := range list {
		at := ""
		if p := path.Join(dir, w.Key); w.Key != "" && fs.ValidPath(p) {
			at = r.At(p)
		}
		id := r.Add(w.What, at, w.At)
		r.Depend(of, id, w.Scope, "", w.At)
		if at == "" {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		r.Unavailable(list[0].At, "state their licenses under `clarify`", "targets that were compiled elsewhere: what is in them, and their licenses, are unknown", ids...)
	}
}

// home is the folder of the project whose lockfile it is. Xcode hides it in the project's bundle:
// App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm.
func home(lock string) string {
	dir := path.Dir(lock)
	for at := dir; at != "." && at != "/"; at = path.Dir(at) {
		if ext := path.Ext(at); ext == ".xcodeproj" || ext == ".xcworkspace" {
			dir = path.Dir(at)
		}
	}
	return dir
}

// xcode is the name of the bundle that a lockfile lies in.
func xcode(lock string) (name string) {
	for part := range strings.SplitSeq(path.Dir(lock), "/") {
		if ext := path.Ext(part); name == "" && (ext == ".xcodeproj" || ext == ".xcworkspace") {
			name = strings.TrimSuffix(part, ext)
		}
	}
	return name
}

// identity is how SwiftPM knows a package: by the last part of its location.
func identity(location string) string {
	last := path.Base(strings.TrimRight(strings.ReplaceAll(location, ":", "/"), "/"))
	return strings.ToLower(strings.TrimSuffix(last, ".git"))
}

// readLock adds the pinned packages. Version 1 holds them in an object of its own, with other names.
func (r *reader) readLock(file, dir string) {
	top := r.Object(r.FS, file, maxSize, next, doc.JSON)
	list := top.Get("pins")
	if list.Kind() == doc.Missing {
		list = top.Get("object").Get("pins")
	}
	for pin := range list.Items() {
		location := first(pin, "location", "repositoryURL")
		key := first(pin, "identity").Text()
		if u := location.Text(); key == "" || u != "" {
			key = identity(u)
		}
		at, state := pin.Span(), pin.Get("state")
		version := state.Get("version").Text()
		if version == "" {
			version = state.Get("revision").Text()
		}
		if !ecosystem.Printable(key) || !ecosystem.Printable(version) {
			r.Lost(at, next, "a pin without a package and its version")
			continue
		}
		c := component(location.Text(), key, version)
		fetched := r.At(path.Join(dir, ".build/checkouts", checkout(location.Text())))
		r.pins = append(r.pins, ecosystem.Pin{Key: strings.ToLower(key), ID: r.Add(c, fetched, at), At: at})
		r.dirs = append(r.dirs, fetched)
	}
}

func first(n doc.Node, names ...string) doc.Node {
	for _, name := range names {
		if v := n.Get(name); v.Text() != "" {
			return v
		}
	}
	return doc.Node{}
}

// checkout is the folder that SwiftPM fetches a location into: its last part, in the letters of the location.
func checkout(location string) string {
	return strings.TrimSuffix(path.Base(strings.ReplaceAll(location, ":", "/")), ".git")
}

// component is a package at a location or, without one, of a registry, where its identity is scope.name. The namespace of
// its purl is host and path of the repository (purl types, swift).
func component(location, key, version string) sbom.Component {
	c := sbom.Component{Name: key, Version: version, Source: location}
	if host, repo, ok := ecosystem.Repository(location); ok {
		dir, base := path.Split(host + "/" + repo)
		c.Name = base
		c.PURL = ecosystem.PURL("swift", strings.TrimSuffix(dir, "/"), base, version)
	} else if scope, base, ok := strings.Cut(key, "."); ok && location == "" {
		c.PURL = ecosystem.PURL("swift", scope, base, version)
	}
	return c
}
