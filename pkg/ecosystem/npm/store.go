package npm

import (
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// What is not installed may still lie in what package managers keep of all that they ever fetched. A lockfile names the archive
// of a package by its digest, and there is one place for it in each of these caches, whoever filled it and whatever else they hold:
//
//	npm    content-v2/sha512/b1/34/9f…                                   the archive (https://github.com/npm/cacache)
//	pnpm   v10/index/b1/349f…-name@1.0.0.json                            see [archive.Store]
//	yarn   npm-name-1.0.0-SHA1-integrity/node_modules/name/.yarn-tarball.tgz   of Yarn 1: the archive, and beside it what was in it
//	berry  name-npm-1.0.0-LOCATOR-CACHEKEY.zip                           of Yarn 2 and later: what was in it, packed anew
//
// They are asked in this order, and none is listed. What is there counts only if it has the digest; the archive of Yarn 2 has one
// of its own, which its lockfile records. Those of Bun and Deno come last, which cannot be proved (unpacked.go).

// kept is a package in a cache.
type kept struct {
	dir      string        // in which its files lie
	digest   source.Digest // of the archive that dir lies in, "" for a folder
	manifest doc.Node
}

// wanted is what a lockfile says of a package that is not installed.
type wanted struct {
	id            sbom.ID
	name, version string
	hashes        []sbom.Hash
	sha1          string // of the archive, if Yarn 1 wrote it behind the location
	locator       string // by which Yarn 2 calls it, without the name: "npm:1.0.0"
	checksum      string // of the archive of Yarn 2, behind the version of its cache: "10c0/3a35…", of one for some platforms "10c0/"
	install       string // how to fetch it
}

// kept finds a package in the caches; without one its dir is "". What was wrong with one cache does not matter to a package that
// another one has.
func (r *reader) kept(w wanted) kept {
	before := len(r.Gaps)
	k := r.search(w)
	if k.dir != "" {
		for i := before; i < len(r.Gaps); i++ {
			r.Gaps[i].Components = nil
		}
	}
	return k
}

func (r *reader) search(w wanted) kept {
	if w.name == "" || len(r.Caches) == 0 {
		return kept{}
	}
	for _, digest := range ecosystem.Digests(w.hashes) {
		for _, find := range []func(wanted, source.Digest) kept{r.inNPM, r.inPNPM, r.inYarn} {
			if k := find(w, digest); k.dir != "" {
				return k
			}
		}
	}
	for _, find := range []func(wanted) kept{r.inBerry, r.inBun, r.inDeno} {
		if k := find(w); k.dir != "" {
			return k
		}
	}
	return kept{}
}

// inNPM looks into npm's cache.
func (r *reader) inNPM(w wanted, digest source.Digest) kept {
	return r.packedIn("npm", contentOf(digest), w, digest, false)
}

// contentOf is where npm's cache has what has that digest.
func contentOf(digest source.Digest) string {
	kind, sum, _ := strings.Cut(string(digest), ":")
	return path.Join("content-v2", kind, sum[:2], sum[2:4], sum[4:])
}

// inYarn looks into the cache of Yarn 1. What it unpacked may have been changed since; beside it lies the archive.
func (r *reader) inYarn(w wanted, digest source.Digest) kept {
	if w.sha1 == "" {
		return kept{}
	}
	folder := "npm-" + yarnSlug(w.name) + "-" + w.version + "-" + w.sha1
	for _, ending := range []string{"-integrity", ""} {
		if k := r.packedIn("yarn", path.Join(folder+ending, "node_modules", w.name, ".yarn-tarball.tgz"), w, digest, false); k.dir != "" {
			return k
		}
	}
	return kept{}
}

// yarnSlug is how Yarn 1 writes a name in those of folders: what is neither a small letter, a digit nor "@" becomes a hyphen, several
// of them one, and none at the ends.
func yarnSlug(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '@':
			b.WriteByte(c)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// inBerry looks into the cache that projects of Yarn 2 share. An archive is called after the package, the hash of its locator and
// the version of the cache. Of packages for some platforms Yarn notes no checksum; they count by their name and version.
func (r *reader) inBerry(w wanted) kept {
	key, sum, ok := strings.Cut(w.checksum, "/")
	if !ok || w.locator == "" || !fs.ValidPath(key) {
		return kept{}
	}
	digest := source.Digest("")
	if h, known := ecosystem.Hash("sha512:" + sum); known {
		digest = source.Digest("sha512:" + h.Hex)
	} else if sum != "" {
		return kept{}
	}
	protocol, selector, plain := strings.Cut(w.locator, ":")
	if !plain || strings.ContainsAny(selector, `/\:`) {
		return kept{} // of what is no version the name is another one
	}
	file := strings.Join([]string{strings.ReplaceAll(w.name, "/", "-"), protocol, selector, locatorHash(w.name, w.locator), key}, "-") + ".zip"
	return r.packedIn("berry", file, w, digest, true)
}

// locatorHash is the beginning of the hash by which Yarn knows a package: of the hash of its scope and name, and its reference.
func locatorHash(name, reference string) string {
	scope, base, scoped := strings.Cut(strings.TrimPrefix(name, "@"), "/")
	if !scoped {
		scope, base = "", name
	}
	ident := sha512.Sum512([]byte(scope + base))
	locator := sha512.Sum512([]byte(hex.EncodeToString(ident[:]) + reference))
	return hex.EncodeToString(locator[:])[:10]
}

// inPNPM looks into pnpm's store.
func (r *reader) inPNPM(w wanted, digest source.Digest) kept {
	cache := r.Caches["pnpm"]
	sum, ok := strings.CutPrefix(string(digest), "sha512:")
	if cache == nil || !ok || strings.ContainsAny(w.version, `/\`) {
		return kept{}
	}
	newer := path.Join("index", sum[:2], sum[2:64]+"-"+strings.ReplaceAll(w.name, "/", "+")+"@"+w.version)
	older := path.Join("files", sum[:2], sum[2:]+"-index")
	newest := path.Join("index", sum[:2], sum[2:]+"-"+strings.ReplaceAll(w.name, "/", "+")+"@"+w.version)
	for _, dir := range []string{"v11/" + newest, "v10/" + newer, "v3/" + older, newest, newer, older} {
		if _, err := fs.Stat(cache, dir); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		place := source.JoinRoot("pnpm", dir)
		file := source.JoinRoot("pnpm", path.Join(dir, manifestFile))
		data, err := ecosystem.ReadFile(cache, path.Join(dir, manifestFile), maxManifest)
		if m, ok := r.manifestOf(w, file, data, err); ok {
			return kept{dir: place, manifest: m}
		}
	}
	return kept{}
}

// packedIn looks for a package in an archive of a cache.
func (r *reader) packedIn(name, file string, w wanted, digest source.Digest, zipped bool) kept {
	cache := r.Caches[name]
	if cache == nil || !fs.ValidPath(file) {
		return kept{}
	}
	place := source.JoinRoot(name, file)
	read, isManifest := ecosystem.TarFile, func(p string) bool { return ecosystem.AtTop(p, manifestFile) }
	if zipped {
		read, isManifest = ecosystem.ZipFile, func(p string) bool { return p == path.Join("node_modules", w.name, manifestFile) }
	}
	inner, data, err := read(cache, file, digest, maxManifest, isManifest)
	if errors.Is(err, fs.ErrNotExist) && inner == "" {
		return kept{} // there is none, or what was fetched is no package
	}
	if err != nil {
		r.Unfetched(source.Span{Path: place}, w.id, w.install, err)
		return kept{}
	}
	m, ok := r.manifestOf(w, place+"!/"+inner, data, nil)
	if !ok {
		return kept{}
	}
	return kept{dir: source.Join(place+"!/", path.Dir(inner)), digest: digest, manifest: m}
}

// manifestOf reads the manifest of a package in a cache, which must be of the package that is wanted.
func (r *reader) manifestOf(w wanted, file string, data []byte, err error) (m doc.Node, ok bool) {
	if err != nil {
		r.Unfetched(source.Span{Path: file}, w.id, w.install, err)
		return doc.Node{}, false
	}
	d, err := doc.JSON(file, data)
	if err != nil {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Components: []sbom.ID{w.id}, Next: w.install, Why: "cannot be read: " + err.Error()})
		return doc.Node{}, false
	}
	m = d.Root()
	if name, version := m.Get("name").Text(), m.Get("version").Text(); name != w.name || !sameVersion(version, w.version) {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Components: []sbom.ID{w.id}, Next: w.install,
			Why: fmt.Sprintf("the cache has %s, the lockfile has %s", ecosystem.Quote(name+"@"+version), ecosystem.Quote(w.name+"@"+w.version))})
		return doc.Node{}, false
	}
	return m, true
}

// sameVersion reports whether a manifest has the version of a lockfile: npm takes a "v" from it and what follows a "+".
func sameVersion(has, wanted string) bool {
	clean := func(v string) string {
		v, _, _ = strings.Cut(strings.TrimLeft(strings.TrimSpace(v), "v="), "+")
		return v
	}
	return wanted == "" || clean(has) == clean(wanted)
}
