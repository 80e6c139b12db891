package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// cacheNames are the caches that readers know.
var cacheNames = []string{"cargo", "gomod", "goroot", "gradle", "m2", "nuget"}

// caches opens the package managers' folders: those that the user names, and of the others those that
// lie where the package manager itself would look. Nothing is run to find them.
func (p *program) caches(named []string) (map[string]fs.FS, error) {
	usual := map[string]string{
		"cargo": p.cargoRegistry(), "gomod": p.goModCache(), "goroot": p.goRoot(),
		"gradle": p.gradleFiles(), "m2": p.mavenRepository(), "nuget": p.nugetPackages(),
	}
	out := map[string]fs.FS{}
	for _, n := range named {
		name, dir, ok := strings.Cut(n, "=")
		if !ok || dir == "" {
			return nil, fmt.Errorf("--cache %s: write NAME=DIR, with %s for NAME", n, strings.Join(cacheNames, " or "))
		}
		if !slices.Contains(cacheNames, name) {
			return nil, fmt.Errorf("--cache %s: no reader knows a cache %q; there are %s", n, name, strings.Join(cacheNames, ", "))
		}
		if out[name] != nil {
			return nil, fmt.Errorf("--cache %s: %s was named before", n, name)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, fmt.Errorf("--cache %s: %w", n, plain(err))
		}
		out[name] = newCache(root)
	}
	for name, dir := range usual {
		if out[name] != nil || dir == "" {
			continue
		}
		if root, err := os.OpenRoot(dir); err == nil {
			out[name] = newCache(root)
		}
	}
	return out, nil
}

// cargoRegistry is the folder into which Cargo unpacks packages: in CARGO_HOME, else in ~/.cargo.
func (p *program) cargoRegistry() string {
	home := p.env("CARGO_HOME")
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		home = filepath.Join(user, ".cargo")
	}
	return filepath.Join(home, "registry", "src")
}

// goEnv looks a variable up as the go command does: in the environment, then in the file that `go env
// -w` writes (go help environment).
func (p *program) goEnv(name string) string {
	if v := p.env(name); v != "" {
		return v
	}
	file := p.env("GOENV")
	if file == "off" {
		return ""
	}
	if file == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return ""
		}
		file = filepath.Join(dir, "go", "env")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok && k == name {
			return v
		}
	}
	return ""
}

// goModCache is GOMODCACHE, else pkg/mod in the first folder of GOPATH, else in ~/go (go help
// environment).
func (p *program) goModCache() string {
	if dir := p.goEnv("GOMODCACHE"); dir != "" {
		return dir
	}
	if paths := filepath.SplitList(p.goEnv("GOPATH")); len(paths) > 0 && paths[0] != "" {
		return filepath.Join(paths[0], "pkg", "mod")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, "go", "pkg", "mod")
}

// goRoot is GOROOT, else the folder above the go command on the PATH, else the usual place.
func (p *program) goRoot() string {
	if dir := p.goEnv("GOROOT"); dir != "" {
		return dir
	}
	if command, err := exec.LookPath("go"); err == nil {
		if real, err := filepath.EvalSymlinks(command); err == nil {
			if dir := filepath.Dir(filepath.Dir(real)); isGoRoot(dir) {
				return dir
			}
		}
	}
	usual := "/usr/local/go"
	if runtime.GOOS == "windows" {
		usual = `C:\Program Files\Go`
	}
	if isGoRoot(usual) {
		return usual
	}
	return ""
}

func isGoRoot(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "VERSION"))
	return err == nil
}

// mavenRepository is Maven's local repository: the one that the user's settings name, else ~/.m2/repository
// (maven.apache.org/settings.html, localRepository).
func (p *program) mavenRepository() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	dir := filepath.Join(home, ".m2")
	if data, err := os.ReadFile(filepath.Join(dir, "settings.xml")); err == nil {
		settings, _ := doc.XML("settings.xml", data)
		named := settings.Root().Get("settings").Get("localRepository").Text()
		if named = strings.ReplaceAll(named, "${user.home}", home); named != "" && !strings.Contains(named, "${") {
			return named
		}
	}
	return filepath.Join(dir, "repository")
}

// gradleFiles is where Gradle keeps what it fetches, in its user home (docs.gradle.org, "Gradle-managed Directories").
func (p *program) gradleFiles() string {
	dir := p.env("GRADLE_USER_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".gradle")
	}
	return filepath.Join(dir, "caches", "modules-2", "files-2.1")
}

// nugetPackages is NuGet's folder of packages: NUGET_PACKAGES, else ~/.nuget/packages (learn.microsoft.com, "Managing
// the global packages, cache, and temp folders").
func (p *program) nugetPackages() string {
	if dir := p.env("NUGET_PACKAGES"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".nuget", "packages")
}
