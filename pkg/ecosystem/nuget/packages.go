package nuget

import (
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// add adds a package and returns its ID, "" for what can be none.
func (r *reader) add(id, version string, hashes []sbom.Hash, at source.Span) sbom.ID {
	if !ecosystem.Printable(id) || version != "" && !ecosystem.Printable(version) || strings.ContainsAny(id, "/$()") {
		r.Lost(at, "mend the entry", "%s cannot be a package", ecosystem.Quote(strings.TrimSpace(id+" "+version)))
		return ""
	}
	c := sbom.Component{Name: id, Version: version, PURL: ecosystem.PURL(name, "", id, version), Hashes: hashes}
	dir, known := r.dirs[c.PURL]
	if !known {
		dir = r.folderOf(id, version)
		r.dirs[c.PURL] = dir
		if dir != "" {
			r.describe(&c, dir, id)
		} else {
			c.Claims = ofRuntime(id, at)
		}
	}
	return r.Add(c, dir, at)
}

// ofRuntime is the license of a package that is a part of .NET itself, which is known and not stated there.
func ofRuntime(id string, at source.Span) []sbom.Claim {
	runtime, license, ok := rules.RuntimePackage(id)
	if !ok {
		return nil
	}
	return detect.Known("runtime:"+runtime, license, at)
}

// folderOf is where the files of a package lie, "" if they are not at hand: in the folder of all packages they are laid
// out by name and version, in one of the target by both in one name.
func (r *reader) folderOf(id, version string) string {
	if version == "" || strings.Trim(version, ".") == "" || strings.Trim(id, ".") == "" {
		return ""
	}
	if cache := r.Caches[name]; cache != nil {
		dir := path.Join(strings.ToLower(id), strings.ToLower(version))
		if info, err := fs.Stat(cache, dir); fs.ValidPath(dir) && err == nil && info.IsDir() {
			return source.JoinRoot(name, dir)
		}
	}
	if !fs.ValidPath(id + "." + version) {
		return ""
	}
	return r.At(path.Join("packages", id+"."+version))
}

// describe reads the nuspec that lies with a package's files.
func (r *reader) describe(c *sbom.Component, dir, id string) {
	fsys, file := r.FS, path.Join(dir, id+".nuspec")
	root, rest := source.SplitRoot(dir)
	if root != "" {
		fsys, file = r.Caches[root], path.Join(rest, strings.ToLower(id)+".nuspec")
	}
	data, err := ecosystem.ReadFile(fsys, file, maxManifest)
	if err != nil {
		return
	}
	if d, err := doc.XML(source.JoinRoot(root, file), data); err == nil {
		describe(c, d.Root().Get("package").Get("metadata"))
	}
}

// contentHash reads the hash of a package's content, which is not that of its file: signing changes the latter.
func contentHash(s string) []sbom.Hash {
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, "sha512-"))
	if err != nil || len(sum) != 64 {
		return nil
	}
	return []sbom.Hash{{Algorithm: "nuget-content-sha512", Hex: hex.EncodeToString(sum)}}
}

// absent adds the gap of packages whose files are not at hand.
func (r *reader) absent(file, next string, list []sbom.ID) {
	var out []sbom.ID
	for _, id := range list {
		if r.dirs[string(id)] == "" {
			out = append(out, id)
		}
	}
	if len(out) > 0 {
		r.WithoutFiles(source.Span{Path: file}, next, "the files of packages are not on this machine", out...)
	}
}
