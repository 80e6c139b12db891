package registry

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
)

// cargoProtocol is that of Cargo's registries (https://doc.rust-lang.org/cargo/reference/registry-index.html): the config.json of a
// sparse index says where packages are. An index in a repository of git is not asked: licet runs no git.
//
// A lockfile names the usual registry by an address that is not the one that is asked; those that replace it stand for it. Other
// registries are asked if the user's configuration names the very index that the lockfile does.
var cargoProtocol = protocol{
	kind: "cargo", title: "sparse index of Cargo", setting: "replace `[source.crates-io]` in config.toml of CARGO_HOME",
	configure: cargoSites, qualified: []string{"repository_url"},
	suits: func(index string, w *wanted) int {
		if plainIndex(index) == plainIndex(w.qualifier("repository_url")) {
			return 1
		}
		return 0
	},
	fetch: fetchCrate,
}

// plainIndex is an index without what is written of it in several ways.
func plainIndex(address string) string {
	return strings.TrimSuffix(strings.TrimPrefix(address, "sparse+"), "/")
}

func fetchCrate(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	p := w.registry
	if !isPlain(w.Name) || !isPlain(w.Version) {
		return nil, errNotAsked
	}
	address, err := join(at.Address, "config.json")
	if err != nil {
		return nil, err
	}
	config, err := c.once(ctx, address, "")
	if err != nil {
		return nil, err
	}
	d, err := doc.JSON("config.json", config.data)
	dl := d.Root().Get("dl").Text()
	if err != nil || dl == "" {
		return nil, p.odd()
	}
	where, err := config.follow(crateAddress(dl, w.Name, w.Version, string(ecosystem.Digest(w.Hashes))))
	if err != nil {
		return nil, err
	}
	return w.archived(ctx, c, where, "cargo", "Cargo.toml")
}

// crateAddress fills in what config.json leaves to be filled in.
func crateAddress(dl, name, version, digest string) string {
	markers := []string{"{crate}", name, "{version}", version, "{prefix}", cratePrefix(name), "{lowerprefix}", cratePrefix(strings.ToLower(name)),
		"{sha256-checksum}", strings.TrimPrefix(digest, "sha256:")}
	filled := strings.NewReplacer(markers...).Replace(dl)
	if filled == dl {
		return strings.TrimSuffix(dl, "/") + "/" + name + "/" + version + "/download"
	}
	return filled
}

// cratePrefix is the folder of a package in an index.
func cratePrefix(name string) string {
	switch {
	case len(name) < 3:
		return []string{"", "1", "2"}[len(name)]
	case len(name) == 3:
		return "3/" + name[:1]
	}
	return name[:2] + "/" + name[2:4]
}

// cargoSites are the registries of Cargo's configuration (https://doc.rust-lang.org/cargo/reference/config.html): what replaces the
// usual one, and others by their indexes. Tokens lie in credentials.toml.
func cargoSites(u *User, keys *Keyring) []Site {
	home := cargoHome(u)
	first := func(names ...string) []byte {
		for _, name := range names {
			if data := u.read(home, name); data != nil {
				return data
			}
		}
		return nil
	}
	return cargoConfig(first("config.toml", "config"), first("credentials.toml", "credentials"), u, keys)
}

// cargoHome is the folder of Cargo's own.
func cargoHome(u *User) string {
	if dir := u.Env("CARGO_HOME"); dir != "" || u.Home == "" {
		return dir
	}
	return filepath.Join(u.Home, ".cargo")
}

func cargoConfig(settings, secrets []byte, u *User, keys *Keyring) []Site {
	d, _ := doc.TOML("config.toml", settings)
	config := d.Root()
	d, _ = doc.TOML("credentials.toml", secrets)
	secret := d.Root()
	variable := func(name, what string) string {
		return u.Env("CARGO_REGISTRIES_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name)) + "_" + what)
	}
	indexes := map[string]string{}
	for name, n := range config.Get("registries").Members() {
		indexes[name.Text()] = n.Get("index").Text()
	}
	for _, v := range u.Environ {
		name, value, _ := strings.Cut(v, "=")
		if rest, ok := strings.CutPrefix(name, "CARGO_REGISTRIES_"); ok && strings.HasSuffix(rest, "_INDEX") {
			indexes[strings.ToLower(strings.TrimSuffix(rest, "_INDEX"))] = value
		}
	}
	for name := range indexes {
		indexes[name] = cmp.Or(variable(name, "INDEX"), indexes[name])
	}
	var out []Site
	add := func(name, index string, what func(address string) []string) {
		address, sparse := strings.CutPrefix(index, "sparse+")
		if !sparse {
			return
		}
		address = keys.take(address)
		if token := cmp.Or(variable(name, "TOKEN"), secret.Get("registries").Get(name).Get("token").Text()); token != "" {
			keys.put(address, token)
		}
		out = append(out, Site{address, what(address)})
	}
	const usual = "crates-io"
	name, at := usual, config.Get("source").Get(usual)
	for range 10 { // one may replace another, and that the first
		next := at.Get("replace-with").Text()
		if next == "" {
			break
		}
		name, at = next, config.Get("source").Get(next)
	}
	if index := cmp.Or(at.Get("registry").Text(), indexes[name]); name != usual || index != "" {
		add(name, index, func(string) []string { return []string{""} })
	}
	for _, name := range slices.Sorted(maps.Keys(indexes)) {
		if name != usual {
			add(name, indexes[name], func(address string) []string { return []string{address} })
		}
	}
	return out
}
