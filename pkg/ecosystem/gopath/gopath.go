// Package gopath reads what the package managers of Go's time before modules wrote: dep, godep, glide, govendor, gvt.
//
// They agree in that a file lists import paths with the commit of each, and that the files lie in a vendor folder.
// None of them says what needs what. dep and glide also say what the project itself imports, so that the rest is known
// to be indirect, and glide what only the tests do; of the others' packages nothing more is known, and all
// are taken as direct. Names are import paths as written: of a package for godep and govendor, of a repository for the
// others.
//
// A project with a go.mod is read by package golang: for the go command nothing else counts.
package gopath

import (
	"context"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "gopath"

// maxFile bounds what is read of one file, in bytes.
const maxFile = 32 << 20

// Ecosystem is the reader of Go projects without modules.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Go projects without modules: Gopkg.lock, Godeps/Godeps.json, glide.lock, vendor/vendor.json, vendor/manifest

Components are the import paths that the file lists, in the version or commit that it names. What glide lists for tests has scope
test. Their files are looked for in the vendor folder, or in that of godep's workspace. Where there is a go.mod these files are not
read.`,
	Match: match,
	Group: group,
	Read:  read,
}

// formats are the files, the first of a folder before the others.
var formats = []struct {
	file string // below the project's folder
	read func(*reader, string)
}{
	{"Gopkg.lock", (*reader).dep},
	{"glide.lock", (*reader).glide},
	{"Godeps/Godeps.json", (*reader).godep},
	{"vendor/vendor.json", (*reader).govendor},
	{"vendor/manifest", (*reader).gvt},
}

// locate gives the project's folder and the number of the format; -1 for none.
func locate(p string) (dir string, format int) {
	for i, f := range formats {
		if p == f.file {
			return ".", i
		}
		if dir, ok := strings.CutSuffix(p, "/"+f.file); ok {
			return dir, i
		}
	}
	return "", -1
}

func match(p string, mode fs.FileMode, _ []byte) bool {
	dir, format := locate(p)
	if format < 0 || !mode.IsRegular() {
		return false
	}
	folders := strings.Split(dir, "/")
	return !slices.ContainsFunc([]string{"vendor", "node_modules", "_workspace", "testdata"}, func(s string) bool { return slices.Contains(folders, s) })
}

// group puts together what lies in one project's folder.
func group(paths []string) [][]string {
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		dir, _ := locate(p)
		i, ok := at[dir]
		if !ok {
			i = len(groups)
			at[dir] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// reader reads one project.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	dir    string
	root   sbom.Component
	at     source.Span // of the root
	list   []entry
	direct map[string]bool // what the project imports itself; nil if nobody says
}

// entry is one line of a list.
type entry struct {
	path, version, from string
	scope               sbom.Scope
	at                  source.Span
}

func read(_ context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	files := slices.SortedFunc(slices.Values(p.Files), func(a, b string) int {
		_, i := locate(a)
		_, j := locate(b)
		return i - j
	})
	dir, format := locate(files[0])
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, dir: dir, at: source.Span{Path: files[0]}}
	if info, err := fs.Stat(p.FS, path.Join(dir, "go.mod")); err == nil && info.Mode().IsRegular() {
		for _, file := range files {
			r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Why: "the go command does not read this: go.mod counts", Next: "delete the file that is not in use"})
		}
		return r.Fragment, nil
	}
	r.root = p.Unnamed(dir)
	formats[format].read(r, files[0])
	for _, file := range files[1:] {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Why: "not read: " + path.Base(files[0]) + " counts", Next: "delete the list that is not in use"})
	}
	r.emit(files[0])
	return r.Fragment, nil
}

// name says what the project is called: its import path.
func (r *reader) name(n doc.Node) {
	if p := n.Text(); ecosystem.Printable(p) {
		r.root = sbom.Component{Name: p, PURL: purl(p, ""), Type: sbom.TypeApplication}
		r.at = n.Span()
	}
}

// take lists an import path.
func (r *reader) take(field doc.Node, version, from string, scope sbom.Scope) {
	e := entry{path: field.Text(), version: version, from: source.Redact(from), scope: scope, at: field.Span()}
	if !ecosystem.Printable(e.path) || version != "" && !ecosystem.Printable(version) {
		at := field.Span()
		if at.IsZero() {
			at = r.at
		}
		r.Lost(at, again, "%s cannot be an import path with a version", ecosystem.Quote(e.path+" "+version))
		return
	}
	r.list = append(r.list, e)
}

// items yields the items of a list.
func (r *reader) items(of doc.Node, field string) iter.Seq[doc.Node] {
	list := of.Get(field)
	if k := list.Kind(); k != doc.Array && k != doc.Missing && k != doc.Null {
		r.Lost(list.Span(), again, "%s is of kind %v: what it lists is lost", field, k)
	}
	return list.Items()
}

// parse reads a list. Its root is an object in all formats.
func (r *reader) parse(file string, parse func(string, []byte) (*doc.Doc, error)) doc.Node {
	d, whole := r.Parse(r.FS, file, maxFile, again, parse)
	if k := d.Root().Kind(); whole && k != doc.Object {
		r.Lost(d.Root().Span(), again, "the file holds no list: it is of kind %v", k)
	}
	return d.Root()
}

// purl is the purl of an import path.
func purl(importPath, version string) string {
	namespace, base := path.Split(strings.Trim(importPath, "/"))
	return ecosystem.PURL("golang", strings.TrimSuffix(namespace, "/"), base, version)
}

// emit adds the project, and what it lists.
func (r *reader) emit(file string) {
	id := r.Root(r.root, r.dir, r.at)
	var absent []sbom.ID
	for _, e := range r.list {
		dir := r.folder(e.path)
		to := r.Add(sbom.Component{Name: e.path, Version: e.version, PURL: purl(e.path, e.version), Source: e.from}, dir, e.at)
		if dir == "" {
			absent = append(absent, to)
		}
		edge := sbom.Relationship{From: id, To: to, Scope: e.scope, Found: []source.Span{e.at}}
		if r.direct != nil && !r.isDirect(e.path) {
			edge.Kind = sbom.Indirect
		}
		r.Relationships = append(r.Relationships, edge)
	}
	if len(absent) > 0 {
		r.Unavailable(source.Span{Path: file}, "restore the vendor folder with the package manager that wrote the list",
			"the files of what is listed are not on this machine", absent...)
	}
}

// isDirect reports whether the project imports the path, or a package below it.
func (r *reader) isDirect(importPath string) bool {
	return r.direct[importPath]
}

// imports notes that the project imports a package: of the repository, that is, and of the folders between.
func (r *reader) imports(pkg string) {
	for p := pkg; p != "." && p != "/" && p != ""; p = path.Dir(p) {
		r.direct[p] = true
	}
}

// folder says where the files lie: those of the repository, since that is where the license is.
func (r *reader) folder(importPath string) string {
	for _, vendor := range []string{"vendor", "Godeps/_workspace/src"} {
		for _, p := range []string{repository(importPath), importPath} {
			dir := path.Join(r.dir, vendor, p)
			if info, err := fs.Stat(r.FS, dir); err == nil && info.IsDir() {
				return dir
			}
		}
	}
	return ""
}

// repository is the part of an import path that names the repository, which most hosts have at the third place.
func repository(importPath string) string {
	parts := strings.Split(importPath, "/")
	n := 3
	if parts[0] == "gopkg.in" && len(parts) > 1 && strings.Contains(parts[1], ".") {
		n = 2
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}
