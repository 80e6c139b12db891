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
	locked bool // a lockfile, or the like, says what is had
}

// reference is a package that a project wants.
type reference struct {
	name, version string
	written       string // the requirement
	scope         sbom.Scope
	at            source.Span
	had           bool
}

// other is a project that a project needs.
type other struct {
	file string
	at   source.Span
}

// readProject reads a project file with all that it imports, and adds its component.
func (r *reader) readProject(file string) *root {
	files := r.files(file)
	v := values(files)
	p := r.load(file)
	stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
	at := &root{title: strings.ToLower(stem), at: source.Span{Path: file}, byName: map[string]*reference{}}
	c := sbom.Component{Name: cmp.Or(v.first("PackageId", "AssemblyName"), stem), Version: versionOf(v), Type: sbom.TypeLibrary}
	if kind := strings.ToLower(v.first("OutputType")); strings.HasSuffix(kind, "exe") || strings.Contains(p.top.Get("@Sdk").Text(), ".Sdk.W") {
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
	at.want(files)
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
		for _, p := range slices.Backward(v) {
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

// want gathers the items of all files of a project.
func (at *root) want(files []*props) {
	v := values(files)
	central := map[string]item{}
	for _, p := range files {
		for _, i := range p.items {
			if i.kind == "PackageVersion" && !i.remove {
				central[strings.ToLower(i.what)] = i
			}
		}
	}
	for _, p := range files {
		for _, i := range p.items {
			switch i.kind {
			case "PackageReference", "GlobalPackageReference", "DotNetCliToolReference":
				at.reference(i, v, central)
			case "ProjectReference":
				if !i.remove {
					at.others = append(at.others, other{path.Join(path.Dir(p.file), strings.ReplaceAll(i.what, `\`, "/")), i.at})
				}
			}
		}
	}
	said := v.first("IsTestProject")
	at.tests = strings.EqualFold(said, "true") || said == "" && at.byName["microsoft.net.test.sdk"] != nil
}

// reference adds, changes or removes what is wanted.
func (at *root) reference(i item, v values, central map[string]item) {
	id, ok := v.text(i.what)
	if !ok {
		id = i.what
	}
	key := strings.ToLower(id)
	ref := at.byName[key]
	switch {
	case i.remove:
		delete(at.byName, key)
		at.wanted = slices.DeleteFunc(at.wanted, func(w *reference) bool { return w == ref })
		return
	case ref == nil && i.update:
		return
	case ref == nil:
		ref = &reference{name: id, at: i.at, scope: sbom.Runtime}
		at.byName[key] = ref
		at.wanted = append(at.wanted, ref)
	}
	written := cmp.Or(i.get("VersionOverride"), i.get("Version"))
	if c, ok := central[key]; ok && written == "" && ref.written == "" {
		written = c.get("Version")
	}
	if written != "" {
		ref.written = written
		text, _ := v.text(written)
		ref.version = lowest(text)
	}
	if i.kind != "PackageReference" || isPrivate(i) {
		ref.scope = sbom.Development
	}
}

// isPrivate reports whether a reference is one that helps to develop: its assets do not flow to those that use the project,
// and it does not add to what the project compiles against, where that is said
// (learn.microsoft.com, "Controlling dependency assets").
func isPrivate(i item) bool {
	private := strings.ToLower(i.get("PrivateAssets"))
	include := strings.ToLower(i.get("IncludeAssets"))
	return strings.Contains(private, "all") && (include == "" || !strings.Contains(include, "compile") && !strings.Contains(include, "all"))
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
	at := &root{at: source.Span{Path: slices.Concat(f.assets, f.locks, f.configs, f.tools)[0]}, byName: map[string]*reference{}}
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

// settle adds what a project wants and nothing had, and the projects that it needs.
func (r *reader) settle(at *root) {
	for _, o := range at.others {
		if id, ok := r.byFile[o.file]; ok && id != at.id {
			r.Depend(at.id, id, at.scopeOf(sbom.Runtime), "", o.at)
		}
	}
	var loose []sbom.ID
	for _, w := range at.wanted {
		if w.had {
			continue
		}
		id := r.add(w.name, w.version, nil, w.at)
		if id == "" {
			continue
		}
		r.Depend(at.id, id, at.scopeOf(w.scope), w.written, w.at)
		loose = append(loose, id)
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
	v := values(r.files(file))
	var id sbom.ID
	for _, i := range p.items {
		if i.remove || i.kind != "PackageVersion" && i.kind != "GlobalPackageReference" && i.kind != "PackageReference" {
			continue
		}
		if id == "" {
			id = r.Root(r.Unnamed(dir), dir, source.Span{Path: file})
		}
		written := i.get("Version")
		text, _ := v.text(written)
		what, _ := v.text(i.what)
		if c := r.add(what, lowest(text), nil, i.at); c != "" {
			scope := sbom.Scope("")
			if i.kind == "GlobalPackageReference" || i.kind == "PackageReference" && isPrivate(i) {
				scope = sbom.Development
			}
			r.Depend(id, c, scope, written, i.at)
		}
	}
}
