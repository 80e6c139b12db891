// Package cocoapods reads what CocoaPods writes: Podfile.lock, and the literal values of Podfile and podspecs.
//
// Podfile.lock lists pods and subspecs alike, each with what it needs, so the edges are known. A subspec is a
// component of its own, as the lockfile has it; its purl is that of the pod with a subpath (purl types, cocoapods). What the
// project asks for stands under DEPENDENCIES; the Podfile tells for which target, and a target of tests makes
// the scope test.
//
// A podspec is a project, too: a library, with a license. Both kinds of file are programs in Ruby. Nothing is run:
// statements with literal values are read, and variables that have been given one.
//
// The formats are described at https://guides.cocoapods.org/syntax/podfile.html and podspec.html.
package cocoapods

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
	name    = "cocoapods"
	next    = "run `pod install`"
	maxSize = 64 << 20
)

// Ecosystem is the reader of CocoaPods.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `CocoaPods: Podfile.lock, Podfile, *.podspec, *.podspec.json

Components are the pods and subspecs that Podfile.lock lists, with the edges between them; a subspec is the subpath of its
pod's purl. What DEPENDENCIES lists is direct. Pods that only targets of tests name in the Podfile have scope test, those for
the Debug configuration alone development.

A podspec is a project of its own, with its license and what it depends on; its test specs have scope test. Podfile and
podspecs are not executed: literal values and variables that hold one are read. The files of pods are looked for in Pods,
and where the Podfile has a path to them.`,
	Match: match,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !ecosystem.Own(p, mode) || strings.HasPrefix(p, "Pods/") || strings.Contains(p, "/Pods/") {
		return false
	}
	base := path.Base(p)
	return base == "Podfile" || base == "Podfile.lock" || isSpec(base)
}

func isSpec(file string) bool {
	return strings.HasSuffix(file, ".podspec") || strings.HasSuffix(file, ".podspec.json")
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	pins []ecosystem.Pin
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p}
	podfile, lock := p.File("Podfile"), p.File("Podfile.lock")
	var asked podfileContent
	if podfile != "" {
		asked = r.readPodfile(podfile)
	}
	var locked []ecosystem.Requirement
	if lock != "" {
		locked = r.readLock(lock)
	}
	if podfile != "" || lock != "" {
		r.app(asked, lock, locked)
	}
	for _, file := range p.Files {
		if isSpec(file) {
			r.library(file, lock)
		}
	}
	if lock != "" {
		r.Absent(source.Span{}, lock, next, nil)
	}
	return r.Fragment, ctx.Err()
}

// app adds the root of a Podfile and its lockfile. What the lockfile says of the requirements is what was last installed.
func (r *reader) app(asked podfileContent, lock string, locked []ecosystem.Requirement) {
	root := r.Unnamed(r.Dir())
	at := source.Span{Path: r.Files[0]}
	if asked.target != "" {
		root.Name, at = asked.target, asked.at
	}
	id := r.Root(root, r.Dir(), at)
	if lock == "" {
		r.Absent(at, "", next, r.Require(id, asked.wanted, nil))
		return
	}
	scopes := map[string]sbom.Scope{}
	for _, w := range asked.wanted {
		scopes[w.Key] = w.Scope
	}
	for i, w := range locked {
		locked[i].Scope = scopes[w.Key]
		if w.Scope = scopes[w.Key]; w.Scope == "" {
			locked[i].Scope = sbom.Runtime
		}
	}
	r.Require(id, locked, r.pins)
}

// component is a pod, or a subspec as "Pod/Sub".
func component(name, version string) sbom.Component {
	c := sbom.Component{Name: name, Version: version}
	pod, sub, _ := strings.Cut(name, "/")
	c.PURL = ecosystem.SubPURL("cocoapods", "", pod, version, sub)
	return c
}

// readLock adds the pods and the edges between them, and returns what the project asks for.
func (r *reader) readLock(file string) (wanted []ecosystem.Requirement) {
	top := r.Object(r.FS, file, maxSize, next, doc.YAML)
	external := top.Get("EXTERNAL SOURCES").Index()
	checkouts := top.Get("CHECKOUT OPTIONS").Index()
	ids := map[string]sbom.ID{}
	var needs []doc.Node
	for item := range top.Get("PODS").Items() {
		entry, list := item, doc.Node{}
		for k, v := range item.Members() {
			entry, list = k, v
		}
		name, version := split(entry.Text())
		if !ecosystem.Printable(name) || !ecosystem.Printable(version) {
			r.Lost(item.Span(), next, "an entry without a pod and its version")
			continue
		}
		c := component(name, version)
		pod, _, _ := strings.Cut(name, "/")
		from := external[pod]
		c.Source = checkouts[pod].Get(":git").Text()
		if c.Source == "" {
			c.Source = from.Get(":git").Text()
		}
		ids[name] = r.Add(c, r.folder(pod, from.Get(":path").Text()), entry.Span())
		r.pins = append(r.pins, ecosystem.Pin{Key: name, ID: ids[name], At: entry.Span()})
		needs = append(needs, list)
	}
	for i, pin := range r.pins {
		for need := range needs[i].Items() {
			name, requirement := split(need.Text())
			if to, ok := ids[name]; ok {
				r.Depend(pin.ID, to, sbom.Runtime, requirement, need.Span())
			}
		}
	}
	for item := range top.Get("DEPENDENCIES").Items() {
		name, requirement := split(item.Text())
		if ecosystem.Printable(name) {
			wanted = append(wanted, ecosystem.Requirement{Key: name, Range: requirement, At: item.Span(), What: component(name, "")})
		}
	}
	return wanted
}

// split reads "Name (1.0)", whose parentheses may be missing.
func split(s string) (name, version string) {
	name, version, _ = strings.Cut(s, " (")
	return strings.TrimSpace(name), strings.TrimSuffix(version, ")")
}

// folder is where the files of a pod lie: in Pods, or where the Podfile says.
func (r *reader) folder(pod, local string) string {
	if local != "" && fs.ValidPath(path.Join(r.Dir(), local)) {
		return r.At(path.Join(r.Dir(), local))
	}
	return r.At(path.Join(r.Dir(), "Pods", pod))
}
