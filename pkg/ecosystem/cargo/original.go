package cargo

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// published gives the files of a crate as it was published: those of the archive that Cargo downloaded, where that has the
// checksum of Cargo.lock; else those that `cargo vendor` wrote down, if it did so for the package of that checksum. That list
// lies beside the files, and is no proof against who changes both: the answer names it. Where somebody emptied it, as those do
// who mean to change files without Cargo minding, nothing is known.
func published(_ context.Context, p *ecosystem.Project, c *sbom.Component, o *sbom.Occurrence) (*original.Published, error) {
	if root, at := source.SplitRoot(o.Dir); at == "" || strings.Contains(at, "!/") || root != "" && root != cacheName || !strings.HasPrefix(c.PURL, "pkg:cargo/") {
		return nil, nil
	}
	var locked source.Digest
	for _, h := range c.Hashes {
		if h.Algorithm == "SHA-256" {
			locked = source.Digest("sha256:" + h.Hex)
		}
	}
	archived, err := fromArchive(p, c, locked)
	if archived == nil && err == nil {
		archived, err = fromChecksums(p, locked, o.Dir)
	}
	if archived != nil {
		_, archived.Dir = source.SplitRoot(o.Dir)
	}
	return archived, err
}

// fromArchive finds the archive of a crate in the cache, where Cargo keeps those of each registry in a folder, all of them in one
// called cache (https://doc.rust-lang.org/cargo/guide/cargo-home.html).
func fromArchive(p *ecosystem.Project, c *sbom.Component, sum source.Digest) (*original.Published, error) {
	cache, file := p.Caches[cacheName], c.Name+"-"+c.Version+".crate"
	if cache == nil || sum == "" || strings.ContainsAny(file, `/\`) {
		return nil, nil
	}
	for _, archives := range []string{".", "cache"} {
		registries, _ := fs.ReadDir(cache, archives) // none is no archive
		for _, r := range registries {
			list, err := ecosystem.PublishedTar(cache, path.Join(archives, r.Name(), file), sum)
			switch {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				return nil, fmt.Errorf("%s in the cache: %w", file, err)
			default:
				list.Against = lockFile
				return list, nil
			}
		}
	}
	return nil, nil
}

// fromChecksums reads the list of a vendored crate: {"files": {path: sha256}, "package": sha256}.
func fromChecksums(p *ecosystem.Project, sum source.Digest, dir string) (*original.Published, error) {
	if root, _ := source.SplitRoot(dir); root != "" {
		return nil, nil
	}
	file := path.Join(dir, checksumFile)
	data, err := ecosystem.ReadFile(p.FS, file, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", checksumFile, err)
	}
	d, err := doc.JSON(file, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", checksumFile, err)
	}
	if of := d.Root().Get("package").Text(); of != "" && sum != "" && !strings.EqualFold("sha256:"+of, string(sum)) {
		return nil, fmt.Errorf("%s is of another package than the one that %s names", checksumFile, lockFile)
	}
	list := &original.Published{Against: checksumFile, Hash: crypto.SHA256, Files: map[string]string{}, Whole: true}
	for name, value := range d.Root().Get("files").Members() {
		digest, err := hex.DecodeString(value.Text())
		if err != nil || len(digest) != crypto.SHA256.Size() {
			return nil, fmt.Errorf("%s, line %d: not a SHA-256", checksumFile, value.Span().Line)
		}
		list.Files[name.Text()] = string(digest)
	}
	if len(list.Files) == 0 {
		return nil, nil
	}
	return list, nil
}
