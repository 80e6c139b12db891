package ecosystem

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// maxGaps is how many things may be wrong with one project before the rest is not listed.
const maxGaps = 1000

// Graph gathers what a reader learns of one project: components, the edges between them, what could not be read. A
// component may be added as often as it is met: merging joins what has one ID.
type Graph struct {
	Reader string // the ecosystem's name, for gaps
	sbom.Fragment
}

// Add adds a component that the places name and returns its ID: the one it has, else its purl, else one made of the
// folder of the first place, its name and its version. dir is where its files lie, "" if they are not at hand. What is not
// said is a library that a manifest names.
func (g *Graph) Add(c sbom.Component, dir string, at ...source.Span) sbom.ID {
	if c.ID == "" {
		c.ID = sbom.ID(c.PURL)
	}
	if c.ID == "" {
		folder := "."
		if len(at) > 0 {
			folder = source.Dir(at[0].Path)
		}
		c.ID = FolderID(folder, c)
	}
	if c.Type == "" {
		c.Type = sbom.TypeLibrary
	}
	if c.Origin == "" {
		c.Origin = sbom.OriginManifest
	}
	c.Source, c.Homepage = source.Redact(c.Source), source.Redact(c.Homepage)
	c.Occurrences = append(c.Occurrences, sbom.Occurrence{Dir: dir, Found: at})
	g.Components = append(room(g.Components), c)
	return c.ID
}

// room makes room for one more in a list of what is large. To append gives a quarter more each time, so that each item of a
// long list is copied four times.
func room[T any](list []T) []T {
	if len(list) == cap(list) {
		return slices.Grow(list, len(list)+1)
	}
	return list
}

// FolderID is the ID of a component without a purl whose files lie in that folder.
func FolderID(dir string, c sbom.Component) sbom.ID {
	return sbom.ID(fmt.Sprintf("file:%s#%s@%s", dir, c.Name, c.Version))
}

// Root adds a component as [Graph.Add] does, and says that it is what the project makes, unless it is vendored: that nobody
// makes here, and the scan hangs it below the project around it. Without a purl its ID is made of the folder of its files.
func (g *Graph) Root(c sbom.Component, dir string, at ...source.Span) sbom.ID {
	if c.ID == "" && c.PURL == "" && dir != "" {
		c.ID = FolderID(dir, c)
	}
	id := g.Add(c, dir, at...)
	if c.Origin != sbom.OriginVendored {
		g.Roots = append(g.Roots, id)
	}
	return id
}

// Depend adds the edge that from depends on to. requirement is the range as it is written, "" for none.
func (g *Graph) Depend(from, to sbom.ID, scope sbom.Scope, requirement string, at source.Span) {
	e := sbom.Relationship{From: from, To: to, Scope: scope, Requirement: Brief(requirement)}
	if !at.IsZero() {
		e.Found = []source.Span{at}
	}
	g.Relationships = append(room(g.Relationships), e)
}

// Gap adds a gap. A file in which everything is wrong is not told about line by line.
func (g *Graph) Gap(gap sbom.Gap) {
	switch {
	case len(g.Gaps) > maxGaps:
		return
	case len(g.Gaps) == maxGaps:
		gap = sbom.Gap{Kind: sbom.Limit, Span: source.Span{Path: gap.Span.Path}, Material: true, Next: gap.Next,
			Why: fmt.Sprintf("more than %d things are wrong with this project; the rest is not listed", maxGaps)}
	}
	gap.Reader = g.Reader
	g.Gaps = append(g.Gaps, gap)
}

// Lost adds the material gap of something that is there and cannot be read. next is what the user can do, as an imperative.
func (g *Graph) Lost(at source.Span, next, why string, args ...any) {
	g.Gap(sbom.Gap{Kind: sbom.Lost, Span: at, Why: fmt.Sprintf(why, args...), Next: next, Material: true})
}

// WithoutFiles adds the gap of components whose files are not on this machine, of which all else is known: which they are, and what
// they need. Who knows by other means what the files say lacks nothing.
func (g *Graph) WithoutFiles(at source.Span, next, why string, components ...sbom.ID) {
	g.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Why: why, Next: next, Components: components, FilesOnly: true})
}

// Unavailable adds the gap of components of which something is not on this machine, in one line for all of them; see [Graph.WithoutFiles].
func (g *Graph) Unavailable(at source.Span, next, why string, components ...sbom.ID) {
	g.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Why: why, Next: next, Components: components})
}

// Read reads a file of the target whole. What is wrong becomes a material gap, and ok is false.
func (g *Graph) Read(fsys fs.FS, file string, limit int64) (data []byte, ok bool) {
	data, err := ReadFile(fsys, file, limit)
	if err != nil {
		gap := Unread(g.Reader, source.Span{Path: file}, err)
		gap.Material = true
		g.Gap(gap)
		return nil, false
	}
	return data, true
}

// Parse reads a file with one of the readers of package doc. What is wrong becomes a material gap with the line, and whole
// is false; what could be read before it is returned all the same, and the Doc is never nil.
func (g *Graph) Parse(fsys fs.FS, file string, limit int64, next string, parse func(string, []byte) (*doc.Doc, error)) (d *doc.Doc, whole bool) {
	data, ok := g.Read(fsys, file, limit)
	if !ok {
		return &doc.Doc{}, false
	}
	d, err := parse(file, data)
	if err == nil {
		return d, true
	}
	g.Broken(file, next, err)
	return d, false
}

// Object reads a file as [Graph.Parse] does, for formats whose documents are objects: another document is a material gap too.
func (g *Graph) Object(fsys fs.FS, file string, limit int64, next string, parse func(string, []byte) (*doc.Doc, error)) doc.Node {
	d, whole := g.Parse(fsys, file, limit, next, parse)
	if top := d.Root(); whole && top.Kind() != doc.Object {
		g.Lost(top.Span(), next, "%s where an object is expected", top.Kind())
	}
	return d.Root()
}

// Expect reports whether a value is of the kind in which a reader looks for something. One of another kind is lost, a material
// gap that says what was looked for; one that is missing or null is nothing, as is an empty one where there may be several.
func (g *Graph) Expect(n doc.Node, kind doc.Kind, next, what string) bool {
	isList := func(k doc.Kind) bool { return k == doc.Array || k == doc.Object }
	switch k := n.Kind(); {
	case k == kind:
		return true
	case k == doc.Missing, k == doc.Null, isList(kind) && isList(k) && n.Len() == 0:
	default:
		g.Lost(n.Span(), next, "%s of kind %s where the kind %s is expected", what, k, kind)
	}
	return false
}

// Items yields the items of a list, as [doc.Node.Items] does; what should be one and is not is lost, see [Graph.Expect].
func (g *Graph) Items(n doc.Node, next, what string) iter.Seq[doc.Node] {
	g.Expect(n, doc.Array, next, what)
	return n.Items()
}

// Members yields the members of an object, as [doc.Node.Members] does; what should be one and is not is lost, see [Graph.Expect].
func (g *Graph) Members(n doc.Node, next, what string) iter.Seq2[doc.Node, doc.Node] {
	g.Expect(n, doc.Object, next, what)
	return n.Members()
}

// Broken adds the material gap of a file that is not what it should be, with the line where a reader of package doc tells it.
func (g *Graph) Broken(file, next string, err error) {
	gap := sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Why: err.Error(), Next: next, Material: true}
	if e, ok := errors.AsType[*doc.SyntaxError](err); ok {
		gap.Span, gap.Why = e.Span, e.Msg
		if e.Limit {
			gap.Kind = sbom.Limit
		}
	}
	g.Gap(gap)
}
