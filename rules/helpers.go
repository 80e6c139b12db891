package rules

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed helpers.tsv
var helpersTSV string

// Helper is one way in which code is known that a compiler or bundler put into a script.
type Helper struct {
	Package string // on npm
	License string // an SPDX expression
	Comment bool   // the marks stand in one comment, else in code
	Marks   []string
}

// Helpers returns what compilers and bundlers put into scripts, those of one package one behind the other. The head of helpers.tsv says
// how marks are read.
func Helpers() []Helper { return helpers() }

var helpers = sync.OnceValue(func() []Helper { // each script asks
	var all []Helper
	for line := range strings.Lines(helpersTSV) {
		if fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); !strings.HasPrefix(line, "#") && len(fields) > 3 {
			all = append(all, Helper{Package: fields[0], License: fields[1], Comment: fields[2] == "comment", Marks: fields[3:]})
		}
	}
	return all
})
