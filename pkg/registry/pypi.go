package registry

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"deps.dev/util/semver"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
)

// pypiProtocol is that of simple indexes (simple.go). Where the lockfile has digests, a file that has one of them is fetched, and if
// there are several, the one that costs least: a wheel for every system before one for some, that before sources, the smaller before
// the larger. The metadata beside a wheel (PEP 658) stands for one that is too large to be fetched, if no digest tells that it must be that.
var pypiProtocol = protocol{
	kind: "pypi", title: "Python index", setting: "set `index-url` in pip.conf, or PIP_INDEX_URL, or UV_DEFAULT_INDEX",
	configure: pypiSites, fetch: fetchDistribution,
}

const acceptSimple = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

func fetchDistribution(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	p := w.registry
	address, err := join(at.Address, archive.PythonName(w.purl.Name))
	if err != nil {
		return nil, err
	}
	page, err := c.get(ctx, address+"/", acceptSimple, maxIndex)
	if err != nil {
		return nil, err
	}
	files, base, ok := []simpleFile(nil), "", false
	if strings.Contains(page.kind, "json") {
		files, ok = simpleJSON(page.data)
	} else if files, base, ok = simpleHTML(page.data); base != "" {
		if u, err := page.url.Parse(base); err == nil && u.Host == page.url.Host {
			page.url = u
		}
	}
	if !ok {
		return nil, p.odd()
	}
	f := chooseFile(files, w)
	if f == nil {
		return nil, statusError(404)
	}
	if len(w.Hashes) == 0 && f.metadata && f.size > maxBody {
		if got, err := besideWheel(ctx, c, page, f, w); err == nil {
			return got, nil
		}
	}
	where, err := page.follow(f.ref)
	if err != nil {
		return nil, err
	}
	out, err := w.archived(ctx, c, where, "python", "", f.hashes...)
	if err != nil {
		return nil, err
	}
	if !out.distribution(out.files) {
		return nil, p.odd()
	}
	return out, nil
}

// besideWheel fetches the metadata of a wheel, if that states a license.
func besideWheel(ctx context.Context, c *client, page *answer, f *simpleFile, w *wanted) (*parcel, error) {
	ref, _, _ := strings.Cut(f.ref, "#")
	where, err := page.follow(ref + ".metadata")
	if err != nil {
		return nil, err
	}
	got, err := c.get(ctx, where, "", maxConfig)
	if err != nil {
		return nil, err
	}
	d, _ := doc.Header("METADATA", got.data)
	if d.Root().Get("License-Expression").Text() == "" {
		return nil, errNotAsked // the files know more
	}
	out, err := w.parcel(got.data, "python", "metadata.dist-info/METADATA", f.metaHash...)
	if err != nil {
		return nil, err
	}
	out.manifests = packed(map[string][]byte{out.manifest: got.data})
	return out, nil
}

// distribution finds the metadata of a package, and its files: of a wheel those that are about the package, if these hold a license. It
// reports whether there is metadata.
func (p *parcel) distribution(tree fs.FS) bool {
	info := "."
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.IsDir() && (strings.HasSuffix(e.Name(), ".dist-info") || e.Name() == "EGG-INFO") {
			info = e.Name()
		}
	}
	p.files = tree
	for _, name := range []string{"METADATA", "PKG-INFO"} {
		data, err := readFile(tree, path.Join(info, name), maxConfig)
		if err != nil {
			continue
		}
		p.manifest = path.Join("x.dist-info", name)
		if info == "." {
			p.manifest = name
		} else if about := aboutPackage(tree, info); about != nil {
			p.files = about
		}
		p.manifests = packed(map[string][]byte{p.manifest: data})
		return true
	}
	return false
}

// aboutPackage are the files beside the metadata of a wheel, those of its folder licenses among them
// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/); nil without a license file.
func aboutPackage(tree fs.FS, info string) fs.FS {
	out := map[string][]byte{}
	licensed := false
	size := 0
	err := fs.WalkDir(tree, info, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || path.Base(p) == "RECORD" {
			return err
		}
		data, err := readFile(tree, p, maxIndex)
		if size += len(data); err != nil || size > maxIndex {
			return cmp.Or(err, error(statusError(0)))
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p, info+"/"), "licenses/")
		if _, twice := out[name]; twice {
			name = strings.TrimPrefix(p, info+"/")
		}
		out[name] = data
		licensed = licensed || detect.RoleOf(name) == sbom.RoleLicenseFile
		return nil
	})
	if err != nil || !licensed {
		return nil
	}
	return packed(out)
}

