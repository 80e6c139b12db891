package scan

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// classFolders say what lies in folders of well-known names. What no name tells is the product.
var classFolders = map[string]string{
	"test": "test", "tests": "test", "__tests__": "test", "__mocks__": "test",
	"testdata": "fixture", "fixtures": "fixture", "__fixtures__": "fixture",
	"doc": "documentation", "docs": "documentation", "documentation": "documentation",
	"example": "example", "examples": "example",
}

// testSuffixes end the names of test programs.
var testSuffixes = []string{"_test.go", "_test.py", ".test.js", ".test.ts", ".test.jsx", ".test.tsx", ".spec.js", ".spec.ts"}

// class says what a path of the target is for: "" for the product, else test, fixture, documentation or
// example. The facts decide first; "product" there takes a path back.
func (s *scanner) class(p string) string {
	for _, c := range s.classes {
		if c.glob.Match(p) {
			return c.class
		}
	}
	folders, name := path.Split(p)
	for folder := range strings.SplitSeq(folders, "/") {
		if class, ok := classFolders[folder]; ok {
			return class
		}
	}
	if slices.ContainsFunc(testSuffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) }) {
		return "test"
	}
	return ""
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
		out[i] = pathClass{g, strings.TrimSuffix(c.Class, "product")}
	}
	return out, nil
}

// scopeOf is the scope of the edge that leads from the product to something of this class.
func scopeOf(class string) sbom.Scope {
	if class == "documentation" {
		return sbom.Development
	}
	return sbom.Test
}

// installed reports whether the path lies in a folder that a package manager fills: what is there
// belongs to dependencies.
func installed(p string) bool {
	return strings.HasPrefix(p, "node_modules/") || strings.Contains(p, "/node_modules/")
}
