// Package bazel reads the modules of Bazel: MODULE.bazel and MODULE.bazel.lock, what a WORKSPACE fetches, and the Maven
// artifacts that either asks for.
//
// Both are written in Starlark, and are not executed: of their calls those with literal values are read, and variables
// that hold texts and lists of these, joined by +. The version that bazel_dep names is the least one; which one is had the
// lockfile tells. Lockfiles up to Bazel 7.1 hold the graph of modules. Later ones hold the checksums of what was fetched of
// the registry: of each module that was chosen, its source.json.
//
// The formats are described at https://bazel.build/external/module.
package bazel

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "bazel"
	next    = "run `bazel mod deps --lockfile_mode=update`"
	maxSize = 64 << 20
)

var workspaces = []string{"WORKSPACE", "WORKSPACE.bazel", "WORKSPACE.bzlmod"}

// Ecosystem is the reader of Bazel's modules.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Bazel modules: MODULE.bazel, MODULE.bazel.lock; what WORKSPACE fetches; Maven artifacts of both

Of a WORKSPACE, components are the repositories that http_archive, git_repository, go_repository and their like fetch, by their
location; what the macros that it calls fetch is unknown, and a gap. Rules for the build, by their names, have scope build.

Of modules, components are the modules that the lockfile shows were chosen, and else what MODULE.bazel asks for; lockfiles of
Bazel 7.0 and 7.1 have edges. What rules fetch that use_repo_rule names is read as in a WORKSPACE. dev_dependency has scope
development. Artifacts that rules_jvm_external is asked for are Maven components; images, crates and modules of Go that the extensions
of rules_oci, rules_rust and Gazelle are asked for are components too.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		base := path.Base(p)
		return ecosystem.Own(p, mode) && !strings.Contains("/"+p, "/modules/") && (base == "MODULE.bazel" || base == "MODULE.bazel.lock" || slices.Contains(workspaces, base))
	},
	Read: read,
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	root      sbom.Component
	at        source.Span
	wanted    []ecosystem.Requirement
	pins      []ecosystem.Pin
	overrides map[string]sbom.Component
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{
		Graph: ecosystem.Graph{Reader: name}, Project: p, root: p.Unnamed(p.Dir()), at: source.Span{Path: p.Files[0]},
		overrides: map[string]sbom.Component{},
	}
	lock := p.File("MODULE.bazel.lock")
	replaced := p.File("MODULE.bazel") != "" && p.File("WORKSPACE.bzlmod") != "" // then Bazel reads no other WORKSPACE
	for _, file := range p.Files {
		base := path.Base(file)
		if file == lock || replaced && base != "WORKSPACE.bzlmod" && slices.Contains(workspaces, base) {
			continue
		}
		r.program(file)
	}
	if lock != "" {
		r.lock(lock)
	}
	unpinned := r.Require(r.Root(r.root, p.Dir(), r.at), r.wanted, r.pins)
	if lock != "" {
		fetched := r.fetched()
		unpinned = slices.DeleteFunc(unpinned, func(id sbom.ID) bool { return fetched[id] })
	}
	r.Absent(r.at, lock, next, unpinned)
	return r.Fragment, ctx.Err()
}

// fetched is what is wanted and no module, so that no lockfile lists it.
func (r *reader) fetched() map[sbom.ID]bool {
	out := map[sbom.ID]bool{}
	for _, w := range r.wanted {
		if strings.Contains(w.Key, " ") {
			out[sbom.ID(w.What.PURL)] = true
		}
	}
	return out
}

func component(name, version string) sbom.Component {
	if !ecosystem.Printable(version) {
		version = ""
	}
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("bazel", "", name, version)}
}

// program reads the calls of a file.
func (r *reader) program(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, "look whether `bazel mod graph` can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Python)
	})
	held := literals(d.Root())
	for call, args := range d.Root().Calls("module", "single_version_override", "git_override", "archive_override", "local_path_override") {
		a := arguments(args, held)
		key := a["module_name"]
		switch call.Text() {
		case "module":
			if n := a["name"]; ecosystem.Printable(n.Text()) {
				r.root, r.at = component(n.Text(), a["version"].Text()), n.Span()
			}
		case "single_version_override":
			if v := a["version"].Text(); v != "" {
				r.overrides[key.Text()] = component(key.Text(), v)
			}
		case "git_override":
			c := component(key.Text(), a["commit"].Text())
			c.Source = a["remote"].Text()
			if host, repo, ok := ecosystem.Repository(c.Source); ok {
				c.PURL = ecosystem.PURL("bazel", "", c.Name, c.Version, "vcs_url", "git+https://"+host+"/"+repo+"@"+c.Version)
			}
			r.overrides[key.Text()] = c
		default:
			r.overrides[key.Text()] = component(key.Text(), "")
		}
	}
	for call, args := range d.Root().Calls("bazel_dep") {
		a := arguments(args, held)
		n := a["name"]
		if n.Kind() != doc.String || !ecosystem.Printable(n.Text()) {
			r.Lost(call.Span(), "write the name of the module as a literal", "a module whose name is computed")
			continue
		}
		w := ecosystem.Requirement{Key: n.Text(), Scope: sbom.Runtime, Range: a["version"].Text(), At: n.Span()}
		w.What = component(w.Key, w.Range)
		if other, ok := r.overrides[w.Key]; ok {
			w.What = other
		}
		if a["dev_dependency"].IsWord("True") {
			w.Scope = sbom.Development
		}
		r.wanted = append(r.wanted, w)
	}
	r.maven(d.Root())
	r.extensions(d.Root())
	r.repositories(d.Root())
	if slices.Contains(workspaces, path.Base(file)) {
		r.macros(d.Root())
	}
}

// arguments are the named ones of a call, each its one term: of a variable, what it holds, and nothing if that is unknown.
func arguments(args doc.Terms, held map[string]doc.Node) map[string]doc.Node {
	out := map[string]doc.Node{}
	for part := range args.Split(",") {
		key, value := part.Pair()
		if key.Kind() == doc.Missing || len(value) != 1 {
			continue
		}
		n := value[0]
		if n.Kind() == doc.Word && !n.IsWord("True") && !n.IsWord("False") {
			n = held[n.Text()]
		}
		out[key.Text()] = n
	}
	return out
}

// literals are the strings that variables hold.
func literals(root doc.Node) map[string]doc.Node {
	held := map[string]doc.Node{}
	for statement := range root.Terms().Split("\n", ";") {
		if key, value := statement.Pair(); key.Kind() == doc.Word && value.Literal().Kind() == doc.String {
			held[key.Text()] = value.Literal()
		}
	}
	return held
}
