// Package fsi reads the packages that scripts of F# and C# refer to.
//
// A script has no project file. F# Interactive, dotnet-script and the interactive compilers take packages by a directive in the
// text: #r "nuget: Name, 1.0.0", and dotnet-script loads scripts out of packages by #load "nuget: Name, 1.0.0". Scripts of FAKE
// name them in Paket's language: #r "paket: nuget Name". A script without such a line is source code like any other.
//
// The directive is described at https://learn.microsoft.com/dotnet/fsharp/tools/fsharp-interactive.
package fsi

import (
	"bytes"
	"context"
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
	name    = "fsi"
	cache   = "nuget"
	maxSize = 8 << 20
)

// Ecosystem is the reader of scripts of .NET.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Scripts of .NET: the packages of #r "nuget: NAME, VERSION" and #r "paket: nuget NAME" in *.fsx and *.csx

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

// reader gathers one script.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	root   sbom.ID
	absent []sbom.ID // packages whose files are not on this machine
	here   bool      // there are such whose files are
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p}
	file := p.Files[0]
	data, ok := r.Read(p.FS, file, maxSize)
	if !ok || !bytes.Contains(data, []byte("nuget")) && !bytes.Contains(data, []byte("paket")) {
		return r.Fragment, ctx.Err()
	}
	comment, isPaket := "", false
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			r.Broken(file, "mend the file", err)
			break
		}
		text := line.Text
		if comment == "" {
			comment = opened(text)
		}
		switch {
		case comment != "":
			if strings.Contains(text, comment) {
				comment = ""
			}
		case isPaket:
			inner, _, ends := strings.Cut(text, `"`)
			r.paket(line, inner)
			isPaket = !ends
		default:
			isPaket = r.directive(line)
		}
	}
	if len(r.absent) > 0 {
		r.Unavailable(source.Span{Path: file}, "run the script, so that its packages lie in the folder of packages",
			"the packages' files are not on this machine, and a directive says nothing of what they need themselves", r.absent...)
	}
	if r.here {
		r.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: file}, Material: true,
			Why:  "a directive says nothing of what the packages need themselves",
			Next: "refer to the packages in a project, and run `dotnet restore --use-lock-file`"})
	}
	return r.Fragment, ctx.Err()
}

// directive reads a line: #r "nuget: NAME" "nuget: NAME", #load "nuget: NAME", or #r "paket: ...". isPaket says that the last
// goes on in the lines that follow.
func (r *reader) directive(line doc.Line) (isPaket bool) {
	rest, ok := strings.CutPrefix(line.Text, "#r")
	if !ok {
		if rest, ok = strings.CutPrefix(line.Text, "#load"); !ok {
			return false
		}
	}
	for {
		quoted := strings.TrimLeft(strings.TrimSpace(rest), "@")
		if !strings.HasPrefix(quoted, `"`) {
			return false
		}
		body, after, closed := strings.Cut(strings.TrimLeft(quoted, `"`), `"`)
		kind, what, isPackage := strings.Cut(body, ":")
		switch kind = strings.ToLower(strings.TrimSpace(kind)); {
		case !isPackage:
		case kind == "nuget" && closed:
			r.reference(line, strings.TrimSpace(what))
		case kind == "paket":
			r.paket(line, what)
			return !closed
		}
		if rest = strings.TrimLeft(after, `"`); !closed {
			return false
		}
	}
}

// reference adds the package of "Name, 1.0.0", "Name, Version=1.0.0", "Include=Name" or "Name/1.0.0"; what else stands there is
// for the restore, and alone names no package.
func (r *reader) reference(line doc.Line, what string) {
	id, version, bare, isOption := "", "", 0, false
	for option := range strings.SplitSeq(what, ",") {
		key, value, keyed := strings.Cut(option, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case keyed && strings.EqualFold(key, "include"):
			id = value
		case keyed && strings.EqualFold(key, "version"):
			version = value
		case keyed, strings.EqualFold(key, "bl"):
			isOption = true
		default:
			if bare++; bare == 1 {
				id = key
			} else if bare == 2 {
				version = key
			}
		}
	}
	if id == "" && isOption {
		return
	}
	if before, after, ok := strings.Cut(id, "/"); ok && version == "" {
		id, version = before, after
	}
	r.add(line, what, id, version)
}

// paket reads a line of a text in Paket's language, of which "nuget Name range" names a package.
func (r *reader) paket(line doc.Line, text string) {
	text, _, _ = strings.Cut(text, "//")
	switch words := strings.Fields(text); {
	case len(words) < 2:
	case words[0] == "nuget" || words[0] == "clitool":
		version := strings.Join(words[2:], " ")
		r.add(line, strings.TrimSpace(text), words[1], strings.TrimLeft(version, "= "))
	case slices.Contains([]string{"git", "github", "gist", "http"}, words[0]):
		r.Lost(line.Span(), "name it in paket.dependencies", "files that Paket is to bring from elsewhere")
	}
}

// add adds a package, as a text of the line names it.
func (r *reader) add(line doc.Line, what, id, version string) {
	start := strings.Index(line.Text, what)
	at := line.Part(start, start+len(what))
	if !ecosystem.Printable(id) {
		r.Lost(at, "mend the directive", "%s cannot be a package", ecosystem.Quote(what))
		return
	}
	if r.root == "" {
		r.root = r.Root(r.Unnamed(r.Dir()), r.Dir(), source.Span{Path: at.Path})
	}
	c := sbom.Component{Name: id, Version: lowest(version)}
	c.PURL = ecosystem.PURL("nuget", "", id, c.Version)
	dir := folder(r.Project, c)
	to := r.Add(c, dir, at)
	r.Depend(r.root, to, sbom.Runtime, version, at)
	if dir == "" {
		r.absent = append(r.absent, to)
	} else {
		r.here = true
	}
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

// lowest is the version that is written, "" for a range or a floating one.
func lowest(version string) string {
	if !ecosystem.Printable(version) || strings.ContainsAny(version, "*[](),$/<>~ ") || strings.EqualFold(version, "prerelease") {
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
