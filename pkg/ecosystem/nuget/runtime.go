package nuget

import (
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// readRuntime reads a *.runtimeconfig.json, which lies beside a published program: the runtimes that it brings are
// includedFrameworks, unless the list of packages has them already; framework and frameworks are those that it needs, and that
// whoever runs it has (dotnet/sdk, documentation/specs/runtime-configuration-file.md). The names are those of runtimes, and no
// packages have them.
func (r *reader) readRuntime(file string, brought bool) {
	top := r.Object(r.FS, file, maxManifest, "publish the program again", doc.JSONC)
	if brought {
		return
	}
	for n := range r.Items(top.Get("runtimeOptions").Get("includedFrameworks"), "publish the program again", "includedFrameworks") {
		key := n.Get("name")
		id, version := key.Text(), n.Get("version").Text()
		if !ecosystem.Printable(id) || !ecosystem.Printable(version) {
			r.Lost(n.Span(), "publish the program again", "a runtime without a name and a version")
			continue
		}
		r.Add(sbom.Component{Name: id, Version: version, PURL: ecosystem.PURL("generic", "", id, version), Type: sbom.TypeFramework,
			Origin: sbom.OriginBundled, Claims: ofRuntime(id, key.Span())}, "", key.Span())
	}
}
