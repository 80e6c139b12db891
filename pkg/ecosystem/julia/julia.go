// Package julia reads what Pkg, the package manager of Julia, writes: Project.toml and Manifest.toml.
//
// A package is known by its UUID; names are only for people, and two packages of one name may stand in one manifest. The
// manifest has an array of tables for each name: under deps since version 2 of the format, at the top before. What a package
// needs is a list of names, or a table of names and UUIDs where a name alone is not enough.
//
// The standard library comes with Julia: a package of it often has no version of its own, and then has Julia's.
//
// The formats are described at https://pkgdocs.julialang.org/v1/toml-files.
package julia

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
	name    = "julia"
	next    = "run `julia --project -e 'using Pkg; Pkg.instantiate()'`"
	maxSize = 64 << 20
)

// Ecosystem is the reader of Julia packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Julia packages: Project.toml, Manifest.toml

Components are the packages that the manifest lists, with the edges between them. deps of Project.toml has scope runtime,
weakdeps optional, what stands in extras for the targets test and build those scopes. So has all that the projects in a
package's folders test and deps ask for, and what those of its documentation and benchmarks do has scope development.`,
	Match: match,
	Read:  read,
}

// match looks into the files, for others have some of these names.
func match(p string, mode fs.FileMode, head []byte) bool {
	base := strings.TrimPrefix(path.Base(p), "Julia")
	if base == "Project.toml" {
		return ecosystem.Own(p, mode) && (bytes.Contains(head, []byte("[deps]")) || bytes.Contains(head, []byte("uuid")))
	}
	return isManifest(base) && ecosystem.Own(p, mode) && (bytes.Contains(head, []byte("[[")) || bytes.Contains(head, []byte("julia")))
}

// isManifest knows the manifest of one version of Julia too: Manifest-v1.11.toml.
func isManifest(base string) bool {
	base = strings.TrimPrefix(base, "Julia")
	return base == "Manifest.toml" || strings.HasPrefix(base, "Manifest-v") && strings.HasSuffix(base, ".toml")
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	pins []ecosystem.Pin // by UUID
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p}
	lock := ""
	for _, file := range p.Files {
		if isManifest(path.Base(file)) {
			lock = file
			r.manifest(file)
		}
	}
	root, at := p.Unnamed(p.Dir()), source.Span{Path: p.Files[0]}
	var wanted []ecosystem.Requirement
	if file := p.File("JuliaProject.toml", "Project.toml"); file != "" {
		top := r.Object(p.FS, file, maxSize, "look whether Pkg can read it", doc.TOML)
		if n := top.Get("name"); ecosystem.Printable(n.Text()) {
			root, at = component(n.Text(), top.Get("version").Text(), top.Get("uuid").Text()), n.Span()
		}
		if above := path.Dir(p.Dir()); path.Base(above) == root.Name && path.Base(path.Dir(above)) == "packages" { // Pkg's depot
			root.Origin = sbom.OriginVendored
		}
		root.Claims = detect.Declaration(top.Get("license").Text(), top.Get("license").Span())
		bound := r.bound(path.Dir(file))
		wanted = r.requirements(top, bound)
		for i := range r.pins {
			if bound != sbom.Runtime {
				r.pins[i].Scope = bound
			}
		}
	}
	r.Absent(at, lock, next, r.Require(r.Root(root, p.Dir(), at), wanted, r.pins))
	return r.Fragment, ctx.Err()
}

func component(name, version, uuid string) sbom.Component {
	if !ecosystem.Printable(version) {
		version = ""
	}
	c := sbom.Component{Name: name, Version: version}
	if ecosystem.Printable(uuid) {
		c.PURL = ecosystem.PURL("julia", "", name, version, "uuid", uuid)
	}
	return c
}

// targets are those for which a package may ask for extras (Pkg, section "Test-specific dependencies").
var targets = []struct {
	name  string
	scope sbom.Scope
}{{"test", sbom.Test}, {"build", sbom.Build}}

// environments are folders of a package with a project of their own: by Pkg that of the tests and of the build, by custom
// those of the documentation and of benchmarks.
var environments = map[string]sbom.Scope{
	"test": sbom.Test, "deps": sbom.Build, "docs": sbom.Development, "doc": sbom.Development, "benchmark": sbom.Development, "benchmarks": sbom.Development,
}

