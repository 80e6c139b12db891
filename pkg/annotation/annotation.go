// Package annotation reads what one file states about others: REUSE.toml, and Debian's machine-readable
// debian/copyright, which REUSE knows as .reuse/dep5.
//
// Bytes in, a [Set] out: annotations with patterns of paths, and what each says of license and copyright,
// with its place. The package knows the three grammars and the order of precedence, nothing else: what
// the words for a license mean is package detect's business, and who reads which file is package scan's.
// What cannot be read is a gap with its line; the rest holds.
//
// # The trick
//
// Of a set's annotations the last that matches a path is the one that counts, and a set may have hundreds
// of patterns for tens of thousands of paths. So all patterns of a set are run at once, as one automaton
// whose states are made when they are first needed: the time for a path is its length, whatever their
// number (match.go).
package annotation

import (
	"fmt"
	"path"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// The rules that the evidence of an assigned claim names.
const (
	RuleREUSE   = "reuse-toml"
	RuleSidecar = "reuse-sidecar" // FILE.license
	RuleDEP5    = "dep5"
)

// Precedence says how a statement about a file goes together with what the file itself states (REUSE 3.3,
// "REUSE.toml").
type Precedence uint8

// The precedences.
const (
	Closest   Precedence = iota // only where the file states nothing
	Aggregate                   // beside what the file states
	Override                    // in its stead
)

// Statement is one license or copyright statement as written, without quotes.
type Statement struct {
	Text    string
	Span    source.Span
	EndLine int
}

// Annotation is what is said of the files that some patterns match.
type Annotation struct {
	Precedence Precedence
	Licenses   []Statement // all of them hold
	Copyrights []Statement
	// Body is the license text below the license's name, in Debian's format; zero for none.
	Body source.Span
}

// Set is what one file states about those in its folder and deeper. It is for one goroutine at a time.
type Set struct {
	// Dir is the folder that the patterns are relative to, "." for the top.
	Dir         string
	Rule        string
	Annotations []Annotation
	// Collective: the copyrights of an annotation are those of all its files together, and need not all
	// apply to each of them (copyright-format 1.0, "Copyright").
	Collective bool
	// Header is what Debian's format says of the whole; nil for nothing.
	Header *Annotation
	// Texts are where Debian's format gives the texts of licenses once, by the name in lower case.
	Texts map[string]source.Span
	Gaps  []sbom.Gap

	path  string // of the file that states
	paths automaton
}

// newSet is an empty set of the file at p, whose statements are about what lies in the folder dir.
func newSet(p, dir, rule string) *Set {
	return &Set{Dir: dir, Rule: rule, path: p, Texts: map[string]source.Span{}}
}

// Match gives the number of the annotation that counts for a path, the last of those that match; -1 for
// none. The path is relative to the top, as Dir is. Patterns that are made to cost time are given up: from
// then on there is a gap that says so, and none matches.
func (s *Set) Match(p string) int {
	if s.Dir != "." {
		rest, below := strings.CutPrefix(p, s.Dir+"/")
		if !below {
			return -1
		}
		p = rest
	}
	if s.paths.work > maxWork {
		return -1
	}
	n := s.paths.match(p)
	if s.paths.work > maxWork {
		s.gap(sbom.Gap{
			Kind: sbom.Limit, Span: source.Span{Path: s.path}, Material: true,
			Why: "its patterns take too long to match: from " + p + " on they are not", Next: "write fewer patterns with stars",
		})
	}
	return n
}

// maxGaps is how many mistakes of one file are told.
const maxGaps = 100

// lost adds a gap: what stands at the place has no effect.
func (s *Set) lost(at source.Span, why, next string) {
	s.gap(sbom.Gap{Kind: sbom.Lost, Span: at, Why: why, Next: next, Material: true})
}

func (s *Set) gap(g sbom.Gap) {
	if len(s.Gaps) == maxGaps {
		g.Why, g.Next = fmt.Sprintf("more than %d mistakes: those from here on are not told", maxGaps), "mend the first ones"
	}
	if g.Reader = s.Rule; len(s.Gaps) <= maxGaps {
		s.Gaps = append(s.Gaps, g)
	}
}

// maxPatterns bounds the patterns of one set.
const maxPatterns = 1 << 16

// pattern adds one of the next annotation.
func (s *Set) pattern(steps []step, at source.Span) {
	if len(s.paths.starts) == maxPatterns {
		s.gap(sbom.Gap{
			Kind: sbom.Limit, Span: at, Material: true,
			Why: fmt.Sprintf("more than %d patterns: those from here on are not read", maxPatterns), Next: "write fewer, for whole folders",
		})
		return
	}
	s.paths.add(steps, len(s.Annotations))
}

// Home is the folder that a file's statements are about, by the file's name: that of REUSE.toml, the one
// above .reuse of .reuse/dep5 and above debian of debian/copyright. ok is false for any other file.
func Home(p string) (dir string, ok bool) {
	dir, name := path.Dir(p), path.Base(p)
	switch {
	case name == "REUSE.toml":
		return dir, true
	case name == "dep5" && path.Base(dir) == ".reuse", name == "copyright" && path.Base(dir) == "debian":
		return path.Dir(dir), true
	}
	return "", false
}
