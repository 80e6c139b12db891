// Package luarocks reads what LuaRocks, the package manager of Lua, writes: rockspecs, in a project and in a tree of
// installed rocks, and luarocks.lock.
//
// All are programs in Lua that assign literal values; nothing is executed. In a tree the rockspec of a rock lies in
// lib/luarocks/rocks-LUA/NAME/VERSION, and the edges are found by name.
//
// The format is described at https://github.com/luarocks/luarocks/wiki/Rockspec-format.
package luarocks

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
	name    = "luarocks"
	next    = "run `luarocks install --only-deps --pin`"
	maxSize = 16 << 20
)

// Ecosystem is the reader of LuaRocks.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Lua rocks: *.rockspec, luarocks.lock, and installed rocks

Components are what a rockspec depends on, with the versions of luarocks.lock beside it, and the rocks of a tree
(lib/luarocks/rocks-*), with their licenses and the edges between them. dependencies has scope runtime, build_dependencies
build, test_dependencies test. Lua itself is no component.`,
	Match: match,
	Group: func(paths []string) [][]string { return ecosystem.GroupBy(paths, home) },
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	return (strings.HasSuffix(p, ".rockspec") || path.Base(p) == "luarocks.lock") && ecosystem.Own(p, mode)
}

// tree is the folder of the tree of installed rocks that a rockspec lies in.
func tree(p string) (dir string, ok bool) {
	dir, rest, ok := ecosystem.Above(p, "lib/luarocks")
	return dir, ok && strings.HasPrefix(rest, "rocks") && strings.Count(rest, "/") == 3
}

func home(p string) string {
	if dir, ok := tree(p); ok {
		return "tree " + dir
	}
	return path.Dir(p)
}

// rock is what a rockspec tells.
type rock struct {
	sbom.Component
	at     source.Span
	wanted []ecosystem.Requirement
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	if dir, ok := tree(p.Files[0]); ok {
		installed(ctx, g, p, dir)
		return g.Fragment, ctx.Err()
	}
	lock := p.File("luarocks.lock")
	var pins []ecosystem.Pin
	if lock != "" {
		for _, value := range parse(g, p, lock).Calls("return") {
			pins = append(pins, locked(g, value)...)
		}
	}
	var unpinned []sbom.ID
	at := source.Span{Path: p.Files[0]}
	rooted := false
	for _, file := range p.Files {
		if file != lock {
			r := rockspec(g, p, file)
			if r.PURL == "" {
				r.Component = p.Unnamed(p.Dir())
			}
			at, rooted = r.at, true
			unpinned = append(unpinned, g.Require(g.Root(r.Component, p.Dir(), r.at), r.wanted, pins)...)
		}
	}
	if !rooted {
		g.Require(g.Root(p.Unnamed(p.Dir()), p.Dir(), at), nil, pins)
	}
	g.Absent(at, lock, next, unpinned)
	return g.Fragment, ctx.Err()
}

func parse(g *ecosystem.Graph, p *ecosystem.Project, file string) doc.Node {
	d, _ := g.Parse(p.FS, file, maxSize, "look whether `luarocks lint` can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Lua)
	})
	return d.Root()
}

// locked reads return { dependencies = { ["name"] = "1.0-1" } }.
func locked(g *ecosystem.Graph, value doc.Terms) (pins []ecosystem.Pin) {
	for table, list := range value.Literal().Pairs() {
		if !strings.HasSuffix(table.Text(), "dependencies") {
			continue
		}
		for key, version := range list.Literal().Pairs() {
			v := version.Literal().Text()
			if key.Text() == "lua" || !ecosystem.Printable(key.Text()) || !ecosystem.Printable(v) {
				continue
			}
			pins = append(pins, ecosystem.Pin{Key: key.Text(), ID: g.Add(component(key.Text(), v), "", key.Span()), At: key.Span(), Scope: scopes[table.Text()]})
		}
	}
	return pins
}

func component(name, version string) sbom.Component {
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("luarocks", "", strings.ToLower(name), version)}
}

// scopes are those of the fields that name other rocks.
var scopes = map[string]sbom.Scope{"dependencies": sbom.Runtime, "build_dependencies": sbom.Build, "test_dependencies": sbom.Test}

// rockspec reads the assignments of a rockspec.
func rockspec(g *ecosystem.Graph, p *ecosystem.Project, file string) rock {
	r := rock{at: source.Span{Path: file}}
	name, version := "", ""
	for key, value := range parse(g, p, file).Pairs() {
		n := value.Literal()
		switch key.Text() {
		case "package":
			name, r.at = n.Text(), key.Span()
		case "version":
			version = n.Text()
		case "description":
			for key, value := range n.Pairs() {
				switch v := value.Literal(); key.Text() {
				case "license":
					r.Claims = detect.Declaration(v.Text(), v.Span())
				case "homepage":
					r.Homepage = v.Text()
				}
			}
		case "source":
			for key, value := range n.Pairs() {
				if key.Text() == "url" {
					r.Source = value.Literal().Text()
				}
			}
		case "dependencies", "build_dependencies", "test_dependencies":
			scope := scopes[key.Text()]
			r.wanted = append(r.wanted, requirements(n, scope)...)
			if n.Kind() != doc.Array {
				g.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: key.Span(), Material: scope == sbom.Runtime,
					Why: key.Text() + " are computed, and not known", Next: "write the list as a literal"})
			}
		}
	}
	if ecosystem.Printable(name) {
		c := component(name, version)
		r.Name, r.Version, r.PURL = c.Name, c.Version, c.PURL
	}
	return r
}

// requirements reads a list of "name >= 1.0, < 2", with more of these for single platforms: platforms = { unix = {...} }.
func requirements(n doc.Node, scope sbom.Scope) (wanted []ecosystem.Requirement) {
	for key, value := range n.Pairs() {
		text := value.Literal()
		if key.Text() == "platforms" {
			for _, list := range text.Pairs() {
				wanted = append(wanted, requirements(list.Literal(), scope)...)
			}
			continue
		}
		key, requirement, _ := strings.Cut(strings.TrimSpace(text.Text()), " ")
		requirement = strings.TrimSpace(requirement)
		if key == "lua" || !ecosystem.Printable(key) {
			continue
		}
		version := ""
		if exact, ok := strings.CutPrefix(requirement, "=="); ok && !strings.Contains(exact, ",") {
			version = strings.TrimSpace(exact)
		}
		wanted = append(wanted, ecosystem.Requirement{Key: key, Scope: scope, Range: requirement, At: text.Span(), What: component(key, version)})
	}
	return wanted
}

// installed reads the rocks of a tree.
func installed(ctx context.Context, g *ecosystem.Graph, p *ecosystem.Project, dir string) {
	ids := map[string]sbom.ID{}
	var rocks []rock
	var pins []ecosystem.Pin
	for _, file := range p.Files {
		r := rockspec(g, p, file)
		if r.Name == "" || r.Version == "" || ctx.Err() != nil {
			g.Lost(r.at, "install the rock anew", "a rock without a name and a version")
			continue
		}
		ids[r.Name] = g.Add(r.Component, path.Dir(file), r.at)
		rocks = append(rocks, r)
		pins = append(pins, ecosystem.Pin{Key: r.Name, ID: ids[r.Name], At: r.at})
	}
	for _, r := range rocks {
		for _, w := range r.wanted {
			if to, ok := ids[w.Key]; ok && w.Scope == sbom.Runtime {
				g.Depend(ids[r.Name], to, w.Scope, w.Range, w.At)
			}
		}
	}
	g.Require(g.Root(p.Unnamed(dir), dir, source.Span{Path: p.Files[0]}), nil, pins)
}
