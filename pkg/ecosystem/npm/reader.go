package npm

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

type fragment = sbom.Fragment

// The limits. A lockfile of 100,000 packages has 50 MB.
const (
	maxLock     = 192 << 20 // bytes
	maxManifest = 16 << 20  // bytes
	maxGaps     = 1000      // of one project
)

var errNotRegular = errors.New("not a regular file")

// reader reads one project. Components that occur several times are added several times: merging joins
// what has one ID.
type reader struct {
	*ecosystem.Project
	out       fragment
	manifests map[string]*manifest // of the target, by folder
	exprs     map[string]spdx.Expr // what was parsed already
}

func newReader(p *ecosystem.Project) *reader {
	return &reader{Project: p, manifests: map[string]*manifest{}, exprs: map[string]spdx.Expr{}}
}

// gap adds a gap. A file in which everything is wrong is not told about line by line.
func (r *reader) gap(g sbom.Gap) {
	if len(r.out.Gaps) > maxGaps {
		return
	}
	if len(r.out.Gaps) == maxGaps {
		g = sbom.Gap{Kind: sbom.Limit, Span: source.Span{Path: g.Span.Path}, Material: true,
			Why: fmt.Sprintf("more than %d things are wrong with this project; the rest is not listed", maxGaps), Next: g.Next}
	}
	g.Reader = name
	r.out.Gaps = append(r.out.Gaps, g)
}

// lost reports something that is there and cannot be read.
func (r *reader) lost(at source.Span, next, why string, args ...any) {
	r.gap(sbom.Gap{Kind: sbom.Lost, Span: at, Why: fmt.Sprintf(why, args...), Next: next, Material: true})
}

// readFile reads a file of the target. Its error is fs.ErrNotExist, a [*tooLarge], or what the file
// system said.
func (r *reader) readFile(name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(r.FS, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	case info.Size() > limit:
		return nil, &tooLarge{limit}
	}
	return fs.ReadFile(r.FS, name)
}

type tooLarge struct{ limit int64 }

func (e *tooLarge) Error() string { return fmt.Sprintf("larger than %d MiB", e.limit>>20) }

// readJSON reads a document of the target. What is wrong with it comes as a gap, nil if nothing is; the
// rest of the document is returned all the same.
func (r *reader) readJSON(name string, limit int64, next string) (*doc.Doc, *sbom.Gap) {
	g := &sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: name}, Next: next}
	data, err := r.readFile(name, limit)
	if err != nil {
		if _, ok := errors.AsType[*tooLarge](err); ok {
			g.Kind = sbom.Limit
		}
		g.Why = reason(err)
		return &doc.Doc{}, g
	}
	d, err := doc.JSON(name, data)
	if e, ok := errors.AsType[*doc.SyntaxError](err); ok {
		if e.Limit {
			g.Kind = sbom.Limit
		}
		g.Span, g.Why = e.Span, e.Msg
		return d, g
	}
	return d, nil
}

// mustReadJSON is readJSON for the project's own files: what is wrong with one could hide anything.
func (r *reader) mustReadJSON(name string, limit int64, next string) (d *doc.Doc, broken bool) {
	d, g := r.readJSON(name, limit, next)
	if g != nil {
		g.Material = true
		r.gap(*g)
	}
	return d, g != nil
}

// reason is an error without the path and operation that the gap names anyway.
func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return err.Error()
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
