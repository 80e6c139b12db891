// Package vendored tells what copied code is: which folders hold such code by convention, the name and the version of the
// library in a folder, and of the libraries that one file says it holds.
//
// No manifest names what somebody copied, so everything here is evidence, and each piece of it keeps its file and line. It is
// weighed by one rule: what compilers and builds read (a version in a header, in configure.ac, in CMakeLists.txt, in a file called
// VERSION, in the folder's name) comes before what people read (README, CHANGELOG), for these live on while the code stays. Two
// of one kind that disagree leave the version open, and the disagreement is told: a wrong version is worse than none.
//
// What a version is of is not guessed either. A define counts if it is called after the library, a README if its heading
// is; only a small list (rules/libraries.tsv) knows better, and sharpens names and adds purls.
//
// The functions are pure over an fs.FS. They read few files, only such as can tell by their names, and only the head of each.
// What belongs to whom, and whether a folder is one's own after all, is decided by package scan.
package vendored

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// Library is what the files of a folder, or one file, say of the library that they are.
type Library struct {
	Name    string
	Version string // "" if nothing tells, or several files tell different ones
	PURL    string // without a version; "" if it is no known library
	// Found are the places that tell the name or the version.
	Found []source.Span
	// Versions are the statements that disagree where the version was left open for that, else nil.
	Versions []Statement
	// Licensed: there is a license file. Described: there is a README. Known: it is in the list of libraries.
	Licensed, Described, Known bool
	// Inner is the folder in it that is called like it and has its license file; "" if the library is not wrapped so.
	Inner string
	// Sorts: the folder has no files of its own, and none below as libraries have them, and only sorts what lies in it.
	Sorts bool
}

// Statement is one place that tells a version.
type Statement struct {
	Version string
	At      source.Span
	rank    rank
}

// rank is the kind of a statement's source, the more telling ones first.
type rank int

const (
	byBuild  rank = iota // what compilers and builds read
	byPeople             // what people read
)

// weigh takes the version on which the most telling statements agree. One that says less than another and nothing else (5.1
// beside 5.1.5) agrees with it.
func (l *Library) weigh(told []Statement) {
	for r := byBuild; r <= byPeople; r++ {
		var at []source.Span
		var best string
		var these []Statement
		for _, s := range told {
			if s.rank != r {
				continue
			}
			these, at = append(these, s), append(at, s.At)
			if best == "" || len(s.Version) > len(best) && refines(s.Version, best) {
				best = s.Version
			}
		}
		agreed := !slices.ContainsFunc(these, func(s Statement) bool { return !refines(best, s.Version) })
		if len(these) == 0 {
			continue
		}
		l.Found = append(l.Found, at...)
		if agreed {
			l.Version = best
		} else {
			l.Versions = these
		}
		return
	}
}

// refines reports whether a version is another one, or that with more parts.
func refines(longer, shorter string) bool {
	rest, ok := strings.CutPrefix(longer, shorter)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '-' || rest[0] == '+')
}

// know takes name and purl of a library of the list.
func (l *Library) know(lib *rules.Library) {
	l.Name, l.PURL, l.Known = lib.Name, lib.PURL, true
}

// Alike reports whether a name is that of the library, with "lib" or what a port is called or without: HIREDIS and hiredis, UV
// and libuv, HdrHistogram_c and hdr_histogram.
func Alike(a, b string) bool {
	a, b = bare(a), bare(b)
	if a == "" || b == "" {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && (rest == "" || len(a) >= 3 && len(rest) <= 3 || strings.Trim(rest, "0123456789") == "")
}

// bare is a name as it is compared, without "lib".
func bare(name string) string { return strings.TrimPrefix(rules.Letters(name), "lib") }

// nameOf is the name of a folder without the version behind it, and that version: zlib and 1.3.1 of zlib-1.3.1.
func nameOf(dir string) (name, version string) {
	base := path.Base(dir)
	for _, sep := range []string{"-", "_", "@", "."} {
		for from := 0; ; {
			i := strings.Index(base[from:], sep)
			if i < 0 {
				break
			}
			from += i + 1
			tail := strings.TrimPrefix(base[from:], "v")
			if v := leadingVersion(tail); from > 1 && v == tail && strings.Contains(v, ".") {
				return base[:from-1], v
			}
		}
	}
	return base, ""
}
