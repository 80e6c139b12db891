package golang

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// member is a module whose packages can be compiled: a main module, or one of the build list.
type member struct {
	id       sbom.ID
	path     string
	manifest *manifest   // nil if not at hand
	main     *mainModule // nil for a dependency
	locate   func() (files fs.FS, dir string)
	files    fs.FS  // nil if not at hand, see open
	dir      string // in files
}

// open finds the files when they are first asked for.
func (o *member) open() bool {
	if o.locate != nil {
		o.files, o.dir = o.locate()
		o.locate = nil
	}
	return o.files != nil
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
	zips      int64 // bytes of archives in memory
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
		o.locate = func() (fs.FS, string) { return b.filesOf(s) }
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
	return b.imports.open(b.Caches[cacheName], dir), inner
}

// maxZips bounds the archives that are held in memory, in bytes. The go command unpacks what it compiles, so
// there are few or none.
const maxZips = 64 << 20

// open opens a module's zip, nil if it can't be read.
func (im *imports) open(fsys fs.FS, name string) fs.FS {
	data, err := ecosystem.ReadFile(fsys, name, maxZips-im.zips)
	if err != nil {
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil
	}
	im.zips += int64(len(data))
	return z
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
	importPath := o.path
	if dir != o.dir {
		importPath = path.Join(o.path, source.Rel(dir, o.dir))
	}
	p := im.packages[importPath]
	if p == nil { // else another package imports it
		p = &goPackage{path: importPath}
		im.note(p)
	}
	p.of, p.read = o, true
	if !im.readFolder(p, dir) {
		p.hole = true
		return
	}
	o.main.packages = append(o.main.packages, ownPackage{p, dir})
}

// note adds a package to the graph.
func (im *imports) note(p *goPackage) {
	p.number = len(im.list)
	im.list = append(im.list, p)
	im.packages[p.path] = p
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
const maxImportPath = 1024

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
	if !o.open() || importPath == o.path {
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
	if p.of == nil || !p.of.open() || !im.readFolder(p, p.of.folder(p.path)) {
		p.hole = true
	}
}

// goFile is a file of a package.
type goFile struct {
	header
	when condition
	test bool
}

// readFolder reads the files of a package and reports whether there are any. Of dependencies nobody runs the
// tests.
func (im *imports) readFolder(p *goPackage, dir string) bool {
	list, err := fs.ReadDir(p.of.files, dir)
	p.hole = err != nil
	own := p.of.main != nil
	found := false
	name := "" // of the package
	var files []goFile
	for _, e := range list {
		base := e.Name()
		if path.Ext(base) != ".go" || isHidden(base) || !e.Type().IsRegular() {
			continue
		}
		found = true
		test := strings.HasSuffix(base, "_test.go")
		named := im.platforms.named(base)
		if test && !own || named == 0 {
			continue
		}
		h, err := readHeader(p.of.files, path.Join(dir, base))
		if err != nil {
			p.hole = p.hole || !test
			continue
		}
		f := goFile{h, im.platforms.when(named, &h), test}
		if !test && f.when.untagged() != 0 {
			name = h.name
		}
		files = append(files, f)
	}
	im.sort(p, name, files)
	if own && name == "main" {
		p.command, p.of.main.command = true, true
	}
	return found
}

// sort distributes what the files of a package import. A program that is tagged in the folder of a library
// is no part of it, and run by hand.
func (im *imports) sort(p *goPackage, name string, files []goFile) {
	imported, tests, aside := map[string]condition{}, map[string]condition{}, map[string]condition{}
	for _, f := range files {
		switch {
		case f.name == "documentation":
		case isAside(f.constraint), f.name == "main" && name != "" && name != "main":
			add(aside, f.imports, on(im.platforms.all()))
		case f.test:
			add(tests, f.imports, f.when)
		default:
			add(imported, f.imports, f.when)
		}
	}
	p.imports = im.links(imported)
	if p.of.main != nil {
		p.tests, p.aside = im.links(tests), im.links(aside)
	}
}

func add(to map[string]condition, imported []string, when condition) {
	if when.never() {
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
