package main

import (
	"cmp"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/registry"
)

// registries are those that the user's own configuration names. Nothing is run to find it, and what the target says is not asked.
func (p *program) registries() *registry.Registries {
	made := tool()
	c := registry.Config{
		GoProxy: p.goProxy(), GoNoProxy: p.goEnv("GONOPROXY"), GoPrivate: p.goEnv("GOPRIVATE"),
		Scopes: map[string]string{}, Tokens: map[string]string{}, Logins: map[string]registry.Login{},
		Rules: made.Rules, Tool: made.Name + " " + made.Version, Ecosystems: all.Ecosystems,
	}
	if dir, err := os.UserCacheDir(); err == nil {
		c.Dir = filepath.Join(dir, "licet", "facts")
	}
	p.readNpmrc(userNpmrc(p.env), &c)
	c.NPM = cmp.Or(p.env("NPM_CONFIG_REGISTRY"), p.env("npm_config_registry"), c.NPM)
	if auth := p.goEnv("GOAUTH"); auth == "" || strings.Contains(auth, "netrc") { // go help goauth
		name := ".netrc"
		if runtime.GOOS == "windows" {
			name = "_netrc"
		}
		if data, err := os.ReadFile(cmp.Or(p.env("NETRC"), inHome(name))); err == nil {
			readNetrc(string(data), c.Logins)
		}
	}
	return registry.New(c)
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

// userNpmrc is the text of the user's npmrc, "" if there is none.
func userNpmrc(env func(string) string) string {
	data, _ := os.ReadFile(cmp.Or(env("NPM_CONFIG_USERCONFIG"), env("npm_config_userconfig"), inHome(".npmrc")))
	return string(data)
}

// settings are those of an npmrc (docs.npmjs.com, "npmrc"): lines KEY=VALUE, in which ${NAME} is a variable of the environment.
func settings(npmrc string, env func(string) string) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for line := range strings.Lines(npmrc) {
			key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
			key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"'`)
			if ok && !strings.HasPrefix(key, "#") && !strings.HasPrefix(key, ";") && !yield(key, expand(value, env)) {
				return
			}
		}
	}
}

// expand puts variables in the place of ${NAME}, and leaves ${NAME} for one that is not set, as npm does. A $ alone is one.
func expand(value string, env func(string) string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(value, "${")
		name, after, closed := strings.Cut(rest, "}")
		out.WriteString(before)
		switch v := env(name); {
		case !ok:
			return out.String()
		case !closed:
			return out.String() + "${" + rest
		case v == "":
			out.WriteString("${" + name + "}")
		default:
			out.WriteString(v)
		}
		value = after
	}
}

// readNpmrc takes the registries and their credentials from an npmrc.
func (p *program) readNpmrc(text string, c *registry.Config) {
	for key, value := range settings(text, p.env) {
		where, setting, credential := strings.Cut(strings.TrimPrefix(key, "//"), ":")
		switch {
		case key == "registry":
			c.NPM = value
		case strings.HasPrefix(key, "@") && setting == "registry":
			c.Scopes[where] = value
		case credential && strings.HasPrefix(key, "//") && strings.HasSuffix(key, ":_authToken"):
			c.Tokens[strings.TrimSuffix(key[2:], ":_authToken")] = "Bearer " + value
		case credential && strings.HasPrefix(key, "//") && strings.HasSuffix(key, ":_auth"):
			c.Tokens[strings.TrimSuffix(key[2:], ":_auth")] = "Basic " + value
		}
	}
}

// readNetrc takes names and passwords by host (inetutils, "The .netrc file"). default is not honoured: it would hand them to any.
func readNetrc(text string, logins map[string]registry.Login) {
	var fields []string
	macro := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		macro = line != "" && (macro || strings.HasPrefix(line, "macdef"))
		if !macro && !strings.HasPrefix(line, "#") {
			fields = append(fields, strings.Fields(line)...)
		}
	}
	host := ""
	for len(fields) > 0 {
		key := fields[0]
		fields = fields[1:]
		if key == "default" || len(fields) == 0 {
			host = ""
			continue
		}
		value := fields[0]
		switch l := logins[host]; key {
		case "machine":
			host = (&url.URL{Host: value}).Hostname()
		case "login":
			if host != "" {
				logins[host] = registry.Login{Name: value, Password: l.Password}
			}
		case "password":
			if host != "" {
				logins[host] = registry.Login{Name: l.Name, Password: value}
			}
		case "account":
		default: // what follows an unknown word is nobody's for sure
			host = ""
			continue
		}
		fields = fields[1:]
	}
}
