// Package actions reads the workflows of GitHub Actions, .github/workflows/*.yml, and the actions that a repository offers,
// action.yml.
//
// Every "uses" names an action, "owner/repository/folder@ref", a reusable workflow of the same form, an image,
// "docker://image:tag", or a folder of the repository itself, which is no component. What a workflow uses makes the product
// and is no part of it: its scope is build. What an action uses it runs: its scope is runtime.
//
// The format is described at https://docs.github.com/actions/reference/workflow-syntax-for-github-actions.
package actions

import (
	"context"
	"fmt"
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
	name    = "actions"
	mend    = "mend the file"
	maxSize = 16 << 20
)

// Ecosystem is the reader of GitHub Actions.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `GitHub Actions: .github/workflows/*.yml, action.yml

Components are the actions, reusable workflows and images that workflows use, with scope build, and those that an action of
the repository uses, with scope runtime. The version is the ref as it is written: a tag, a branch or a commit.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		return (isWorkflow(p) || isAction(p)) && ecosystem.Own(p, mode)
	},
	Group: func(paths []string) [][]string { return ecosystem.GroupBy(paths, home) },
	Read:  read,
}

// isWorkflow knows the workflows of a repository; those of what was copied into vendor never run.
func isWorkflow(p string) bool {
	ext := path.Ext(p)
	return (ext == ".yml" || ext == ".yaml") && (path.Dir(p) == ".github/workflows" || strings.HasSuffix(path.Dir(p), "/.github/workflows")) &&
		!strings.Contains("/"+p, "/vendor/")
}

func isAction(p string) bool { return path.Base(p) == "action.yml" || path.Base(p) == "action.yaml" }

// home is the folder of the repository, or of the action.
func home(p string) string {
	dir := path.Dir(p)
	if top, ok := ecosystem.Below(dir, ".github/workflows"); ok {
		return top
	}
	if top, _, ok := ecosystem.Above(p, ".github"); ok { // an action for the repository's own workflows
		return top
	}
	return dir
}

// reader gathers one repository.
type reader struct {
	ecosystem.Graph
	root sbom.ID
	used []sbom.ID
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}}
	dir := home(p.Files[0])
	r.root = r.Root(p.Unnamed(dir), dir, source.Span{Path: p.Files[0]})
	for _, file := range p.Files {
		top := r.Object(p.FS, file, maxSize, mend, doc.YAML)
		if isAction(file) && !isWorkflow(file) {
			scope := sbom.Runtime
			if path.Dir(file) != dir {
				scope = sbom.Build
			}
			runs := top.Get("runs")
			r.Expect(runs, doc.Object, mend, "runs")
			r.steps(runs.Get("steps"), scope)
			if image := runs.Get("image"); r.Expect(image, doc.String, mend, "an image") && strings.HasPrefix(image.Text(), "docker://") {
				r.uses(image, scope)
			}
			continue
		}
		for _, job := range r.Members(top.Get("jobs"), mend, "jobs") {
			if !r.Expect(job, doc.Object, mend, "a job") {
				continue
			}
			r.uses(job.Get("uses"), sbom.Build)
			r.steps(job.Get("steps"), sbom.Build)
			r.image(job.Get("container"))
			for _, service := range r.Members(job.Get("services"), mend, "services") {
				r.image(service)
			}
		}
	}
	if len(r.used) > 0 {
		slices.Sort(r.used)
		r.Unavailable(source.Span{Path: p.Files[0]}, "state their licenses under `clarify` if that matters here",
			"the files of the actions and images that workflows use are not in the tree", slices.Compact(r.used)...)
	}
	return r.Fragment, ctx.Err()
}

func (r *reader) steps(steps doc.Node, scope sbom.Scope) {
	for step := range r.Items(steps, mend, "steps") {
		if r.Expect(step, doc.Object, mend, "a step") {
			r.uses(step.Get("uses"), scope)
		}
	}
}

// image is that of a container: its name, or an object with it.
func (r *reader) image(n doc.Node) {
	if n.Kind() == doc.Object {
		n = n.Get("image")
	}
	r.Expect(n, doc.String, mend, "an image")
	r.add(n, ecosystem.ImageComponent(n.Text()), sbom.Build)
}

// uses reads what a step or a job uses.
func (r *reader) uses(n doc.Node, scope sbom.Scope) {
	r.Expect(n, doc.String, mend, "what is used")
	text := strings.TrimSpace(n.Text())
	if image, ok := strings.CutPrefix(text, "docker://"); ok {
		r.add(n, ecosystem.ImageComponent(image), scope)
		return
	}
	if text == "" || strings.HasPrefix(text, ".") {
		return
	}
	action, ref, _ := strings.Cut(text, "@")
	parts := strings.SplitN(action, "/", 3)
	if len(parts) < 2 || strings.Contains(text, "${{") {
		r.Lost(n.Span(), "write it as owner/repository@ref", "%s names no action", ecosystem.Quote(text))
		return
	}
	c := sbom.Component{Name: parts[0] + "/" + parts[1], Version: ref, PURL: ecosystem.PURL("github", parts[0], parts[1], ref)}
	r.add(n, c, scope)
}

func (r *reader) add(n doc.Node, c sbom.Component, scope sbom.Scope) {
	if n.Text() == "" {
		return
	}
	if strings.Contains(n.Text(), "${{") {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: n.Span(), Why: fmt.Sprintf("the image %s is chosen when the workflow runs", ecosystem.Quote(n.Text())),
			Next: "name the image"})
		return
	}
	if !ecosystem.Printable(c.Name) {
		r.Lost(n.Span(), "write it as owner/repository@ref", "%s names no action", ecosystem.Quote(n.Text()))
		return
	}
	id := r.Add(c, "", n.Span())
	r.used = append(r.used, id)
	r.Depend(r.root, id, scope, c.Version, n.Span())
}
