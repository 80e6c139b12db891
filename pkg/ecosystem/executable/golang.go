package executable

import (
	"debug/buildinfo"
	"errors"
	goversion "go/version"
	"io/fs"
	"path"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// The caches in which the files of modules lie: GOMODCACHE, and the folder of a Go installation.
const (
	modCache = "gomod"
	goRoot   = "goroot"
)

// readGo reads what Go writes into a program; nothing, if it is none of Go's.
func (r *reader) readGo(img *image) error {
	sure := img.sections[".go.buildinfo"] != nil || img.sections["__go_buildinfo"] != nil
	if img.names && !sure {
		return nil
	}
	info, err := buildinfo.Read(img)
	if err != nil {
		if sure || errors.Is(err, errLarge) {
			return errors.New(strings.ToValidUTF8(err.Error(), "�"))
		}
		return nil
	}
	program := r.goProgram(info)
	for _, m := range info.Deps {
		if m == nil {
			continue
		}
		if m.Replace != nil && !modfile.IsDirectoryPath(m.Replace.Path) {
			m = m.Replace
		}
		c, ok := goModule(m)
		if !ok {
			r.Lost(r.at(), "build it anew", "the program names a module that is none: %s", ecosystem.Quote(m.Path))
			continue
		}
		dir := r.moduleFolder(module.Version{Path: c.Name, Version: c.Version})
		id := r.Add(c, dir, r.at())
		if dir == "" {
			r.absent = append(r.absent, id)
		}
		r.hold(program, id, sbom.Runtime)
	}
	if len(info.Deps) == 0 && !r.own && strings.HasSuffix(info.Path, ".test") {
		r.Lost(r.at(), "if it ships, have `go build` make it", "a Go program of tests, as `go test -c` makes them: the go command does not write which modules are linked into it")
	}
	r.addStandard(program, info.GoVersion)
	return nil
}

// goProgram adds the module of the program; where that is the project around it, the program.
func (r *reader) goProgram(info *buildinfo.BuildInfo) sbom.ID {
	main, ok := goModule(&info.Main)
	if !ok {
		// As Bazel builds, and a list of files without a go.mod. What was linked is listed only by the go command.
		if len(info.Deps) == 0 {
			r.Lost(r.at(), "build it with the go command, or state what it is made of", "a Go program that was built without modules: what is linked into it is not known")
		}
		return r.product(path.Base(info.Path), "", sbom.Component{})
	}
	version := main.Version
	if r.above("go.mod", func(data []byte) bool { return modfile.ModulePath(data) == main.Name }) {
		main.Version, main.Hashes, main.Origin = "", nil, ""
		main.PURL = goPURL(main.Name, "") // as its manifest names it
		r.own = true
		return r.product(path.Base(info.Path), version, main)
	}
	main.Type = sbom.TypeApplication
	dir := r.moduleFolder(module.Version{Path: main.Name, Version: version})
	id := r.Add(main, dir, r.at())
	if dir == "" {
		r.absent = append(r.absent, id)
	}
	return id
}

// goModule is the component of a module; ok is false for what cannot be one.
func goModule(m *debug.Module) (c sbom.Component, ok bool) {
	version := m.Version
	if version == "(devel)" || !ecosystem.Printable(version) {
		version = ""
	}
	if !ecosystem.Printable(m.Path) || m.Path == "command-line-arguments" {
		return c, false
	}
	c = sbom.Component{Name: m.Path, Version: version, PURL: goPURL(m.Path, version), Origin: sbom.OriginEmbedded}
	if strings.HasPrefix(m.Sum, "h1:") && ecosystem.Printable(m.Sum) {
		c.Hashes = []sbom.Hash{{Algorithm: "h1", Hex: m.Sum}}
	}
	return c, true
}

// goPURL is the purl of a module, whose namespace and name are lower case by the definition of the type.
func goPURL(modulePath, version string) string {
	space, base := path.Split(strings.ToLower(modulePath))
	return ecosystem.PURL("golang", strings.TrimSuffix(space, "/"), base, version)
}

// addStandard adds the standard library, of the version that compiled the program.
func (r *reader) addStandard(program sbom.ID, stated string) {
	// The version is followed by the experiments that were on: "go1.26.1 X:nodwarf5".
	release, _, _ := strings.Cut(stated, " ")
	version := ""
	if goversion.IsValid(release) {
		version = strings.TrimPrefix(release, "go")
	}
	dir := ""
	if root := r.Caches[goRoot]; root != nil && version != "" {
		data, err := ecosystem.ReadFile(root, "VERSION", maxManifest)
		if line, _, _ := strings.Cut(string(data), "\n"); err == nil && strings.TrimSpace(line) == release {
			dir = source.JoinRoot(goRoot, ".")
		}
	}
	c := sbom.Component{Name: "stdlib", Version: version, PURL: goPURL("stdlib", version), Origin: sbom.OriginEmbedded}
	if dir == "" {
		c.Claims = r.known("go", "BSD-3-Clause") // the LICENSE of every release; where it is at hand it speaks for itself
	}
	id := r.Add(c, dir, r.at())
	if dir == "" {
		r.absent = append(r.absent, id)
	}
	r.hold(program, id, sbom.Runtime)
}

// moduleFolder says where the module cache holds the files of a module: unpacked, else in the zip that was downloaded
// (https://go.dev/ref/mod#module-cache); "" if they are not there.
func (r *reader) moduleFolder(v module.Version) string {
	cache := r.Caches[modCache]
	dir, err := module.EscapePath(v.Path)
	if cache == nil || err != nil || v.Version == "" {
		return ""
	}
	version, err := module.EscapeVersion(v.Version)
	if err != nil {
		return ""
	}
	if info, err := fs.Stat(cache, dir+"@"+version); err == nil && info.IsDir() {
		return source.JoinRoot(modCache, dir+"@"+version)
	}
	zip := "cache/download/" + dir + "/@v/" + version + ".zip"
	if info, err := fs.Stat(cache, zip); err == nil && info.Mode().IsRegular() {
		return source.JoinRoot(modCache, zip) + "!/" + v.String()
	}
	return ""
}
