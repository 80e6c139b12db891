// Package carthage reads what Carthage writes: Cartfile.resolved, and beside it Cartfile and Cartfile.private.
//
// All three have lines of an origin, a source and a version: `github "owner/repository" "1.0"`, `git "location" "1.0"`,
// `binary "location of a specification" "1.0"`; in a Cartfile the version is a requirement
// (github.com/Carthage/Carthage, Documentation/Artifacts.md). There are no edges. What Cartfile.private asks for is not
// needed by those who use the project: its scope is development.
package carthage

import (
	"context"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "carthage"
	next    = "run `carthage bootstrap`"
	maxSize = 16 << 20
)

// Ecosystem is the reader of Carthage.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Carthage: Cartfile.resolved, Cartfile, Cartfile.private

Components are the frameworks that Cartfile.resolved pins. What Cartfile asks for is direct, with scope runtime, what
Cartfile.private asks for has scope development; the rest of the lockfile is indirect. Sources are looked for in
Carthage/Checkouts.`,
	Match: ecosystem.Named("Cartfile", "Cartfile.private", "Cartfile.resolved"),
	Read:  read,
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	root := g.Root(p.Unnamed(p.Dir()), p.Dir(), source.Span{Path: p.Files[0]})
	var wanted []ecosystem.Requirement
	for _, f := range []struct {
		name  string
		scope sbom.Scope
	}{{"Cartfile", sbom.Runtime}, {"Cartfile.private", sbom.Development}} {
		for _, e := range entries(g, p, p.File(f.name)) {
			wanted = append(wanted, ecosystem.Requirement{Key: e.key, Scope: f.scope, Range: e.version, At: e.at, What: e.component("")})
		}
	}
	lock := p.File("Cartfile.resolved")
	var pins []ecosystem.Pin
	for _, e := range entries(g, p, lock) {
		if !ecosystem.Printable(e.version) {
			g.Lost(e.at, next, "an entry without a version")
			continue
		}
		dir := p.At(path.Join(p.Dir(), "Carthage/Checkouts", path.Base(e.key)))
		pins = append(pins, ecosystem.Pin{Key: e.key, ID: g.Add(e.component(e.version), dir, e.at), At: e.at})
	}
	g.Absent(source.Span{Path: p.Files[0]}, lock, next, g.Require(root, wanted, pins))
	return g.Fragment, ctx.Err()
}

// entry is one line.
type entry struct {
	key     string // owner/repository, or the name
	version string
	from    string
	at      source.Span
}

// component has a purl of the name that Carthage shows: owner/repository, or the last part of another location.
func (e entry) component(version string) sbom.Component {
	space, base := path.Split(e.key)
	c := sbom.Component{Name: base, Version: version, PURL: ecosystem.PURL("carthage", strings.TrimSuffix(space, "/"), base, version)}
	if strings.Contains(e.from, ":") {
		c.Source = e.from
	}
	return c
}

// entries reads the lines of a file; "" has none.
func entries(g *ecosystem.Graph, p *ecosystem.Project, file string) (out []entry) {
	if file == "" {
		return nil
	}
	data, ok := g.Read(p.FS, file, maxSize)
	if !ok {
		return nil
	}
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			g.Broken(file, next, err)
			break
		}
		line = line.Uncomment("#")
		if line.Text == "" {
			continue
		}
		origin, rest, _ := strings.Cut(line.Text, " ")
		quoted, requirement, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(rest), `"`), `"`)
		key := keyOf(origin, quoted)
		if !ok || !ecosystem.Printable(key) || !strings.HasPrefix(strings.TrimSpace(rest), `"`) {
			g.Lost(line.Span(), next, "no entry of Carthage")
			continue
		}
		e := entry{key: key, from: quoted, at: line.Span()}
		e.version = strings.ReplaceAll(strings.TrimSpace(requirement), `"`, "")
		out = append(out, e)
	}
	return out
}

// keyOf is the name of what an origin and a source mean, and "" for an origin that there is not.
func keyOf(origin, from string) string {
	switch origin {
	case "github", "git":
		if _, repo, ok := ecosystem.Repository(from); ok {
			return repo
		}
		return strings.TrimSuffix(strings.Trim(from, "./"), ".git")
	case "binary":
		return strings.TrimSuffix(path.Base(from), ".json")
	}
	return ""
}
