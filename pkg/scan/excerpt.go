package scan

import (
	"bytes"
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/source"
)

// maxExcerpt bounds the bytes of a line that are shown.
const maxExcerpt = 240

// Excerpts reads the lines that the places are on, so that a report can show them to who does not have
// the tree. A place in a file that cannot be read has none.
func Excerpts(files fs.FS, caches map[string]fs.FS, places []source.Span) []report.Excerpt {
	wanted := map[string][]int{}
	for _, p := range places {
		if p.Line > 0 && !slices.Contains(wanted[p.Path], p.Line) {
			wanted[p.Path] = append(wanted[p.Path], p.Line)
		}
	}
	var out []report.Excerpt
	for path, lines := range wanted {
		root, rest := source.SplitRoot(path)
		fsys := files
		if root != "" {
			fsys = caches[root]
		}
		if fsys == nil {
			continue
		}
		data, err := readBounded(fsys, rest)
		if err != nil {
			continue
		}
		slices.Sort(lines)
		for n, line := range numbered(data, lines) {
			out = append(out, report.Excerpt{Path: path, Line: n, Text: shown(line)})
		}
	}
	slices.SortFunc(out, func(a, b report.Excerpt) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return out
}

// numbered yields the lines of data whose 1-based numbers are wanted (sorted).
func numbered(data []byte, wanted []int) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		n := 0
		for line := range bytes.Lines(data) {
			if n++; len(wanted) == 0 {
				return
			}
			if n == wanted[0] {
				wanted = wanted[1:]
				if !yield(n, bytes.TrimRight(line, "\r\n")) {
					return
				}
			}
		}
	}
}

// shown is a line as a report may carry it: without secrets, valid, and not endless.
func shown(line []byte) string {
	line = line[:min(len(line), maxExcerpt)]
	return source.Redact(strings.ToValidUTF8(string(line), "\uFFFD"))
}
