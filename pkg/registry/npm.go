package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/url"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const manifestFile = "package.json"

// npm fetches a package from npm's registry. The lockfile may name another place, and is not asked: it is the target's.
func (r *Registries) npm(ctx context.Context, a known.Asked) (*known.Package, error) {
	registry, base := r.NPM, a.Name
	if scope, name, ok := strings.Cut(a.Name, "/"); ok {
		base = name
		if own := r.Scopes[scope]; own != "" {
			registry = own
		}
	}
	if registry == "" {
		return nil, errors.New("no npm registry is configured: set `registry` in ~/.npmrc, or NPM_CONFIG_REGISTRY")
	}
	if strings.Contains(a.PURL, "?") { // it is not the registry's
		return nil, errNotAsked
	}
	address, err := url.Parse(registry)
	if err != nil {
		return nil, errors.New("the npm registry is configured by something that is no address")
	}
	address = address.JoinPath(a.Name, "-", base+"-"+a.Version+".tgz")
	data, err := r.client.get(ctx, address.String(), r.token(address))
	if err != nil {
		return nil, err
	}
	if !isOf(data, a.Hashes) {
		return nil, errors.New("the npm registry sends other bytes than the lockfile names")
	}
	return r.searchPackage(ctx, a, data)
}

// token is the credential for an address: that of the longest path which leads to it (docs.npmjs.com, npmrc, "Auth related
// configuration").
func (r *Registries) token(address *url.URL) string {
	at := address.Host + address.EscapedPath()
	longest, out := -1, ""
	for where, token := range r.Tokens {
		if len(where) > longest && strings.HasPrefix(at, strings.TrimSuffix(where, "/")+"/") {
			longest, out = len(where), token
		}
	}
	return out
}

// isOf reports whether one of the digests is that of the bytes, and none of an algorithm that is known here is another's.
func isOf(data []byte, hashes []sbom.Hash) bool {
	s256, s384, s512 := sha256.Sum256(data), sha512.Sum384(data), sha512.Sum512(data)
	sums := map[string]string{"SHA-256": hex.EncodeToString(s256[:]), "SHA-384": hex.EncodeToString(s384[:]), "SHA-512": hex.EncodeToString(s512[:])}
	same := false
	for _, h := range hashes {
		if sum, ok := sums[h.Algorithm]; ok {
			if sum != h.Hex {
				return false
			}
			same = true
		}
	}
	return same
}

// searchPackage searches a tarball as if it lay unpacked, and takes from its manifest what a reader would.
func (r *Registries) searchPackage(ctx context.Context, a known.Asked, data []byte) (*known.Package, error) {
	errOdd := errors.New("the npm registry sends something that is no package")
	packed, err := archive.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(packed.Lost()) > 0 {
		return nil, errOdd
	}
	tree, err := packed.Tree()
	if err != nil {
		return nil, errOdd
	}
	files := tree.Lookup()
	c := componentOf(a, known.Home(a.PURL))
	if err := r.declare(ctx, &c, files); err != nil {
		return nil, err
	}
	_, dir := source.SplitRoot(known.Home(a.PURL))
	return r.search(ctx, c, "known", below{dir, files})
}

// declare lets npm's reader read the manifest.
func (r *Registries) declare(ctx context.Context, c *sbom.Component, files fs.FS) error {
	for _, eco := range r.Ecosystems {
		if eco.Name != "npm" {
			continue
		}
		f, err := eco.Read(ctx, &ecosystem.Project{FS: files, Files: []string{manifestFile}, Facts: &sbom.Facts{}})
		if err != nil {
			return err
		}
		ecosystem.Clean(eco.Name, &f)
		for _, own := range f.Components {
			if own.Name != c.Name || own.Version != c.Version {
				continue
			}
			c.Supplier, c.Homepage, c.Claims = own.Supplier, own.Homepage, own.Claims
			for _, claim := range c.Claims {
				for i := range claim.Evidence {
					e := &claim.Evidence[i]
					e.Span.Path = source.Join(c.Occurrences[0].Dir, e.Span.Path)
				}
			}
			return nil
		}
	}
	return errors.New("the npm registry sends a package whose manifest has another name")
}
