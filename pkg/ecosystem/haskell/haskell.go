// Package haskell reads what Cabal and Stack write: *.cabal, cabal.project.freeze, stack.yaml.lock, stack.yaml.
//
// The two lockfiles list packages and no edges, and stack.yaml.lock only those that are not part of the snapshot
// that it names: what comes from the snapshot is not at hand. The manifest, *.cabal, has a stanza for each library, program,
// test suite and benchmark; the last two make the scope test, build-tool-depends build outside of tests.
//
// The formats are described at https://cabal.readthedocs.io and https://docs.haskellstack.org.
package haskell

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "haskell"
	next    = "run `cabal freeze`"
	maxSize = 64 << 20
)

// Ecosystem is the reader of Haskell packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Haskell packages: *.cabal, cabal.project.freeze, stack.yaml.lock, stack.yaml

Components are the packages that cabal.project.freeze or stack.yaml.lock pin. build-depends of libraries and programs has
scope runtime, that of test suites and benchmarks test, build-tool-depends build outside of tests. Packages of a snapshot that
stack.yaml.lock names are not listed there, and a gap says so.`,
	Match: match,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !ecosystem.Own(p, mode) || strings.Contains("/"+p, "/dist-newstyle/") || strings.Contains("/"+p, "/.stack-work/") {
		return false
	}
	switch base := path.Base(p); base {
	case "cabal.project.freeze", "stack.yaml.lock", "stack.yaml":
		return true
	default:
		return strings.HasSuffix(base, ".cabal") && base != ".cabal"
	}
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	pins []ecosystem.Pin
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p}
	lock := ""
	if file := p.File("cabal.project.freeze"); file != "" {
		lock = file
		r.freeze(file)
	}
	stack := p.File("stack.yaml.lock")
	if stack != "" {
		lock = stack
		r.stackLock(stack)
	} else if file := p.File("stack.yaml"); file != "" {
		r.stack(file)
	}
	at := source.Span{Path: p.Files[0]}
	var unpinned []sbom.ID
	rooted := false
	for _, file := range p.Files {
		if strings.HasSuffix(file, ".cabal") {
			m := r.cabal(file)
			at, rooted = m.at, true
			unpinned = append(unpinned, r.Require(r.Root(m.Component, p.Dir(), m.at), m.wanted, r.pins)...)
		}
	}
	if !rooted {
		r.Require(r.Root(p.Unnamed(p.Dir()), p.Dir(), at), nil, r.pins)
	}
	r.Absent(at, lock, next, unpinned)
	return r.Fragment, ctx.Err()
}

func component(name, version string) sbom.Component {
	return sbom.Component{Name: name, Version: version, PURL: ecosystem.PURL("hackage", "", name, version)}
}

func (r *reader) pin(name, version, from string, at source.Span) {
	c := component(name, version)
	c.Source = from
	r.pins = append(r.pins, ecosystem.Pin{Key: name, ID: r.Add(c, "", at), At: at})
}

// freeze reads the constraints of cabal.project.freeze: "any.name ==1.0", parted by commas. Those that are installed come
// with the compiler; flags are no constraints of a version.
func (r *reader) freeze(file string) {
	data, ok := r.Read(r.FS, file, maxSize)
	if !ok {
		return
	}
	whole := false
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			r.Broken(file, next, err)
			return
		}
		line = line.Uncomment("--")
		whole = whole || strings.HasPrefix(line.Text, "constraints:")
		for part := range strings.SplitSeq(strings.TrimPrefix(line.Text, "constraints:"), ",") {
			name, version, ok := strings.Cut(strings.TrimSpace(part), "==")
			name = strings.TrimPrefix(strings.TrimSpace(name), "any.")
			version = strings.TrimSpace(version)
			switch {
			case !ok: // a flag
			case ecosystem.Printable(name) && ecosystem.Printable(version):
				r.pin(name, version, "", line.Span())
			default:
				r.Lost(line.Span(), next, "%s is no package with a version", ecosystem.Quote(strings.TrimSpace(part)))
			}
		}
	}
	if !whole {
		r.Lost(source.Span{Path: file}, next, "no constraints")
	}
}

// stackLock reads the packages that stack.yaml.lock completed.
func (r *reader) stackLock(file string) {
	top := r.Object(r.FS, file, maxSize, "run `stack build --dry-run`", doc.YAML)
	for item := range top.Get("packages").Items() {
		p := item.Get("completed")
		if p.Kind() == doc.Missing {
			p = item
		}
		name, version, at := p.Get("name").Text(), p.Get("version").Text(), p.Get("name").Span()
		from := p.Get("git").Text() + p.Get("url").Text()
		if hackage := p.Get("hackage"); hackage.Kind() == doc.String {
			name, version = hackageName(hackage.Text())
			at = hackage.Span()
		}
		if !ecosystem.Printable(name) || !ecosystem.Printable(version) {
			r.Lost(item.Span(), "run `stack build --dry-run`", "a package without a name and a version")
			continue
		}
		r.pin(name, version, from, at)
	}
	for item := range top.Get("snapshots").Items() {
		r.snapshot(item.Span())
		break
	}
}

// stack reads the packages that stack.yaml adds to its snapshot.
func (r *reader) stack(file string) {
	top := r.Object(r.FS, file, maxSize, "look whether `stack` can read it", doc.YAML)
	for item := range top.Get("extra-deps").Items() {
		if name, version := hackageName(item.Text()); ecosystem.Printable(name) && version != "" {
			r.pin(name, version, "", item.Span())
		}
	}
	for _, field := range []string{"resolver", "snapshot"} {
		if n := top.Get(field); n.Kind() != doc.Missing {
			r.snapshot(n.Span())
		}
	}
}

func (r *reader) snapshot(at source.Span) {
	r.Unavailable(at, next, "which packages come from the snapshot is not known: the lockfile of Stack names only the others")
}

// hackageName reads "name-1.0@sha256:...,12", whose checksum is that of the description.
func hackageName(s string) (name, version string) {
	s, _, _ = strings.Cut(s, "@")
	i := strings.LastIndexByte(s, '-')
	if i < 0 || strings.Trim(s[i+1:], "0123456789.") != "" {
		return s, ""
	}
	return s[:i], s[i+1:]
}
