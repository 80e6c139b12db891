// Package nimble reads what Nimble, the package manager of Nim, writes: NAME.nimble and nimble.lock.
//
// A *.nimble is a program in Nim's script language. It is not executed: the assignments and calls with literal values are
// read. The lockfile has revisions, checksums of the files and edges.
//
// The formats are described at https://nim-lang.github.io/nimble.
package nimble

import (
	"context"
	"io/fs"
	"iter"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "nimble"
	next    = "run `nimble lock`"
	maxSize = 16 << 20
)

// Ecosystem is the reader of Nimble packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Nim packages: *.nimble, nimble.lock

Components are what the manifest requires, with the versions and the edges of nimble.lock. What the task test
requires has scope test, what another one does or the block dev names development, and what a feature is needed for
optional. Nim itself is no component.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		base := path.Base(p)
		return (base == "nimble.lock" || strings.HasSuffix(base, ".nimble") && base != ".nimble") && ecosystem.Own(p, mode)
	},
	Read: read,
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	lock := p.File("nimble.lock")
	root, at := p.Unnamed(p.Dir()), source.Span{Path: p.Files[0]}
	var wanted []ecosystem.Requirement
	for _, file := range p.Files {
		if file != lock {
			root, at, wanted = manifest(g, p, file)
		}
	}
	if _, err := fs.Stat(p.FS, path.Join(p.Dir(), "nimblemeta.json")); err == nil { // which Nimble writes beside what it installs
		root.Origin = sbom.OriginVendored
	}
	var pins []ecosystem.Pin
	if lock != "" {
		pins = locked(g, p, lock)
	}
	g.Absent(at, lock, next, g.Require(g.Root(root, p.Dir(), at), wanted, pins))
	return g.Fragment, ctx.Err()
}

func component(name, version string) sbom.Component {
	if !ecosystem.Printable(version) {
		version = ""
	}
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("nim", "", name, version)}
}

// manifest reads version = "1.0" and requires "name >= 1.0", "other".
func manifest(g *ecosystem.Graph, p *ecosystem.Project, file string) (root sbom.Component, at source.Span, wanted []ecosystem.Requirement) {
	d, _ := g.Parse(p.FS, file, maxSize, "look whether `nimble check` can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Nim)
	})
	name, version := strings.TrimSuffix(path.Base(file), ".nimble"), ""
	at = source.Span{Path: file}
	for key, value := range d.Root().Pairs() {
		v := value.Literal()
		switch key.Text() {
		case "packageName", "name":
			if ecosystem.Printable(v.Text()) {
				name, at = v.Text(), v.Span()
			}
		case "version":
			version = v.Text()
		case "Requires": // the old form
			wanted = append(wanted, requirements(v, sbom.Runtime)...)
		case "license":
			root.Claims = detect.Declaration(v.Text(), v.Span())
		}
	}
	c := component(name, version)
	c.Claims = root.Claims
	for args, scope := range statements(d.Root()) {
		call := args[0]
		switch args = args[1:]; {
		case call.IsWord("taskRequires"):
			scope = sbom.Development
			if args = arguments(args); len(args) > 0 && args[0].Text() == "test" {
				scope = sbom.Test
			}
			args = args[min(2, len(args)):] // the name of the task
		case call.IsWord("requires"):
			args = arguments(args)
		default:
			continue
		}
		for part := range args.Split(",", "&") {
			text := part.Literal()
			if text.Kind() == doc.String {
				wanted = append(wanted, requirements(text, scope)...)
			} else {
				g.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: call.Span(), Material: scope == sbom.Runtime,
					Why: "a requirement that is computed, and not known", Next: "write the requirement as a literal"})
			}
		}
	}
	return c, at, wanted
}

