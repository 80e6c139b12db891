package registry

import (
	"context"
	"path/filepath"

	"github.com/licet/licet/pkg/doc"
)

// pubProtocol is that of repositories of Dart packages (https://github.com/dart-lang/pub/blob/master/doc/repository-spec-v2.md).
var pubProtocol = protocol{
	kind: "pub", title: "pub repository", setting: "set PUB_HOSTED_URL",
	configure: pubSites, fetch: fetchPub,
}

const acceptPub = "application/vnd.pub.v2+json"

func fetchPub(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	p := w.registry
	address, err := join(at.Address, "api", "packages", w.Name)
	if err != nil {
		return nil, err
	}
	list, err := c.get(ctx, address, acceptPub, maxIndex)
	if err != nil {
		return nil, err
	}
	ref, ok := pubArchive(list.data, w.Version)
	switch {
	case !ok:
		return nil, p.odd()
	case ref == "":
		return nil, statusError(404)
	}
	where, err := list.follow(ref)
	if err != nil {
		return nil, err
	}
	return w.archived(ctx, c, where, "pub", "pubspec.yaml")
}

// pubArchive is where the archive of a version is, "" if there is no such version.
func pubArchive(data []byte, version string) (ref string, ok bool) {
	d, err := doc.JSON("package.json", data)
	versions := d.Root().Get("versions")
	if err != nil || versions.Kind() != doc.Array {
		return "", false
	}
	for n := range versions.Items() {
		if n.Get("version").Text() == version {
			return n.Get("archive_url").Text(), true
		}
	}
	return "", true
}

// pubSites are the repository that replaces the usual one (https://dart.dev/tools/pub/environment-variables); the tokens of others are in
// pub-tokens.json (dart.dev/tools/pub/cmd/pub-token).
func pubSites(u *User, keys *Keyring) []Site {
	address := keys.take(u.Env("PUB_HOSTED_URL"))
	var files []string
	if dir := u.config("dart"); dir != "" {
		files = append(files, filepath.Join(dir, "pub-tokens.json"))
	}
	if u.Home != "" {
		files = append(files, filepath.Join(u.Home, ".config", "dart", "pub-tokens.json"))
	}
	for _, file := range files {
		pubTokens(u.read(file), u.Env, keys)
	}
	if address == "" {
		return nil
	}
	return []Site{{Address: address}}
}

func pubTokens(data []byte, env func(string) string, keys *Keyring) {
	d, _ := doc.JSON("pub-tokens.json", data)
	for n := range d.Root().Get("hosted").Items() {
		token := n.Get("token").Text()
		if name := n.Get("env").Text(); token == "" && name != "" {
			token = env(name)
		}
		if token != "" {
			keys.put(n.Get("url").Text(), "Bearer "+token)
		}
	}
}
