package golang

import (
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/licet/licet/pkg/sbom"
)

// sums are the lines of go.sum (https://go.dev/ref/mod#go-sum-files).
type sums struct {
	files map[module.Version]stated // by module, the hash of its files
	mods  map[module.Version]bool   // whose go.mod has a hash
	// broken: some lines could not be read, so that a hash may be there though it is not in files.
	broken bool
}

func newSums() sums {
	return sums{files: map[module.Version]stated{}, mods: map[module.Version]bool{}}
}

// isListOnly reports whether v serves to choose versions only: its go.mod was read, and without a hash of
// its files the go command compiles none of them.
func (s *sums) isListOnly(v module.Version) bool {
	_, ok := s.files[v]
	return !ok && s.mods[v] && !s.broken
}

// parse adds the lines of one go.sum.
func (s *sums) parse(path string, data []byte) []sbom.Gap {
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
		version, isMod := strings.CutSuffix(f[1], "/go.mod")
		switch v := (module.Version{Path: f[0], Version: version}); {
		case isMod:
			s.mods[v] = true
		case strings.HasPrefix(f[2], "h1:"):
			s.files[v] = stated{f[2], l.at}
		}
	}
	s.broken = s.broken || len(bad.gaps) > 0
	for i := range bad.gaps {
		bad.gaps[i].Material = false // a hash is lost, not a module
	}
	return bad.list()
}

func isModule(path, version string) bool {
	return module.CheckImportPath(path) == nil && semver.IsValid(version)
}
