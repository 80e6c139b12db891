// Package readme reads the notes that large code bases keep beside code that they copied: README.chromium, README.android,
// README.facebook, README.google, README.thirdparty.
//
// They begin with fields: Name or Project, Version, License, URL. What follows is text for people. A note describes what lies
// in its folder, or several such things with a line between; there is no package manager behind it. Without a field it is no
// note: README.android is also what tells how a program is built for Android.
//
// The format is described in Chromium's documentation (docs/adding_to_third_party.md).
package readme

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
	name    = "readme"
	maxSize = 4 << 20
)

var endings = []string{".chromium", ".android", ".facebook", ".google", ".thirdparty"}

// Ecosystem is the reader of notes about copied code.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Copied code: README.chromium, README.android, README.facebook, README.google, README.thirdparty

The component is what the note says was copied into its folder, with name, version, license and origin.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		base := strings.ToLower(path.Base(p))
		return strings.HasPrefix(base, "readme.") && slices.Contains(endings, path.Ext(base)) && ecosystem.Own(p, mode)
	},
	Embedded: func(string) bool { return true },
	Group:    func(paths []string) [][]string { return ecosystem.GroupBy(paths, func(p string) string { return p }) },
	Read:     read,
}

// fields are the names that these have, by what they mean.
var fields = map[string]string{
	"name": "name", "project": "name", "short name": "short", "version": "version", "revision": "revision", "commit": "revision",
	"license": "license", "licence": "license", "url": "home", "website": "home", "homepage": "home", "repo": "home",
	"source": "source", "upstream": "source", "download link": "source", "downloaded from": "source", "cpe": "",
}

// divider parts the notes of several packages in one file.
const divider = "-------------------- DEPENDENCY DIVIDER --------------------"

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	file := p.Files[0]
	data, _ := g.Read(p.FS, file, maxSize)
	n := newNote(file)
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			g.Broken(file, "mend the file", err)
			break
		}
		if line.Text == divider {
			n.add(g, p.Dir())
			n = newNote(file)
			continue
		}
		n.take(line)
	}
	n.add(g, p.Dir())
	return g.Fragment, ctx.Err()
}

// note is what the fields say of one package.
type note struct {
	sbom.Component
	at       source.Span
	seen     map[string]bool
	revision string
}

func newNote(file string) *note {
	return &note{Component: sbom.Component{Origin: sbom.OriginVendored}, at: source.Span{Path: file}, seen: map[string]bool{}}
}

// take reads a line, if it is the first with a field.
func (n *note) take(line doc.Line) {
	key, value, ok := strings.Cut(line.Text, ":")
	field := fields[strings.ToLower(strings.TrimSpace(key))]
	value = strings.TrimSpace(value)
	if !ok || field == "" || value == "" || n.seen[field] {
		return
	}
	n.seen[field] = true
	switch field {
	case "name":
		n.Name, n.at = ecosystem.Brief(value), line.Span()
	case "version":
		n.Version = value
	case "revision":
		n.revision = value
	case "license":
		n.Claims = detect.Declaration(value, line.Span())
	case "home":
		n.Homepage = value
	case "source":
		n.Source = value
	}
}

// add adds the package that the note describes; without a field it is no note.
func (n *note) add(g *ecosystem.Graph, dir string) {
	if len(n.seen) == 0 {
		return
	}
	if !ecosystem.Printable(strings.ReplaceAll(n.Name, " ", "-")) {
		n.Name = path.Base(dir)
		if n.Name == "." {
			n.Name = "unnamed"
		}
	}
	if n.Version == "" || n.Version == "N/A" || strings.EqualFold(n.Version, "unknown") {
		n.Version = n.revision
	}
	if !ecosystem.Printable(n.Version) {
		n.Version = ""
	}
	if n.seen["name"] {
		n.PURL = ecosystem.PURL("generic", "", n.Name, n.Version)
	}
	g.Root(n.Component, dir, n.at)
}
