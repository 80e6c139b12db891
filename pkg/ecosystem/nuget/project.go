package nuget

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// root is a project: the component, and what its project file wants.
type root struct {
	id     sbom.ID
	title  string // of the project, in lower case
	at     source.Span
	tests  bool
	wanted []*reference
	byName map[string]*reference // in lower case
	others []other
	sdks   []sbom.ID

	libraries []library
	listed    map[string]bool // by packages.config, in lower case
	locked    bool            // a lockfile, or the like, says what is had
}

// other is a project that a project needs.
type other struct {
	file string
	at   source.Span
}

// readProject reads a project file with all that it imports, and adds its component.
func (r *reader) readProject(file string) *root {
	files := r.files(file)
	v := valuesOf(files)
	p := r.load(file)
	stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
	at := &root{title: strings.ToLower(stem), at: source.Span{Path: file}, byName: map[string]*reference{}, listed: map[string]bool{}}
	c := sbom.Component{Name: cmp.Or(v.first("PackageId", "AssemblyName"), stem), Version: versionOf(v), Type: sbom.TypeLibrary}
	if kind := strings.ToLower(v.first("OutputType")); strings.HasSuffix(kind, "exe") || path.Ext(file) == ".cs" || strings.Contains(p.top.Get("@Sdk").Text(), ".Sdk.W") {
		c.Type = sbom.TypeApplication
	}
	if !ecosystem.Printable(c.Name) {
		c.Name = stem
	}
	if ecosystem.Printable(c.Name) {
		c.PURL = ecosystem.PURL(name, "", c.Name, c.Version)
	}
	c.Supplier = source.Redact(cmp.Or(v.first("Authors"), v.first("Company")))
	c.Homepage, c.Source = source.Redact(v.first("PackageProjectUrl")), source.Redact(v.first("RepositoryUrl"))
	c.Claims = v.claims()
	at.id = r.Root(c, path.Dir(file), at.at)
	r.byFile[file] = at.id
	for _, key := range []string{stem, c.Name, v.first("AssemblyName")} {
		if _, ok := r.projects[strings.ToLower(key)]; !ok && key != "" {
			r.projects[strings.ToLower(key)] = at.id
		}
	}
	if path.Ext(file) == ".fsproj" {
		r.implicit(at, p, v)
	}
	at.want(v)
	r.build(at, path.Dir(file), v)
	return at
}

// versionOf is the version of what a project makes. Without one it is 1.0.0 for the compiler, which says nothing.
func versionOf(v values) string {
	s := v.first("PackageVersion", "Version")
	if s == "" {
		if s = v.first("VersionPrefix"); s != "" && v.first("VersionSuffix") != "" {
			s += "-" + v.first("VersionSuffix")
		}
	}
	if !ecosystem.Printable(s) {
		return ""
	}
	return s
}

// claims is the license that the properties declare, at the place where they do.
func (v values) claims() []sbom.Claim {
	for _, field := range []string{"PackageLicenseExpression", "PackageLicenseUrl"} {
		for _, p := range slices.Backward(v.files) {
			for k, group := range p.top.Members() {
				n := group.Get(field)
				if k.Text() != "PropertyGroup" || n.Text() == "" {
					continue
				}
				if text, ok := v.text(n.Text()); ok {
					return detect.Declaration(licenseAt(text), n.Span())
				}
			}
		}
	}
	return nil
}

// lowest is the version that a requirement means where nothing else asks for more: NuGet takes the lowest that
// fits. A range without a lower bound, or with one that is excluded, and a floating version give none.
func lowest(written string) string {
	s := strings.TrimSpace(written)
	if inner, ok := strings.CutPrefix(s, "["); ok {
		s, _, _ = strings.Cut(strings.TrimRight(inner, "])"), ",")
		s = strings.TrimSpace(s)
	}
	if !ecosystem.Printable(s) || strings.ContainsAny(s, "*[](),$/") {
		return ""
	}
	return s
}

// unnamed is the root of a folder that has no project file.
func (r *reader) unnamed(f *folder) *root {
	at := &root{at: source.Span{Path: slices.Concat(f.assets, f.locks, f.configs, f.tools)[0]}, byName: map[string]*reference{}, listed: map[string]bool{}}
	c := r.Unnamed(f.dir)
	if len(f.assets) > 0 { // names the project
		d, _ := r.Parse(r.FS, f.assets[0], maxLock, "run `dotnet restore`", doc.JSON)
		project := d.Root().Get("project")
		if title := project.Get("restore").Get("projectName").Text(); ecosystem.Printable(title) {
			c = sbom.Component{Name: title, Version: project.Get("version").Text(), Type: sbom.TypeApplication}
			c.PURL = ecosystem.PURL(name, "", c.Name, c.Version)
			r.projects[strings.ToLower(title)] = sbom.ID(c.PURL)
			at.title = strings.ToLower(title)
		}
	}
	at.id = r.Root(c, f.dir, at.at)
	return at
}

// scopeOf weakens a scope to what it can be in a project of tests.
func (at *root) scopeOf(s sbom.Scope) sbom.Scope {
	if at.tests && s != sbom.Development {
		return sbom.Test
	}
	return s
}

// projectAt is the project file that a reference means: itself, or the one in that folder.
func (r *reader) projectAt(file string) string {
	if f := r.folders[file]; f != nil && len(f.projects) > 0 {
		return f.projects[0]
	}
	return file
}

// settle adds what a project wants and nothing had, and the projects that it needs.
func (r *reader) settle(at *root) {
	for _, o := range at.others {
		if id, ok := r.byFile[r.projectAt(o.file)]; ok && id != at.id {
			r.Depend(at.id, id, at.scopeOf(sbom.Runtime), "", o.at)
		}
	}
	r.addLibraries(at)
	loose := at.sdks
	for _, w := range at.wanted {
		if w.had || w.implicit && at.locked {
			continue
		}
		for _, c := range w.choices {
			if id := r.add(w.name, c.version, nil, c.at); id != "" {
				r.Depend(at.id, id, at.scopeOf(c.scope), c.written, c.at)
				loose = append(loose, id)
			}
		}
	}
	if len(loose) > 0 && !at.locked {
		r.Unavailable(at.at, "run `dotnet restore --use-lock-file`",
			"there is no packages.lock.json: what the packages need in turn, and versions that are not written, are unknown", loose...)
	}
}

// readCentral lists the packages of a file that projects share, if no project lies below it.
func (r *reader) readCentral(file string) {
	dir := path.Dir(file)
	for other := range r.folders {
		if f := r.folders[other]; len(f.projects) > 0 && (dir == "." || other == dir || strings.HasPrefix(other, dir+"/")) {
			return
		}
	}
	p := r.load(file)
	v := valuesOf(r.files(file))
	var id sbom.ID
	for _, i := range p.items {
		if i.remove || i.kind != "PackageVersion" && i.kind != "GlobalPackageReference" && i.kind != "PackageReference" {
			continue
		}
		if id == "" {
			id = r.Root(r.Unnamed(dir), dir, source.Span{Path: file})
		}
		scope := sbom.Scope("")
		if i.kind == "GlobalPackageReference" || i.kind == "PackageReference" && isPrivate(i) {
			scope = sbom.Development
		}
		i.update = false // what it updates lies below, and nothing does
		what, _ := v.text(i.what)
		for _, c := range choices(i, nil, v) {
			if p := r.add(what, c.version, nil, c.at); p != "" {
				r.Depend(id, p, scope, c.written, c.at)
			}
		}
	}
}
