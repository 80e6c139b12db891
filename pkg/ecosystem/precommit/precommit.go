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
		d, _ := r.Parse(p.FS, file, maxSize, next, doc.YAML)
		repos := d.Root()
		if repos.Kind() != doc.Array { // as the file was once
			r.Expect(repos, doc.Object, next, "the file")
			repos = repos.Get("repos")
		}
		for n := range r.Items(repos, next, "repos") {
			if r.Expect(n, doc.Object, next, "a repository") {
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
		r.Lost(from.Span(), next, "%s names no repository", ecosystem.Quote(from.Text()))
	case rev.Text() != "" && !ecosystem.Printable(rev.Text()):
		r.Lost(rev.Span(), next, "%s names no revision", ecosystem.Quote(rev.Text()))
	default:
		r.add(sbom.Component{
			Name: repo, Version: rev.Text(), Type: sbom.TypeApplication, Source: from.Text(), PURL: ecosystem.RepositoryPURL(from.Text(), rev.Text()),
		}, rev.Text(), from)
	}
	for hook := range r.Items(n.Get("hooks"), next, "hooks") {
		if !r.Expect(hook, doc.Object, next, "a hook") {
			continue
		}
		for item := range r.Items(hook.Get("additional_dependencies"), next, "additional_dependencies") {
			if r.Expect(item, doc.String, next, "a package") {
				r.additional(hook.Get("language").Text(), item)
			}
		}
	}
}

// additional adds a package that is installed for a hook of that language.
func (r *reader) additional(language string, n doc.Node) {
	why, advice := "", next
	kind, isKnown := kinds[language]
	switch c, requirement, ok := kind.component(strings.TrimSpace(n.Text())); {
	case language == "":
		why, advice = "a package that is installed for a hook whose language only its repository tells", "state the hook's language in the configuration"
	case !isKnown:
		why = "a package that is installed for a hook of the language " + ecosystem.Quote(language)
	case !ok:
		why = "a package that is installed for a hook from a place of its own"
	default:
		r.add(c, requirement, n)
		return
	}
	r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: n.Span(), Why: why, Next: advice})
}

func (r *reader) add(c sbom.Component, requirement string, at doc.Node) {
	id := r.Add(c, "", at.Span())
	r.used = append(r.used, id)
	r.Depend(r.root, id, sbom.Development, requirement, at.Span())
}
