package conclude

import (
	"fmt"
	"slices"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Files is what is known of a component's files besides their claims.
type Files struct {
	Raw    []sbom.Digest  // of the bytes of its license files
	Silent map[string]int // how many that ship state nothing, by the ending of their names
}

// Document applies the facts to every component, which of them are first party and what their licenses
// were clarified to be, and concludes each. It fails on a fact that is malformed. A clarification whose text is no longer
// found is not applied, and a gap says so.
func Document(doc *sbom.Document, facts *sbom.Facts, files map[sbom.ID]Files) error {
	own, err := FirstParty(facts.FirstParty, doc.Roots)
	if err != nil {
		return err
	}
	clarifications := make([]sbom.Selector, len(facts.Clarify))
	for i, f := range facts.Clarify {
		if clarifications[i], err = sbom.NewSelector(f.PURL, f.Versions); err != nil {
			return fmt.Errorf("%s: %w", f.Found, err)
		}
	}
	unread := map[sbom.ID]bool{}
	for _, g := range doc.Gaps {
		for _, id := range g.Components {
			unread[id] = true
		}
	}
	for i := range doc.Components {
		c := &doc.Components[i]
		c.FirstParty = c.FirstParty || own(c)
		for k, f := range facts.Clarify {
			if clarifications[k].Match(c) {
				if gap, stale := clarify(c, f, files[c.ID].Raw); stale {
					doc.Gaps = append(doc.Gaps, gap)
				}
			}
		}
		c.Concluded = Component(c, !unread[c.ID], files[c.ID].Silent)
	}
	return nil
}

// FirstParty compiles the facts into a test of what is the organisation's own. A path says whose the code is that lies there as source; what
// a package manager laid there has a purl, and is told by that.
func FirstParty(f sbom.FirstParty, roots []sbom.ID) (func(*sbom.Component) bool, error) {
	own, err := f.Compile()
	if err != nil {
		return nil, err
	}
	return func(c *sbom.Component) bool {
		return own.HasPackage(c) || (c.PURL == "" || slices.Contains(roots, c.ID)) &&
			slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool { return ofTarget(o) && own.HasPath(o.Dir) })
	}, nil
}

// ofTarget reports whether the files lie in the target, and not in a cache.
func ofTarget(o sbom.Occurrence) bool {
	root, _ := source.SplitRoot(o.Dir)
	return root == "" && o.Dir != ""
}

// clarify appends a person's statement to the claims, if the text that they saw is still one of the
// component's; else it is stale, and a gap says so.
func clarify(c *sbom.Component, f sbom.Clarify, raw []sbom.Digest) (gap sbom.Gap, stale bool) {
	if f.Text != "" && !slices.Contains(raw, f.Text) && !hasText(c, f.Text) {
		return sbom.Gap{
			Kind: sbom.Lost, Span: f.Found, Reader: "facts", Components: []sbom.ID{c.ID},
			Why:  fmt.Sprintf("the clarification of %s no longer holds: none of its license texts has the digest %s", c.ID, f.Text),
			Next: "read the text again, then correct the digest or remove the clarification",
		}, true
	}
	c.Claims = append(c.Claims, sbom.Claim{
		Basis: sbom.Clarified, Kind: "clarified", Expr: f.License, Raw: f.By,
		Evidence: []sbom.Evidence{{Span: f.Found, Rule: "clarify", Text: f.Text}},
	})
	return sbom.Gap{}, false
}

func hasText(c *sbom.Component, text sbom.Digest) bool {
	return slices.ContainsFunc(c.Claims, func(cl sbom.Claim) bool {
		return slices.ContainsFunc(cl.Evidence, func(e sbom.Evidence) bool { return e.Text == text })
	})
}
