package npm

import (
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// members gives those of the folders that the field workspaces of the manifest in dir names. The field is
// an array of globs or an object with such an array as packages; a glob behind "!" takes out again
// (https://docs.npmjs.com/cli/configuring-npm/package-json#workspaces).
func (r *reader) members(field doc.Node, dir string, folders iter.Seq[string]) []string {
	if field.Kind() == doc.Object {
		field = field.Get("packages")
	}
	var in []string
	seen := 0
	for item := range field.Items() {
		if seen++; seen > maxPatterns {
			r.Gap(sbom.Gap{Kind: sbom.Limit, Span: item.Span(), Material: true, Next: "write fewer",
				Why: fmt.Sprintf("more than %d workspaces are named", maxPatterns)})
			break
		}
		pattern := item.Text()
		pattern, out := strings.CutPrefix(pattern, "!")
		for _, alternative := range expand(pattern) {
			glob, err := source.CompileGlob(path.Join(dir, alternative))
			if err != nil {
				r.Lost(item.Span(), "write the workspaces as paths below this folder", "%s: %v", ecosystem.Quote(item.Text()), err)
				continue
			}
			if out {
				in = slices.DeleteFunc(in, glob.Match)
				continue
			}
			for d := range folders {
				if d != dir && glob.Match(d) {
					in = append(in, d)
				}
			}
		}
	}
	slices.Sort(in)
	return slices.Compact(in)
}

// The limits of the field workspaces.
const (
	maxPatterns     = 1000 // globs
	maxAlternatives = 100  // that the braces of one stand for
)

// expand resolves braces: "a/{b,c}" stands for "a/b" and "a/c".
func expand(pattern string) []string {
	out := []string{""}
	for pattern != "" {
		head, rest, ok := strings.Cut(pattern, "{")
		inner, tail, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			head, inner, tail = pattern, "", ""
		}
		var next []string
		for _, prefix := range out {
			for part := range strings.SplitSeq(inner, ",") {
				if len(next) < maxAlternatives {
					next = append(next, prefix+head+part)
				}
			}
		}
		out, pattern = next, tail
	}
	return out
}
