package python

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// metadata reads the core metadata of one package
// (https://packaging.python.org/en/latest/specifications/core-metadata/): METADATA of what is installed or a wheel,
// PKG-INFO of a source distribution or an egg.
func (r *reader) metadata(h *home, file string) {
	data, ok := r.Read(r.FS, file, maxFile)
	if !ok {
		return
	}
	d, _ := doc.Header(file, data) // what is no field is a description of old
	p := packIn(d)
	if p.name == "" {
		r.Lost(at(file), "install the package again", "there is no name of a package here")
		if !p.nameByFolder(file) {
			return
		}
	}
	info := path.Dir(file)
	switch {
	case isInfo(file): // an egg-info that is no folder
	case isInfo(info):
		p.dirs = append(r.foldersIn(info), r.packageDirs(info)...)
		r.eggNeeds(p, path.Join(info, "requires.txt"))
		r.directURL(p, path.Join(info, "direct_url.json"))
		if _, err := fs.Stat(r.FS, path.Join(info, "REQUESTED")); err == nil {
			p.direct = sbom.Yes
		}
	case !isEnvironment(path.Base(info)):
		h.describe(p) // of the source distribution that lies in this folder
		return
	}
	h.dists = append(h.dists, p)
}

// nameByFolder takes the name and the version from the folder of the metadata: name-version.dist-info (the specification
// "Recording installed projects").
func (p *pack) nameByFolder(file string) bool {
	stem, ok := strings.CutSuffix(path.Base(path.Dir(file)), ".dist-info")
	name, version, parted := strings.Cut(stem, "-")
	if !ok || !parted || !isName(name) || !isVersion(version) {
		return false
	}
	p.written, p.name, p.at, p.version = name, normal(name), []source.Span{at(file)}, firstOf(p.version, version)
	return true
}

// packIn is the package that a file of metadata describes.
func packIn(d *doc.Doc) *pack {
	p := &pack{}
	var t terms
	for k, v := range d.Root().Members() {
		p.field(&t, strings.ToLower(k.Text()), v)
	}
	p.claims = t.claims()
	return p
}

func (p *pack) field(t *terms, key string, v doc.Node) {
	switch key {
	case "name":
		if p.name == "" && isName(v.Text()) {
			p.written, p.name, p.at = v.Text(), normal(v.Text()), []source.Span{v.Span()}
		}
	case "version":
		if p.version == "" && isVersion(v.Text()) {
			p.version = v.Text()
		}
	case "license-expression":
		t.expression = stated{v.Text(), v.Span()}
	case "license":
		t.license = stated{v.Text(), v.Span()}
	case "classifier":
		t.classifier(v.Text(), v.Span())
	case "home-page":
		if v.Text() != "UNKNOWN" {
			p.homepage = v.Text()
		}
	case "project-url":
		if label, url, ok := strings.Cut(v.Text(), ","); ok && isHomepage(strings.TrimSpace(label)) {
			p.homepage = firstOf(p.homepage, strings.TrimSpace(url))
		}
	case "requires-dist":
		if n, ok := want(v.Text(), v.Span()); ok {
			p.needs = append(p.needs, n)
		}
	}
}

// maxFolders bounds the folders that are noted of one package.
const maxFolders = 100

// foldersIn are the folder of the metadata and those in it, which hold the license files (PEP 639).
func (r *reader) foldersIn(info string) []string {
	out := []string{info}
	for i := 0; i < len(out) && len(out) < maxFolders; i++ {
		entries, _ := fs.ReadDir(r.FS, out[i]) // what cannot be listed the scan reports
		for _, e := range entries {
			if e.IsDir() {
				out = append(out, path.Join(out[i], e.Name()))
			}
		}
	}
	return out
}

// packageDirs are the folders beside the metadata that hold the package's code: those that the list of its files
// calls packages, or that setuptools noted.
func (r *reader) packageDirs(info string) []string {
	if path.Base(info) == "EGG-INFO" || strings.HasSuffix(info, ".egg-info") && !isEnvironment(path.Base(path.Dir(info))) {
		return nil
	}
	var out []string
	seen := map[string]bool{"": true}
	add := func(folder string) {
		if !seen[folder] && fs.ValidPath(folder) && !strings.Contains(folder, "/") && len(out) < maxFolders {
			seen[folder] = true
			dir := path.Join(path.Dir(info), folder)
			if info, err := fs.Stat(r.FS, path.Join(dir, "__init__.py")); err == nil && info.Mode().IsRegular() {
				out = append(out, dir)
			}
		}
	}
	record := r.peek(path.Join(info, "RECORD"))
	for line := range strings.SplitSeq(record, "\n") {
		if folder, _, ok := strings.Cut(line, "/__init__.py,"); ok {
			add(folder)
		}
	}
	if record == "" {
		for line := range strings.SplitSeq(r.peek(path.Join(info, "top_level.txt")), "\n") {
			add(strings.TrimSpace(line))
		}
	}
	return out
}

// peek reads a file that need not be there.
func (r *reader) peek(file string) string {
	if info, err := fs.Stat(r.FS, file); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	data, _ := r.Read(r.FS, file, 16<<20)
	return string(data)
}

// eggNeeds reads requires.txt, in which setuptools notes what an egg needs: sections are extras, with a marker
// behind a colon.
func (r *reader) eggNeeds(p *pack, file string) {
	text := r.peek(file)
	if text == "" || len(p.needs) > 0 {
		return
	}
	extra, marker := "", ""
	for l, err := range doc.Lines(file, []byte(text)) {
		if err != nil {
			r.broken(file, err)
			return
		}
		if section, ok := strings.CutPrefix(l.Text, "["); ok {
			section, marker, _ = strings.Cut(strings.TrimSuffix(section, "]"), ":")
			extra = normal(strings.TrimSpace(section))
			continue
		}
		if n, ok := want(l.Text, l.Span()); ok {
			n.extra, n.marker = extra, marker
			p.needs = append(p.needs, n)
		}
	}
}

// directURL reads where a package was installed from, if not from an index (PEP 610).
func (r *reader) directURL(p *pack, file string) {
	text := r.peek(file)
	if text == "" {
		return
	}
	d, err := doc.JSON(file, []byte(text))
	if err != nil {
		return // the package is known without it
	}
	url := d.Root().Get("url").Text()
	vcs := d.Root().Get("vcs_info")
	switch {
	case vcs.Kind() == doc.Object:
		p.origin = origin{vcs: git(firstOf(vcs.Get("vcs").Text(), "git"), url, vcs.Get("commit_id").Text())}
	case strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://"):
		p.origin = origin{url: anonymous(url)}
	}
}