// statements yields those of a program with the scope of what they require, by the blocks that they stand in: as in Python a
// block is what is indented deeper than the line that begins it.
func statements(root doc.Node) iter.Seq2[doc.Terms, sbom.Scope] {
	type block struct {
		col   int
		scope sbom.Scope
	}
	return func(yield func(doc.Terms, sbom.Scope) bool) {
		stack := []block{{scope: sbom.Runtime}}
		for s := range root.Terms().Split("\n", ";", ":") {
			col := s[0].Span().Col
			for len(stack) > 1 && col <= stack[len(stack)-1].col {
				stack = stack[:len(stack)-1]
			}
			scope := stack[len(stack)-1].scope
			if !yield(s, scope) {
				return
			}
			switch {
			case s[0].IsWord("feature"):
				scope = sbom.Optional
			case s[0].IsWord("dev"), s[0].IsWord("before"), s[0].IsWord("after"):
				scope = sbom.Development
			case s[0].IsWord("task"):
				if scope = sbom.Development; len(s) > 1 && s[1].IsWord("test") {
					scope = sbom.Test
				}
			}
			stack = append(stack, block{col, scope})
		}
	}
}

// arguments are what stands behind the name of what is called, in parentheses or not.
func arguments(t doc.Terms) doc.Terms {
	if len(t) > 0 && t[0].Bracket() == '(' {
		return t[0].Terms()
	}
	return t
}

// requirements reads "name >= 1.0 & < 2.0", "name[feature] >= 1.0" and "https://location#head"; several may stand in one text, parted by commas.
func requirements(n doc.Node, scope sbom.Scope) (wanted []ecosystem.Requirement) {
	for part := range strings.SplitSeq(withoutFeatures(n.Text()), ",") {
		part = strings.TrimSpace(part)
		end := strings.IndexAny(part, " <>=@#")
		if end < 0 {
			end = len(part)
		}
		key, requirement := part[:end], strings.TrimSpace(part[end:])
		if strings.EqualFold(key, "nim") || !ecosystem.Printable(key) {
			continue
		}
		version := ""
		if exact, ok := strings.CutPrefix(requirement, "=="); ok {
			version = strings.TrimSpace(exact)
		}
		w := ecosystem.Requirement{Key: key, Scope: scope, Range: requirement, At: n.Span(), What: component(key, version)}
		if _, repo, ok := ecosystem.Repository(key); ok {
			w.Key = repo[strings.LastIndexByte(repo, '/')+1:]
			w.What = component(w.Key, version)
			w.What.Source = key
		}
		wanted = append(wanted, w)
	}
	return wanted
}

// withoutFeatures takes the lists of features in brackets out of a text.
func withoutFeatures(s string) string {
	before, rest, ok := strings.Cut(s, "[")
	var out strings.Builder
	for ; ok; before, rest, ok = strings.Cut(rest, "[") {
		out.WriteString(before)
		_, rest, _ = strings.Cut(rest, "]")
	}
	out.WriteString(before)
	return out.String()
}

// locked reads the packages of nimble.lock and the edges between them.
func locked(g *ecosystem.Graph, p *ecosystem.Project, file string) (pins []ecosystem.Pin) {
	n := g.Object(p.FS, file, maxSize, next, doc.JSON)
	ids := map[string]sbom.ID{}
	for key, about := range n.Get("packages").Members() {
		version := about.Get("version").Text()
		if revision := about.Get("vcsRevision").Text(); version == "" || strings.HasPrefix(version, "#") {
			version = revision
		}
		c := component(key.Text(), version)
		if !ecosystem.Printable(c.Name) || c.Version == "" {
			g.Lost(key.Span(), next, "a package without a name and a version")
			continue
		}
		c.Source = about.Get("url").Text()
		ids[c.Name] = g.Add(c, "", key.Span())
		pins = append(pins, ecosystem.Pin{Key: c.Name, ID: ids[c.Name], At: key.Span()})
	}
	for key, about := range n.Get("packages").Members() {
		for need := range about.Get("dependencies").Items() {
			if from, to := ids[key.Text()], ids[need.Text()]; from != "" && to != "" {
				g.Depend(from, to, sbom.Runtime, "", need.Span())
			}
		}
	}
	return pins
}
