package nuget

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A program may be one file of C# that says at its top what its project file would
// (learn.microsoft.com/dotnet/core/sdk/file-based-apps).

// isApp reports whether a file of C# is such a program and says so in its first bytes.
func isApp(p string, head []byte) bool {
	if path.Ext(p) != ".cs" {
		return false
	}
	for line := range bytes.Lines(head) {
		for _, mark := range []string{"#:package ", "#:sdk ", "#:project ", "#:property "} {
			if bytes.HasPrefix(line, []byte(mark)) {
				return true
			}
		}
	}
	return bytes.HasPrefix(head, []byte("#!")) && bytes.Contains(head, []byte("dotnet"))
}

// loadApp reads the directives of such a program as what they are in a project file.
func (r *reader) loadApp(p *props) {
	data, ok := r.Read(r.FS, p.file, maxManifest)
	if !ok {
		return
	}
	comment := false
	for line, err := range doc.Lines(p.file, data) {
		if err != nil {
			r.Broken(p.file, "mend the file", err)
			return
		}
		rest, directive := strings.CutPrefix(line.Text, "#:")
		switch {
		case comment || strings.HasPrefix(line.Text, "/*"):
			comment = !strings.Contains(line.Text, "*/")
		case directive:
			verb, what, _ := strings.Cut(rest, " ")
			start := len(line.Text) - len(strings.TrimSpace(what))
			p.directive(verb, strings.TrimSpace(what), line.Part(start, len(line.Text)))
		case !strings.HasPrefix(line.Text, "#") && !strings.HasPrefix(line.Text, "//"):
			return // the program begins
		}
	}
}

// directive takes "#:package Name@1.0", "#:sdk Name@1.0", "#:project folder" or "#:property Name=Value".
func (p *props) directive(verb, what string, at source.Span) {
	id, version, pinned := strings.Cut(what, "@")
	id, version = strings.TrimSpace(id), strings.TrimSpace(version)
	switch verb {
	case "package":
		i := item{kind: "PackageReference", what: id, at: at}
		if pinned {
			i.versions = []string{version}
		}
		p.items = append(p.items, i)
	case "sdk":
		p.sdks = append(p.sdks, sdk{id, version, at})
	case "project":
		p.items = append(p.items, item{kind: "ProjectReference", what: what, at: at})
	case "property":
		if key, value, ok := strings.Cut(what, "="); ok {
			p.settings = append(p.settings, setting{strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), always})
		}
	}
}

// library is a file that a project compiles against.
type library struct {
	name, version string
	file          string
	at            source.Span
}

// library notes a Reference to a file, which HintPath names or the item itself. One without is part of .NET.
func (at *root) library(i item, file string, v values) {
	hint := i.get("HintPath")
	if hint == "" && strings.EqualFold(path.Ext(i.what), ".dll") {
		hint = i.what
	}
	if hint == "" || i.remove || i.update {
		return
	}
	hint = strings.ReplaceAll(hint, `\`, "/")
	if text, ok := v.text(hint); ok {
		hint = text
	}
	l := library{at: i.at}
	l.name, l.version, _ = strings.Cut(i.what, ",")
	if _, rest, ok := strings.Cut(l.version, "Version="); ok {
		l.version, _, _ = strings.Cut(rest, ",")
	} else {
		l.version = ""
	}
	l.name = strings.TrimSuffix(path.Base(strings.ReplaceAll(strings.TrimSpace(l.name), `\`, "/")), ".dll")
	l.file = path.Join(path.Dir(file), hint)
	at.libraries = append(at.libraries, l)
}

// addLibraries adds the files that a project compiles against: packages, where they lie in a folder of packages, and those of which
// nobody knows more than the name.
func (r *reader) addLibraries(at *root) {
	var unknown []sbom.ID
	var first source.Span
	for _, l := range at.libraries {
		if id, version := packageOf(l.file); id != "" {
			if at.byName[strings.ToLower(id)] != nil || at.listed[strings.ToLower(id)] {
				continue
			}
			if c := r.add(id, version, nil, l.at); c != "" {
				r.Depend(at.id, c, at.scopeOf(sbom.Runtime), "", l.at)
			}
			continue
		}
		if !ecosystem.Printable(l.name) || l.version != "" && !ecosystem.Printable(l.version) {
			r.Lost(l.at, "mend the entry", "%s cannot be a library", ecosystem.Quote(l.name+" "+l.version))
			continue
		}
		c := sbom.Component{Name: l.name, Version: l.version}
		if info, err := fs.Stat(r.FS, l.file); fs.ValidPath(l.file) && err == nil && info.Mode().IsRegular() {
			c.Origin = sbom.OriginVendored
		}
		id := r.Add(c, "", l.at)
		r.Depend(at.id, id, at.scopeOf(sbom.Runtime), "", l.at)
		if unknown = append(unknown, id); first.IsZero() {
			first = l.at
		}
	}
	if len(unknown) > 0 {
		r.Unavailable(first, "state their licenses under `clarify`, or replace them by packages",
			"the project refers to files, not packages: who made them, and their licenses, are unknown", unknown...)
	}
}

// packageOf is the package in whose folder a file lies: packages/Name.1.0.0/lib/... as nuget.exe lays them out, or
// packages/name/1.0.0/lib/...; "" if it lies in none.
func packageOf(file string) (id, version string) {
	parts := strings.Split(file, "/")
	for k, part := range parts[:max(0, len(parts)-2)] {
		if !strings.EqualFold(part, "packages") {
			continue
		}
		if next := parts[k+2]; isVersion(next) {
			return parts[k+1], next
		}
		for n, c := range parts[k+1] {
			if c == '.' && n > 0 && isVersion(parts[k+1][n+1:]) {
				return parts[k+1][:n], parts[k+1][n+1:]
			}
		}
	}
	return "", ""
}

// isVersion reports whether a name of a folder is numbers, two at least, with what may follow a hyphen.
func isVersion(s string) bool {
	s, _, _ = strings.Cut(s, "-")
	numbers := strings.Split(s, ".")
	for _, n := range numbers {
		if n == "" || strings.Trim(n, "0123456789") != "" {
			return false
		}
	}
	return len(numbers) > 1
}
