package npm

import (
	"io/fs"
	"path"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// The limits. A lockfile of 100,000 packages has 50 MB.
const (
	maxLock     = 192 << 20 // bytes
	maxManifest = 16 << 20  // bytes
)

// reader reads one project. Components that occur several times are added several times: merging joins
// what has one ID.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	manifests map[string]*manifest // of the target, by folder
	titles    map[string]*manifest // by name, nil for several
	locks     []string             // the folders with a lockfile that is read
	binary    []string             // lockfiles that are not text
	inUse     string               // the manager of one of them
	declared  *detect.Declarations
	installs  []string                // manifests of installed packages
	archives  []string                // of Yarn's cache
	homes     map[string]sbom.ID      // the projects that a lockfile is of, by folder
	claimed   map[string]sbom.ID      // the packages that a lockfile lists, by the folders in which they are installed
	laid      map[sbom.ID][]string    // where npm's lockfile says that packages lie
	bundles   []string                // files that tell what a bundle holds
	surveyed  []*installed            // what they say
	byFolder  map[string]*installed   // the same by folder
	byName    map[string][]*installed // and by name@version
	versions  map[string][]string     // up to two of each name

	patches        map[string][]string              // the files that patches name
	answers        *answers                         // what registries told pnpm
	workspaceFiles map[string]doc.Node              // of pnpm, by folder
	indexed        map[doc.Node]map[string]doc.Node // what holds for the requirements of several manifests
}

func newReader(p *ecosystem.Project) *reader {
	return &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, manifests: map[string]*manifest{}, homes: map[string]sbom.ID{}, claimed: map[string]sbom.ID{},
		laid: map[sbom.ID][]string{}, patches: map[string][]string{}, declared: detect.DeclarationsOf("npm"), workspaceFiles: map[string]doc.Node{}, indexed: map[doc.Node]map[string]doc.Node{}}
}

// readJSON reads a document of the target. What is wrong with it comes as a gap, nil if nothing is; the
// rest of the document is returned all the same.
func (r *reader) readJSON(file string, limit int64, next string) (*doc.Doc, *sbom.Gap) {
	g := ecosystem.Graph{Reader: name}
	d, whole := g.Parse(r.FS, file, limit, next, doc.JSON)
	if whole {
		return d, nil
	}
	g.Gaps[0].Material = false
	return d, &g.Gaps[0]
}

// parser is one of [doc.JSON], [doc.YAML] and the like.
type parser = func(file string, data []byte) (*doc.Doc, error)

// exists reports whether there is such a file or folder in the target.
func (r *reader) exists(name string) bool {
	_, err := fs.Stat(r.FS, name)
	return err == nil
}

// below joins a path of a manifest to its folder; ok is false if that leads out of the target.
func below(dir, p string) (string, bool) {
	if path.IsAbs(p) {
		return "", false
	}
	p = path.Join(dir, p)
	return p, fs.ValidPath(p)
}
