package nuget

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
)

// readConfig reads packages.config (learn.microsoft.com/nuget/reference/packages-config): all packages of a project,
// wanted or needed in turn.
func (r *reader) readConfig(f *folder, file string) {
	d, _ := r.Parse(r.FS, file, maxManifest, "mend the file", doc.XML)
	at := f.roots[0]
	var all []sbom.ID
	for k, n := range d.Root().Get("packages").Members() {
		if k.Text() != "package" {
			continue
		}
		id, version := n.Get("@id"), n.Get("@version").Text()
		if id.Text() == "" {
			r.Lost(n.Span(), "mend the entry", "a package without an id")
			continue
		}
		scope := sbom.Runtime
		if strings.EqualFold(n.Get("@developmentDependency").Text(), "true") {
			scope = sbom.Development
		}
		c := r.add(id.Text(), lowest(version), nil, id.Span())
		if c == "" {
			continue
		}
		at.listed[strings.ToLower(id.Text())] = true
		if ref := at.byName[strings.ToLower(id.Text())]; ref != nil {
			ref.had = true
		}
		r.Depend(at.id, c, at.scopeOf(scope), n.Get("@allowedVersions").Text(), id.Span())
		all = append(all, c)
	}
	r.absent(file, "run `nuget restore`", all)
}

// readTools reads the manifest of tools (learn.microsoft.com/dotnet/core/tools/local-tools-how-to-use).
func (r *reader) readTools(f *folder, file string) {
	d, _ := r.Parse(r.FS, file, maxManifest, "mend the file", doc.JSON)
	var all []sbom.ID
	for k, v := range d.Root().Get("tools").Members() {
		if c := r.add(k.Text(), v.Get("version").Text(), nil, k.Span()); c != "" {
			r.Depend(f.roots[0].id, c, sbom.Development, v.Get("version").Text(), k.Span())
			all = append(all, c)
		}
	}
	r.absent(file, "run `dotnet tool restore`", all)
}
