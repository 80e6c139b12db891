package registry

import (
	"bytes"
	"context"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/doc"
)

// gemProtocol is that of servers of gems: /gems/NAME-VERSION[-PLATFORM].gem (https://guides.rubygems.org/rubygems-org-api/, Gem::Source).
var gemProtocol = protocol{
	kind: "gem", title: "gem source", setting: "list one under `:sources:` in ~/.gemrc, or set a mirror by `bundle config`",
	configure: gemSites, qualified: []string{"platform"}, oneSource: true, fetch: fetchGem,
}

func fetchGem(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	p := w.registry
	file := w.Name + "-" + w.Version
	if platform := w.qualifier("platform"); platform != "" && !strings.HasSuffix(file, "-"+platform) {
		file += "-" + platform
	}
	address, err := join(at.Address, "gems", file+".gem")
	if err != nil {
		return nil, err
	}
	got, err := c.get(ctx, address, "", maxBody)
	if err != nil {
		return nil, err
	}
	out, err := w.parcel(got.data, "packed", "metadata.gem")
	if err != nil {
		return nil, err
	}
	var data []byte
	err = archive.WalkTar(bytes.NewReader(got.data), func(name string, size int64, content io.Reader) (err error) {
		if name == "data.tar.gz" && size <= maxBody {
			data, err = io.ReadAll(content)
		}
		return err
	})
	if err != nil || data == nil {
		return nil, p.odd()
	}
	out.manifests = packed(map[string][]byte{out.manifest: got.data})
	out.files, err = p.unpacked(data)
	return out, err
}

// gemSites are the sources of RubyGems' configuration (guides.rubygems.org/command-reference/#gem-environment, ~/.gemrc), and before
// them the mirrors of Bundler's (bundler.io/man/bundle-config.1.html): whatever they mirror, they have what it has.
func gemSites(u *User, keys *Keyring) []Site {
	var addresses []string
	settings := map[string]string{}
	if u.Home != "" {
		d, _ := doc.YAML("config", u.read(u.Home, ".bundle", "config"))
		for k, v := range d.Root().Members() {
			settings[k.Text()] = v.Text()
		}
	}
	if file := u.Env("BUNDLE_USER_CONFIG"); file != "" {
		d, _ := doc.YAML("config", u.read(file))
		for k, v := range d.Root().Members() {
			settings[k.Text()] = v.Text()
		}
	}
	for _, v := range u.Environ {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "BUNDLE_") {
			settings[name] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		value := settings[key]
		mirror, ok := strings.CutPrefix(key, "BUNDLE_MIRROR__")
		switch {
		case ok && !strings.HasSuffix(mirror, "FALLBACK_TIMEOUT") && !strings.HasSuffix(mirror, "FALLBACK_TIMEOUT/"):
			addresses = append(addresses, value)
		case !ok && strings.Contains(key, "__") && strings.Contains(value, ":") && !strings.Contains(value, "/"):
			name, password, _ := strings.Cut(value, ":") // BUNDLE_GEMS__ACME__EXAMPLE: name:password
			keys.Logins[bundledHost(key)] = Login{name, password}
		}
	}
	for _, file := range gemrcs(u) {
		d, _ := doc.YAML(".gemrc", u.read(file))
		for _, key := range []string{":sources", "sources"} {
			for n := range d.Root().Get(key).Items() {
				addresses = append(addresses, n.Text())
			}
		}
	}
	var out []Site
	for _, address := range addresses {
		address = keys.take(address)
		if strings.HasPrefix(address, "http") {
			out = append(out, Site{Address: address})
		}
	}
	return out
}

// bundledHost is the host that the name of a setting of Bundler's holds: ___ is a hyphen in it and __ a dot.
func bundledHost(key string) string {
	host := strings.TrimPrefix(key, "BUNDLE_")
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(host, "___", "-"), "__", "."))
}

// gemrcs are the files of RubyGems' configuration.
func gemrcs(u *User) []string {
	out := filepath.SplitList(u.Env("GEMRC"))
	if u.Home != "" {
		out = append(out, filepath.Join(u.Home, ".gemrc"))
	}
	if dir := u.config("gem"); dir != "" {
		out = append(out, filepath.Join(dir, "gemrc"))
	}
	return append(out, "/etc/gemrc")
}
