package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/registry"
)

// Where package managers keep what they fetched: each of these does as one of them does, and says where that is written.

// inHome is a folder in the user's home, "" if there is none.
func inHome(elem ...string) string {
	home, _ := os.UserHomeDir()
	return below(home, elem...)
}

// inCache is a folder among what may be fetched again, where the system wants that to be.
func inCache(elem ...string) string {
	dir, _ := os.UserCacheDir()
	return below(dir, elem...)
}

// below is a folder below another one, if that is known.
func below(dir string, elem ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, elem...)...)
}

// cargoHome is CARGO_HOME, else ~/.cargo (doc.rust-lang.org, "Cargo Home").
func (p *program) cargoHome() string { return cmp.Or(p.env("CARGO_HOME"), inHome(".cargo")) }

// cargoRegistry are the folders into which Cargo unpacks packages, and in which it keeps them packed.
func (p *program) cargoRegistry() []string {
	return []string{below(p.cargoHome(), "registry", "src"), below(p.cargoHome(), "registry", "cache")}
}

// cargoCheckouts is where Cargo has the repositories that packages come from.
func (p *program) cargoCheckouts() []string {
	return []string{below(p.cargoHome(), "git", "checkouts")}
}

// npmCache is npm's cache (docs.npmjs.com, "npm-cache"): as the environment, the user's npmrc, or nobody says.
func (p *program) npmCache() string {
	usual := inHome(".npm")
	if runtime.GOOS == "windows" {
		usual = inCache("npm-cache")
	}
	return below(cmp.Or(p.env("npm_config_cache"), p.env("NPM_CONFIG_CACHE"), npmrc("cache"), usual), "_cacache")
}

// npmrc is a setting of the user's npmrc.
func npmrc(name string) string {
	data, _ := os.ReadFile(cmp.Or(os.Getenv("NPM_CONFIG_USERCONFIG"), os.Getenv("npm_config_userconfig"), inHome(".npmrc")))
	for key, value := range registry.Npmrc(string(data), os.Getenv) {
		if key == name {
			if rest, ok := strings.CutPrefix(value, "~/"); ok {
				return inHome(filepath.FromSlash(rest))
			}
			return value
		}
	}
	return ""
}

// pnpmStores are the stores of pnpm (pnpm.io/settings, storeDir); that of old lay in the user's home.
func (p *program) pnpmStores() []string {
	usual := inHome(".local", "share", "pnpm", "store")
	switch runtime.GOOS {
	case "windows":
		usual = inCache("pnpm", "store")
	case "darwin":
		usual = inHome("Library", "pnpm", "store")
	}
	return []string{
		cmp.Or(p.env("npm_config_store_dir"), npmrc("store-dir"), below(p.env("PNPM_HOME"), "store"), below(p.env("XDG_DATA_HOME"), "pnpm", "store"), usual),
		inHome(".pnpm-store"),
	}
}

// pnpmAnswers is where pnpm keeps what registries told it (pnpm.io/settings, cacheDir).
func (p *program) pnpmAnswers() string {
	usual := inCache("pnpm")
	if runtime.GOOS == "windows" {
		usual = inCache("pnpm-cache")
	}
	return cmp.Or(p.env("npm_config_cache_dir"), npmrc("cache-dir"), usual)
}

// yarnCache is that of Yarn 1 (classic.yarnpkg.com, "yarn cache"), of the one version of its form that it ended with.
func (p *program) yarnCache() []string {
	usual := inCache("yarn")
	switch runtime.GOOS {
	case "windows":
		usual = inCache("Yarn", "Cache")
	case "darwin":
		usual = inCache("Yarn")
	}
	return []string{below(cmp.Or(p.env("YARN_CACHE_FOLDER"), usual), "v6")}
}

// berryCache is what projects of Yarn 2 and later share (yarnpkg.com/configuration/yarnrc, globalFolder).
func (p *program) berryCache() []string {
	usual := inHome(".yarn", "berry")
	if runtime.GOOS == "windows" {
		usual = inCache("Yarn", "Berry")
	}
	return []string{p.env("YARN_CACHE_FOLDER"), below(cmp.Or(p.env("YARN_GLOBAL_FOLDER"), usual), "cache")}
}