// chooseFile is the file to fetch, nil if there is none of that version.
func chooseFile(files []simpleFile, w *wanted) *simpleFile {
	strong := known.Strong(w.Hashes)
	var fit []*simpleFile
	for i := range files {
		f := &files[i]
		if !isDistribution(f.name) {
			continue
		}
		named := slices.ContainsFunc(f.hashes, func(h sbom.Hash) bool { return slices.Contains(strong, h) })
		unknown := len(strong) == 0 || len(known.Strong(f.hashes)) == 0
		if named || unknown && isOfVersion(f.name, w.purl.Name, w.purl.Version) {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return slices.MinFunc(fit, func(a, b *simpleFile) int {
		return cmp.Or(cmp.Compare(costs(a.name), costs(b.name)), cmp.Compare(a.size, b.size), strings.Compare(a.name, b.name))
	})
}

// costs tells what takes least to read.
func costs(name string) int {
	switch {
	case strings.HasSuffix(name, "-none-any.whl"):
		return 0
	case strings.HasSuffix(name, ".whl"):
		return 1
	}
	return 2
}

// isOfVersion reports whether a file is called as one of that version is: the name, a hyphen, the version, and in wheels more
// (https://packaging.python.org/en/latest/specifications/source-distribution-format/ and binary-distribution-format/).
func isOfVersion(file, name, version string) bool {
	stem := file
	for _, ending := range distributions {
		stem = strings.TrimSuffix(stem, ending)
	}
	parts := strings.Split(stem, "-")
	for i := 1; i < len(parts); i++ { // old archives of sources have hyphens in their names
		if archive.PythonName(strings.Join(parts[:i], "-")) != archive.PythonName(name) {
			continue
		}
		told := parts[i]
		if stem+".whl" != file && stem+".egg" != file {
			told = strings.Join(parts[i:], "-")
		}
		return sameVersion(told, version)
	}
	return false
}

// sameVersion compares as PEP 440 does.
func sameVersion(a, b string) bool {
	a = strings.ReplaceAll(a, "_", "-")
	x, err := semver.PyPI.Parse(a)
	y, err2 := semver.PyPI.Parse(b)
	if err != nil || err2 != nil {
		return plainVersion(a) == plainVersion(b)
	}
	return x.Compare(y) == 0
}

// pypiSites are the indexes of the user: pip's and uv's variables, pip's files (pip.pypa.io/en/stable/topics/configuration/: the
// user's before those of all users), uv's (docs.astral.sh/uv/reference/settings/). Those that pip and uv would ask besides come first, as
// uv has it.
func pypiSites(u *User, keys *Keyring) []Site {
	var extra []string
	usual := u.env("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
	for _, name := range []string{"UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"} {
		extra = append(extra, strings.Fields(u.Env(name))...)
	}
	for _, file := range pipFiles(u) {
		index, more := pipConfig(u.read(file))
		usual = cmp.Or(usual, index)
		extra = append(extra, more...)
	}
	for _, file := range uvFiles(u) {
		index, more := uvConfig(u.read(file), u, keys)
		usual = cmp.Or(usual, index)
		extra = append(extra, more...)
	}
	var out []Site
	for _, address := range append(extra, usual) {
		if _, named, ok := strings.Cut(address, "="); ok && !strings.HasPrefix(address, "http") { // UV_INDEX has NAME=URL
			address = named
		}
		if address = keys.take(address); address != "" {
			out = append(out, Site{Address: address})
		}
	}
	return out
}

// pipFiles are the files that pip reads, the stronger first.
func pipFiles(u *User) []string {
	var out []string
	switch file := u.Env("PIP_CONFIG_FILE"); {
	case file == "/dev/null" || file == "nul":
		return nil
	case file != "":
		out = append(out, file)
	}
	if u.Windows {
		if dir := u.Env("APPDATA"); dir != "" {
			out = append(out, filepath.Join(dir, "pip", "pip.ini"))
		}
		return out
	}
	if dir := u.config("pip"); dir != "" {
		out = append(out, filepath.Join(dir, "pip.conf"))
	}
	if u.Home != "" {
		out = append(out, filepath.Join(u.Home, ".config", "pip", "pip.conf"), filepath.Join(u.Home, ".pip", "pip.conf"))
	}
	return append(out, "/etc/xdg/pip/pip.conf", "/etc/pip.conf")
}

// pipConfig reads a pip.conf. What is said for the command install counts before what is said for all.
func pipConfig(data []byte) (index string, extra []string) {
	d, _ := doc.INI("pip.conf", data)
	for _, section := range []string{"install", "global"} {
		s := d.Root().Get(section)
		get := func(key string) string {
			return cmp.Or(s.Get(key).Text(), s.Get(strings.ReplaceAll(key, "-", "_")).Text())
		}
		index = cmp.Or(index, get("index-url"))
		extra = append(extra, strings.Fields(get("extra-index-url"))...)
	}
	return index, extra
}

// uvFiles are the files that uv reads for a user.
func uvFiles(u *User) []string {
	if file := u.Env("UV_CONFIG_FILE"); file != "" {
		return []string{file}
	}
	var out []string
	if dir := u.config("uv"); dir != "" {
		out = append(out, filepath.Join(dir, "uv.toml"))
	}
	if u.Home != "" && !u.Windows {
		out = append(out, filepath.Join(u.Home, ".config", "uv", "uv.toml"))
	}
	return append(out, "/etc/uv/uv.toml")
}

// uvConfig reads a uv.toml. The credentials of an index are variables with its name in them.
func uvConfig(data []byte, u *User, keys *Keyring) (index string, extra []string) {
	d, _ := doc.TOML("uv.toml", data)
	top := d.Root()
	for _, t := range []doc.Node{top, top.Get("pip")} {
		index = cmp.Or(index, t.Get("index-url").Text())
		for n := range t.Get("extra-index-url").Items() {
			extra = append(extra, n.Text())
		}
	}
	for n := range top.Get("index").Items() {
		address := keys.take(n.Get("url").Text())
		name := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(n.Get("name").Text()))
		if user, password := u.Env("UV_INDEX_"+name+"_USERNAME"), u.Env("UV_INDEX_"+name+"_PASSWORD"); name != "" && user+password != "" {
			keys.basic(address, user, password)
		}
		switch {
		case n.Get("explicit").Text() == "true": // only for packages that a project assigns to it
		case n.Get("default").Text() == "true":
			index = address
		default:
			extra = append(extra, address)
		}
	}
	return index, extra
}
