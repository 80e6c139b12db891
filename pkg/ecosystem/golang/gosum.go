package golang

import (
	"crypto/sha256"
	"encoding/base64"
	"path"
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
	cut    bool // a file ends in the middle of a line
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
func (s *sums) parse(file string, data []byte) []sbom.Gap {
	bad := badLines{next: "run `go mod tidy`"}
	if path.Base(file) == "go.work.sum" {
		bad.next = "delete the line, then run `go mod download`"
	}
	for l := range lines(file, data) {
		if bad.stop() {
			break
		}
		why := s.parseLine(l)
		if why != "" && isCut(data, l) {
			s.cut, why = true, "the file ends in the middle of this line"
		}
		if why != "" {
			bad.add(l.at, why)
		}
	}
	s.broken = s.broken || len(bad.gaps) > 0
	return bad.list()
}

// parseLine adds one line, or says what is wrong with it.
func (s *sums) parseLine(l textLine) (why string) {
	f := strings.Fields(l.text)
	if len(f) != 3 {
		return "the line is not `module version hash`"
	}
	version, isMod := strings.CutSuffix(f[1], "/go.mod")
	if !isModule(f[0], version) || !strings.Contains(f[2], ":") {
		return "the line is not `module version hash`"
	}
	sum, known := strings.CutPrefix(f[2], "h1:")
	if !known {
		return "" // another algorithm, which the go command passes over too
	}
	if hash, err := base64.StdEncoding.DecodeString(sum); err != nil || len(hash) != sha256.Size {
		return "the hash is not that of SHA-256 in base64"
	}
	if v := (module.Version{Path: f[0], Version: version}); isMod {
		s.mods[v] = true
	} else {
		s.files[v] = stated{f[2], l.at}
	}
	return ""
}

func isModule(path, version string) bool {
	return module.CheckImportPath(path) == nil && semver.IsValid(version)
}
