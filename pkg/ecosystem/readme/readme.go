// Package readme reads the notes that large code bases keep beside code that they copied: README.chromium, README.android,
// README.facebook, README.google, README.thirdparty.
//
// They begin with fields: Name or Project, Version, License, URL. What follows is text for people. A note describes what lies
// in its folder; there is no package manager behind it. Without a field it is no note: README.android is also what tells how
// a program is built for Android.
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

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	file := p.Files[0]
	data, _ := g.Read(p.FS, file, maxSize)
	c := sbom.Component{Origin: sbom.OriginVendored}
	at, seen, revision := source.Span{Path: file}, map[string]bool{}, ""
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			g.Broken(file, "mend the file", err)
			break
		}
		key, value, ok := strings.Cut(line.Text, ":")
		field := fields[strings.ToLower(strings.TrimSpace(key))]
		value = strings.TrimSpace(value)
		if !ok || field == "" || value == "" || seen[field] {
			continue
		}
		seen[field] = true
		switch field {
		case "name":
			c.Name, at = ecosystem.Brief(value), line.Span()
		case "version":
			c.Version = value
		case "revision":
			revision = value
		case "license":
			c.Claims = detect.Declaration(value, line.Span())
		case "home":
			c.Homepage = value
		case "source":
			c.Source = value
		}
	}
	if len(seen) == 0 {
		return g.Fragment, ctx.Err()
	}
	if !ecosystem.Printable(strings.ReplaceAll(c.Name, " ", "-")) {
		c.Name = path.Base(p.Dir())
		if c.Name == "." {
			c.Name = "unnamed"
		}
	}
	if c.Version == "" || c.Version == "N/A" || strings.EqualFold(c.Version, "unknown") {
		c.Version = revision
	}
	if !ecosystem.Printable(c.Version) {
		c.Version = ""
	}
	if seen["name"] {
		c.PURL = ecosystem.PURL("generic", "", c.Name, c.Version)
	}
	g.Root(c, p.Dir(), at)
	return g.Fragment, ctx.Err()
}
