// Package haxelib reads haxelib.json, the manifest of a library of Haxe.
//
// A dependency has an exact version, or the empty text for any; "git:" and "hg:" begin the location of a repository.
//
// The format is described at https://lib.haxe.org/documentation/creating-a-haxelib-package.
package haxelib

import (
	"context"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "haxelib"
	maxSize = 16 << 20
)

// Ecosystem is the reader of libraries of Haxe.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Haxe libraries: haxelib.json

The library that the manifest describes, with its license, and what it depends on, with the version that it names.`,
	Match: ecosystem.Named("haxelib.json"),
	Read:  read,
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	n := g.Object(p.FS, p.Files[0], maxSize, "look whether haxelib can read it", doc.JSONC)
	root, at := p.Unnamed(p.Dir()), source.Span{Path: p.Files[0]}
	if key := n.Get("name"); ecosystem.Printable(key.Text()) {
		root, at = component(key.Text(), n.Get("version").Text()), key.Span()
	}
	if path.Base(p.Dir()) == strings.ReplaceAll(root.Version, ".", ",") { // haxelib lays it into NAME/1,0,0
		root.Origin = sbom.OriginVendored
	}
	root.Homepage = n.Get("url").Text()
	root.Claims = detect.Declaration(n.Get("license").Text(), n.Get("license").Span())
	id := g.Root(root, p.Dir(), at)
	var wanted []ecosystem.Requirement
	for key, value := range n.Get("dependencies").Members() {
		if !ecosystem.Printable(key.Text()) {
			continue
		}
		c := component(key.Text(), value.Text())
		if location, ok := strings.CutPrefix(value.Text(), "git:"); ok {
			c = component(key.Text(), "")
			c.Source = location
		}
		wanted = append(wanted, ecosystem.Requirement{Key: c.Name, Scope: sbom.Runtime, Range: value.Text(), At: key.Span(), What: c})
	}
	g.Absent(at, "", "run `haxelib install haxelib.json` and scan what it installs", g.Require(id, wanted, nil))
	return g.Fragment, ctx.Err()
}

func component(name, version string) sbom.Component {
	if !ecosystem.Printable(version) {
		version = ""
	}
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("haxe", "", name, version)}
}
