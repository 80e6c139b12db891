package scan

import (
	"bytes"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// conflict is the gap of a manifest or lockfile in which git left both sides of a merge (gitmerge documentation, "How
// conflicts are presented"). Some formats pass for whole with the marks in them, and what is read then is neither side's:
// so this is looked for in all, in one place.
func (s *scanner) conflict(p string, data []byte) (sbom.Gap, bool) {
	from := lineWith(data, 0, "<<<<<<< ")
	if from < 0 {
		return sbom.Gap{}, false
	}
	between := lineWith(data, from, "=======")
	if between < 0 || lineWith(data, between, ">>>>>>> ") < 0 {
		return sbom.Gap{}, false
	}
	end := from + max(0, bytes.IndexByte(data[from:], '\n'))
	return sbom.Gap{
		Kind: sbom.Lost, Reader: "walk", Material: s.class(p, ".") == "",
		Span: source.Span{Path: p, Start: from, End: end, Line: 1 + bytes.Count(data[:from], []byte("\n")), Col: 1},
		Why:  "a merge conflict that nobody resolved: what is read here is no side's whole",
		Next: "resolve the conflict, or let the package manager write the file again",
	}, true
}

// lineWith is where the first line at or behind an offset begins that begins with the mark, -1 for none.
func lineWith(data []byte, from int, mark string) int {
	for at := from; ; {
		i := bytes.Index(data[at:], []byte(mark))
		if i < 0 {
			return -1
		}
		if at += i; at == 0 || data[at-1] == '\n' {
			return at
		}
		at++
	}
}
