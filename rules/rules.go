// Package rules is licet's knowledge of licenses, as data with accessors.
package rules

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// License is one entry of the SPDX license list.
type License struct {
	ID         string
	Name       string
	URL        string
	OSI        bool   // approved by the Open Source Initiative
	FSF        bool   // called free by the Free Software Foundation
	Deprecated bool   // the list has the id for old documents only
	Successor  string // what SPDX names in place of a deprecated id; it can be an expression with WITH
}

// Exception is one entry of the SPDX exception list.
type Exception struct {
	ID         string
	Name       string
	Deprecated bool
	Successor  string
}

//go:embed data/licenses.tsv
var licensesTSV string

//go:embed data/exceptions.tsv
var exceptionsTSV string

var licenses = sync.OnceValue(func() []License {
	rows := make([]License, 0, 800)
	for line := range strings.Lines(licensesTSV) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		rows = append(rows, License{ID: f[0], Name: f[1], OSI: strings.Contains(f[2], "O"), FSF: strings.Contains(f[2], "F"),
			Deprecated: strings.Contains(f[2], "D"), Successor: f[3], URL: f[4]})
	}
	return rows
})

var exceptions = sync.OnceValue(func() []Exception {
	rows := make([]Exception, 0, 100)
	for line := range strings.Lines(exceptionsTSV) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		rows = append(rows, Exception{ID: f[0], Name: f[1], Deprecated: f[2] == "D", Successor: f[3]})
	}
	return rows
})

// LicenseByID finds the listed license of that id, in whatever case it is written.
func LicenseByID(id string) (License, bool) {
	i, ok := slices.BinarySearchFunc(licenses(), id, func(l License, id string) int { return compareFold(l.ID, id) })
	if !ok {
		return License{}, false
	}
	return licenses()[i], true
}

// ExceptionByID finds the listed exception of that id, in whatever case it is written.
func ExceptionByID(id string) (Exception, bool) {
	i, ok := slices.BinarySearchFunc(exceptions(), id, func(x Exception, id string) int { return compareFold(x.ID, id) })
	if !ok {
		return Exception{}, false
	}
	return exceptions()[i], true
}

// Licenses returns all listed licenses, sorted by id without regard to case.
func Licenses() []License { return slices.Clone(licenses()) }

// Exceptions returns all listed exceptions, sorted by id without regard to case.
func Exceptions() []Exception { return slices.Clone(exceptions()) }

func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c := int(lower(a[i])) - int(lower(b[i])); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
