package python

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// condaName is the name among the project's caches of the folder in which conda unpacks packages, NAME-VERSION-BUILD, each with a
// folder info that tells what it is: index.json, licenses, and in repodata_record.json where it came from
// (https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/packages.html).
const condaName = "conda"

// unpacked gives a package of conda the license and the license files that conda unpacked.
func (r *reader) unpacked(p *pack, archive string) {
	cache := r.Caches[condaName]
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(archive), ".conda"), ".tar.bz2")
	info := path.Join(stem, "info")
	if cache == nil || !fs.ValidPath(info) {
		return
	}
	index, ok := r.condaFile(cache, path.Join(info, "index.json"))
	if !ok {
		return
	}
	place := source.JoinRoot(condaName, path.Join(info, "index.json"))
	record, _ := r.condaFile(cache, path.Join(info, "repodata_record.json"))
	same := index.Get("name").Text() == p.written && index.Get("version").Text() == p.version
	for _, h := range ecosystem.Hashes("sha256:"+record.Get("sha256").Text(), "md5:"+record.Get("md5").Text()) {
		for _, wanted := range p.hashes {
			same = same && (h.Algorithm != wanted.Algorithm || h.Hex == wanted.Hex)
		}
	}
	if !same {
		r.Unfetched(source.Span{Path: place}, sbom.ID(p.conda), "let conda fetch the package again", source.ErrDigest)
		return
	}
	p.claims = addClaim(p.claims, condaLicense(index.Get("license"))...)
	if _, err := fs.Stat(cache, path.Join(info, "licenses")); err == nil {
		info = path.Join(info, "licenses")
	}
	p.dirs = append(p.dirs, source.JoinRoot(condaName, info))
}

func (r *reader) condaFile(cache fs.FS, file string) (top doc.Node, ok bool) {
	data, err := ecosystem.ReadFile(cache, file, maxFile)
	if err != nil {
		return doc.Node{}, false
	}
	d, err := doc.JSON(source.JoinRoot(condaName, file), data)
	return d.Root(), err == nil
}
