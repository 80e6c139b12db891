// Package nuget reads .NET projects: project files, central package versions, lockfiles, what a restore or a publish
// leaves, and the manifests of packages.
//
// Five generations of files say what a project needs. packages.config lists all packages, wanted or needed in turn,
// without telling which. PackageReference in a project file lists those that are wanted; packages.lock.json and
// obj/project.assets.json have the whole graph, one for each target framework; *.deps.json beside a published program has
// what that ships. A folder is one project here: its project file names the root and says what is wanted and for
// what, and the best of the other files there says what is had.
//
// Project files are programs of MSBuild. Of these the declarative part is read: properties, items, Directory.Build.props and
// Directory.Packages.props of the folders above, literal imports. Conditions are not evaluated: what is wanted
// for one framework or one configuration is wanted, and where two want two versions, both are.
//
// Names of packages are compared without case, as NuGet does.
//
// Reference: https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files,
// central-package-management, https://learn.microsoft.com/nuget/reference/nuspec.
package nuget

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// name is the ecosystem's, the purl type, and the name of the cache of packages.
const name = "nuget"

// Ecosystem is the reader of .NET projects.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `.NET packages: *.csproj, packages.lock.json, project.assets.json, *.deps.json, *.runtimeconfig.json, packages.config, *.nuspec

Components are the packages of the lockfile or of what the last restore left, with edges, requirements and the hash of
their content; of a published program, what its *.deps.json lists, and the runtime that its
*.runtimeconfig.json says it brings; one that it only needs is none of it. Without these they are the PackageReferences of
*.csproj, *.fsproj and *.vbproj, and those that a program of one *.cs names at its top, with versions from
Directory.Packages.props, Directory.Build.props, imported files and properties, or the packages of packages.config. A project
of F# has FSharp.Core. Files that a project refers to with HintPath are components without a purl, or the packages in whose
folders they lie. SDKs that are packages, named by projects or global.json, have scope build. A Directory.Packages.props below which no project lies is listed whole, and so are
dotnet-tools.json and the dependencies of a *.nuspec.

References with PrivateAssets="all", developmentDependency="true", global references and tools have scope development. What a
test project needs has scope test: one with IsTestProject or a reference to Microsoft.NET.Test.Sdk. Each project is a
root with the license that PackageLicenseExpression or the nuspec declares. Files and licenses of packages are looked for in the
folder of packages (--cache nuget=DIR, ~/.nuget/packages) and in a folder packages of the target.`,
	Match: match,
	Group: group,
	Read:  read,
}

// The limits of files, in bytes.
const (
	maxManifest = 8 << 20
	maxLock     = 128 << 20
)

const (
	lockFile    = "packages.lock.json"
	assetsFile  = "project.assets.json"
	centralFile = "Directory.Packages.props"
	oldCentral  = "Packages.props"
	sharedFile  = "Directory.Build.props"
	toolsFile   = "dotnet-tools.json"
	globalFile  = "global.json"

	configSuffix = ".runtimeconfig.json"
)

func match(p string, mode fs.FileMode, head []byte) bool {
	base := path.Base(p)
	switch base {
	case lockFile, assetsFile, centralFile, oldCentral, sharedFile, toolsFile, globalFile:
		return ecosystem.Own(p, mode)
	}
	return ecosystem.Own(p, mode) && (isProject(p) || isApp(p, head) || isConfig(p) || strings.HasSuffix(base, ".deps.json") ||
		strings.HasSuffix(base, configSuffix) || strings.HasSuffix(base, ".nuspec"))
}

func isProject(p string) bool {
	switch path.Ext(p) {
	case ".csproj", ".fsproj", ".vbproj":
		return true
	}
	return false
}

func isConfig(p string) bool {
	base := strings.ToLower(path.Base(p))
	return base == "packages.config" || strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".config")
}

// home is the folder of the project that a file speaks of: what lies in obj belongs to the folder around it.
func home(p string) string {
	dir := path.Dir(p)
	if base := path.Base(dir); base == "obj" && path.Base(p) == assetsFile || base == ".config" && path.Base(p) == toolsFile {
		dir = path.Dir(dir)
	}
	return dir
}

// group makes one project of all: they refer to each other, and share files of the folders above.
func group(paths []string) [][]string {
	if len(paths) == 0 {
		return nil
	}
	return [][]string{paths}
}

// reader reads all projects of a target.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	folders  map[string]*folder
	projects map[string]sbom.ID // roots by the names of projects, in lower case
	byFile   map[string]sbom.ID // roots by project file
	props    map[string]*props  // files of MSBuild
	globals  map[string]*global // by file
	dirs     map[string]string  // folders of packages by purl
	claimed  map[sbom.ID]bool   // packages whose nuspec was looked for
}

// folder is what lies in one folder.
type folder struct {
	dir                                                              string
	projects, locks, assets, deps, runtimes, configs, tools, nuspecs []string
	roots                                                            []*root
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{
		Project: p, Graph: ecosystem.Graph{Reader: name}, folders: map[string]*folder{}, projects: map[string]sbom.ID{},
		byFile: map[string]sbom.ID{}, props: map[string]*props{}, globals: map[string]*global{}, dirs: map[string]string{}, claimed: map[sbom.ID]bool{},
	}
	var order []*folder
	var central, globals []string
	for _, file := range p.Files {
		f := r.folders[home(file)]
		if f == nil {
			f = &folder{dir: home(file)}
			r.folders[f.dir] = f
			order = append(order, f)
		}
		if base := path.Base(file); base == centralFile || base == oldCentral || base == sharedFile {
			central = append(central, file)
		} else if base == globalFile {
			globals = append(globals, file)
		} else {
			f.take(file)
		}
	}
	for _, f := range order {
		for _, file := range f.projects {
			f.roots = append(f.roots, r.readProject(file))
		}
	}
	for _, f := range order {
		if err := ctx.Err(); err != nil {
			return r.Fragment, err
		}
		r.readFolder(f)
	}
	for _, file := range central {
		r.readCentral(file)
	}
	for _, file := range globals {
		r.readGlobal(file)
	}
	return r.Fragment, ctx.Err()
}

// take puts a file where it belongs.
func (f *folder) take(file string) {
	list := &f.nuspecs
	switch base := path.Base(file); {
	case isProject(file), path.Ext(file) == ".cs":
		list = &f.projects
	case base == lockFile:
		list = &f.locks
	case base == assetsFile:
		list = &f.assets
	case base == toolsFile:
		list = &f.tools
	case strings.HasSuffix(base, ".deps.json"):
		list = &f.deps
	case strings.HasSuffix(base, configSuffix):
		list = &f.runtimes
	case isConfig(file):
		list = &f.configs
	}
	*list = append(*list, file)
}

// readFolder reads what lies beside the project files, and then adds what these want, as far as nothing has it.
func (r *reader) readFolder(f *folder) {
	for _, file := range f.nuspecs {
		r.readNuspec(f, file)
	}
	brought := false
	for _, file := range f.deps {
		brought = r.readDeps(file) || brought
	}
	for _, file := range f.runtimes {
		r.readRuntime(file, brought)
	}
	if len(f.assets)+len(f.locks)+len(f.configs)+len(f.tools) > 0 && len(f.roots) == 0 {
		f.roots = append(f.roots, r.unnamed(f))
	}
	for _, file := range slices.Concat(f.locks, f.assets) {
		r.readGraph(f, file)
	}
	for _, file := range f.configs {
		r.readConfig(f, file)
	}
	for _, file := range f.tools {
		r.readTools(f, file)
	}
	for _, at := range f.roots {
		r.settle(at)
	}
}
