package rules

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed supplements.tsv
var supplementsTSV string

// Supplement is one way in which code is known that a compiler or bundler put into a script.
type Supplement struct {
	Package string // on npm
	License string // an SPDX expression
	Comment bool   // the marks stand in one comment, else in code
	Marks   []string
}

// Versioned reports whether a mark has the version of the package.
func (s Supplement) Versioned() bool {
	return slices.ContainsFunc(s.Marks, func(mark string) bool { return strings.Contains(mark, "*") })
}

// Supplements returns what compilers and bundlers put into scripts, those of one package one behind the other. The head of supplements.tsv says
// how marks are read.
func Supplements() []Supplement { return supplements() }

var supplements = sync.OnceValue(func() []Supplement { // each script asks
	var all []Supplement
	for line := range strings.Lines(supplementsTSV) {
		if fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); !strings.HasPrefix(line, "#") && len(fields) > 3 {
			all = append(all, Supplement{Package: fields[0], License: fields[1], Comment: fields[2] == "comment", Marks: fields[3:]})
		}
	}
	return all
})
