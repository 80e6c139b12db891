package registry

import (
	"context"
	"encoding/base64"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// npmProtocol is that of npm's registry, which pnpm, Yarn and Bun ask too. The lockfile may name another place, and is not asked: it
// is the target's.
var npmProtocol = protocol{
	kind: "npm", title: "npm registry", setting: "set `registry` in ~/.npmrc, or NPM_CONFIG_REGISTRY",
	configure: npmSites,
	suits: func(scope string, w *wanted) int {
		if scope == w.purl.Namespace {
			return 1
		}
		return 0
	},
	fetch: fetchTarball,
}

// fetchTarball fetches NAME/-/BASE-VERSION.tgz, as every registry has it.
func fetchTarball(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	base := w.Name
	if _, name, ok := strings.Cut(w.Name, "/"); ok {
		base = name
	}
	address, err := join(at.Address, append(strings.Split(w.Name, "/"), "-", base+"-"+w.Version+".tgz")...)
	if err != nil {
		return nil, err
	}
	return w.archived(ctx, c, address, "npm", "package.json")
}

// npmSites are the registries of the user: in the environment, in npm's files (docs.npmjs.com, "npmrc": the user's, then that of all
// users), in pnpm's (pnpm.io/settings), Yarn's (yarnpkg.com/configuration/yarnrc; classic.yarnpkg.com, "yarnrc") and Bun's
// (bun.sh/docs/runtime/bunfig). The first that names one counts.
func npmSites(u *User, keys *Keyring) []Site {
	n := &npmSettings{keys: keys, scopes: map[string]string{}}
	n.usual(u.env("NPM_CONFIG_REGISTRY", "npm_config_registry"))
	n.npmrc(string(u.read(npmrcOf(u))), u.Env)
	n.npmrc(string(u.read(u.config("pnpm"), "rc")), u.Env)
	for _, name := range append([]string{u.env("NPM_CONFIG_GLOBALCONFIG", "npm_config_globalconfig")}, globalNpmrcs(u)...) {
		n.npmrc(string(u.read(name)), u.Env)
	}
	if u.Home != "" {
		n.berry(u.read(u.Home, ".yarnrc.yml"), u.Env)
		n.yarn(string(u.read(u.Home, ".yarnrc")))
		n.bun(u.read(u.Home, ".bunfig.toml"))
	}
	var out []Site
	for _, scope := range slices.Sorted(maps.Keys(n.scopes)) {
		out = append(out, Site{n.scopes[scope], []string{scope}})
	}
	if n.registry != "" {
		out = append(out, Site{Address: n.registry})
	}
	return out
}

// npmrcOf is where the user's npmrc lies.
func npmrcOf(u *User) string {
	if v := u.env("NPM_CONFIG_USERCONFIG", "npm_config_userconfig"); v != "" || u.Home == "" {
		return v
	}
	return filepath.Join(u.Home, ".npmrc")
}

// globalNpmrcs are where npm has the configuration of all users, by where it is installed as a rule.
func globalNpmrcs(u *User) []string {
	if u.Windows {
		if dir := u.Env("APPDATA"); dir != "" {
			return []string{filepath.Join(dir, "npm", "etc", "npmrc")}
		}
		return nil
	}
	out := []string{"/usr/local/etc/npmrc", "/usr/etc/npmrc", "/etc/npmrc"}
	if prefix := u.env("NPM_CONFIG_PREFIX", "npm_config_prefix", "PREFIX"); prefix != "" {
		out = append([]string{filepath.Join(prefix, "etc", "npmrc")}, out...)
	}
	return out
}

// npmSettings are what the files say.
type npmSettings struct {
	registry string
	scopes   map[string]string
	keys     *Keyring
}

// usual takes the registry of all packages, if none was named before.
func (n *npmSettings) usual(address string) {
	if n.registry == "" && address != "" {
		n.registry = n.keys.take(address)
	}
}

// scope takes the registry of a scope.
func (n *npmSettings) scope(name, address string) {
	if n.scopes[name] == "" && address != "" {
		n.scopes[name] = n.keys.take(address)
	}
}

// token takes a credential for an address without a scheme, if there is none yet.
func (n *npmSettings) token(where, header string) {
	where = strings.TrimPrefix(where, "//")
	if _, ok := n.keys.Tokens[where]; !ok {
		n.keys.Tokens[where] = header
	}
}

// npmrc takes the registries and their credentials from an npmrc.
func (n *npmSettings) npmrc(text string, env func(string) string) {
	usual := ""
	names, passwords := map[string]string{}, map[string]string{}
	for key, value := range Npmrc(text, env) {
		where, setting, credential := strings.Cut(strings.TrimPrefix(key, "//"), ":")
		switch {
		case key == "registry":
			usual = value
		case strings.HasPrefix(key, "@") && setting == "registry":
			n.scope(where, value)
		case credential && strings.HasPrefix(key, "//") && strings.HasSuffix(key, ":_authToken"):
			n.token(strings.TrimSuffix(key, ":_authToken"), "Bearer "+value)
		case credential && strings.HasPrefix(key, "//") && strings.HasSuffix(key, ":_auth"):
			n.token(strings.TrimSuffix(key, ":_auth"), "Basic "+value)
		case credential && strings.HasPrefix(key, "//") && strings.HasSuffix(key, ":username"):
			names[strings.TrimSuffix(key, ":username")] = value
		case credential && strings.HasPrefix(key, "//") && strings.HasSuffix(key, ":_password"):
			passwords[strings.TrimSuffix(key, ":_password")] = value
		}
	}
	for where, encoded := range passwords { // a password is encoded for itself
		if plain, err := base64.StdEncoding.DecodeString(encoded); err == nil && names[where] != "" {
			n.token(where, "Basic "+base64.StdEncoding.EncodeToString([]byte(names[where]+":"+string(plain))))
		}
	}
	n.usual(usual)
}

// berry reads the .yarnrc.yml of Yarn 2 and later.
func (n *npmSettings) berry(data []byte, env func(string) string) {
	d, _ := doc.YAML(".yarnrc.yml", data)
	top := d.Root()
	take := func(at doc.Node) {
		address := at.Get("npmRegistryServer").Text()
		if token := expand(at.Get("npmAuthToken").Text(), env); token != "" && address != "" {
			n.keys.put(expand(address, env), "Bearer "+token)
		}
	}
	n.usual(expand(top.Get("npmRegistryServer").Text(), env))
	take(top)
	for name, scope := range top.Get("npmScopes").Members() {
		n.scope("@"+strings.TrimPrefix(name.Text(), "@"), expand(scope.Get("npmRegistryServer").Text(), env))
		take(scope)
	}
	for name, at := range top.Get("npmRegistries").Members() {
		address := name.Text()
		if strings.HasPrefix(address, "//") {
			address = "https:" + address
		}
		if token := expand(at.Get("npmAuthToken").Text(), env); token != "" {
			n.keys.put(address, "Bearer "+token)
		}
	}
}

// yarn reads the .yarnrc of Yarn 1: lines of a key and a value, both quoted or not.
func (n *npmSettings) yarn(text string) {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		key, value = strings.Trim(key, `"`), strings.Trim(strings.TrimSpace(value), `"`)
		scope, setting, scoped := strings.Cut(key, ":")
		switch {
		case !ok:
		case key == "registry":
			n.usual(value)
		case scoped && setting == "registry" && strings.HasPrefix(scope, "@"):
			n.scope(scope, value)
		}
	}
}

// bun reads a bunfig.toml, in which a registry is an address, or a table with url and token.
func (n *npmSettings) bun(data []byte) {
	d, _ := doc.TOML("bunfig.toml", data)
	take := func(at doc.Node) string {
		if at.Kind() == doc.String {
			return at.Text()
		}
		address := at.Get("url").Text()
		if token := at.Get("token").Text(); token != "" && !strings.Contains(token, "$") {
			n.keys.put(address, "Bearer "+token)
		}
		return address
	}
	install := d.Root().Get("install")
	n.usual(take(install.Get("registry")))
	for name, scope := range install.Get("scopes").Members() {
		n.scope("@"+strings.TrimPrefix(name.Text(), "@"), take(scope))
	}
}

// Npmrc yields the settings of an npmrc (docs.npmjs.com, "npmrc"): lines KEY=VALUE, in which ${NAME} is a variable of the environment.
func Npmrc(text string, env func(string) string) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for line := range strings.Lines(text) {
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
