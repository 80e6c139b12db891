package vendored

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/rules"
)

// Compilers and bundlers put code of their own into what they make: the functions that stand in for what the language lacks, and those
// that load modules. It has no banner, or minifiers took it. What it says when it fails, and the keys under which it keeps things, stay,
// and these are marks of it (rules/supplements.tsv). A mark is never a name that who only imports the code writes too.

// supplemented adds what was put into a script: of each package where its first mark stands, and the comments about it.
func supplemented(p string, data []byte, found []Banner) []Banner {
	var put []Banner
	missing := "" // the mark that was looked for last, in vain: many ways begin with one
	for _, h := range rules.Supplements() {
		if h.Comment {
			put = append(put, commented(p, data, h)...)
			continue
		}
		n := len(put)
		had := n > 0 && put[n-1].Package == h.Package
		if had && (put[n-1].Version != "" || !h.Versioned()) || h.Marks[0] == missing {
			continue
		}
		b, ok := supplement(p, data, h)
		switch {
		case !ok && b.At.End == 0:
			missing = h.Marks[0]
		case !ok:
		case !had:
			put = append(put, b)
		case b.Version != "":
			put[n-1] = b
		}
	}
	if len(put) == 0 {
		return found
	}
	slices.SortFunc(put, func(a, b Banner) int { return cmp.Compare(a.At.Start, b.At.Start) })
	places := banners{path: p, data: data, line: 1}
	for i := range put {
		put[i].At = places.span(put[i].At.Start, put[i].At.End)
	}
	put = slices.DeleteFunc(put, func(h Banner) bool { // what stands in a banner of another is of that one
		return slices.ContainsFunc(found, func(b Banner) bool { return b.At.Start < h.At.End && h.At.Start < b.At.End })
	})
	all := append(slices.Clone(found), put...)
	slices.SortStableFunc(all, func(a, b Banner) int { return cmp.Compare(a.At.Start, b.At.Start) })
	return all
}

// maxComments is how many comments about one package are told of one script.
const maxComments = 50

// commented finds the comments that have all marks of a way.
func commented(p string, data []byte, h rules.Supplement) (all []Banner) {
	first := []byte(h.Marks[0])
	for at := 0; len(all) < maxComments; {
		i := bytes.Index(data[at:], first)
		if i < 0 {
			break
		}
		i += at
		at = i + len(first)
		start := max(0, i-maxBeforeMark)
		open := bytes.LastIndex(data[start:i], []byte("/*"))
		if open < 0 || bytes.Contains(data[start+open:i], []byte("*/")) {
			continue
		}
		shut := bytes.Index(data[i:min(len(data), i+maxComment)], []byte("*/"))
		if shut < 0 {
			continue
		}
		b := Banner{Name: h.Package, Package: h.Package, License: h.License}
		b.At.Path, b.At.Start, b.At.End = p, start+open, i+shut+2
		if at = b.At.End; !slices.ContainsFunc(h.Marks, func(mark string) bool { return !bytes.Contains(data[b.At.Start:b.At.End], []byte(mark)) }) {
			all = append(all, b)
		}
	}
	return all
}

// maxBeforeMark is how far before a mark the comment begins in which it stands, in bytes.
const maxBeforeMark = 256

// supplement looks for all marks of a way in code. Of the place only the offsets are told.
func supplement(p string, data []byte, h rules.Supplement) (b Banner, ok bool) {
	b = Banner{Name: h.Package, Package: h.Package, License: h.License}
	for i, mark := range h.Marks {
		head, tail, versioned := strings.Cut(mark, "*")
		start := bytes.Index(data, []byte(head))
		end := start + len(head)
		switch {
		case start < 0:
			return b, false
		case versioned:
			if start, end, b.Version = versionBetween(data, head, tail); b.Version == "" {
				return b, false
			}
		}
		if i == 0 {
			b.At.Path, b.At.Start, b.At.End = p, start, end
		}
	}
	return b, true
}

// versionBetween finds the first version that stands between two texts.
func versionBetween(data []byte, head, tail string) (start, end int, version string) {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(head))
		if i < 0 {
			return 0, 0, ""
		}
		start = at + i
		at = start + len(head)
		n := bytes.Index(data[at:min(len(data), at+maxVersion+len(tail))], []byte(tail))
		if n < 0 {
			continue
		}
		if v := string(data[at : at+n]); wholeVersion(v) == v && v != "" {
			return start, at + n + len(tail), v
		}
	}
}
