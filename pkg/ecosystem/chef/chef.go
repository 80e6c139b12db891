// Package chef reads the manifests of Chef's cookbooks: metadata.json, metadata.rb, Berksfile and Policyfile.rb, and the lockfiles
// of both.
//
// metadata.rb, Berksfile and Policyfile.rb are programs in Ruby. They are not executed: the calls with literal values are read. Berksfile.lock has two
// parts that are ordered by indentation: DEPENDENCIES, what is asked for, and GRAPH, what is had and needs what. The lockfile
// of a policy has both too, and where each cookbook comes from (policy.go).
//
// The formats are described at https://docs.chef.io/config_rb_metadata, https://docs.chef.io/config_rb_policyfile and
// https://docs.chef.io/workstation/berkshelf.
package chef

import (
	"bytes"
	"cmp"
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
	name    = "chef"
	next    = "run `berks install`"
	maxSize = 16 << 20

	berksFile  = "Berksfile"
	policyFile = "Policyfile.rb"
)

// Ecosystem is the reader of Chef's cookbooks.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Chef cookbooks: metadata.json, metadata.rb, Berksfile(.lock), Policyfile.rb, Policyfile.lock.json

The cookbook that the metadata describes, with its license, and the cookbooks that it depends on; their versions and the
edges between them are those of Berksfile.lock or of the policy. What a group of the Berksfile for tests or development asks for
has that scope. Without metadata the policy is the root, and what it runs what it
needs.`,
	Match: match,
	Read:  read,
}

// match looks into metadata.json, for many files are called so.
func match(p string, mode fs.FileMode, head []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	switch path.Base(p) {
	case "metadata.rb", berksFile, "Berksfile.lock", policyFile, policyLock:
		return true
	case "metadata.json":
		return bytes.Contains(head, []byte(`"maintainer"`)) || bytes.Contains(head, []byte(`"long_description"`))
	}
	return false
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	root   sbom.Component
	at     source.Span
	wanted []ecosystem.Requirement
	asked  map[string]int // where a cookbook is among them
	pins   []ecosystem.Pin
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p, root: p.Unnamed(p.Dir()), at: source.Span{Path: p.Files[0]}, asked: map[string]int{}}
	lock, advice := p.File("Berksfile.lock"), next
	if lock != "" {
		r.lock(lock)
	}
	if file := p.File("metadata.json"); file != "" {
		n := r.Object(p.FS, file, maxSize, "run `knife cookbook metadata`", doc.JSON)
		r.field("name", n.Get("name").Text(), n.Get("name").Span())
		for _, field := range []string{"version", "license", "source_url"} {
			r.field(field, n.Get(field).Text(), n.Get(field).Span())
		}
		for key, value := range n.Get("dependencies").Members() {
			r.depends(key, value.Text(), "", sbom.Runtime)
		}
	} else if file := p.File("metadata.rb"); file != "" {
		r.ruby(file)
	}
	policy := r.policyFile(lock)
	if file := p.File(berksFile); file != "" {
		r.berksfile(file)
	}
	if file := p.File(policyFile); file != "" && policy == "" {
		r.berksfile(file)
		advice = "run `chef install`"
	}
	if policy != "" {
		r.policy(policy)
		if lock == "" {
			lock, advice = policy, "run `chef install`"
		}
	}
	if r.root.Type == "" {
		r.root.PURL = ecosystem.PURL("chef", "", r.root.Name, r.root.Version)
	}
	r.Absent(r.at, lock, advice, r.Require(r.Root(r.root, p.Dir(), r.at), r.wanted, r.pins))
	return r.Fragment, ctx.Err()
}

// ruby reads the calls of metadata.rb: name 'x', depends 'y', '~> 1.0'.
func (r *reader) ruby(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, "run `knife cookbook metadata`", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Ruby)
	})
	for call, args := range d.Root().Calls("name", "version", "license", "source_url", "depends") {
		var texts []doc.Node
		for part := range args.Split(",") {
			texts = append(texts, part.Literal())
		}
		switch {
		case len(texts) == 0 || texts[0].Kind() != doc.String:
			if call.IsWord("depends") {
				r.Lost(call.Span(), "run `knife cookbook metadata`", "a cookbook whose name is computed")
			}
		case call.IsWord("depends") && len(texts) > 1:
			r.depends(texts[0], texts[1].Text(), "", sbom.Runtime)
		case call.IsWord("depends"):
			r.depends(texts[0], "", "", sbom.Runtime)
		default:
			r.field(call.Text(), texts[0].Text(), texts[0].Span())
		}
	}
}

// field takes a field of the cookbook.
func (r *reader) field(field, text string, at source.Span) {
	switch {
	case text == "":
	case field == "name" && ecosystem.Printable(text):
		r.root.Name, r.root.Type, r.root.Version, r.at = text, "", "", at
	case field == "version" && ecosystem.Printable(text):
		r.root.Version = text
	case field == "license":
		r.root.Claims = detect.Declaration(text, at)
	case field == "source_url":
		r.root.Source = text
	}
}

// depends adds a cookbook that is asked for. Whoever asks for it again may tell more of it, and may need it more.
func (r *reader) depends(n doc.Node, requirement, from string, scope sbom.Scope) {
	name := n.Text()
	if !ecosystem.Printable(name) {
		r.Lost(n.Span(), "mend the file", "%s cannot be a cookbook", ecosystem.Quote(name))
		return
	}
	c := component(name, strings.TrimSpace(strings.TrimPrefix(requirement, "=")))
	c.Source = from
	i, again := r.asked[name]
	if !again {
		r.asked[name] = len(r.wanted)
		r.wanted = append(r.wanted, ecosystem.Requirement{Key: name, Scope: scope, Range: requirement, At: n.Span(), What: c})
		return
	}
	w := &r.wanted[i]
	w.Scope, w.Range = w.Scope.Stronger(scope), cmp.Or(w.Range, requirement)
	c.Source = cmp.Or(from, w.What.Source)
	if w.What.Version == "" {
		w.What = c
	}
	w.What.Source = c.Source
}

// component is a cookbook; what is a range is no version.
func component(name, version string) sbom.Component {
	if !ecosystem.Printable(version) || strings.ContainsAny(version, "<>~") {
		version = ""
	}
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("chef", "", name, version)}
}

// lock reads the GRAPH of Berksfile.lock: "name (version)", and below it "name (range)".
func (r *reader) lock(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, next, func(file string, data []byte) (*doc.Doc, error) { return doc.Outline(file, data, "") })
	graph := d.Root().Get("GRAPH")
	ids := map[string]sbom.ID{}
	for entry := range graph.Members() {
		name, version := split(entry.Text())
		c := component(name, version)
		if !ecosystem.Printable(name) || c.Version == "" {
			r.Lost(entry.Span(), next, "an entry without a cookbook and its version")
			continue
		}
		ids[name] = r.Add(c, "", entry.Span())
		r.pins = append(r.pins, ecosystem.Pin{Key: name, ID: ids[name], At: entry.Span()})
	}
	for entry, needs := range graph.Members() {
		from, _ := split(entry.Text())
		for need := range needs.Members() {
			if name, requirement := split(need.Text()); ids[from] != "" && ids[name] != "" {
				r.Depend(ids[from], ids[name], sbom.Runtime, requirement, need.Span())
			}
		}
	}
}

// split reads "name (text)".
func split(s string) (name, inner string) {
	name, inner, _ = strings.Cut(s, " (")
	return name, strings.TrimSuffix(inner, ")")
}
