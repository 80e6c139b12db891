package golang

import (
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/licet/licet/pkg/sbom"
)

// sums are the lines of go.sum (https://go.dev/ref/mod#go-sum-files) that hash a module's files. The
// lines that hash a go.mod alone say nothing about what is built.
type sums map[module.Version]stated

// parse adds the lines of one go.sum.
func (s sums) parse(path string, data []byte) []sbom.Gap {
	bad := badLines{next: "run `go mod tidy`"}
	for l := range lines(path, data) {
		if bad.stop() {
			break
		}
		f := strings.Fields(l.text)
		if len(f) != 3 || !isModule(f[0], strings.TrimSuffix(f[1], "/go.mod")) || !strings.Contains(f[2], ":") {
			bad.add(l.at, "the line is not `module version hash`")
			continue
		}
		if !strings.HasSuffix(f[1], "/go.mod") && strings.HasPrefix(f[2], "h1:") {
			s[module.Version{Path: f[0], Version: f[1]}] = stated{f[2], l.at}
		}
	}
	for i := range bad.gaps {
		bad.gaps[i].Material = false // a hash is lost, not a module
	}
	return bad.list()
}

func isModule(path, version string) bool {
	return module.CheckImportPath(path) == nil && semver.IsValid(version)
}
