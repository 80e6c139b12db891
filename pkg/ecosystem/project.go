package ecosystem

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
)

// Named matches files by their whole names, but for those in the folders that npm fills: what is there is part of a
// package, and its manifests say how that was made.
func Named(names ...string) func(string, fs.FileMode, []byte) bool {
	return func(p string, mode fs.FileMode, _ []byte) bool {
		return slices.Contains(names, path.Base(p)) && Own(p, mode)
	}
}

// Own reports whether the path is a file outside the folders that npm fills.
func Own(p string, mode fs.FileMode) bool {
	return mode.IsRegular() && !strings.HasPrefix(p, "node_modules/") && !strings.Contains(p, "/node_modules/")
}

// Dir is the folder of the project's first file.
func (p *Project) Dir() string { return path.Dir(p.Files[0]) }

// File is the project's first file of this name; of several names, of the first that there is. It is "" without one.
func (p *Project) File(names ...string) string {
	for _, name := range names {
		for _, f := range p.Files {
			if path.Base(f) == name {
				return f
			}
		}
	}
	return ""
}

// Unnamed is the root that [Unnamed] gives by the facts of the project.
func (p *Project) Unnamed(dir string) sbom.Component { return Unnamed(p.Facts, dir) }

// Unnamed is the root of a project in that folder whose manifests do not tell what it is called: it has the name of the
// folder. At the top of the target it is the target, which all ecosystems without a name there share.
func Unnamed(facts *sbom.Facts, dir string) sbom.Component {
	c := sbom.Component{Name: path.Base(dir), Type: sbom.TypeApplication}
	if dir == "." {
		c.Name = "target"
		if facts != nil {
			c.Name, c.Version = cmp.Or(facts.Project.Name, c.Name), facts.Project.Version
		}
	}
	return c
}

// At is the folder if it exists in the target, and "" otherwise: for the folders in which package managers lay what they
// install.
func (p *Project) At(dir string) string {
	if info, err := fs.Stat(p.FS, dir); err == nil && info.IsDir() {
		return path.Clean(dir)
	}
	return ""
}

// Folders is [Project.At] for many names in one folder, of which there may be none: it is listed once.
func (p *Project) Folders(dir string) func(name string) string {
	here := map[string]bool{}
	entries, _ := fs.ReadDir(p.FS, dir)
	for _, e := range entries {
		here[e.Name()] = e.IsDir() || p.At(path.Join(dir, e.Name())) != "" // a link may lead to one
	}
	return func(name string) string {
		if here[name] {
			return path.Join(dir, name)
		}
		return ""
	}
}
