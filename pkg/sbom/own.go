package sbom

import (
	"fmt"
	"slices"

	"github.com/licet/licet/pkg/source"
)

// Own are the facts of what is the organisation's own, compiled.
type Own struct {
	packages []Selector
	paths    []source.Glob
}

// Compile fails on a fact that is malformed.
func (f FirstParty) Compile() (*Own, error) {
	o := &Own{}
	for _, p := range f.PURLs {
		s, err := NewSelector(p, "")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Found, err)
		}
		o.packages = append(o.packages, s)
	}
	for _, p := range f.Paths {
		g, err := source.CompileGlob(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Found, err)
		}
		o.paths = append(o.paths, g)
	}
	return o, nil
}

// HasPackage reports whether a purl of the facts is the component's.
func (o *Own) HasPackage(c *Component) bool {
	return slices.ContainsFunc(o.packages, func(s Selector) bool { return s.Match(c) })
}

// HasPath reports whether a path of the facts covers a file or a folder of the target, or all that lies in the folder.
func (o *Own) HasPath(p string) bool {
	return slices.ContainsFunc(o.paths, func(g source.Glob) bool { return g.Covers(p) || g.Match(p+"/x") })
}
