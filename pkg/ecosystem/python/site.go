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

// Environments lie in the folder of their project or anywhere else: what VIRTUAL_ENV names, the user's own packages, those of the
// system, in which containers are built. A lockfile says what is wanted of them, name and version, and so many projects may share
// one. It is the cache "site" here.

// siteName is the cache's name.
const siteName = "site"

// site is a folder of installed packages outside the target, listed once.
type site struct {
	*reader                     // on that folder
	cache   string              // its name
	infos   map[string][]string // the folders of metadata, by the package's name
}

// openSite lists the packages that are installed elsewhere.
func (r *reader) openSite() *site {
	if r.site != nil {
		return r.site
	}
	r.site = &site{}
	cache := r.Caches[siteName]
	if cache == nil {
		return r.site
	}
	r.site = r.siteIn(siteName, cache)
	r.site.infos = map[string][]string{}
	entries, _ := fs.ReadDir(cache, ".") // what cannot be listed holds nothing for us
	for _, e := range entries {
		if stem, _, ok := strings.Cut(e.Name(), "-"); ok && isInfo(e.Name()) {
			r.site.infos[normal(stem)] = append(r.site.infos[normal(stem)], e.Name())
		}
	}
	return r.site
}

// siteIn is a folder of a cache in which packages lie as they are installed.
func (r *reader) siteIn(name string, cache fs.FS) *site {
	return &site{reader: &reader{Project: &ecosystem.Project{FS: cache, Facts: r.Facts}, Graph: ecosystem.Graph{Reader: r.Reader}}, cache: name}
}

// elsewhere gives a package the files and the license of the one of its name and version that is installed outside the target, or that
// an installer keeps.
func (r *reader) elsewhere(p *pack) {
	if len(p.dirs) > 0 || p.local != "" || p.conda != "" || p.version == "" {
		return
	}
	s := r.openSite()
	infos := s.infos[p.name]
	for _, info := range infos {
		d := s.read(info, len(infos) == 1)
		if d == nil || d.name != p.name || d.version != p.version {
			continue
		}
		d.claims = append(d.claims, r.debianText(info, d.claims)...)
		p.described(d)
		return
	}
	r.fetched(p)
}

// described gives a package the files of a copy of it, and what the copy says.
func (p *pack) described(d *pack) {
	p.dirs, p.homepage, p.claims = d.dirs, firstOf(p.homepage, d.homepage), addClaim(p.claims, d.claims...)
}

// read reads the metadata of an installed package; nil if there is none. Several environments may be seen as one folder: unless the
// package is alone, the folders of code, which are called the same in every version, may be those of another one.
func (s *site) read(info string, alone bool) *pack {
	file := path.Join(info, "METADATA")
	if strings.HasSuffix(info, ".egg-info") {
		file = path.Join(info, "PKG-INFO")
		if i, err := fs.Stat(s.FS, info); err == nil && !i.IsDir() {
			file = info
		}
	}
	data, err := ecosystem.ReadFile(s.FS, file, maxFile)
	if err != nil {
		return nil
	}
	d, _ := doc.Header(source.JoinRoot(s.cache, file), data)
	p := packIn(d)
	dirs, code := s.foldersIn(info), s.packageDirs(info)
	if file == info {
		dirs, code = nil, s.packageDirsOf(p.name)
	}
	if alone {
		dirs = append(dirs, code...)
	}
	for _, dir := range dirs {
		p.dirs = append(p.dirs, source.JoinRoot(s.cache, dir))
	}
	return p
}

// packageDirsOf is the folder of a package that has no list of its files: the one of its name, if that is a package.
func (s *site) packageDirsOf(name string) []string {
	dir := strings.ReplaceAll(name, "-", "_")
	if _, err := fs.Stat(s.FS, path.Join(dir, "__init__.py")); err != nil {
		return nil
	}
	return []string{dir}
}

// reportPinned tells what is not known of requirements that pin a version, of which the files of some are at hand.
func (r *reader) reportPinned(at source.Span, next string, pinned, here []sbom.ID) {
	if len(pinned) > 0 {
		r.Unavailable(at, next, "the packages' files are not on this machine, and a requirement says nothing of what they need themselves", pinned...)
	}
	if len(here) > 0 {
		r.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Next: next, Why: "a requirement says nothing of what the packages need themselves, and no lockfile does"})
	}
}
