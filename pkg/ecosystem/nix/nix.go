// Package nix reads flake.lock, the lockfile of a flake of Nix.
//
// It is a graph: nodes, each locked to a revision, whose inputs name other nodes. An input may be a path instead, from the
// root along inputs ("follows"). A node with inputs is a flake; one with "flake": false is a tree of files.
//
// The format is described in the manual of Nix (nix flake, Lock files).
package nix

import (
	"context"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "nix"
	next    = "run `nix flake lock`"
	maxSize = 64 << 20
)

// Ecosystem is the reader of flakes.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Nix flakes: flake.lock

Components are the inputs that the lockfile pins, at their revision, with the edges between them. What a flake builds of
them only its evaluation would tell: their scope is runtime.`,
	Match: ecosystem.Named("flake.lock"),
	Read:  read,
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	file := p.Files[0]
	n := g.Object(p.FS, file, maxSize, next, doc.JSON)
	nodes, top := n.Get("nodes").Index(), n.Get("root").Text()
	ids := map[string]sbom.ID{top: g.Root(p.Unnamed(p.Dir()), p.Dir(), source.Span{Path: file})}
	for key, node := range n.Get("nodes").Members() {
		if key.Text() == top {
			continue
		}
		c := component(key.Text(), node.Get("locked"))
		if !ecosystem.Printable(c.Name) || c.Version == "" {
			g.Lost(key.Span(), next, "an input that is not locked to a revision")
			continue
		}
		ids[key.Text()] = g.Add(c, "", key.Span())
	}
	for key, node := range n.Get("nodes").Members() {
		for _, input := range node.Get("inputs").Members() {
			from, to := ids[key.Text()], ids[follow(nodes, top, input, 0)]
			if from != "" && to != "" && from != to {
				g.Depend(from, to, sbom.Runtime, "", input.Span())
			}
		}
	}
	g.Absent(source.Span{Path: file}, file, "run `nix flake archive`", nil)
	return g.Fragment, ctx.Err()
}

// maxFollow bounds the inputs that name each other.
const maxFollow = 32

// follow gives the node that an input means: its name, or a path from the root.
func follow(nodes map[string]doc.Node, top string, input doc.Node, depth int) string {
	if input.Kind() == doc.String {
		return input.Text()
	}
	at := top
	for step := range input.Items() {
		next := nodes[at].Get("inputs").Get(step.Text())
		if depth > maxFollow {
			return ""
		}
		at = follow(nodes, top, next, depth+1)
	}
	return at
}

// component is what an input is locked to.
func component(key string, locked doc.Node) sbom.Component {
	c := sbom.Component{Name: key, Version: locked.Get("rev").Text()}
	owner, repo, host := locked.Get("owner").Text(), locked.Get("repo").Text(), locked.Get("host").Text()
	switch kind := locked.Get("type").Text(); kind {
	case "github", "gitlab", "sourcehut":
		if host == "" {
			host = map[string]string{"github": "github.com", "gitlab": "gitlab.com", "sourcehut": "git.sr.ht"}[kind]
		}
		c.Name, c.Source = repo, "https://"+host+"/"+owner+"/"+repo
		c.PURL = ecosystem.RepositoryPURL(c.Source, c.Version)
	case "git", "hg":
		c.Source = locked.Get("url").Text()
		c.PURL = ecosystem.RepositoryPURL(c.Source, c.Version)
	case "tarball", "file":
		c.Source = locked.Get("url").Text()
		if c.Version == "" {
			c.Version = locked.Get("narHash").Text()
		}
		c.PURL = ecosystem.PURL("generic", "", key, c.Version, "download_url", ecosystem.Brief(c.Source))
	case "path":
		c.Version = locked.Get("narHash").Text()
	}
	if !ecosystem.Printable(c.Version) {
		c.Version = ""
	}
	return c
}