// bunCache is where Bun unpacks packages (bun.sh/docs/install/cache).
func (p *program) bunCache() string {
	return cmp.Or(p.env("BUN_INSTALL_CACHE_DIR"), below(cmp.Or(p.env("BUN_INSTALL"), inHome(".bun")), "install", "cache"))
}

// denoPackages is where Deno unpacks the packages of npm's registries (docs.deno.com, DENO_DIR).
func (p *program) denoPackages() string {
	return below(cmp.Or(p.env("DENO_DIR"), inCache("deno")), "npm")
}

// sitePackages are the packages of the environment that is active, a virtual one (docs.python.org, "venv") or conda's; then those of
// environments that Poetry and Pipenv made, which lie outside the projects (python-poetry.org/docs/configuration, virtualenvs.path;
// pipenv.pypa.io, WORKON_HOME); then the user's own and the system's (docs.python.org, "site").
func (p *program) sitePackages() []string {
	made := []string{cmp.Or(p.env("POETRY_VIRTUALENVS_PATH"), below(p.poetryCache(), "virtualenvs")),
		cmp.Or(p.env("WORKON_HOME"), inHome(".local", "share", "virtualenvs")), inHome(".virtualenvs")}
	tops := []string{p.env("VIRTUAL_ENV"), p.env("CONDA_PREFIX")}
	for _, dir := range made {
		if dir != "" {
			tops = append(tops, filepath.Join(dir, "*"))
		}
	}
	tops = append(tops, cmp.Or(p.env("PYTHONUSERBASE"), inHome(".local")), "/usr/local", "/usr")
	var out []string
	for _, top := range tops {
		if top == "" {
			continue
		}
		for _, pattern := range []string{"lib/python3*/site-packages", "lib64/python3*/site-packages", "lib/python3*/dist-packages", "Lib/site-packages"} {
			dirs, _ := filepath.Glob(filepath.Join(top, filepath.FromSlash(pattern)))
			out = append(out, dirs...)
		}
	}
	return out
}

// pipCache is what pip keeps (pip.pypa.io, "Caching").
func (p *program) pipCache() string { return cmp.Or(p.env("PIP_CACHE_DIR"), inCacheOf("pip", "Cache")) }

// uvCache is what uv keeps (docs.astral.sh/uv/concepts/cache, "Cache directory"), which is in the same place on macOS as on Linux.
func (p *program) uvCache() string {
	usual := below(cmp.Or(p.env("XDG_CACHE_HOME"), inHome(".cache")), "uv")
	if runtime.GOOS == "windows" {
		usual = inCache("uv", "cache")
	}
	return cmp.Or(p.env("UV_CACHE_DIR"), usual)
}

// poetryCache is what Poetry keeps (python-poetry.org/docs/configuration, cache-dir).
func (p *program) poetryCache() string {
	return cmp.Or(p.env("POETRY_CACHE_DIR"), inCacheOf("pypoetry", "Cache"))
}

// pdmCache is what PDM keeps (pdm-project.org/latest/reference/configuration, cache_dir).
func (p *program) pdmCache() string {
	return cmp.Or(p.env("PDM_CACHE_DIR"), inCacheOf("pdm", "pdm", "Cache"))
}

// inCacheOf is the folder of an application among what may be fetched again; on Windows, where that is a folder of it and not of the
// user's, what follows its name.
func inCacheOf(application string, onWindows ...string) string {
	if runtime.GOOS == "windows" {
		return inCache(append([]string{application}, onWindows...)...)
	}
	return inCache(application)
}

// debianRoot is the root of the system, if that is one of Debian's (dpkg(1), FILES).
func (p *program) debianRoot() string {
	if _, err := os.Stat("/var/lib/dpkg/info"); err != nil {
		return ""
	}
	return "/"
}

