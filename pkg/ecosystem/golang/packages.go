package golang

import (
	"archive/zip"
	"context"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// member is a module whose packages can be compiled: a main module, or one of the build list.
type member struct {
	id       sbom.ID
	path     string
	manifest *manifest   // nil if not at hand
	main     *mainModule // nil for a dependency
	files    fs.FS       // nil if not at hand
	dir      string      // in files
}

// goPackage is a folder of Go files. It is read when something first imports it.
type goPackage struct {
	number int
	path   string
	of     *member
	read   bool
	// hole: the package is not at hand, or not all of it, and what it imports is not known.
	hole    bool
	imports []link
	// What the tests of a main module's package import, and what its files do that no build compiles.
	tests, aside []link
	command      bool // its name is main
}

// link says that a package imports another one, and when.
type link struct {
	to   *goPackage
	when condition
}

// imports is the graph of the packages of one build. Each package is read once, and of each of its files
// no more than the imports; what nothing imports is not read.
type imports struct {
	platforms platforms
	members   map[string]*member // by module path
	mains     []*member
	packages  map[string]*goPackage // by import path; nil for the standard library
	list      []*goPackage
	closers   []io.Closer
}

// collectPackages finds the packages of the main modules, and where those of the others lie.
func (b *build) collectPackages(ctx context.Context) {
	im := &imports{members: map[string]*member{}, packages: map[string]*goPackage{}}
	b.imports = im
	im.platforms.release = b.release()
	for _, d := range b.Facts.Delivered() {
		im.platforms.bits(d.BuiltFor())
	}
	for _, m := range b.mains {
		o := &member{id: m.id, path: m.module.value, manifest: m.manifest, main: m, files: b.FS, dir: m.dir}
		if _, twice := im.members[o.path]; !twice {
			im.members[o.path] = o
		}
		im.mains = append(im.mains, o)
	}
	for _, s := range b.order {
		o := &member{id: s.id, path: s.mod.Path, manifest: s.manifest}
		o.files, o.dir = b.filesOf(s)
		im.members[o.path] = o
		s.member = o
	}
	for _, o := range im.mains {
		b.walkPackages(ctx, o)
	}
}

// release is the minor version of Go that compiles, 0 if it is not known.
func (b *build) release() int {
	if len(b.mains) == 0 {
		return 0
	}
	return minor(b.goVersion())
}

// filesOf gives the files of a module: what is vendored is what is compiled.
func (b *build) filesOf(s *selection) (fs.FS, string) {
	if len(s.folders) > 0 {
		return b.FS, s.folders[0]
	}
	if len(b.vendors) > 0 || s.replaced != nil && s.replaced.isFolder() {
		return nil, ""
	}
	at, ok := b.moduleFolder(s.ships)
	if !ok {
		return nil, ""
	}
	archive, inner, packed := source.SplitArchive(at)
	_, dir := source.SplitRoot(archive)
	if !packed {
		return b.Caches[cacheName], dir
	}
	if z := b.imports.open(b.Caches[cacheName], dir); z != nil {
		return z, inner
	}
	return nil, ""
}

// open opens a module's zip, nil if it can't be read.
func (im *imports) open(fsys fs.FS, name string) fs.FS {
	f, err := fsys.Open(name)
	if err != nil {
		return nil
	}
	im.closers = append(im.closers, f)
	info, err := f.Stat()
	at, ok := f.(io.ReaderAt)
	if err != nil || !ok {
		return nil
	}
	z, err := zip.NewReader(at, info.Size())
	if err != nil {
		return nil
	}
	return z
}

func (im *imports) close() {
	for _, c := range im.closers {
		c.Close()
	}
}

// walkPackages reads the packages of a main module. As for the go command, folders named testdata or
// vendor, names that begin with a dot or an underscore, other modules and what ignore directives name are
// no part of it.
func (b *build) walkPackages(ctx context.Context, o *member) {
	m := o.main
	err := fs.WalkDir(b.FS, m.dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			m.partial = true
		case !d.IsDir():
			return nil
		case p != m.dir && (isHidden(path.Base(p)) || b.notOfModule(p, m)):
			return fs.SkipDir
		default:
			b.walkPackage(o, p)
		}
		return nil
	})
	m.partial = m.partial || err != nil || len(m.packages) == 0
}

