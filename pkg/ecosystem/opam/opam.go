// Package opam reads the files of opam, the package manager of OCaml: opam, NAME.opam, NAME.opam.locked, and those of the
// packages installed in a switch (.opam-switch/packages).
//
// A file is a list of fields. depends names packages, each with a filter in braces, in which words say what for and
// comparisons which versions: "alcotest" {with-test & >= "1.0"}. A locked file is one of the same form, in which all packages
// stand with their exact versions, the indirect ones too.
//
// The format is described at https://opam.ocaml.org/doc/Manual.html.
package opam

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
	name     = "opam"
	next     = "run `opam lock`"
	switches = ".opam-switch/packages"
	maxSize  = 16 << 20
)

// Ecosystem is the reader of opam packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `OCaml packages: opam, *.opam, *.opam.locked, and what a switch has installed

Components are the packages that depends and depopts name, with the version of the locked file or of an exact constraint.
Filters give the scope: with-test is test, with-doc and with-dev-setup development, build is build; depopts are optional.
The files of .opam-switch/packages are those of installed packages, with the edges between them.`,
	Match: match,
	Group: group,
	Read:  read,
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	base := path.Base(p)
	return ecosystem.Own(p, mode) && (base == "opam" || base == "opam.locked" ||
		strings.HasSuffix(base, ".opam") && base != ".opam" || strings.HasSuffix(base, ".opam.locked"))
}

// group makes one project of a file and what locks it, and one of all that a switch has installed.
func group(paths []string) [][]string {
	return ecosystem.GroupBy(paths, func(p string) string {
		if dir, ok := installed(p); ok {
			return dir
		}
		return strings.TrimSuffix(p, ".locked")
	})
}

// installed is the folder of the switch that a file belongs to.
func installed(p string) (dir string, ok bool) {
	dir, _, ok = ecosystem.Above(p, switches)
	return dir, ok
}

// file is what one file tells.
type file struct {
	sbom.Component
	at     source.Span
	wanted []ecosystem.Requirement
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	if dir, ok := installed(p.Files[0]); ok {
		readSwitch(g, p, dir)
		return g.Fragment, ctx.Err()
	}
	manifest, lock := p.Files[0], ""
	var locked file
	for _, f := range p.Files {
		if strings.HasSuffix(f, ".locked") {
			lock, locked = f, readFile(g, p, f)
		} else {
			manifest = f
		}
	}
	m := locked
	if manifest != lock {
		m = readFile(g, p, manifest)
	}
	if m.Name == "" {
		m.Component = p.Unnamed(p.Dir())
	}
	var pins []ecosystem.Pin
	for _, w := range locked.wanted {
		if manifest != lock && w.What.Version != "" {
			pins = append(pins, ecosystem.Pin{Key: w.Key, ID: g.Add(w.What, "", w.At), At: w.At, Scope: w.Scope})
		}
	}
	unpinned := g.Require(g.Root(m.Component, p.Dir(), m.at), m.wanted, pins)
	if manifest == lock {
		unpinned = nil // they are the pins
	}
	g.Absent(m.at, lock, next, unpinned)
	return g.Fragment, ctx.Err()
}

// readSwitch reads what is installed. What nothing else needs the switch was made for.
func readSwitch(g *ecosystem.Graph, p *ecosystem.Project, dir string) {
	ids := map[string]sbom.ID{}
	var files []file
	var pins []ecosystem.Pin
	for _, path := range p.Files {
		f := readFile(g, p, path)
		if f.Name == "" || f.Version == "" {
			g.Lost(f.at, "run `opam reinstall` for it", "a package without a name and a version")
			continue
		}
		ids[f.Name] = g.Add(f.Component, "", f.at)
		files = append(files, f)
		pins = append(pins, ecosystem.Pin{Key: f.Name, ID: ids[f.Name], At: f.at})
	}
	for _, f := range files {
		for _, w := range f.wanted {
			if to, ok := ids[w.Key]; ok && w.Scope != sbom.Test && w.Scope != sbom.Development {
				g.Depend(ids[f.Name], to, w.Scope, w.Range, w.At)
			}
		}
	}
	g.Require(g.Root(p.Unnamed(dir), dir, source.Span{Path: p.Files[0]}), nil, pins)
}

// readFile reads the fields of a file. What it does not say of name and version its own name does, or that of its folder.
func readFile(g *ecosystem.Graph, p *ecosystem.Project, name string) file {
	d, _ := g.Parse(p.FS, name, maxSize, "look whether `opam lint` can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.OCaml)
	})
	f := file{at: source.Span{Path: name}}
	f.Name, f.Version = named(name)
	for key, value := range d.Root().Pairs() {
		if len(value) == 0 {
			continue
		}
		text := value[0].Text()
		switch key.Text() {
		case "name":
			if ecosystem.Printable(text) {
				f.Name, f.at = text, value[0].Span()
			}
		case "version":
			if ecosystem.Printable(text) {
				f.Version = text
			}
		case "license":
			f.Claims = detect.Declaration(ecosystem.Together(texts(value)), value[0].Span())
		case "homepage":
			f.Homepage = text
		case "dev-repo":
			f.Source = strings.TrimPrefix(text, "git+")
		case "depends":
			f.wanted = append(f.wanted, packages(value, sbom.Runtime)...)
		case "depopts":
			f.wanted = append(f.wanted, packages(value, sbom.Optional)...)
		}
	}
	for i, w := range f.wanted {
		if w.Range == "= version" && f.Version != "" { // packages of one repository, of one version
			f.wanted[i].What.Version, f.wanted[i].What.PURL = f.Version, ecosystem.PURL("opam", "", w.Key, f.Version)
		}
	}
	if f.Name != "" {
		f.PURL = ecosystem.PURL("opam", "", f.Name, f.Version)
	}
	return f
}

// named is what a path tells of a package: NAME.opam, or NAME.VERSION/opam.
func named(p string) (name, version string) {
	base := strings.TrimSuffix(path.Base(p), ".locked")
	if name, ok := strings.CutSuffix(base, ".opam"); ok {
		return name, ""
	}
	if name, version, ok := strings.Cut(path.Base(path.Dir(p)), "."); ok && name != "" && version != "" && version[0] >= '0' && version[0] <= '9' {
		return name, version
	}
	return "", ""
}

// texts are the strings of a value: one, or those of a list.
func texts(value doc.Terms) (out []string) {
	for _, n := range value {
		switch {
		case n.Kind() == doc.String:
			out = append(out, n.Text())
		case n.Bracket() == '[' || n.Bracket() == '(':
			out = append(out, texts(n.Terms())...)
		}
	}
	return out
}

// packages reads names, each of which a filter may follow; what stands in parentheses is a choice of these.
func packages(value doc.Terms, scope sbom.Scope) (wanted []ecosystem.Requirement) {
	for i, n := range value {
		if b := n.Bracket(); b == '[' || b == '(' {
			wanted = append(wanted, packages(n.Terms(), scope)...)
		}
		if n.Kind() != doc.String || !ecosystem.Printable(n.Text()) {
			continue
		}
		w := ecosystem.Requirement{Key: n.Text(), Scope: scope, At: n.Span()}
		version := ""
		if i+1 < len(value) && value[i+1].Bracket() == '{' {
			w.Range, version, w.Scope = filter(value[i+1], scope)
		}
		w.What = sbom.Component{Name: w.Key, Version: version, PURL: ecosystem.PURL("opam", "", w.Key, version)}
		wanted = append(wanted, w)
	}
	return wanted
}

// filterScopes are the variables of filters that say what a package is for (opam.ocaml.org/doc/Manual.html, "Package variables",
// "Filtered package formulas").
var filterScopes = map[string]sbom.Scope{
	"with-test": sbom.Test, "with-doc": sbom.Development, "with-dev-setup": sbom.Development, "with-tools": sbom.Development,
	"dev": sbom.Development, "build": sbom.Build,
}

// filter reads what stands in braces: the constraint as it is written, the version if it is exact, and the scope. That is the
// weakest of what must hold together, and the strongest of the choices; what must not hold tells none.
func filter(n doc.Node, scope sbom.Scope) (constraint, version string, _ sbom.Scope) {
	var words []string
	var choices []sbom.Scope
	choice := scope
	terms := n.Terms()
	for i, t := range terms {
		of, isScope := filterScopes[t.Text()]
		switch text := t.Text(); {
		case t.Kind() == doc.Array:
			inner, _, s := filter(t, scope)
			if choice = choice.Weaker(s); inner != "" {
				words = append(words, "("+inner+")")
			}
		case isScope && i > 0 && terms[i-1].IsWord("!"):
			words = append(words, text)
		case isScope:
			choice = choice.Weaker(of)
		case t.IsWord("|"):
			choices, choice = append(choices, choice), scope
			words = append(words, text)
		case t.IsWord("=") && (i == 0 || terms[i-1].IsWord("&")) && i+1 < len(terms) && terms[i+1].Kind() == doc.String && ecosystem.Printable(terms[i+1].Text()) && !strings.Contains(terms[i+1].Text(), "%{"):
			version = terms[i+1].Text()
			words = append(words, text)
		default:
			words = append(words, text)
		}
	}
	if slices.Contains(words, "|") {
		version = "" // one choice of several
	}
	for _, c := range choices {
		choice = choice.Stronger(c)
	}
	return strings.Trim(strings.Join(words, " "), "&| "), version, choice
}
