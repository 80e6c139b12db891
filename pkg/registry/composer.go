package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
)

// composerProtocol is that of Composer's repositories (https://getcomposer.org/doc/05-repositories.md): packages.json says where the
// entries of a package are, and the entry of a version, which is what its composer.json was, where its archive is.
var composerProtocol = protocol{
	kind: "composer", title: "Composer repository", setting: "name one in config.json of COMPOSER_HOME (`composer config -g`)",
	configure: composerSites, fetch: fetchDist,
}

func fetchDist(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	p := w.registry
	name := strings.ToLower(w.Name)
	if vendor, own, _ := strings.Cut(name, "/"); !isPlain(vendor) || !isPlain(own) || isBranch(w.Version) {
		return nil, errNotAsked
	}
	address, err := join(at.Address, "packages.json")
	if err != nil {
		return nil, err
	}
	index, err := c.once(ctx, address, "")
	if err != nil {
		return nil, err
	}
	d, err := doc.JSON("packages.json", index.data)
	pattern := d.Root().Get("metadata-url").Text()
	if err != nil || !strings.Contains(pattern, "%package%") {
		return nil, errors.New("the Composer repository sends no packages.json of version 2")
	}
	where, err := index.follow(strings.ReplaceAll(pattern, "%package%", name))
	if err != nil {
		return nil, err
	}
	list, err := c.get(ctx, where, "", maxIndex)
	if err != nil {
		return nil, err
	}
	entry, err := composerEntry(list.data, name, w.Version)
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal(entry)
	if err != nil {
		return nil, p.odd()
	}
	out := &parcel{sums: sums(manifest), reader: "composer", manifest: "composer.json", manifests: packed(map[string][]byte{"composer.json": manifest})}
	var dist struct{ Type, URL, Shasum string }
	if json.Unmarshal(entry["dist"], &dist) != nil || dist.URL == "" || dist.Type != "zip" && dist.Type != "tar" {
		return out, nil
	}
	if where, err = list.follow(dist.URL); err != nil {
		return nil, err
	}
	archived, err := w.archived(ctx, c, where, out.reader, out.manifest, ecosystem.Hashes(dist.Shasum)...)
	if err != nil {
		return nil, err
	}
	archived.manifests = out.manifests
	return archived, nil
}

// isBranch reports whether a version is the head of a branch, which is another commit tomorrow than the one that was locked.
func isBranch(version string) bool {
	version = strings.ToLower(version)
	return strings.HasPrefix(version, "dev-") || strings.HasSuffix(version, "-dev")
}

// composerEntry finds the entry of a version, spelled the same if there is one. In the minified form an entry holds what differs from
// the one before it (composer/metadata-minifier).
func composerEntry(data []byte, name, version string) (map[string]json.RawMessage, error) {
	var list struct {
		Minified string
		Packages map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, errNoEntries
	}
	if list.Packages[name] == nil {
		return nil, statusError(404)
	}
	entries := json.NewDecoder(bytes.NewReader(list.Packages[name])) // one by one: of a list of many small ones each takes far more memory than bytes
	if begin, err := entries.Token(); err != nil || begin != json.Delim('[') {
		return nil, errNoEntries
	}
	entry := map[string]json.RawMessage{}
	var alike map[string]json.RawMessage
	for n := 0; entries.More() && n < maxFiles; n++ {
		told := map[string]json.RawMessage{}
		if entries.Decode(&told) != nil {
			return nil, errNoEntries
		}
		if list.Minified == "" {
			clear(entry)
		}
		for k, v := range told {
			if bytes.Equal(v, []byte(`"__unset"`)) {
				delete(entry, k)
			} else {
				entry[k] = v
			}
		}
		var v string
		switch err := json.Unmarshal(entry["version"], &v); {
		case err != nil:
		case v == version:
			return entry, nil
		case alike == nil && plainVersion(v) == plainVersion(version):
			alike = maps.Clone(entry)
		}
	}
	if alike != nil {
		return alike, nil
	}
	return nil, statusError(404)
}

var errNoEntries = errors.New("the Composer repository sends something that is no list of versions")

// composerSites are the repositories of the user's config.json, with the credentials of auth.json
// (https://getcomposer.org/doc/articles/authentication-for-private-packages.md).
func composerSites(u *User, keys *Keyring) []Site {
	home := u.Env("COMPOSER_HOME")
	if home == "" && u.Windows {
		if dir := u.Env("APPDATA"); dir != "" {
			home = filepath.Join(dir, "Composer")
		}
	}
	if home == "" {
		home = u.config("composer")
	}
	var old string
	if u.Home != "" {
		old = filepath.Join(u.Home, ".composer")
	}
	var out []Site
	for _, dir := range []string{home, old} {
		if dir == "" || out != nil {
			continue
		}
		composerAuth(u.read(dir, "auth.json"), keys)
		composerAuth(u.read(dir, "config.json"), keys)
		out = composerConfig(u.read(dir, "config.json"), keys)
	}
	composerAuth([]byte(u.Env("COMPOSER_AUTH")), keys)
	return out
}

// composerConfig reads the repositories of a config.json: an object, or an array, of those of type composer.
func composerConfig(data []byte, keys *Keyring) []Site {
	d, _ := doc.JSON("config.json", data)
	var list []doc.Node
	repositories := d.Root().Get("repositories")
	for _, n := range repositories.Members() {
		list = append(list, n)
	}
	list = slices.AppendSeq(list, repositories.Items())
	var out []Site
	for _, n := range list {
		address := n.Get("url").Text()
		if n.Get("type").Text() == "composer" && strings.HasPrefix(address, "http") {
			out = append(out, Site{Address: keys.take(strings.TrimSuffix(address, "/packages.json"))})
		}
	}
	return out
}

// composerAuth takes the credentials of an auth.json, by host.
func composerAuth(data []byte, keys *Keyring) {
	d, _ := doc.JSON("auth.json", data)
	for _, top := range []doc.Node{d.Root(), d.Root().Get("config")} {
		for host, n := range top.Get("http-basic").Members() {
			keys.Logins[host.Text()] = Login{n.Get("username").Text(), n.Get("password").Text()}
		}
		for host, n := range top.Get("bearer").Members() {
			keys.put("https://"+host.Text(), "Bearer "+n.Text())
		}
	}
}
