package registry

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/doc"
)

// hexProtocol is that of Hex (https://github.com/hexpm/specifications, "Endpoints" and "Package tarball"): /tarballs/NAME-VERSION.tar is a tar
// with the metadata and, packed in it, the files. Lockfiles have its SHA-256, the outer checksum. Packages of organisations are not
// asked for: they lie in repositories of their own.
var hexProtocol = protocol{
	kind: "hex", title: "Hex repository", setting: "set HEX_MIRROR, or `mix hex.config mirror_url`",
	configure: hexSites, fetch: fetchHex,
}

func fetchHex(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	p := w.registry
	name := w.purl.Name
	if w.purl.Namespace != "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || strings.ContainsAny(w.Version, "\"\\#") {
		return nil, errNotAsked
	}
	address, err := join(at.Address, "tarballs", name+"-"+w.Version+".tar")
	if err != nil {
		return nil, err
	}
	got, err := c.get(ctx, address, "", maxBody)
	if err != nil {
		return nil, err
	}
	out, err := w.parcel(got.data, "hex", "mix.lock")
	if err != nil {
		return nil, err
	}
	parts := map[string][]byte{}
	err = archive.WalkTar(bytes.NewReader(got.data), func(entry string, size int64, content io.Reader) (err error) {
		if entry == "metadata.config" && size <= maxConfig || entry == "contents.tar.gz" && size <= maxBody {
			parts[entry], err = io.ReadAll(content)
		}
		return err
	})
	if err != nil || len(parts) < 2 {
		return nil, p.odd()
	}
	// The reader finds the metadata where Mix puts it, for a package that a lockfile names.
	out.manifests = packed(map[string][]byte{
		out.manifest:                            fmt.Appendf(nil, "%%{\n  %q: {:hex, :%s, %q, \"\", [:mix], [], \"hexpm\"},\n}\n", name, name, w.Version),
		"deps/" + name + "/hex_metadata.config": parts["metadata.config"],
	})
	if !namesPackage(parts["metadata.config"], name, w.Version) {
		return nil, &otherError{"the " + p.title + " sends a package whose manifest has another name"}
	}
	out.files, err = p.unpacked(parts["contents.tar.gz"])
	return out, err
}

// namesPackage reports whether the metadata is that of a package: {<<"name">>,<<"jason">>}, and its version if it has one.
func namesPackage(metadata []byte, name, version string) bool {
	d, _ := doc.Code("metadata.config", metadata, doc.Erlang)
	told := map[string]string{}
	eachPair(d.Root(), func(key, value doc.Node) {
		told[key.Text()] = cmp.Or(told[key.Text()], value.Text())
	})
	return told["name"] == name && (told["version"] == "" || told["version"] == version)
}

// eachPair visits the tuples of two among Erlang's terms, or in a list that they stand in.
func eachPair(terms doc.Node, visit func(key, value doc.Node)) {
	for item := range terms.Items() {
		var parts []doc.Node
		for part := range item.Items() {
			if !part.IsWord(",") && !part.IsWord("<<") && !part.IsWord(">>") && !part.IsWord("\n") {
				parts = append(parts, part)
			}
		}
		switch {
		case item.Bracket() == '{' && len(parts) == 2:
			visit(parts[0], parts[1])
		case item.Bracket() == '[' && terms.Bracket() == 0:
			eachPair(item, visit)
		}
	}
}

// hexSites are the mirror of Hex that the user set (hexdocs.pm, "mix hex.config"): in the environment, or in hex.config, which is a list
// of Erlang's terms.
func hexSites(u *User, keys *Keyring) []Site {
	address := u.env("HEX_MIRROR", "HEX_MIRROR_URL")
	home := u.Env("HEX_HOME")
	if home == "" && u.Home != "" {
		home = filepath.Join(u.Home, ".hex")
	}
	if home != "" && address == "" {
		address = hexMirror(u.read(home, "hex.config"))
	}
	if address == "" {
		return nil
	}
	return []Site{{Address: keys.take(address)}}
}

// hexMirror is the address of the mirror in a hex.config.
func hexMirror(data []byte) (address string) {
	d, _ := doc.Code("hex.config", data, doc.Erlang)
	eachPair(d.Root(), func(key, value doc.Node) {
		if key.Text() == "mirror_url" {
			address = cmp.Or(address, value.Text())
		}
	})
	return address
}
