// Package hex reads the projects of the Erlang virtual machine: mix.exs and mix.lock (Elixir), rebar.config, rebar.lock and
// *.app.src (Erlang), gleam.toml and manifest.toml (Gleam). They share one registry, Hex, and so one kind of purl.
//
// The first two are terms of their languages, read as literal values: nothing is run. A tuple of mix.lock holds what the
// package needs, and whether it is optional, so the edges are known; rebar.lock has only the depth at which a package
// was met, and what lies deeper than 0 is indirect. manifest.toml has edges without ranges.
//
// Fetched packages lie in deps, _build/default/lib and build/packages; their hex_metadata.config tells the license.
//
// The formats are described at hexdocs.pm (Mix.Tasks.Deps), rebar3.org and gleam.run.
package hex

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
	name    = "hex"
	maxSize = 64 << 20
)

// Ecosystem is the reader of Hex packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Hex packages: mix.exs, mix.lock, rebar.config, rebar.lock, *.app.src, gleam.toml, manifest.toml

Components are the packages that the lockfile lists, with their checksums, and the edges that mix.lock and manifest.toml
tell. Programs are not executed: of mix.exs the literal lists of dependencies are read. In Mix, only: :test is scope test,
only: :dev development, optional: true optional, and runtime: false build. The test profile of rebar.config is scope test, plugins are build,
dev-dependencies of Gleam are development. What comes from git has its revision as version.

Licenses are those of the project's manifest, and of hex_metadata.config in deps, _build/default/lib and build/packages; of packages
that are not there, of the archives that Hex keeps (--cache hex=DIR, the folder packages in HEX_HOME), by their checksums.`,
	Match: match,
	Group: group,
	Read:  read,
}

func match(p string, mode fs.FileMode, head []byte) bool {
	if !ecosystem.Own(p, mode) || fetched(p) {
		return false
	}
	switch base := path.Base(p); base {
	case "mix.exs", "mix.lock", "rebar.config", "rebar.lock", "gleam.toml":
		return true
	case "manifest.toml":
		return strings.Contains(string(head), "Gleam")
	default:
		return strings.HasSuffix(base, ".app.src")
	}
}

// fetched reports whether the path lies in a folder that Mix, Rebar or Gleam fill.
func fetched(p string) bool {
	return slices.ContainsFunc([]string{"deps/", "_build/", "build/packages/"}, func(dir string) bool {
		return strings.HasPrefix(p, dir) || strings.Contains(p, "/"+dir)
	})
}

// group makes one project of each folder; what an application is called stands below it, in src.
func group(paths []string) [][]string {
	return ecosystem.GroupBy(paths, func(p string) string {
		dir := path.Dir(p)
		if strings.HasSuffix(p, ".app.src") && path.Base(dir) == "src" {
			return path.Dir(dir)
		}
		return dir
	})
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	dir string
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p, dir: path.Dir(p.Files[0])}
	if strings.HasSuffix(p.Files[0], ".app.src") && path.Base(r.dir) == "src" {
		r.dir = path.Dir(r.dir)
	}
	if p.File("mix.exs", "mix.lock") != "" {
		r.mix(p.File("mix.exs"), p.File("mix.lock"))
	}
	if p.File("gleam.toml", "manifest.toml") != "" {
		r.gleam(p.File("gleam.toml"), p.File("manifest.toml"))
	}
	app := slices.IndexFunc(p.Files, func(f string) bool { return strings.HasSuffix(f, ".app.src") })
	if p.File("rebar.config", "rebar.lock") != "" || app >= 0 {
		src := ""
		if app >= 0 {
			src = p.Files[app]
		}
		r.rebar(p.File("rebar.config"), p.File("rebar.lock"), src)
	}
	return r.Fragment, ctx.Err()
}

// start adds the root. It is a package of Hex, or may become one.
func (r *reader) start(m project) sbom.ID {
	c := r.Unnamed(r.dir)
	if ecosystem.Printable(m.name) {
		c.Name, c.Version, c.Type = m.name, m.version, ""
		c.PURL = ecosystem.PURL("hex", "", strings.ToLower(m.name), m.version)
	}
	c.Claims = m.claims
	return r.Root(c, r.dir, m.at)
}

// project is what a manifest tells of its own project.
type project struct {
	name, version string
	at            source.Span
	claims        []sbom.Claim
	wanted        []ecosystem.Requirement
	computed      source.Span // dependencies that cannot be followed
}

// component is a package of the registry; that of an organisation has it as namespace.
func component(organisation, name, version string) sbom.Component {
	return sbom.Component{
		Name: name, Version: version,
		PURL: ecosystem.PURL("hex", strings.ToLower(organisation), strings.ToLower(name), version),
	}
}

// fromGit is a package at a revision of a repository.
func fromGit(name, location, revision string) sbom.Component {
	c := sbom.Component{Name: name, Version: revision, Source: location}
	if host, repo, ok := ecosystem.Repository(location); ok {
		vcs := "git+https://" + host + "/" + repo
		if revision != "" {
			vcs += "@" + revision
		}
		c.PURL = ecosystem.PURL("hex", "", strings.ToLower(name), revision, "vcs_url", vcs)
	}
	return c
}

// add adds a package that may have been fetched into the folder, and what its metadata declares.
func (r *reader) add(c sbom.Component, folder string, at source.Span) sbom.ID {
	dir := r.At(path.Join(r.dir, folder, c.Name))
	if dir != "" && ecosystem.Printable(c.Name) && !strings.Contains(c.Name, "/") {
		c.Claims = r.metadata(path.Join(dir, "hex_metadata.config"))
	} else {
		dir = ""
	}
	if dir != "" {
		return r.Add(c, dir, at)
	}
	dir, digest := r.cached(&c)
	id := r.Add(c, dir, at)
	r.Components[len(r.Components)-1].Occurrences[0].Digest = digest
	return id
}

// metadata reads the licenses of hex_metadata.config: {<<"licenses">>,[<<"MIT">>]}.
func (r *reader) metadata(file string) []sbom.Claim {
	data, err := ecosystem.ReadFile(r.FS, file, maxSize)
	if err != nil {
		return nil
	}
	return licensesIn(file, data)
}

func licensesIn(file string, data []byte) []sbom.Claim {
	d, _ := doc.Code(file, data, doc.Erlang)
	for entry := range d.Root().Items() {
		if v := values(entry); len(v) == 2 && v[0].Text() == "licenses" {
			return licenses(v[1])
		}
	}
	return nil
}

// licenses is the claim of a list of licenses, all of which hold.
func licenses(list doc.Node) []sbom.Claim {
	var names []string
	for _, n := range values(list) {
		names = append(names, n.Text())
	}
	return detect.Declaration(ecosystem.Together(names), list.Span())
}

// values are the items of a list or tuple without what parts them, and without the signs around binaries.
func values(n doc.Node) []doc.Node {
	var out []doc.Node
	for item := range n.Items() {
		if !item.IsWord(",") && !item.IsWord("<<") && !item.IsWord(">>") && !item.IsWord("\n") {
			out = append(out, item)
		}
	}
	return out
}

// parse reads terms of a language.
func (r *reader) parse(file, next string, lang *doc.Language) doc.Node {
	d, _ := r.Parse(r.FS, file, maxSize, next, func(file string, data []byte) (*doc.Doc, error) { return doc.Code(file, data, lang) })
	return d.Root()
}
