package pub

import (
	"cmp"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cacheName is the name among the project's caches of Dart's: it has packages unpacked, in hosted/HOST/NAME-VERSION those of
// registries, whose checksums stand in hosted-hashes, and in git/NAME-COMMIT those of repositories
// (https://dart.dev/resources/glossary#system-cache).
const cacheName = "pub"

// cached finds a package of the lockfile in Dart's cache, and what its manifest declares.
func (r *reader) cached(c *sbom.Component, from string, about doc.Node) (dir string, claims []sbom.Claim) {
	cache := r.Caches[cacheName]
	if cache == nil {
		return "", nil
	}
	location := about.Get("url").Text()
	switch from {
	case "hosted":
		_, host, _ := strings.Cut(location, "://")
		host = strings.TrimSuffix(host, "/")
		if host == "" || strings.ContainsAny(host, `/\:?*"<>|`) {
			return "", nil // it is escaped in the name of the folder
		}
		dir = path.Join("hosted", host, c.Name+"-"+c.Version)
		noted := path.Join("hosted-hashes", host, c.Name+"-"+c.Version+".sha256")
		note, err := ecosystem.ReadFile(cache, noted, maxNote)
		wanted := about.Get("sha256").Text()
		if sum := strings.TrimSpace(string(note)); err == nil && wanted != "" && sum != wanted {
			r.Unfetched(source.Span{Path: source.JoinRoot(cacheName, noted)}, sbom.ID(c.PURL), next, source.ErrDigest)
			return "", nil
		}
	case "git":
		_, repo, ok := ecosystem.Repository(location)
		if !ok {
			return "", nil
		}
		dir = path.Join("git", path.Base(repo)+"-"+about.Get("resolved-ref").Text(), about.Get("path").Text())
	}
	if dir == "" || !fs.ValidPath(dir) {
		return "", nil
	}
	data, err := ecosystem.ReadFile(cache, path.Join(dir, manifestFile), maxSize)
	if err != nil {
		return "", nil
	}
	place := source.JoinRoot(cacheName, path.Join(dir, manifestFile))
	d, _ := doc.YAML(place, data)
	top := d.Root()
	if top.Get("name").Text() != c.Name || top.Get("version").Text() != c.Version {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: cmp.Or(top.Get("name").Span(), source.Span{Path: place}), Components: []sbom.ID{sbom.ID(c.PURL)}, Next: next,
			Why: "the cache has " + ecosystem.Quote(top.Get("name").Text()+" "+top.Get("version").Text()) + ", the lockfile has " + ecosystem.Quote(c.Name+" "+c.Version)})
		return "", nil
	}
	license := top.Get("license")
	return source.JoinRoot(cacheName, dir), detect.Declaration(license.Text(), license.Span())
}

// maxNote bounds a file with one checksum, in bytes.
const maxNote = 1 << 10
