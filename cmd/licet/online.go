package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/registry"
)

// online are the registries that the user's own configuration names, or the user by --registry, and behind them the service that --deps-dev
// names. Nothing is run to find them, and what the target says is not asked.
func (p *program) online(flags scanFlags) ([]known.Source, error) {
	c, err := registry.Configured(p.user(), flags.registries)
	if err != nil {
		return nil, fmt.Errorf("--registry: %w", err)
	}
	made := tool()
	c.GoProxy, c.GoNoProxy, c.GoPrivate = p.goProxy(), p.goEnv("GONOPROXY"), p.goEnv("GOPRIVATE")
	c.Rules, c.Tool, c.Ecosystems = made.Rules, made.Name+" "+made.Version, all.Ecosystems
	if dir, err := os.UserCacheDir(); err == nil {
		c.Dir = filepath.Join(dir, "licet", "facts")
	}
	if auth := p.goEnv("GOAUTH"); auth == "" || strings.Contains(auth, "netrc") { // go help goauth
		name := ".netrc"
		if runtime.GOOS == "windows" {
			name = "_netrc"
		}
		if data, err := os.ReadFile(cmp.Or(p.env("NETRC"), inHome(name))); err == nil {
			c.ReadNetrc(string(data))
		}
	}
	out := []known.Source{registry.New(c)}
	if flags.depsDev != "" {
		service, err := registry.NewDepsDev(flags.depsDev, c)
		if err != nil {
			return nil, fmt.Errorf("--deps-dev: %w", err)
		}
		out = append(out, service)
	}
	return out, nil
}

// user is who runs the program.
func (p *program) user() *registry.User {
	u := &registry.User{Env: p.env, Environ: os.Environ(), Windows: runtime.GOOS == "windows"}
	u.Home, _ = os.UserHomeDir()
	u.Config, _ = os.UserConfigDir()
	return u
}

// goProxy is GOPROXY, else what the Go installation has for it.
func (p *program) goProxy() string {
	if v := p.goEnv("GOPROXY"); v != "" {
		return v
	}
	data, _ := os.ReadFile(filepath.Join(p.goRoot(), "go.env"))
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "GOPROXY="); ok {
			return v
		}
	}
	return ""
}
