// Package executable reads programs: what a compiler wrote into them of the packages that they are made of.
//
// Three do. Go puts into every program the modules that it linked, with versions, replacements and checksums
// (debug/buildinfo). Rust does where the build went through cargo-auditable: a section named ".dep-v0" that holds the
// packages and their edges, as JSON deflated by zlib. Both survive stripping. And .NET can put a program and all that it needs into
// one file, with a list of it (bundle.go).
//
// Most executables of a tree are neither, and they are many and large. So a file is told by its first bytes, of what is
// behind them no more is read than the tables of the format and the section itself, and a file in which nothing is found is no
// manifest: it is as if nobody had asked for it ([ecosystem.Ecosystem]).
//
// Besides, a compiler links its runtime into a program, and no list tells of that; what it leaves there does (runtime.go). And a
// runtime may carry the application that it runs, which is met as what lies in an archive is (payload.go).
//
// A program is nobody's root: who puts a stranger's program into a tree conveys it, and it is contained in the project
// around it. But if the project around it is what it was built from, it is a product of that: a component of its own, which
// contains the project, and the packages as they were when it was built; they may be others than the manifests now say.
//
// A program has no license texts. Those of its packages are looked for where the package managers keep them.
//
// References: https://pkg.go.dev/debug/buildinfo, https://go.dev/ref/mod#go-version-m;
// https://github.com/rust-secure-code/cargo-auditable (PARSING.md, cargo-auditable.schema.json).
package executable

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "executable"

// Ecosystem is the reader of programs.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `programs: what Go, cargo-auditable and .NET wrote into ELF, Mach-O and PE files

Components are the modules that a Go program was linked from, with the checksum of each, replacements in the place of what
they replace, and the standard library of the version that compiled it; of a Rust program that was built by way of
cargo-auditable its crates, with the edges between them, those that only build scripts needed with scope build; of one that .NET published as a single file its packages, and the runtime if it was put in.

So are the runtimes that a compiler linked into a program: glibc and musl, libgcc and libstdc++, the standard library of Rust, and those
of scripts: Node, Bun, Deno, Electron with Chromium, V8, CPython. They are known by what they leave in a program, never by the name of a compiler alone; their licenses are known and not read, and
the evidence says so (runtime:NAME). What a program loads when it starts is not in it. Other programs say nothing of
themselves and are not mentioned.

What a runtime carries to run it is read as an archive in the place of the program: Node's and Bun's single files, nexe, PyInstaller. Of
a frozen program of Python the modules are named that no metadata in it explains. What pkg, Deno and Nuitka put into a program is not
read, and that is a gap; so is a Go program of tests, of which the go command does not write what is linked in.

A program belongs to the project around it. One that was built from this very project is a component that contains it.

Licenses are looked for in the module cache (--cache gomod=DIR), the Go installation (--cache goroot=DIR) and Cargo's registry
(--cache cargo=DIR), NuGet's packages (--cache nuget=DIR).`,
	Embedded: func(string) bool { return true },
	Match:    match,
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string { return p })
	},
	Read: read,
}

func match(_ string, mode fs.FileMode, head []byte) bool {
	return mode.IsRegular() && archive.IsProgram(head)
}

// reader reads one program.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	file   string
	own    bool      // it was built from the project around it
	absent []sbom.ID // whose licenses are not at hand
	nugets []sbom.ID // of them those of .NET
}

func read(ctx context.Context, p *ecosystem.Project) (out sbom.Fragment, err error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, file: p.Files[0]}
	at, closer, bad := open(p.FS, r.file)
	if bad != nil {
		return r.Fragment, nil // the walk read its head, and tells what is wrong with it
	}
	defer closer.Close()
	defer func() {
		if bad := recover(); bad != nil { // the packages of the standard library are not made for strangers' files
			r.broken(fmt.Errorf("the tables of the file are contradictory"))
			out, err = r.Fragment, nil
		}
	}()
	r.program(at)
	return r.Fragment, ctx.Err()
}

func (r *reader) program(at io.ReaderAt) {
	r.readPayload(at)
	bounded := &budget{ReaderAt: at, left: maxRead}
	images, err := parse(bounded)
	switch {
	case err != nil && len(images) == 0 && !errors.Is(err, errLarge):
		return // it only begins like a program
	case err != nil:
		r.broken(err)
	}
	for _, img := range images {
		for _, read := range []func(*image) error{r.readGo, r.readRust, r.readBundle, r.readRuntimes} {
			if err := read(img); err != nil {
				r.broken(err)
			}
		}
	}
	slices.Sort(r.absent) // what is linked in for several processors is absent once
	if r.absent = slices.Compact(r.absent); len(r.absent) > 0 {
		r.WithoutFiles(r.at(), "fetch them with `go mod download` or `cargo fetch`, and name the cache with --cache",
			"the files of packages that a program holds are not at hand", r.absent...)
	}
	if len(r.nugets) > 0 {
		r.Unavailable(r.at(), "fetch them with `dotnet restore`, and name the folder of packages with --cache nuget=DIR",
			"the files of packages that a program holds are not at hand", r.nugets...)
	}
}

func (r *reader) base() string { return path.Base(r.file) }

// at is the place of all that a program says: it has no lines.
func (r *reader) at() source.Span { return source.Span{Path: r.file} }

// broken adds the gap of a program that holds what cannot be read.
func (r *reader) broken(err error) {
	next := "build it anew, or look into it yourself"
	if errors.Is(err, errLarge) {
		r.Gap(sbom.Gap{Kind: sbom.Limit, Span: r.at(), Why: err.Error(), Next: next, Material: true})
		return
	}
	r.Lost(r.at(), next, "what the program says of the packages in it cannot be read: %v", err)
}

// product adds the program itself, of the project that was built from, and what it was built from within.
func (r *reader) product(programName, version string, main sbom.Component) sbom.ID {
	if !ecosystem.Printable(programName) {
		programName = path.Base(r.file)
	}
	id := r.Add(sbom.Component{
		ID: sbom.ID("file:" + r.file + "#" + programName + "@" + version), Name: programName, Version: version,
		Type: sbom.TypeApplication, FirstParty: main.PURL != "",
	}, "", r.at())
	if main.PURL != "" {
		r.hold(id, r.Add(main, "", r.at()), sbom.Runtime)
	}
	return id
}

// hold adds the edge from a program to what is linked into it.
func (r *reader) hold(from, to sbom.ID, scope sbom.Scope) {
	if from == to {
		return
	}
	e := sbom.Relationship{From: from, To: to, Kind: sbom.Contains, Scope: scope, Found: []source.Span{r.at()}}
	if scope == sbom.Runtime {
		e.Linkage = sbom.Static
	}
	r.Relationships = append(r.Relationships, e)
}

// above looks for a manifest in the folder of the program and those above it, and reports whether one of them is by the test.
func (r *reader) above(manifest string, test func(data []byte) bool) bool {
	for dir := path.Dir(r.file); ; dir = path.Dir(dir) {
		if data, err := ecosystem.ReadFile(r.FS, path.Join(dir, manifest), maxManifest); err == nil && test(data) {
			return true
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}
