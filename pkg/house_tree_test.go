package pkg_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// topLevel is all that may lie at the top of the tree, beside what .gitignore names.
var topLevel = []string{
	".ci", ".git", ".gitattributes", ".github", ".gitignore", ".goreleaser.yaml", ".licet.yaml",
	"LICENSE", "Makefile", "NOTICE", "README.md", "cmd", "go.mod", "go.sum", "pkg", "rules", "testdata",
}

func TestTopLevel(t *testing.T) {
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	ignore, err := fs.ReadFile(root, ".gitignore")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	for _, name := range strayNames(names, string(ignore)) {
		t.Errorf("%s: nothing but %s lies at the top of the tree", name, strings.Join(topLevel, " "))
	}
}

// strayNames gives the names that belong neither to topLevel nor to what the patterns ignore.
func strayNames(names []string, patterns string) []string {
	var stray []string
	for _, name := range names {
		if !slices.Contains(topLevel, name) && !ignored(name, patterns) {
			stray = append(stray, name)
		}
	}
	return stray
}

func ignored(name, patterns string) bool {
	for line := range strings.Lines(patterns) {
		pattern := strings.Trim(strings.TrimSpace(line), "/")
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

func TestGoMod(t *testing.T) {
	data, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range checkGoMod(data) {
		t.Errorf("go.mod:%s", problem)
	}
}

func checkGoMod(data []byte) []string {
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	if mod.Module == nil || mod.Module.Mod.Path != modulePath {
		problems = append(problems, fmt.Sprintf("1: the module is %s", modulePath))
	}
	for _, tool := range mod.Tool {
		problems = append(problems, fmt.Sprintf("%d: tool %s: tools are run by `go run %s@VERSION`, so that no user of the module downloads them", tool.Syntax.Start.Line, tool.Path, tool.Path))
	}
	for _, replace := range mod.Replace {
		problems = append(problems, fmt.Sprintf("%d: replace %s: `go install %s/cmd/licet@latest` refuses a module with a replace", replace.Syntax.Start.Line, replace.Old.Path, modulePath))
	}
	return problems
}

// registryHosts are the hosts from which package managers fetch, written with a gap so that this file
// does not name them. Where one is named, something may connect to it; licet asks no network, and
// fixtures use hosts that end in .example.
var registryHosts = strings.Fields(strings.ReplaceAll(`
	registry_npmjs_org registry_yarnpkg_com npm_pkg_github_com
	proxy_golang_org sum_golang_org index_golang_org
	pypi_org files_pythonhosted_org conda_anaconda_org
	static_crates_io index_crates_io
	rubygems_org index_rubygems_org
	repo_maven_apache_org repo1_maven_org plugins_gradle_org jcenter_bintray_com
	api_nuget_org www_nuget_org
	packagist_org repo_packagist_org
	hex_pm repo_hex_pm pub_dev pub_dartlang_org cdn_cocoapods_org
	registry_terraform_io registry_hub_docker_com index_docker_io registry-1_docker_io
	ghcr_io gcr_io quay_io mcr_microsoft_com
	cdn_jsdelivr_net unpkg_com
`, "_", "."))

func TestNoRegistryHosts(t *testing.T) {
	ignore, err := fs.ReadFile(root, ".gitignore")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case p == ".git" || p != "." && ignored(d.Name(), string(ignore)):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		data, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		for _, found := range checkHosts(data) {
			t.Errorf("%s:%s names a registry: fixtures use hosts that end in .example, and code asks no network", p, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkHosts gives "line: host" for every registry that data names. Binary data names none.
func checkHosts(data []byte) []string {
	if bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 {
		return nil
	}
	var found []string
	for _, host := range registryHosts {
		rest, line := data, 1
		for {
			i := bytes.Index(rest, []byte(host))
			if i < 0 {
				break
			}
			line += bytes.Count(rest[:i], []byte("\n"))
			if standsAlone(rest, i, i+len(host)) {
				found = append(found, fmt.Sprintf("%d: %s", line, host))
			}
			rest = rest[i+len(host):]
		}
	}
	return found
}

// standsAlone reports whether data[start:end] is a whole host name, not a part of a longer one.
func standsAlone(data []byte, start, end int) bool {
	inName := func(b byte) bool {
		return b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
	}
	if start > 0 && (inName(data[start-1]) || data[start-1] == '.') {
		return false
	}
	if end == len(data) {
		return true
	}
	longer := data[end] == '.' && end+1 < len(data) && inName(data[end+1])
	return !longer && !inName(data[end])
}