// bound is the strongest scope of what the project in a folder asks for.
func (r *reader) bound(dir string) sbom.Scope {
	scope := environments[path.Base(dir)]
	if info, err := fs.Stat(r.FS, path.Join(path.Dir(dir), "Project.toml")); scope != "" && dir != "." && err == nil && info.Mode().IsRegular() {
		return scope
	}
	return sbom.Runtime
}

// requirements reads what a project asks for, in no stronger a scope than the bound. A weak dependency that is also in deps is
// one of deps.
func (r *reader) requirements(top doc.Node, bound sbom.Scope) (wanted []ecosystem.Requirement) {
	compat, extras := top.Get("compat"), map[string]sbom.Scope{}
	for _, target := range targets {
		for n := range r.Items(top.Get("targets").Get(target.name), "mend the file", "a target") {
			extras[n.Text()] = target.scope
		}
	}
	known := map[string]bool{}
	for _, table := range []struct {
		name  string
		scope sbom.Scope
	}{{"deps", sbom.Runtime}, {"weakdeps", sbom.Optional}, {"extras", ""}} {
		for key, uuid := range top.Get(table.name).Members() {
			scope := table.scope
			if scope == "" {
				scope = extras[key.Text()]
			}
			if known[uuid.Text()] || !ecosystem.Printable(key.Text()) || scope == "" {
				continue
			}
			known[uuid.Text()] = true
			allowed := compat.Get(key.Text()).Text()
			wanted = append(wanted, ecosystem.Requirement{
				Key: uuid.Text(), Scope: scope.Weaker(bound), Range: allowed, At: key.Span(),
				What: component(key.Text(), exact(allowed), uuid.Text()),
			})
		}
	}
	return wanted
}

// exact is the one version that a compat entry allows: "=1.2.3"; a part of one still leaves a choice, as does a list (Pkg,
// section "Compatibility").
func exact(allowed string) string {
	version, ok := strings.CutPrefix(strings.TrimSpace(allowed), "=")
	if version = strings.TrimSpace(version); !ok || strings.ContainsAny(version, ",- ") || strings.Count(version, ".") < 2 {
		return ""
	}
	return version
}

// manifest adds the packages and, once all are known, the edges between them.
func (r *reader) manifest(file string) {
	top := r.Object(r.FS, file, maxSize, next, doc.TOML)
	list, julia := top, ""
	if deps := top.Get("deps"); top.Get("manifest_format").Kind() != doc.Missing {
		list, julia = deps, top.Get("julia_version").Text()
	}
	byUUID, byName := map[string]sbom.ID{}, map[string]sbom.ID{}
	type entry struct {
		id sbom.ID
		doc.Node
	}
	var entries []entry
	for key, versions := range list.Members() {
		for p := range versions.Items() {
			uuid, version, folder := p.Get("uuid").Text(), p.Get("version").Text(), p.Get("path").Text()
			if p.Kind() != doc.Object || uuid == "" || !ecosystem.Printable(key.Text()) {
				continue // no manifest of Julia
			}
			if version == "" && folder == "" && p.Get("git-tree-sha1").Kind() == doc.Missing {
				version = julia
			}
			c := component(key.Text(), version, uuid)
			c.Source = p.Get("repo-url").Text()
			id := r.Add(c, r.local(file, folder), p.Get("uuid").Span())
			r.pins = append(r.pins, ecosystem.Pin{Key: uuid, ID: id, At: p.Get("uuid").Span()})
			byUUID[uuid], byName[c.Name] = id, id
			entries = append(entries, entry{id, p})
		}
	}
	for _, e := range entries {
		for _, field := range []string{"deps", "weakdeps"} {
			scope := sbom.Runtime
			if field == "weakdeps" {
				scope = sbom.Optional
			}
			for need := range e.Get(field).Items() {
				if to, ok := byName[need.Text()]; ok {
					r.Depend(e.id, to, scope, "", need.Span())
				}
			}
			for need, uuid := range e.Get(field).Members() {
				if to, ok := byUUID[uuid.Text()]; ok {
					r.Depend(e.id, to, scope, "", need.Span())
				}
			}
		}
	}
}

// local is the folder of a package that is developed beside the project.
func (r *reader) local(file, folder string) string {
	if dir := path.Join(path.Dir(file), folder); folder != "" && !path.IsAbs(folder) && fs.ValidPath(dir) {
		return r.At(dir)
	}
	return ""
}
