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
	FSF        bool   // called free by the Free Software Foundation, as of list 3.27.0
	Deprecated bool   // listed for the sake of old documents
	Successor  string // what SPDX names in place of a deprecated id, an id or LICENSE WITH EXCEPTION; "" if nothing
}

// Exception is one entry of the SPDX exception list.
type Exception struct {
	ID         string
	Name       string
	Deprecated bool
	Successor  string // the id that SPDX names in place of a deprecated one
}

//go:embed data/licenses.tsv
var licensesTSV string

//go:embed data/exceptions.tsv
var exceptionsTSV string

var licenses = sync.OnceValue(parseLicenses)

func parseLicenses() []License {
	table := rows(licensesTSV)
	list := make([]License, len(table))
	for i, f := range table {
		list[i] = License{
			ID:         f[0],
			Name:       f[1],
			OSI:        strings.Contains(f[2], "O"),
			FSF:        strings.Contains(f[2], "F"),
			Deprecated: strings.Contains(f[2], "D"),
			Successor:  f[3],
			URL:        f[4],
		}
	}
	return list
}

var exceptions = sync.OnceValue(func() []Exception {
	table := rows(exceptionsTSV)
	list := make([]Exception, len(table))
	for i, f := range table {
		list[i] = Exception{ID: f[0], Name: f[1], Deprecated: f[2] == "D", Successor: f[3]}
	}
	return list
})

// LicenseByID finds the listed license of an id, in whatever case it is written.
func LicenseByID(id string) (License, bool) {
	return find(licenses(), id, func(l *License) string { return l.ID })
}

// ExceptionByID finds the listed exception of an id, in whatever case it is written.
func ExceptionByID(id string) (Exception, bool) {
	return find(exceptions(), id, func(x *Exception) string { return x.ID })
}

// Licenses returns all listed licenses, deprecated ones included, sorted by id without regard to case.
func Licenses() []License { return slices.Clone(licenses()) }

// Exceptions returns all listed exceptions, deprecated ones included, sorted as Licenses are.
func Exceptions() []Exception { return slices.Clone(exceptions()) }