// gemFolders are where RubyGems looks (guides.rubygems.org, "gem environment"): in GEM_HOME and GEM_PATH, in the user's home, and
// where systems have theirs.
func (p *program) gemFolders() []string {
	out := append([]string{p.env("GEM_HOME")}, filepath.SplitList(p.env("GEM_PATH"))...)
	for _, pattern := range []string{
		inHome(".gem", "ruby", "*"), inHome(".local", "share", "gem", "ruby", "*"),
		"/var/lib/gems/*", "/usr/local/lib/ruby/gems/*", "/usr/local/bundle", "/usr/lib/ruby/gems/*", "/usr/lib64/ruby/gems/*",
		"/usr/share/rubygems-integration/*", "/usr/share/gems",
	} {
		dirs, _ := filepath.Glob(pattern)
		out = append(out, dirs...)
	}
	return out
}

// composerFiles are the archives that Composer keeps (getcomposer.org/doc/03-cli.md, COMPOSER_CACHE_DIR).
func (p *program) composerFiles() []string {
	return []string{below(cmp.Or(p.env("COMPOSER_CACHE_DIR"), below(p.env("COMPOSER_HOME"), "cache")), "files"),
		inCache("composer", "files"), inHome(".composer", "cache", "files")}
}

// pubCache is Dart's (dart.dev/tools/pub/environment-variables).
func (p *program) pubCache() string {
	usual := inHome(".pub-cache")
	if runtime.GOOS == "windows" {
		usual = inCache("Pub", "Cache")
	}
	return cmp.Or(p.env("PUB_CACHE"), usual)
}

// conanFolders are those of Conan 2 (docs.conan.io/2/reference/environment, CONAN_HOME) and 1 (CONAN_USER_HOME).
func (p *program) conanFolders() []string {
	return []string{below(cmp.Or(p.env("CONAN_HOME"), inHome(".conan2")), "p"), below(cmp.Or(p.env("CONAN_USER_HOME"), inHome()), ".conan", "data")}
}

// condaPackages are where conda unpacks packages (docs.conda.io, "pkgs_dirs").
func (p *program) condaPackages() []string {
	out := strings.FieldsFunc(p.env("CONDA_PKGS_DIRS"), func(r rune) bool { return r == ',' || r == filepath.ListSeparator && runtime.GOOS != "windows" })
	if command := p.env("CONDA_EXE"); command != "" {
		out = append(out, filepath.Join(filepath.Dir(filepath.Dir(command)), "pkgs"))
	}
	return append(out, below(p.env("CONDA_PREFIX"), "pkgs"), inHome(".conda", "pkgs"))
}

// hexPackages are the archives that Hex keeps (hexdocs.pm/hex, HEX_HOME).
func (p *program) hexPackages() string {
	return below(cmp.Or(p.env("HEX_HOME"), inHome(".hex")), "packages")
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
	return inHome("go", "pkg", "mod")
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
	home := inHome()
	dir := below(home, ".m2")
	if data, err := os.ReadFile(below(dir, "settings.xml")); err == nil {
		settings, _ := doc.XML("settings.xml", data)
		named := settings.Root().Get("settings").Get("localRepository").Text()
		if named = strings.ReplaceAll(named, "${user.home}", home); named != "" && !strings.Contains(named, "${") {
			return named
		}
	}
	return below(dir, "repository")
}

// gradleFiles is where Gradle keeps what it fetches, in its user home (docs.gradle.org, "Gradle-managed Directories").
func (p *program) gradleFiles() string {
	return below(cmp.Or(p.env("GRADLE_USER_HOME"), inHome(".gradle")), "caches", "modules-2", "files-2.1")
}

// nugetPackages is NuGet's folder of packages: NUGET_PACKAGES, else ~/.nuget/packages (learn.microsoft.com, "Managing
// the global packages, cache, and temp folders").
func (p *program) nugetPackages() string {
	return cmp.Or(p.env("NUGET_PACKAGES"), inHome(".nuget", "packages"))
}
