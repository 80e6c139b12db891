package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Export scans the tree as far as what it depends on is searched, and gives what was found, package by package, for scans that
// have the lockfile alone. also are further components, with the folders of caches in which their files lie.
//
// A package is left out, and a gap says so, where something of it could not be read, or where the digest that the lockfile names
// can be held against the files and is not theirs. What no lockfile names by a digest is left out too, and what was copied into
// the tree: a copy is seldom the whole, and may have been changed.
func Export(ctx context.Context, tree source.Tree, opt Options, also ...sbom.Component) ([]known.Package, []sbom.Gap, error) {
	s, err := newScanner(tree, opt)
	if err != nil {
		return nil, nil, err
	}
	met := s.walk(ctx)
	graph := s.read(ctx, met)
	graph = sbom.Merge(graph.Roots, graph.Fragment(), sbom.Fragment{Components: also})
	e := exporter{scanner: s, met: met, graph: graph, own: ownersOf(graph, s.treeRoot().ID), found: map[string]*searched{}}
	searches := s.examine(ctx, met, graph)
	for i := range searches {
		e.found[searches[i].dir] = &searches[i]
	}
	e.collectInstalled()
	packages := make([]*known.Package, len(graph.Components))
	gaps := make([][]sbom.Gap, len(graph.Components))
	parallel(ctx, s.Workers, len(packages), func(i int) {
		c := &graph.Components[i]
		lost := func(g sbom.Gap) { gaps[i] = append(gaps[i], g) }
		guard("facts", source.Span{Path: "."}, lost, func() { packages[i], gaps[i] = e.export(ctx, c) })
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	var out []known.Package
	for _, p := range packages {
		if p != nil {
			out = append(out, *p)
		}
	}
	known.Sort(out)
	return out, slices.Concat(gaps...), nil
}

// exporter makes known packages of what a scan found.
type exporter struct {
	*scanner
	met   *met
	graph *sbom.Document
	own   owners
	found map[string]*searched // by folder
}

// collectInstalled adds what the walk met in folders of the target that a package manager fills.
func (e *exporter) collectInstalled() {
	for _, f := range e.met.files {
		if !installed(f.Path) {
			continue
		}
		dir, _ := e.own.of(f.Path)
		at := e.found[dir]
		if at == nil {
			at = &searched{dir: dir, texts: map[sbom.Digest]sbom.Text{}}
			e.found[dir] = at
		}
		at.files = append(at.files, f)
		for _, c := range f.Claims {
			for _, ev := range c.Evidence {
				if t, ok := e.met.texts[ev.Text]; ok {
					keepText(at.texts, ev.Text, sbom.Text{Body: t.Body, From: source.Span{Path: f.Path}})
				}
			}
		}
	}
	for _, g := range e.met.gaps {
		if dir, _ := e.own.of(g.Span.Path); e.found[dir] != nil {
			e.found[dir].gaps = append(e.found[dir].gaps, g)
		}
	}
}

// export makes a known package of a component; nil, if there is a digest and the files cannot speak for it, with the gap that
// says why.
func (e *exporter) export(ctx context.Context, c *sbom.Component) (*known.Package, []sbom.Gap) {
	hashes := known.Strong(c.Hashes)
	if c.PURL == "" || string(c.ID) != c.PURL || len(hashes) == 0 || slices.Contains(e.graph.Roots, c.ID) {
		return nil, nil
	}
	i := slices.IndexFunc(c.Occurrences, e.isWhole)
	if i < 0 {
		return nil, nil
	}
	dir := c.Occurrences[i].Dir
	refuse := func(why string) (*known.Package, []sbom.Gap) {
		return nil, []sbom.Gap{{
			Kind: sbom.Lost, Span: source.Span{Path: dir}, Reader: "facts", Components: []sbom.ID{c.ID},
			Why: why + ": it is left out", Next: "let the package manager fetch the package again",
		}}
	}
	p := &known.Package{PURL: c.PURL, Hashes: hashes, Dir: dir, Supplier: c.Supplier, Homepage: c.Homepage, Texts: map[sbom.Digest]sbom.Text{}}
	if found := e.found[dir]; found != nil {
		if len(found.gaps) > 0 {
			return refuse("not all of it could be read (" + found.gaps[0].Why + ")")
		}
		p.Files, p.Texts = found.files, found.texts
	}
	if err := e.verify(ctx, c, dir); err != nil {
		return refuse(err.Error())
	}
	if !e.addOutline(p) {
		return refuse("its manifest cannot be read")
	}
	if len(p.Outline) == 0 {
		p.Claims = claimsBelow(c.Claims, dir)
	}
	if ofTarget(dir) {
		p.Move(dir, known.Home(c.PURL))
	}
	if !p.Fits() {
		return refuse("it says more than a file of facts can hold")
	}
	return p, nil
}

// isWhole reports whether the folder has all files of the package as it was fetched, and no other's: one of a cache, or of
// node_modules.
func (e *exporter) isWhole(o sbom.Occurrence) bool {
	_, _, packed := source.SplitArchive(o.Dir)
	_, rest := source.SplitRoot(o.Dir)
	return o.Dir != "" && rest != "." && !packed && o.Modified != sbom.Yes && (!ofTarget(o.Dir) || installed(o.Dir+"/")) &&
		len(e.own[o.Dir]) == 1
}

// claimsBelow are the claims with the evidence that stands in the folder: what a lockfile says is said again by the next one.
func claimsBelow(claims []sbom.Claim, dir string) []sbom.Claim {
	var out []sbom.Claim
	for _, c := range claims {
		c.Evidence = slices.Clone(c.Evidence)
		c.Evidence = slices.DeleteFunc(c.Evidence, func(ev sbom.Evidence) bool { return !strings.HasPrefix(ev.Span.Path, dir+"/") })
		if len(c.Evidence) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// addOutline adds what the readers of caches read of it.
func (e *exporter) addOutline(p *known.Package) bool {
	name, dir := source.SplitRoot(p.Dir)
	cache := e.Caches[name]
	if cache == nil {
		return true
	}
	for _, eco := range e.Ecosystems {
		if eco.Outline == nil {
			continue
		}
		outline, ok := eco.Outline(name, cache, dir)
		if ok {
			p.Outline = outline
			break
		}
		if outline != nil {
			return false
		}
	}
	for _, text := range p.Outline {
		if !utf8.ValidString(text) {
			return false
		}
	}
	return true
}

// verify holds the files against the digest, where that is one of files and not of an archive: a module's h1.
func (e *exporter) verify(ctx context.Context, c *sbom.Component, dir string) error {
	byAlgorithm := map[string]string{}
	for _, h := range c.Hashes {
		if known, ok := byAlgorithm[h.Algorithm]; ok && known != h.Hex && hasOneArchive(c.PURL) {
			return errors.New("several lockfiles give it different checksums")
		}
		byAlgorithm[h.Algorithm] = h.Hex
	}
	h1 := byAlgorithm["h1"]
	if h1 == "" {
		return nil
	}
	name, rest := source.SplitRoot(dir)
	cache := e.Caches[name]
	if cache == nil {
		return errors.New("its cache is not at hand")
	}
	files, err := original.Folder(ctx, cache, rest)
	if err != nil {
		return errors.New(reason(err))
	}
	if files.H1(c.Name+"@"+c.Version) != h1 {
		return fmt.Errorf("its files in the cache are not those of %s", ecosystem.Brief(h1))
	}
	return nil
}

// hasOneArchive reports whether a package manager has one archive of each version, and so one checksum of a kind.
func hasOneArchive(purl string) bool {
	return slices.ContainsFunc([]string{"golang", "npm", "cargo"}, func(kind string) bool { return strings.HasPrefix(purl, "pkg:"+kind+"/") })
}
