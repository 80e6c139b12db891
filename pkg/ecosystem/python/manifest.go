package python

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// manifest is what the manifests of one folder say together of its project.
type manifest struct {
	stated   [6]identity // by how much the file that says so is believed
	claims   []sbom.Claim
	homepage string
	needs    []need
	dists    []*pack     // metadata of packages that was met in the folder
	records  []string    // the folders of metadata of the project itself
	lists    bool        // the needs are known, so what is none of them is indirect
	dynamic  source.Span // where it says that only its build knows the needs
	library  bool        // it can be built and installed
	conda    string      // the purl of what a recipe makes
	versions []versionPlace
	at       []source.Span // where it is named, or the files that speak of it
}

// identity is the name and version that one file gives to a project.
type identity struct {
	name, version string
	at            source.Span
}

// The files that name a project, the one that is believed most first.
const (
	byPyproject = iota
	bySetupCfg
	bySetupPy
	byMetadata
	byModule
	byLock
)

// identify notes what a file calls the project. What can be no name or version is left out.
func (m *manifest) identify(by int, name, version string, at source.Span) {
	if !isName(name) {
		name = ""
	}
	if !isVersion(version) {
		version = ""
	}
	if m.stated[by].name == "" && name != "" || m.stated[by].version == "" && version != "" {
		m.stated[by] = identity{firstOf(m.stated[by].name, name), firstOf(m.stated[by].version, version), at}
	}
	m.at = append(m.at, at)
}

// identity is the name and version by the file that is believed most.
func (m *manifest) identity() identity {
	var out identity
	for _, s := range m.stated {
		if out.name == "" && s.name != "" {
			out.name, out.at = s.name, s.at
		}
		if out.version == "" && (s.name == "" || normal(s.name) == normal(out.name)) {
			out.version = s.version
		}
	}
	return out
}

// need adds a requirement of the project.
func (m *manifest) need(n need, scope sbom.Scope) {
	n.scope = scope
	m.needs = append(m.needs, n)
}

// The words by which groups, extras and files are called that do not ship.
var (
	testWords  = []string{"test", "testing", "tests", "unittest", "unittests", "pytest", "testutils"}
	buildWords = []string{"build", "builds", "setup"}
	devWords   = []string{
		"dev", "devel", "develop", "developer", "development", "devs", "doc", "docs", "documentation", "lint", "linter", "linters", "linting",
		"format", "formatting", "typecheck", "typechecking", "typing", "types", "mypy", "ci", "cicd", "tox", "nox", "pre", "precommit", "commit", "debug",
		"benchmark", "benchmarks", "bench", "profiling", "coverage", "release", "style", "qa", "quality", "sphinx", "example", "examples", "local", "tool", "tools",
	}
)

// scopeOf is the scope of a group, extra or file of that name, other if the name says nothing.
func scopeOf(name string, other sbom.Scope) sbom.Scope {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == ' ' })
	has := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	switch {
	case name == "main", name == "default":
		return sbom.Runtime
	case has(testWords):
		return sbom.Test
	case has(devWords):
		return sbom.Development
	case has(buildWords):
		return sbom.Build
	}
	return other
}
