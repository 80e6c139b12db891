package scan

import (
	"bufio"
	"cmp"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/source"
)

// maxExcerpt bounds the bytes of a line that are shown.
const maxExcerpt = 240

// Excerpts reads the lines that the places are on, so that a report can show them to who does not have
// the tree. A place in a file that cannot be read has none.
func Excerpts(files fs.FS, caches map[string]fs.FS, places []source.Span) []report.Excerpt {
	byFile := map[string][]source.Span{}
	for _, p := range places {
		if p.Line > 0 {
			byFile[p.Path] = append(byFile[p.Path], p)
		}
	}
	var out []report.Excerpt
	folders := archive.NewFolders(files)
	for _, path := range slices.Sorted(maps.Keys(byFile)) { // so that each archive is opened once
		places := byFile[path]
		root, rest := source.SplitRoot(path)
		fsys := files
		if root != "" {
			fsys = caches[root]
		} else if _, _, packed := source.SplitArchive(rest); packed {
			folders.Assume(rest)
			fsys = folders
		}
		if fsys == nil {
			continue
		}
		f, err := fsys.Open(rest)
		if err != nil {
			continue
		}
		slices.SortFunc(places, source.Span.Compare)
		places = slices.CompactFunc(places, func(a, b source.Span) bool { return a.Line == b.Line })
		out = append(out, excerptsOf(f, places)...)
		f.Close()
	}
	slices.SortFunc(out, func(a, b report.Excerpt) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return out
}

// excerptsOf reads the lines of one file, given one place a line, in order. It holds no more of the file
// than a line's beginning.
func excerptsOf(f io.Reader, places []source.Span) []report.Excerpt {
	var out []report.Excerpt
	in := bufio.NewReaderSize(f, 64<<10)
	for n := 1; len(places) > 0; n++ {
		line, cut, err := in.ReadLine()
		if err != nil {
			break
		}
		if n == places[0].Line {
			out = append(out, report.Excerpt{Path: places[0].Path, Line: n, Text: shown(line)})
			places = places[1:]
		}
		for cut && err == nil {
			_, cut, err = in.ReadLine()
		}
	}
	return out
}

// shown is the beginning of a line as a report may carry it: without secrets, and valid.
func shown(line []byte) string {
	text := source.Redact(string(line))
	return strings.ToValidUTF8(text[:min(len(text), maxExcerpt)], "\uFFFD")
}
