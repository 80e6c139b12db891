package rules

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed pythonmodules.txt
var pythonModulesTXT string

// IsPythonModule reports whether a module of that name, which is without dots, is one of Python's standard library.
func IsPythonModule(name string) bool {
	_, ok := slices.BinarySearch(pythonModules(), name)
	return ok
}

var pythonModules = sync.OnceValue(func() []string {
	var names []string
	for line := range strings.Lines(pythonModulesTXT) {
		if !strings.HasPrefix(line, "#") {
			names = append(names, strings.Fields(line)...)
		}
	}
	slices.Sort(names)
	return names
})