func isHidden(base string) bool { return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") }

func (b *build) notOfModule(p string, m *mainModule) bool {
	switch path.Base(p) {
	case "testdata", "vendor", "node_modules":
		return true
	}
	within := strings.TrimPrefix(p, m.dir+"/")
	for _, i := range m.ignores {
		anchored, ok := strings.CutPrefix(i.value, "./")
		if within == anchored || !ok && strings.HasSuffix(within, "/"+i.value) {
			return true
		}
	}
	_, err := fs.Stat(b.FS, path.Join(p, "go.mod"))
	return err == nil
}

// walkPackage reads the package in a folder of a main module, if there is one.
func (b *build) walkPackage(o *member, dir string) {
	im := b.imports
	p := &goPackage{path: path.Join(o.path, source.Rel(dir, o.dir)), of: o, read: true}
	if n := im.packages[p.path]; n != nil { // another main module imports it
		p = n
		p.of, p.read, p.hole = o, true, false
	}
	if !im.readFolder(p, dir) {
		return
	}
	im.note(p)
	o.main.packages = append(o.main.packages, ownPackage{p, dir})
}

// note adds a package to the graph.
func (im *imports) note(p *goPackage) {
	if im.packages[p.path] == nil {
		p.number = len(im.list)
		im.list = append(im.list, p)
		im.packages[p.path] = p
	}
}

// ownPackage is a package of a main module.
type ownPackage struct {
	*goPackage
	dir string
}

// at gives the package of an import path, nil if it is of the standard library. Of the modules whose path
// is a prefix the go command takes the longest that holds the package.
func (im *imports) at(importPath string) *goPackage {
	p, ok := im.packages[importPath]
	if ok {
		return p
	}
	p = &goPackage{path: importPath, of: im.memberOf(importPath)}
	first, _, _ := strings.Cut(importPath, "/")
	if p.of == nil && !strings.Contains(first, ".") {
		im.packages[importPath] = nil
		return nil
	}
	im.note(p)
	return p
}

// maxImportPath bounds the length of an import path, in bytes, and with it the work of looking it up.
const maxImportPath = 4096

func (im *imports) memberOf(importPath string) *member {
	var longest *member
	if len(importPath) > maxImportPath {
		return nil
	}
	for p := importPath; p != "." && p != "/"; p = path.Dir(p) {
		o := im.members[p]
		if o == nil {
			continue
		}
		if o.holds(importPath) {
			return o
		}
		if longest == nil {
			longest = o
		}
	}
	return longest
}

// holds reports whether a folder for the package is there. What is not at hand may well hold it.
func (o *member) holds(importPath string) bool {
	if o.files == nil || importPath == o.path {
		return true
	}
	info, err := fs.Stat(o.files, o.folder(importPath))
	return err == nil && info.IsDir()
}

func (o *member) folder(importPath string) string {
	return path.Join(o.dir, strings.TrimPrefix(importPath, o.path))
}

// load reads a package of a dependency, when it was not read before.
func (im *imports) load(p *goPackage) {
	if p.read {
		return
	}
	p.read = true
	if p.of == nil || p.of.files == nil || !im.readFolder(p, p.of.folder(p.path)) {
		p.hole = true
	}
}

// readFolder reads the files of a package and reports whether there are any.
func (im *imports) readFolder(p *goPackage, dir string) bool {
	list, err := fs.ReadDir(p.of.files, dir)
	if err != nil {
		p.hole = true
	}
	whens := map[string]condition{}
	var tests, aside map[string]condition
	own := p.of.main != nil
	if own {
		tests, aside = map[string]condition{}, map[string]condition{}
	}
	found := false
	for _, e := range list {
		name := e.Name()
		if path.Ext(name) != ".go" || isHidden(name) || !e.Type().IsRegular() {
			continue
		}
		found = true
		test := strings.HasSuffix(name, "_test.go")
		named := im.platforms.named(name)
		if test && !own || named == 0 {
			continue
		}
		h, err := readHeader(p.of.files, path.Join(dir, name))
		switch {
		case err != nil:
			p.hole = p.hole || !test
		case h.name == "documentation":
		case isAside(h.constraint):
			add(aside, h.imports, on(im.platforms.all()))
		case test:
			add(tests, h.imports, im.platforms.when(named, &h))
		default:
			add(whens, h.imports, im.platforms.when(named, &h))
			if own && h.name == "main" {
				p.of.main.command = true
				p.command = true
			}
		}
	}
	p.imports, p.tests, p.aside = im.links(whens), im.links(tests), im.links(aside)
	return found
}

func add(to map[string]condition, imported []string, when condition) {
	if to == nil || when.never() {
		return
	}
	for _, i := range imported {
		to[i] = to[i].or(when)
	}
}

// links finds what is imported.
func (im *imports) links(whens map[string]condition) []link {
	var out []link
	for i, when := range whens {
		if p := im.at(i); p != nil {
			out = append(out, link{p, when})
		}
	}
	return out
}
