package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/conclude"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// settle joins all stages into the document, applies the facts, concludes, and resolves the graph.
func (s *scanner) settle(m *met, graph *sbom.Document, caches []searched, a *assignment) (*sbom.Document, error) {
	fragments := []sbom.Fragment{graph.Fragment(), a.out, {Gaps: m.gaps}}
	for _, c := range caches {
		fragments = append(fragments, sbom.Fragment{Gaps: c.gaps})
		if !c.known {
			s.notes.note(c.files)
		}
		for d, t := range c.texts {
			keepText(m.texts, d, t)
		}
	}
	doc := sbom.Merge(graph.Roots, fragments...)
	doc.Files, doc.Texts = m.files, m.texts
	if err := conclude.Document(doc, s.Facts, a.looked); err != nil {
		return nil, err
	}
	doc.Gaps = append(doc.Gaps, absent(doc)...)
	doc.Resolve()
	doc.Inputs = s.inputs(m)
	return doc, nil
}

// inputs lists what the result depends on: the tree, what was left out of it, and what was read of each
// cache.
func (s *scanner) inputs(m *met) []sbom.Input {
	out := []sbom.Input{{
		Kind: "tree", Name: ".", Digest: digestOf(append(s.notes.of(""), string(m.digest))),
		Note: fmt.Sprintf("%d files, %d bytes; names and sizes of all, the bytes of those that were read for what they state", m.count, m.bytes),
	}}
	if s.Subject.Input.Kind != "" {
		out = append(append(out, s.Subject.Input), s.Subject.Parts...)
	}
	if len(s.Exclude) > 0 {
		globs := make([]string, len(s.Exclude))
		for i, g := range s.Exclude {
			globs[i] = g.String()
		}
		out = append(out, sbom.Input{Kind: "exclude", Name: strings.Join(globs, " "), Note: fmt.Sprintf("%d files left out", m.excluded)})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Caches)) {
		if lines := s.notes.of(name); len(lines) > 0 {
			out = append(out, sbom.Input{Kind: "cache", Name: name, Digest: digestOf(lines), Note: fmt.Sprintf("%d files read", len(lines))})
		}
	}
	for _, src := range s.Known {
		out = append(out, src.Inputs()...)
	}
	return out
}

// digestOf is the digest of a set of lines.
func digestOf(lines []string) source.Digest {
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return source.Digest("sha256:" + hex.EncodeToString(sum[:]))
}
