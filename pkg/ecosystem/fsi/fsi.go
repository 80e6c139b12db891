// Package fsi reads the packages that scripts of F# and C# refer to.
//
// A script has no project file. F# Interactive, dotnet-script and the interactive compilers take packages by a directive in the
// text: #r "nuget: Name, 1.0.0", and dotnet-script loads scripts out of packages by #load "nuget: Name, 1.0.0". A script
// without such a line is source code like any other.
//
// The directive is described at https://learn.microsoft.com/dotnet/fsharp/tools/fsharp-interactive.
package fsi

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
	name    = "fsi"
	cache   = "nuget"
	maxSize = 8 << 20
)

// Ecosystem is the reader of scripts of .NET.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Scripts of .NET: the packages of #r "nuget: NAME, VERSION" in *.fsx and *.csx

Components are the packages that a script refers to, with scope runtime. The version is the one that is written, which is the
lowest that is had. Files and licenses of packages are looked for in the folder of packages (--cache nuget=DIR,
~/.nuget/packages).`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool { return isScript(p) && ecosystem.Own(p, mode) },
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string { return p })
	},
	Embedded: isScript,
	Read:     read,
}

func isScript(p string) bool { return path.Ext(p) == ".fsx" || path.Ext(p) == ".csx" }

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	file := p.Files[0]
	data, ok := g.Read(p.FS, file, maxSize)
	if !ok || !strings.Contains(string(data), "nuget") {
		return g.Fragment, ctx.Err()
	}
	root := sbom.ID("")
	var absent []sbom.ID
	comment := ""
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			g.Broken(file, "mend the file", err)
			break
		}
		text := line.Text
		if comment == "" {
			comment = opened(text)
		}
		if comment != "" {
			if strings.Contains(text, comment) {
				comment = ""
			}
			continue
		}
		what, ok := directive(text)
		if !ok {
			continue
		}
		start := strings.Index(text, what)
		at := line.Part(start, start+len(what))
		id, version := split(what)
		if !ecosystem.Printable(id) {
			g.Lost(at, "mend the directive", "%s cannot be a package", ecosystem.Quote(what))
			continue
		}
		if root == "" {
			root = g.Root(p.Unnamed(p.Dir()), p.Dir(), source.Span{Path: file})
		}
		c := sbom.Component{Name: id, Version: lowest(version)}
		c.PURL = ecosystem.PURL("nuget", "", id, c.Version)
		dir := folder(p, c)
		to := g.Add(c, dir, at)
		g.Depend(root, to, sbom.Runtime, version, at)
		if dir == "" {
			absent = append(absent, to)
		}
	}
	if len(absent) > 0 {
		g.Unavailable(source.Span{Path: file}, "run the script, so that its packages lie in the folder of packages",
			"the packages' files are not on this machine, and a directive says nothing of what they need themselves", absent...)
	}
	return g.Fragment, ctx.Err()
}

// opened is what ends the comment that a line begins with, "" if it begins with none.
func opened(line string) string {
	switch {
	case strings.HasPrefix(line, "(*") && !strings.HasPrefix(line, "(*)"):
		return "*)"
	case strings.HasPrefix(line, "/*"):
		return "*/"
	}
	return ""
}

// directive is what stands behind nuget: in a directive. ok is false for every other line.
func directive(line string) (what string, ok bool) {
	for _, verb := range []string{"#r", "#load"} {
		rest, ok := strings.CutPrefix(line, verb)
		quoted := strings.TrimLeft(strings.TrimSpace(rest), "@")
		if !ok || !strings.HasPrefix(quoted, `"`) {
			continue
		}
		body, _, closed := strings.Cut(strings.TrimLeft(quoted, `"`), `"`)
		kind, what, isPackage := strings.Cut(body, ":")
		if closed && isPackage && strings.EqualFold(strings.TrimSpace(kind), "nuget") {
			return strings.TrimSpace(what), true
		}
	}
	return "", false
}

// split reads "Name, 1.0.0", "Name,Version=1.0.0" and "Name/1.0.0"; what follows the version is for the restore.
func split(what string) (id, version string) {
	id, version, _ = strings.Cut(what, ",")
	if before, after, ok := strings.Cut(id, "/"); ok && version == "" {
		id, version = before, after
	}
	version, _, _ = strings.Cut(version, ",")
	if key, value, ok := strings.Cut(version, "="); ok {
		if version = ""; strings.EqualFold(strings.TrimSpace(key), "version") {
			version = value
		}
	}
	return strings.TrimSpace(id), strings.TrimSpace(version)
}

// lowest is the version that is written, "" for a range or a floating one.
func lowest(version string) string {
	if !ecosystem.Printable(version) || strings.ContainsAny(version, "*[](),$/") || strings.EqualFold(version, "prerelease") {
		return ""
	}
	return version
}

// folder is where a package lies in the folder of packages, "" if it does not.
func folder(p *ecosystem.Project, c sbom.Component) string {
	fsys, dir := p.Caches[cache], path.Join(strings.ToLower(c.Name), strings.ToLower(c.Version))
	if fsys == nil || c.Version == "" || !fs.ValidPath(dir) {
		return ""
	}
	if info, err := fs.Stat(fsys, dir); err != nil || !info.IsDir() {
		return ""
	}
	return cache + ":" + dir
}
