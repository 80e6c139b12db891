package composer

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// reader reads one project.
type reader struct {
	*ecosystem.Project
	*ecosystem.Graph
	file           string   // the one that speaks of the project
	manifest, lock string   // paths, "" for none
	installed      []string // lists of what is installed
	root           doc.Node // the manifest
	declared       *detect.Declarations
	stands         map[string]bool // names of packages that the project itself stands in for
	dir            string
	id             sbom.ID
	whole          bool // all of the lockfile could be read
	list           []*pkg
	byName         map[string]*pkg   // by name in small letters
	provided       map[string][]*pkg // what stands in for a name
}

// pkg is a package of the lockfile, or of the list of what is installed.
type pkg struct {
	name, version string
	entry         doc.Node
	at            source.Span
	dev           bool
	dir           string   // where it lies, "" if nowhere
	stray         bool     // it is installed, but not in the lockfile
	own           doc.Node // its manifest, where it comes from a folder of the target
	id            sbom.ID
	next          []*pkg
	needed        bool
	reached       bool
}

const update = "run `composer update`"

// readPackages reads the lockfile, and what is installed.
func (r *reader) readPackages() {
	if r.lock != "" {
		d, whole := r.Parse(r.FS, r.lock, maxFile, "run `composer update --lock`", doc.JSON)
		r.whole = whole
		r.take(d.Root().Get("packages"), nil)
		for entry := range r.entries(d.Root().Get("packages-dev")) {
			r.takeEntry(entry, true)
		}
	}
	for _, file := range r.installed {
		d, whole := r.Parse(r.FS, file, maxFile, "run `composer install`", doc.JSON)
		root := d.Root()
		r.whole = r.whole || whole && r.lock == ""
		packages := root.Get("packages")
		if root.Kind() == doc.Array { // Composer 1
			packages = root
		}
		dev := map[string]bool{}
		for item := range root.Get("dev-package-names").Items() {
			dev[strings.ToLower(item.Text())] = true
		}
		if r.lock == "" {
			r.take(packages, dev)
		}
		r.locate(packages, path.Dir(file), dev)
	}
	for _, p := range r.list {
		r.locateLocal(p)
	}
}

func (r *reader) entries(list doc.Node) func(func(doc.Node) bool) {
	if k := list.Kind(); k != doc.Array && k != doc.Missing && k != doc.Null {
		r.Lost(list.Span(), update, "a list of packages is of kind %v: what it names is lost", k)
	}
	return list.Items()
}

func (r *reader) take(list doc.Node, dev map[string]bool) {
	for entry := range r.entries(list) {
		r.takeEntry(entry, dev[strings.ToLower(entry.Get("name").Text())])
	}
}

func (r *reader) takeEntry(entry doc.Node, dev bool) *pkg {
	field := entry.Get("name")
	if field.Kind() == doc.Missing {
		field = entry.Get("package") // of lockfiles before 2013
	}
	p := &pkg{name: field.Text(), version: entry.Get("version").Text(), entry: entry, at: field.Span(), dev: dev}
	switch {
	case !isPackage(p.name):
		r.Lost(entry.Span(), update, "%s cannot be the name of a package", ecosystem.Quote(p.name))
		return nil
	case p.version != "" && !ecosystem.Printable(p.version):
		r.Lost(entry.Get("version").Span(), update, "%s cannot be a version", ecosystem.Quote(p.version))
		p.version = ""
	}
	r.list = append(r.list, p)
	if key := strings.ToLower(p.name); r.byName[key] == nil {
		r.byName[key] = p
	}
	for _, table := range []string{"replace", "provide"} {
		for key := range needs(entry.Get(table)) {
			other := strings.ToLower(key.Text())
			r.provided[other] = append(r.provided[other], p)
		}
	}
	return p
}

// locate says where packages are installed. One that is not in the lockfile, or in another version, is reported.
func (r *reader) locate(packages doc.Node, dir string, dev map[string]bool) {
	var other []string
	for entry := range packages.Items() {
		name := entry.Get("name").Text()
		p := r.byName[strings.ToLower(name)]
		if p == nil {
			if p = r.takeEntry(entry, dev[strings.ToLower(name)]); p == nil {
				continue
			}
			p.stray = true
		}
		if p.version != entry.Get("version").Text() {
			other = append(other, p.name)
			continue
		}
		folder := path.Join(dir, "..", name)
		if install := entry.Get("install-path"); install.Text() != "" {
			folder = path.Join(dir, install.Text())
		}
		if r.isFolder(folder) {
			p.dir = folder
		}
	}
	if len(other) > 0 {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: packages.Span(), Next: "run `composer install`",
			Why: "installed in another version than the lockfile names: " + ecosystem.Names(other)})
	}
}

// locateLocal looks where a package lies that no list of what is installed mentions: where its repository is a folder
// of the project, or in the vendor folder.
func (r *reader) locateLocal(p *pkg) {
	home := path.Dir(r.lock)
	if p.dir != "" {
		return
	}
	if folder, ok := r.local(p); ok {
		if r.isFolder(folder) {
			p.dir = folder
		}
	} else if len(r.installed) == 0 && r.lock != "" {
		vendor := r.root.Get("config").Get("vendor-dir").Text()
		if vendor == "" {
			vendor = "vendor"
		}
		if folder := path.Join(home, vendor, p.name); r.isFolder(folder) {
			p.dir = folder
		}
	}
}

// local is the folder that a package is taken from, if it does not come from elsewhere
// (https://getcomposer.org/doc/05-repositories.md#path).
func (r *reader) local(p *pkg) (folder string, ok bool) {
	dist := p.entry.Get("dist")
	return path.Join(r.dir, dist.Get("url").Text()), dist.Get("type").Text() == "path"
}

// isFolder reports whether the target has a folder.
func (r *reader) isFolder(p string) bool {
	info, err := fs.Stat(r.FS, p)
	return err == nil && info.IsDir()
}

// isMeta: the package only requires others, and has no files (https://getcomposer.org/doc/04-schema.md#type).
func (p *pkg) isMeta() bool { return p.entry.Get("type").Text() == "metapackage" }

// component is the package as its entry describes it.
func (r *reader) component(p *pkg) sbom.Component {
	c := sbom.Component{Name: p.name, Version: p.version, PURL: purl(p.name, p.version), Claims: r.claims(p.entry),
		Homepage: source.Redact(p.entry.Get("homepage").Text())}
	dist, from := p.entry.Get("dist"), p.entry.Get("source")
	c.Hashes = ecosystem.Hashes(dist.Get("shasum").Text())
	c.Source = source.Redact(dist.Get("url").Text())
	if from.Get("type").Text() == "git" {
		c.Source = source.Redact("git+" + strings.TrimPrefix(from.Get("url").Text(), "git+"))
		if ref := from.Get("reference").Text(); ref != "" {
			c.Source += "@" + ref
		}
	}
	return c
}
