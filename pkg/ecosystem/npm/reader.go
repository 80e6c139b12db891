package npm

import (
	"errors"
	"io/fs"
	"path"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
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
	foreign   []string             // lockfiles of other package managers
	exprs     map[string]spdx.Expr // what was parsed already
}

func newReader(p *ecosystem.Project) *reader {
	return &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, manifests: map[string]*manifest{}, exprs: map[string]spdx.Expr{}}
}

// readJSON reads a document of the target. What is wrong with it comes as a gap, nil if nothing is; the
// rest of the document is returned all the same.
func (r *reader) readJSON(file string, limit int64, next string) (*doc.Doc, *sbom.Gap) {
	return r.read(file, limit, next, doc.JSON)
}

func (r *reader) read(file string, limit int64, next string, parse parser) (*doc.Doc, *sbom.Gap) {
	data, err := ecosystem.ReadFile(r.FS, file, limit)
	if err != nil {
		g := ecosystem.Unread(name, source.Span{Path: file}, err)
		return &doc.Doc{}, &g
	}
	return parsed(file, data, next, parse)
}

// parser is one of [doc.JSON], [doc.YAML] and the like.
type parser = func(file string, data []byte) (*doc.Doc, error)

func parsed(file string, data []byte, next string, parse parser) (*doc.Doc, *sbom.Gap) {
	d, err := parse(file, data)
	if e, ok := errors.AsType[*doc.SyntaxError](err); ok {
		g := &sbom.Gap{Kind: sbom.Lost, Span: e.Span, Why: e.Msg, Next: next}
		if e.Limit {
			g.Kind = sbom.Limit
		}
		return d, g
	}
	return d, nil
}

// mustReadJSON is readJSON for the project's own files: what is wrong with one could hide anything.
func (r *reader) mustReadJSON(file string, limit int64, next string) (d *doc.Doc, broken bool) {
	return r.mustRead(file, limit, next, doc.JSON)
}

func (r *reader) mustRead(file string, limit int64, next string, parse parser) (d *doc.Doc, broken bool) {
	d, g := r.read(file, limit, next, parse)
	if g != nil {
		g.Material = true
		r.Gap(*g)
	}
	return d, g != nil
}

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
