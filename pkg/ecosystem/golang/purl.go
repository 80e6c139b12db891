package golang

import (
	"path"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/licet/licet/pkg/sbom"
)

// purl gives a module's purl. Its type definition says that namespace and name must be lower case, though
// Go knows paths that differ in case alone as different modules: the identity of a component follows the
// definition, which every database of purls is keyed by; its name keeps the case.
func purl(modulePath, version string) sbom.ID {
	namespace, name := path.Split(modulePath)
	p := packageurl.NewPackageURL(packageurl.TypeGolang, strings.ToLower(namespace), strings.ToLower(name), version, nil, "")
	return sbom.ID(p.ToString())
}
