// Package precommit reads .pre-commit-config.yaml, which lists the repositories whose hooks pre-commit runs before a commit.
//
// A repository is named by its location and a revision, a tag as a rule. What a hook is to have installed beside it is written as
// the package manager of the hook's language writes it. The language is that of the hook's own manifest, which is not at
// hand, unless the configuration states it: only then the packages can be named.
//
// The format is described at https://pre-commit.com.
package precommit

import (
	"context"
	"fmt"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "precommit"
	next    = "look whether `pre-commit validate-config` can read it"
	maxSize = 4 << 20
)

// Ecosystem is the reader of pre-commit's configuration.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Hooks of pre-commit: .pre-commit-config.yaml

Components are the repositories of the hooks at their revisions, and the additional dependencies of hooks that state their
language, of Python, Node.js, Ruby and Go. They check what is committed and are no part of it: their scope is development.`,
	Match: ecosystem.Named(".pre-commit-config.yaml"),
	Read:  read,
}

// reader gathers one configuration.
type reader struct {
	ecosystem.Graph
	root sbom.ID
	used []sbom.ID
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}}
	at := source.Span{Path: p.Files[0]}
	r.root = r.Root(p.Unnamed(p.Dir()), p.Dir(), at)
	for _, file := range p.Files {
		repos := r.Object(p.FS, file, maxSize, next, doc.YAML).Get("repos")
		r.expect(repos, doc.Array, "repos")
		for n := range repos.Items() {
			if r.expect(n, doc.Object, "a repository") {
				r.repository(n)
			}
		}
	}
	if len(r.used) > 0 {
		r.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Components: r.used, Why: "the files of the hooks are not in the tree",
			Next: "state their licenses under `clarify` if that matters here"})
	}
	return r.Fragment, ctx.Err()
}

// expect reports whether a value is of the kind that it must be; what is there and is of another is lost.
func (r *reader) expect(n doc.Node, kind doc.Kind, what string) bool {
	if k := n.Kind(); k != kind && k != doc.Missing {
		r.lost(n, "%s where the %s of %s is expected", k, kind, what)
	}
	return n.Kind() == kind
}

// lost tells of an entry that cannot be read. Nothing that ships hangs on it.
func (r *reader) lost(n doc.Node, why string, args ...any) {
	r.Gap(sbom.Gap{Kind: sbom.Lost, Span: n.Span(), Why: fmt.Sprintf(why, args...), Next: next})
}

// repository adds a repository and what its hooks have installed. The hooks of local and meta are the project's and
// pre-commit's own.
func (r *reader) repository(n doc.Node) {
	from, rev := n.Get("repo"), n.Get("rev")
	if rev.Kind() == doc.Missing {
		rev = n.Get("sha") // as it was called once
	}
	switch host, repo, ok := ecosystem.Repository(from.Text()); {
	case from.Text() == "local", from.Text() == "meta":
	case !ok && strings.HasPrefix(from.Text(), "."), !ok && strings.HasPrefix(from.Text(), "/"): // a repository on the machine
	case !ok || host == "":
		r.lost(from, "%s names no repository", ecosystem.Quote(from.Text()))
	case rev.Text() != "" && !ecosystem.Printable(rev.Text()):
		r.lost(rev, "%s names no revision", ecosystem.Quote(rev.Text()))
	default:
		r.add(sbom.Component{
			Name: repo, Version: rev.Text(), Type: sbom.TypeApplication, Source: from.Text(), PURL: ecosystem.RepositoryPURL(from.Text(), rev.Text()),
		}, rev.Text(), from)
	}
	hooks := n.Get("hooks")
	r.expect(hooks, doc.Array, "hooks")
	for hook := range hooks.Items() {
		packages := hook.Get("additional_dependencies")
		r.expect(packages, doc.Array, "additional_dependencies")
		for item := range packages.Items() {
			r.additional(hook.Get("language").Text(), item)
		}
	}
}

// additional adds a package that is installed for a hook of that language. What has a path or a location is not named.
func (r *reader) additional(language string, n doc.Node) {
	var kind, sep string
	switch language {
	case "python":
		kind, sep = "pypi", "="
	case "node":
		kind, sep = "npm", "@"
	case "ruby":
		kind, sep = "gem", ":"
	case "golang":
		kind, sep = "golang", "@"
	default:
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: n.Span(), Why: "a package that is installed for a hook whose language only its repository tells",
			Next: "state the hook's language in the configuration"})
		return
	}
	text := n.Text()
	end := len(text)
	if i := strings.IndexAny(text[min(1, len(text)):], sep+"[<>=!~; "); i >= 0 { // a scope of npm begins with an @
		end = i + 1
	}
	full, rest := text[:end], text[end:]
	version := strings.TrimLeft(rest, sep)
	if !ecosystem.Printable(full) || strings.ContainsAny(full, ":\\") || strings.HasPrefix(full, ".") || strings.HasPrefix(full, "/") {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: n.Span(), Why: "a package that is installed for a hook from a place of its own", Next: next})
		return
	}
	if !ecosystem.Printable(version) || strings.ContainsAny(version, "<>=!~^*,;[]/ ") || version == "latest" {
		version = ""
	}
	space, leaf := "", full
	if i := strings.LastIndexByte(full, '/'); i >= 0 {
		space, leaf = full[:i], full[i+1:]
	}
	r.add(sbom.Component{Name: full, Version: version, PURL: ecosystem.PURL(kind, space, leaf, version)}, rest, n)
}

func (r *reader) add(c sbom.Component, requirement string, at doc.Node) {
	id := r.Add(c, "", at.Span())
	r.used = append(r.used, id)
	r.Depend(r.root, id, sbom.Development, requirement, at.Span())
}
