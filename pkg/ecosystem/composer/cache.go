package composer

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cacheName is the name among the project's caches of the folder in which Composer keeps archives: each is called after the package
// and, so that no repository can lay one there for another, after the SHA-1 of the URL that it was fetched from
// (https://getcomposer.org/doc/06-config.md#cache-files-dir).
const cacheName = "composer"

// cached finds the archive of a package that is not installed: the folder in it, and its manifest. Where the lockfile has a
// checksum of it, it must have that; else its manifest must not name another package.
func (r *reader) cached(p *pkg) (dir string, digest source.Digest, manifest doc.Node) {
	cache, dist := r.Caches[cacheName], p.entry.Get("dist")
	kind, url := dist.Get("type").Text(), dist.Get("url").Text()
	if cache == nil || url == "" || kind != "zip" && kind != "tar" {
		return "", "", doc.Node{}
	}
	sum := sha1.Sum([]byte(url))
	file := strings.ToLower(p.name) + "/" + hex.EncodeToString(sum[:]) + "." + kind
	digest = ecosystem.Digest(ecosystem.Hashes(dist.Get("shasum").Text()))
	read := ecosystem.ZipFile
	if kind == "tar" {
		read = ecosystem.TarFile
	}
	inner, data, err := read(cache, file, digest, maxFile, func(name string) bool { return ecosystem.AtTop(name, manifestFile) })
	place := source.JoinRoot(cacheName, file)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) && inner == "":
		return "", "", doc.Node{} // there is none, or what was fetched is no package
	default:
		r.Unfetched(source.Span{Path: place}, sbom.ID(purl(p.name, p.version)), "run `composer install`", err)
		return "", "", doc.Node{}
	}
	d, _ := doc.JSON(place+"!/"+inner, data) // what is wrong with it the lockfile would know
	if has := d.Root().Get("name").Text(); digest == "" && has != "" && !strings.EqualFold(has, p.name) {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: place}, Components: []sbom.ID{sbom.ID(purl(p.name, p.version))}, Next: "run `composer install`",
			Why: "the cache has " + ecosystem.Quote(has) + ", the lockfile has " + ecosystem.Quote(p.name)})
		return "", "", doc.Node{}
	}
	return source.Join(place+"!/", path.Dir(inner)), digest, d.Root()
}
