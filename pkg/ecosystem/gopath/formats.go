package gopath

import (
	"path"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

const again = "write the list again"

// dep reads Gopkg.lock (https://golang.github.io/dep/docs/Gopkg.lock.html): projects are repositories, and a table
// says which packages were imported by the project itself.
func (r *reader) dep(file string) {
	root := r.parse(file, doc.TOML)
	for p := range r.items(root, "projects") {
		version := p.Get("version").Text()
		if version == "" {
			version = p.Get("revision").Text()
		}
		r.take(p.Get("name"), version, p.Get("source").Text(), sbom.Runtime)
	}
	imports := root.Get("solve-meta").Get("input-imports")
	if imports.Kind() != doc.Array {
		return
	}
	r.direct = map[string]bool{}
	for item := range imports.Items() {
		r.imports(item.Text())
	}
}

// godep reads Godeps.json (https://github.com/tools/godep, "File Format"): a package a line.
func (r *reader) godep(file string) {
	root := r.parse(file, doc.JSON)
	r.name(root.Get("ImportPath"))
	for dep := range r.items(root, "Deps") {
		r.take(dep.Get("ImportPath"), dep.Get("Rev").Text(), "", sbom.Runtime)
	}
}

// govendor reads vendor.json (https://github.com/kardianos/vendor-spec).
func (r *reader) govendor(file string) {
	root := r.parse(file, doc.JSON)
	r.name(root.Get("rootPath"))
	for p := range r.items(root, "package") {
		version := p.Get("versionExact").Text()
		if version == "" {
			version = p.Get("revision").Text()
		}
		r.take(p.Get("path"), version, "", sbom.Runtime)
	}
}

// gvt reads the manifest of gvt and gb-vendor.
func (r *reader) gvt(file string) {
	root := r.parse(file, doc.JSON)
	for dep := range r.items(root, "dependencies") {
		r.take(dep.Get("importpath"), dep.Get("revision").Text(), dep.Get("repository").Text(), sbom.Runtime)
	}
}

// glide reads glide.lock, and in glide.yaml beside it what the project is and imports itself
// (https://glide.readthedocs.io/en/latest/glide.yaml/).
func (r *reader) glide(file string) {
	root := r.parse(file, doc.YAML)
	for _, list := range []struct {
		field string
		scope sbom.Scope
	}{{"imports", sbom.Runtime}, {"testImports", sbom.Test}, {"devImports", sbom.Test}} {
		for p := range r.items(root, list.field) {
			r.take(p.Get("name"), p.Get("version").Text(), p.Get("repo").Text(), list.scope)
		}
	}
	manifest := path.Join(path.Dir(file), "glide.yaml")
	data, err := ecosystem.ReadFile(r.FS, manifest, maxFile)
	if err != nil {
		return
	}
	d, err := doc.YAML(manifest, data)
	if err != nil {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: r.at, Why: "glide.yaml cannot be read: " + err.Error(), Next: "mend glide.yaml"})
		return
	}
	root = d.Root()
	r.name(root.Get("package"))
	if license := root.Get("license"); license.Text() != "" {
		c := sbom.Claim{Basis: sbom.Declared, Role: sbom.RoleManifest, Raw: ecosystem.Brief(license.Text()), Evidence: []sbom.Evidence{{Span: license.Span()}}}
		if e, ambiguous := detect.Declared(license.Text()); !ambiguous {
			c.Expr = e
		}
		r.root.Claims = append(r.root.Claims, c)
	}
	r.direct = map[string]bool{}
	for _, field := range []string{"import", "testImport"} {
		for item := range root.Get(field).Items() {
			r.imports(item.Get("package").Text())
		}
	}
}
