package hex

import (
	"errors"
	"io/fs"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cacheName is the name among the project's caches of the folder in which Hex keeps packages as they came, one folder a repository: a
// tar with the metadata and, packed in it, the files (https://github.com/hexpm/specifications, "Package tarball").
const cacheName = "hex"

// cached finds the archive of a package that was not fetched into the project, which must have the checksum of the lockfile.
func (r *reader) cached(c *sbom.Component) (dir string, digest source.Digest) {
	cache, file := r.Caches[cacheName], "hexpm/"+c.Name+"-"+c.Version+".tar"
	if cache == nil || c.Version == "" || !fs.ValidPath(file) {
		return "", ""
	}
	digest = ecosystem.Digest(c.Hashes)
	place := source.JoinRoot(cacheName, file)
	inner, data, err := ecosystem.TarFile(cache, file, digest, maxSize, func(name string) bool { return name == "metadata.config" })
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) && inner == "":
		return "", ""
	default:
		r.Unfetched(source.Span{Path: place}, sbom.ID(c.PURL), "let Hex fetch the package again", err)
		return "", ""
	}
	c.Claims = licensesIn(place+"!/"+inner, data)
	return place + "!/contents.tar.gz!/", digest
}
