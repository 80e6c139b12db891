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
func (s *scanner) settle(m *met, graph *sbom.Document, caches []searched, assigned sbom.Fragment) (*sbom.Document, error) {
	fragments := []sbom.Fragment{graph.Fragment(), assigned, {Gaps: m.gaps}}
	for _, c := range caches {
		fragments = append(fragments, c.Fragment)
	}
	doc := sbom.Merge(graph.Roots, fragments...)
	doc.Files = m.files
	doc.Texts = m.texts
	for _, c := range caches {
		for d, t := range c.texts {
			keepText(doc.Texts, d, t)
		}
	}
	if err := conclude.Document(doc, s.Facts); err != nil {
		return nil, err
	}
	doc.Resolve()
	doc.Inputs = s.inputs(m, caches)
	return doc, nil
}

// inputs lists what the result depends on: the tree, and what was read of each cache.
func (s *scanner) inputs(m *met, caches []searched) []sbom.Input {
	out := []sbom.Input{{
		Kind: "tree", Name: ".", Digest: m.digest,
		Note: fmt.Sprintf("%d files, %d bytes; names and sizes of all, the bytes of those that state something", m.count, m.bytes),
	}}
	reads := map[string][]string{}
	for _, c := range caches {
		for _, r := range c.read {
			name, _ := source.SplitRoot(r)
			reads[name] = append(reads[name], r)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(reads)) {
		lines := slices.Sorted(slices.Values(reads[name]))
		lines = slices.Compact(lines)
		sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
		out = append(out, sbom.Input{
			Kind: "cache", Name: name, Digest: sbom.Digest("sha256:" + hex.EncodeToString(sum[:])),
			Note: fmt.Sprintf("%d license files and notices", len(lines)),
		})
	}
	return out
}
