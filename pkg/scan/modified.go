package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Copies are held against what was published, where that is at hand: those that lie in the target, in vendor folders, where anybody
// may have changed them, and in site-packages, which the walk reads anyway and where installers leave a list. What npm lays into
// node_modules anew with each installation, and what lies in caches, is compared under --deep only: that is to read every byte
// of it, and of the archives that it came in.
//
// An original is not noted among what was read in a cache: it counts only if it has the digest that the target's own lockfile
// has, so that the result depends on no more than this. The files of the copy are, in one digest for each copy.

// comparison is one place where the files of a component lie, and what came of the comparison.
type comparison struct {
	c    *sbom.Component
	o    *sbom.Occurrence
	also []string // other places for which the answer holds
	gaps []sbom.Gap
}

// compare says of the places of the components whether the files there were modified.
func (s *scanner) compare(ctx context.Context, graph *sbom.Document) (gaps []sbom.Gap) {
	var copies []comparison
	dirs := map[string]bool{}
	for i := range graph.Components {
		c := &graph.Components[i]
		for k := range c.Occurrences {
			o := &c.Occurrences[k]
			dirs[o.Dir] = true
			if o.Modified == "" && (s.Deep || ofTarget(o.Dir) && !installed(o.Dir+"/")) {
				copies = append(copies, comparison{c: c, o: o})
			}
		}
	}
	p := &ecosystem.Project{FS: s.files, Caches: s.Caches, Facts: s.Facts, Heavy: &s.heavy}
	release := s.foresee(func() {
		for i := range copies {
			guard(comparer, source.Span{}, func(sbom.Gap) {}, func() { s.original(ctx, p, &copies[i]) })
		}
	})
	defer release()
	parallel(ctx, s.Workers, len(copies), func(i int) {
		m := &copies[i]
		lost := func(g sbom.Gap) { m.gaps = append(m.gaps, g) }
		guard(comparer, source.Span{Path: m.o.Dir}, lost, func() { s.compareCopy(ctx, p, m, dirs) })
	})
	for _, m := range copies {
		gaps = append(gaps, m.gaps...)
		for k := range m.c.Occurrences {
			if o := &m.c.Occurrences[k]; o.Modified == "" && slices.Contains(m.also, o.Dir) {
				o.Modified, o.Against = m.o.Modified, m.o.Against
			}
		}
	}
	return gaps
}

// comparer is the reader in the gaps of comparisons.
const comparer = "original"

// compareCopy compares one copy with the original that the first ecosystem has for it. A folder below it in which another component
// lies is not its own.
func (s *scanner) compareCopy(ctx context.Context, p *ecosystem.Project, m *comparison, dirs map[string]bool) {
	published, err := s.original(ctx, p, m)
	if err != nil {
		m.gaps = append(m.gaps, uncompared(m.o.Dir, err))
		return
	}
	if published == nil {
		return
	}
	root, _ := source.SplitRoot(m.o.Dir)
	fsys := p.FS
	if root != "" {
		fsys = p.Caches[root]
	} else {
		published.Known = s.passedSum
	}
	result := published.Compare(ctx, fsys, func(at string) bool {
		return dirs[source.JoinRoot(root, at)] || source.Skipped(at) || root == "" && s.excluded(at)
	})
	s.notes.add(source.Join(m.o.Dir, "."), result.Digest)
	for _, u := range result.Unread {
		m.gaps = append(m.gaps, uncompared(source.JoinRoot(root, u.Path), u.Err))
	}
	m.also, m.o.Against = published.Also, published.Against
	m.o.Modified = answer(result)
	var changes []sbom.Change
	for _, c := range result.Changed {
		changes = append(changes, sbom.Change{Path: source.JoinRoot(root, c.Path), How: hows[c.How]})
	}
	m.o.Change(changes...)
}

// original gives what was published of a copy, by the first ecosystem that knows; nil if none does.
func (s *scanner) original(ctx context.Context, p *ecosystem.Project, m *comparison) (*original.Published, error) {
	for _, eco := range s.Ecosystems {
		if eco.Original == nil || eco.Systemic && !s.Deep {
			continue
		}
		if published, err := eco.Original(ctx, p, m.c, m.o); published != nil || err != nil {
			return published, err
		}
	}
	return nil, nil
}

// hows are the ways in which files differ, in the words of a document.
var hows = [...]sbom.ChangeHow{original.Bytes: sbom.ChangedBytes, original.Added: sbom.ChangedAdded, original.Endings: sbom.ChangedEndings}

func answer(r original.Result) sbom.Answer {
	switch modified, known := r.Modified(); {
	case modified:
		return sbom.Yes
	case known:
		return sbom.No
	}
	return sbom.Unknown
}

// uncompared is the gap of a copy of which something could not be compared. It hides no component and no license.
func uncompared(at string, err error) sbom.Gap {
	g := sbom.Gap{
		Kind: sbom.Lost, Span: source.Span{Path: at}, Reader: comparer,
		Why:  fmt.Sprintf("whether the copy was modified is not known: %s", reason(err)),
		Next: "let the package manager fetch the package again",
	}
	var large *ecosystem.TooLarge
	if errors.Is(err, original.ErrLimit) || errors.As(err, &large) {
		g.Kind, g.Next = sbom.Limit, "compare the copy with its original yourself"
	}
	return g
}
