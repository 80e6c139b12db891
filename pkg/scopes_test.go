package pkg_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/sbom"
)

// peer is the notion of a dependency that the dependent's dependents bring. Its scope is optional, its cases are those whose
// name says so.
const peer = "peer"

// notions are the scopes, beside runtime, that the packages of each ecosystem tell apart. Left out is what has one single way
// to be said: pnpm's configDependencies, the folder lib-provided of an archive, a build script's crates in a program.
var notions = []struct {
	ecosystem string
	scopes    []string
}{
	{"actions", []string{"build"}},
	{"alpm", []string{"optional"}},
	{"apk", []string{"build", "test", "development"}},
	{"bazel", []string{"build", "test", "development"}},
	{"bower", []string{"development"}},
	{"cargo", []string{"optional", "build", "development"}},
	{"carthage", []string{"development"}},
	{"cocoapods", []string{"test", "development"}},
	{"composer", []string{"development"}},
	{"conan", []string{"build", "test"}},
	{"cpan", []string{"optional", "build", "test", "development"}},
	{"cran", []string{"optional"}},
	{"docker", []string{"build"}},
	{"dpkg", []string{"optional"}},
	{"golang", []string{"optional", "build", "test", "development"}},
	{"gopath", []string{"test"}},
	{"gradle", []string{"optional", "build", "test", "development"}},
	{"haskell", []string{"build", "test"}},
	{"helm", []string{"optional"}},
	{"hex", []string{"optional", "build", "test", "development"}},
	{"ivy", []string{"optional", "build", "test", "development"}},
	{"jar", []string{"optional"}},
	{"julia", []string{"optional", "build", "test"}},
	{"luarocks", []string{"build", "test"}},
	{"maven", []string{"optional", "build", "test"}},
	{"nimble", []string{"test", "development"}},
	{"npm", []string{"optional", peer, "development"}},
	{"nuget", []string{"test", "development"}},
	{"opam", []string{"optional", "build", "test", "development"}},
	{"paket", []string{"build", "test", "development"}},
	{"pub", []string{"development"}},
	{"python", []string{"optional", "build", "test", "development"}},
	{"rubygems", []string{"optional", "test", "development"}},
	{"sbt", []string{"optional", "build", "test"}},
	{"swift", []string{"build", "test"}},
	{"vcpkg", []string{"optional", "build"}},
}

// least is how many dependencies of each scope the cases of an ecosystem must show.
const least = 10

// TestScopes holds every notion of a scope to its number of cases. A dependency counts once, whatever cases repeat it.
func TestScopes(t *testing.T) {
	for _, n := range notions {
		shown := shownScopes(t, n.ecosystem)
		for _, scope := range n.scopes {
			if got := len(shown[scope]); got < least {
				t.Errorf("%s: %d dependencies of scope %s in testdata/ecosystem/%[1]s, at least %[4]d are wanted", n.ecosystem, got, scope, least)
			}
		}
	}
}

// shownScopes gives the edges in the ledgers of an ecosystem by their scope.
func shownScopes(t *testing.T, ecosystem string) map[string]map[string]bool {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "ecosystem", ecosystem, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases of %s: %v", ecosystem, err)
	}
	shown := map[string]map[string]bool{}
	show := func(scope, edge string) {
		if shown[scope] == nil {
			shown[scope] = map[string]bool{}
		}
		shown[scope][edge] = true
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := txtar.Parse(data)
		ledger := a.Files[slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })].Data
		for line := range strings.Lines(string(ledger)) {
			words := strings.Fields(line) // edge FROM -> TO [KIND] SCOPE ...
			if len(words) < 5 || words[0] != "edge" {
				continue
			}
			at := 4
			if kind := sbom.Kind(words[at]); (kind == sbom.Indirect || kind == sbom.Contains) && len(words) > 5 {
				at++
			}
			edge := words[1] + " " + words[3]
			show(words[at], edge)
			if words[at] == string(sbom.Optional) && strings.Contains(filepath.Base(file), peer) {
				show(peer, edge)
			}
		}
	}
	return shown
}
