package npm

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// published gives the files of a package as the lockfile knows it: those of the archive with that checksum in npm's cache, which
// keeps archives by their checksums (https://github.com/npm/cacache). What scripts make of a package when it is installed is not
// among them and shows as a change, since it is one.
func published(_ context.Context, p *ecosystem.Project, c *sbom.Component, o *sbom.Occurrence) (*original.Published, error) {
	cache := p.Caches["npm"]
	root, at := source.SplitRoot(o.Dir)
	if _, _, packed := source.SplitArchive(at); cache == nil || root != "" || at == "" || packed || !strings.HasPrefix(c.PURL, "pkg:npm/") {
		return nil, nil
	}
	for _, digest := range ecosystem.Digests(c.Hashes) {
		if sum, ok := strings.CutPrefix(string(digest), "sha512:"); !ok || len(sum) != hex.EncodedLen(sha512.Size) {
			continue
		}
		list, err := ecosystem.PublishedTar(cache, contentOf(digest), digest)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if list != nil {
			list.Against, list.Dir = "the checksum in the lockfile", at
		}
		return list, err
	}
	return nil, nil
}
