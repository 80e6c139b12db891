package npm

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// The limits of the tree of folders.
const (
	maxNesting = 100  // node_modules within each other
	maxPath    = 1024 // bytes of a path in a lockfile
)

// folder is one folder of the tree that a lockfile describes. It may be there only because something
// lies below it.
type folder struct {
	// parent is the next folder above in which Node.js looks for a node_modules; nil at the top.
	parent *folder
	// name is the folder's name in the node_modules of its parent. Folders outside any node_modules (the
	// root, workspaces, what a link leads to) have their path here, and top set.
	name string
	top  bool
	// depth counts the parents.
	depth int

	key, entry doc.Node // what the lockfile says of it; both zero if nothing
	target     *folder  // what it is a link to
	pkg        pkg
	manifest   *manifest // of the target's own folders
	member     bool      // a workspace
	needed     bool      // an edge leads here
	id         sbom.ID
}

// pkg is what a lockfile says of the package in a folder.
type pkg struct {
	name, version string
	resolved      string // where from; a URL, or "file:" and a path
	direct        bool   // a dependent asks for the URL itself
	local         string // version 1: the folder of the target that holds the package
	dev, optional bool   // nothing but development, or optional dependencies, lead to it
	bundled       bool   // lies in the archive of the package above
	hashes        []sbom.Hash
}

// listed reports whether the lockfile says anything of the folder.
func (f *folder) listed() bool { return f.key.Kind() != doc.Missing }

// isLink: the folder is a link to one outside any node_modules.
func (f *folder) isLink() bool { return !f.top && isTrue(f.entry, "link") }

// path is the folder's path below that of the lockfile.
func (f *folder) path() string {
	if f.top {
		return f.name
	}
	return path.Join(f.parent.path(), "node_modules", f.name)
}

// leaf is the name that the folder has on disk.
func (f *folder) leaf() string {
	if f.top {
		return path.Base(f.name)
	}
	return f.name
}

// tree is all folders of a lockfile.
type tree struct {
	folders  []*folder // in the order they were met, parents first; the root is the first
	children map[child]*folder
	tops     map[string]*folder // by path
	paths    map[string]*folder // all that were asked for by path
}

type child struct {
	parent *folder
	name   string
}

func newTree() *tree {
	t := &tree{children: map[child]*folder{}, tops: map[string]*folder{}, paths: map[string]*folder{}}
	t.insert(&folder{name: ".", top: true})
	return t
}

func (t *tree) root() *folder { return t.folders[0] }

func (t *tree) insert(f *folder) *folder {
	if f.parent != nil {
		f.depth = f.parent.depth + 1
	}
	if f.top {
		t.tops[f.name] = f
	} else {
		t.children[child{f.parent, f.name}] = f
	}
	t.folders = append(t.folders, f)
	return f
}

// below gives the folder of a name in the node_modules of parent; nil if it would lie too deep.
func (t *tree) below(parent *folder, name string) *folder {
	if f := t.children[child{parent, name}]; f != nil {
		return f
	}
	if parent.depth >= maxNesting {
		return nil
	}
	return t.insert(&folder{parent: parent, name: name})
}

// at gives the folder of a path as versions 2 and 3 write it; nil if it is no such path.
func (t *tree) at(p string) *folder {
	if f := t.paths[p]; f != nil {
		return f
	}
	var f *folder
	if len(p) > maxPath {
		return nil
	} else if i := strings.LastIndex(p, "node_modules/"); i == 0 || i > 0 && p[i-1] == '/' {
		parent, leaf := t.root(), p[i+len("node_modules/"):]
		if i > 0 {
			parent = t.at(p[:i-1])
		}
		if parent == nil || !validName(leaf) {
			return nil
		}
		f = t.below(parent, leaf)
	} else {
		f = t.topAt(p)
	}
	if f != nil {
		t.paths[p] = f
	}
	return f
}

// topAt gives the folder of a path outside any node_modules. One above the root has no parent.
func (t *tree) topAt(p string) *folder {
	if p == "" {
		p = "."
	}
	if f := t.tops[p]; f != nil {
		return f
	}
	if path.IsAbs(p) || path.Clean(p) != p || !ecosystem.Printable(strings.ReplaceAll(p, " ", "_")) || strings.ContainsAny(p, `\:`) {
		return nil
	}
	f := &folder{name: p, top: true}
	if !strings.HasPrefix(p, "..") {
		if f.parent = t.topAt(path.Dir(p)); f.parent == nil || f.parent.depth >= maxNesting {
			return nil
		}
	}
	return t.insert(f)
}

// resolve finds what Node.js loads for a name required by a file of the folder
// (https://nodejs.org/api/modules.html#loading-from-node_modules-folders); nil if there is nothing.
func (t *tree) resolve(from *folder, name string) *folder {
	for f := from; f != nil; f = f.parent {
		if found := t.children[child{f, name}]; found != nil && found.listed() {
			if found.target != nil {
				return found.target
			}
			return found
		}
	}
	return nil
}
