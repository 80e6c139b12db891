package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// caches opens the package managers' folders: those that the user names, and of the others those that
// lie where the package manager itself would look. Nothing is run to find them.
func (p *program) caches(named []string) (map[string]fs.FS, error) {
	usual := map[string]string{"cargo": p.cargoRegistry(), "gomod": p.goModCache(), "goroot": p.goRoot()}
	out := map[string]fs.FS{}
	for _, n := range named {
		name, dir, ok := strings.Cut(n, "=")
		if !ok || dir == "" {
			return nil, fmt.Errorf("--cache %s: write NAME=DIR, with cargo, gomod or goroot for NAME", n)
		}
		if _, ok := usual[name]; !ok {
			return nil, fmt.Errorf("--cache %s: no reader knows a cache %q; there are cargo, gomod and goroot", n, name)
		}
		if out[name] != nil {
			return nil, fmt.Errorf("--cache %s: %s was named before", n, name)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, fmt.Errorf("--cache %s: %w", n, plain(err))
		}
		out[name] = root.FS()
	}
	for name, dir := range usual {
		if out[name] != nil || dir == "" {
			continue
		}
		if root, err := os.OpenRoot(dir); err == nil {
			out[name] = root.FS()
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
