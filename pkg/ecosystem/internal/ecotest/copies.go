package ecotest

import (
	"context"
	"fmt"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// copies compares what the components are with what was published, where the ecosystem knows. That an original is none is not a line:
// most cases make up their checksums.
func copies(eco *ecosystem.Ecosystem, in *input, components []sbom.Component) []string {
	var lines []string
	if eco.Original == nil {
		return nil
	}
	p := &ecosystem.Project{FS: in.target, Caches: in.caches, Facts: &in.facts}
	for i := range components {
		c := &components[i]
		for k := range c.Occurrences {
			o := &c.Occurrences[k]
			published, err := eco.Original(context.Background(), p, c, o)
			if err != nil || published == nil {
				continue
			}
			fsys, _ := in.fs(o.Dir)
			r := published.Compare(context.Background(), fsys, nil)
			parts := []string{"copy", string(c.ID), o.Dir, field("against", published.Against), fmt.Sprintf("same=%d", r.Compared-different(r))}
			for _, f := range r.Changed {
				root, _ := source.SplitRoot(o.Dir)
				parts = append(parts, field([]string{"changed", "added", "endings"}[f.How], source.JoinRoot(root, f.Path)))
			}
			for _, u := range r.Unread {
				parts = append(parts, field("unread", u.Path))
			}
			for _, also := range published.Also {
				parts = append(parts, field("also", also))
			}
			lines = append(lines, line(parts...))
		}
	}
	return lines
}

// different is how many files that were compared differ.
func different(r original.Result) (n int) {
	for _, f := range r.Changed {
		if f.How != original.Added {
			n++
		}
	}
	return n
}
