// Package ecosystem is the contract of a package manager's reader.
//
// A reader is a value: what it is called, which files are its own, how files group into projects, and
// how one project is read. It sees the target and the package manager's caches as file systems, runs
// nothing, asks no network, and reports what it could not read as a gap of the fragment; it returns an
// error only when the whole project is lost to it, and the scan turns that into a gap too.
//
// A reader does not look into the license files of the components it names: it says in which folder
// (of the target, a cache, or an archive in one) an occurrence lies, and the scan examines the folder.
package ecosystem

import (
	"archive/zip"
	"context"
	"io/fs"
	"sync"

	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
)

// Ecosystem reads the manifests of one package manager.
type Ecosystem struct {
	// Name is the folder's name: "golang", "npm".
	Name string
	// Doc is the manual page: a first line that says which files it reads, then details.
	Doc string
	// Match reports whether the file is one that Read wants. head holds its first 512 bytes at most.
	Match func(path string, mode fs.FileMode, head []byte) bool
	// Embedded tells of the matched files those that are products in which an inventory may lie, and as a rule none does: one of
	// which Read tells nothing is no manifest, and may be of any size. nil is none.
	Embedded func(path string) bool
	// Beside tells of the files that Read asks for besides those that match: where a tree can be read in its own order only they are
	// kept at hand. nil is none.
	Beside func(path string) bool
	// Fetched says that the files are packages as they were fetched: where the project around one leads to the package, that says for
	// what it is needed, and the file only where it lies.
	Fetched bool
	// Group splits the matched paths (sorted) into projects; nil means one project a folder.
	Group func(paths []string) [][]string
	// Outline gives, of the package in that folder of a cache, the files that Read reads there, by their paths in the cache and
	// as short as Read reads them: kept, they stand for the package where it is not at hand. ok is false for a cache that is
	// another reader's, and for a package that cannot be read. nil is for readers that look into no cache.
	Outline func(name string, cache fs.FS, dir string) (files map[string]string, ok bool)
	// Read reads one project.
	Read func(ctx context.Context, p *Project) (sbom.Fragment, error)
	// Original, if not nil, gives what was published of a component that lies in the place o, to compare the files there with: nil
	// without an original at hand, or for a component of another ecosystem, and an error if there is one that cannot be read or
	// that is not what is on record. The project has no Files.
	Original func(ctx context.Context, p *Project, c *sbom.Component, o *sbom.Occurrence) (*original.Published, error)
	// Systemic says that Original tells of the packages of a system: to compare these is to read all of it, and done under --deep only.
	Systemic bool
}

// Project is what Read gets.
type Project struct {
	// FS is the target, rooted where paths of the report are rooted.
	FS fs.FS
	// Files are the project's manifests: slash paths in FS, sorted.
	Files []string
	// Caches are the folders outside the target that may be read, by name: "gomod" is GOMODCACHE,
	// "goroot" is GOROOT. A path in a cache is written name:path in spans and occurrences.
	Caches map[string]fs.FS
	// Facts are never nil.
	Facts *sbom.Facts
	// Heavy, if not nil, is to be locked by a reader while it holds more than [Light] bytes of what it inflated: of all
	// readers at work only one then does.
	Heavy sync.Locker
	// Opened, if not nil, is to be called by a reader with each archive that it had to inflate, while it holds it, and with
	// the folder that the archive is: what is wanted of that folder later is taken out then, instead of inflating it again.
	Opened func(dir string, z *zip.Reader)
	// Within, if not nil, is to be called by a reader with the path of each file in an archive of its own that is another reader's.
	Within func(file string)
}

// Light is how many inflated bytes each reader may hold whatever the others hold.
const Light = 4 << 20
