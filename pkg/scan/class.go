package scan

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// The classes of paths that do not ship.
const (
	classTest          = "test"
	classFixture       = "fixture"
	classDocumentation = "documentation"
	classExample       = "example"
	classBuild         = "build"
)

// testFolders hold tests wherever they lie; asideFolders are what their name says only at the top of a
// component, for deeper down a package may be about documents or called after example.com.
var (
	testFolders = map[string]string{
		"test": classTest, "tests": classTest, "__tests__": classTest, "__mocks__": classTest,
		"testdata": classFixture, "fixtures": classFixture, "__fixtures__": classFixture,
	}
	asideFolders = map[string]string{
		"doc": classDocumentation, "docs": classDocumentation, "documentation": classDocumentation,
		"example": classExample, "examples": classExample,
		".buildkite": classBuild, ".ci": classBuild, ".circleci": classBuild, ".codespell": classBuild, ".devcontainer": classBuild,
		".gitea": classBuild, ".github": classBuild, ".gitlab": classBuild, ".husky": classBuild, ".idea": classBuild, ".vscode": classBuild,
	}
)

// testSuffixes end the names of test programs.
var testSuffixes = []string{"_test.go", "_test.py", ".test.js", ".test.ts", ".test.jsx", ".test.tsx", ".spec.js", ".spec.ts"}

// isManSection reports whether a folder in one called man holds pages, which are sorted by what they are about (FHS 3.0, 4.11.6).
func isManSection(folder string) bool {
	section, ok := strings.CutPrefix(folder, "man")
	return ok && len(section) == 1 && section >= "1" && section <= "9"
}

// class says what a path is for: "" for the product, else test, fixture, documentation, example or build. dir is
// the folder of the component that it belongs to; what that is called itself tells nothing. The facts
// decide first, on paths of the target.
func (s *scanner) class(p, dir string) string {
	if class, ok := s.stipulated(p); ok {
		return class
	}
	folders, name := path.Split(source.Rel(p, dir))
	names := strings.Split(folders, "/")
	for i, written := range names {
		folder := strings.ToLower(written)
		if class, ok := testFolders[folder]; ok {
			return class
		}
		if isOfTests(written) {
			return classTest
		}
		if class, ok := asideFolders[folder]; ok && i == 0 {
			return class
		}
		if i == 0 && folder == "man" && isManSection(names[1]) {
			return classDocumentation
		}
	}
	switch {
	case isTestProgram(name):
		return classTest
	case isOfDocuments(name):
		return classDocumentation
	case isOfDebian(p) && !ofTarget(p):
		return classBuild // of a package that Debian builds of what is needed here
	}
	return ""
}

// isOfDebian reports whether a file says what Debian's package of the folder above it is licensed under (Debian Policy, 12.5).
func isOfDebian(p string) bool {
	return path.Base(p) == "copyright" && path.Base(path.Dir(p)) == "debian"
}

// isOfDocuments reports whether a license file says by its name that it is the license of the documents: LICENSE.docs beside LICENSE.
func isOfDocuments(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return c == '-' || c == '_' || c == '.' })
	return (slices.Contains(words, "docs") || slices.Contains(words, "documentation")) && detect.RoleOf(name) == sbom.RoleLicenseFile
}

// isTestProgram reports whether a file is called as test programs are.
func isTestProgram(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(testSuffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// isOfTests reports whether a folder's name is that of tests of some kind: upgrade-tests, Acme.UnitTests. One test may be
// what a product is about.
func isOfTests(folder string) bool {
	rest, ok := strings.CutSuffix(folder, "ests")
	if !ok || len(rest) < 2 {
		return false
	}
	t, before := rest[len(rest)-1], rest[len(rest)-2]
	return t == 'T' || t == 't' && strings.IndexByte("-_.", before) >= 0
}

// stipulated is the class that the facts give a path.
func (s *scanner) stipulated(p string) (class string, ok bool) {
	if ofTarget(p) {
		for _, c := range s.classes {
			if c.glob.Covers(p) {
				return c.class, true
			}
		}
	}
	return "", false
}

// ofTarget reports whether a path is one of the target, and not of a cache: paths that people write mean
// their own files.
func ofTarget(p string) bool {
	root, _ := source.SplitRoot(p)
	return root == ""
}

// pathClass is one of the facts' classes, compiled.
type pathClass struct {
	glob  source.Glob
	class string
}

// compileClasses fails on a glob that is none.
func compileClasses(facts *sbom.Facts) ([]pathClass, error) {
	out := make([]pathClass, len(facts.Paths))
	for i, c := range facts.Paths {
		g, err := source.CompileGlob(c.Glob)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Found, err)
		}
		out[i] = pathClass{glob: g, class: c.Class}
		if c.Class == "product" {
			out[i].class = ""
		}
	}
	return out, nil
}

// scopeOf is the scope of the edge that leads from the product to something of this class.
func scopeOf(class string) sbom.Scope {
	switch class {
	case "":
		return sbom.Runtime
	case classDocumentation:
		return sbom.Development
	case classBuild:
		return sbom.Build
	}
	return sbom.Test
}

// weighty reports whether a file that cannot be read could have named a component or a license of what
// ships: whether the gap that it leaves is material. An archive may hold either.
func (s *scanner) weighty(p string) bool {
	return s.class(p, ".") == "" && (detect.RoleOf(p) == sbom.RoleLicenseFile || s.isPacked(p) || len(s.matching(p, 0, nil)) > 0)
}

// installed reports whether the path lies in a folder that npm fills: what is there belongs to
// dependencies.
func installed(p string) bool { return hasSegment(p, "node_modules") }

// filled reports whether the path lies in a folder that some package manager fills.
func filled(p string) bool { return installed(p) || hasSegment(p, "vendor") }

// laidIn are the folders below a project, besides those whose name alone tells, into which package managers lay what the
// project depends on, by the type of the purls of what lies there: a project of one's own may be in one called deps.
// Where the folder can be called anything, laidBeside is a file that the package manager writes, by its path from the package.
var (
	laidIn = map[string][]string{
		"carthage": {"Carthage"}, "cocoapods": {"Pods"}, "cran": {"renv", "packrat"}, "hex": {"deps", "_build", "build"}, "luarocks": {"lua_modules"},
		"opam": {"_opam"}, "swift": {".build"}, "terraform": {".terraform"}, "vcpkg": {"vcpkg_installed"},
	}
	laidBeside = map[string]string{"bower": ".bower.json", "composer": "../../composer/installed.json"}
)

// isLaid reports whether a package manager laid the component into that folder of the target.
func (s *scanner) isLaid(id sbom.ID, dir string) bool {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(string(id), "pkg:"), "/")
	switch record := laidBeside[kind]; {
	case record != "":
		_, err := fs.Stat(s.files, path.Join(dir, record))
		return err == nil
	case kind == "nuget": // packages/Acme.1.0.0, or acme/1.0.0
		_, version, ok := strings.Cut(rest, "@")
		return ok && (strings.HasSuffix(dir, "."+version) || path.Base(dir) == version)
	}
	return slices.ContainsFunc(laidIn[kind], func(folder string) bool { return hasSegment(dir, folder) })
}

func hasSegment(p, folder string) bool {
	return strings.HasPrefix(p, folder+"/") || strings.Contains(p, "/"+folder+"/")
}
