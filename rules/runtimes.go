package rules

import (
	_ "embed"
	"path"
	"strings"
	"sync"
)

//go:embed runtimes.tsv
var runtimesTSV string

// Runtimes returns what compilers link into programs, as rows of a name, a license, where in a program its marker stands, and the
// marker. The head of runtimes.tsv says how they are read.
func Runtimes() [][]string { return runtimes() }

var runtimes = sync.OnceValue(func() [][]string { return rows(runtimesTSV) }) // each program asks

// RuntimePackage tells whether a package is a part of a runtime that package managers bring, by the first words of its name, and
// gives the runtime and its license.
func RuntimePackage(name string) (runtime, license string, ok bool) {
	for _, row := range Runtimes() {
		rest, begins := strings.CutPrefix(strings.ToLower(name), strings.ToLower(row[3]))
		if row[2] == "package" && begins && (rest == "" || rest[0] == '.') {
			return row[0], row[1], true
		}
	}
	return "", "", false
}

// RuntimeFile tells whether a shared library is a runtime itself, by the name of its file, and gives the runtime and its license:
// libgcc_s.so.1, libgcc_s_seh-1.dll, libstdc++-6.dll, vcruntime140_1.dll.
func RuntimeFile(base string) (runtime, license string, ok bool) {
	base = strings.ToLower(base)
	if ext := path.Ext(base); ext != ".dll" && ext != ".dylib" && !strings.Contains(base, ".so") {
		return "", "", false
	}
	for _, row := range Runtimes() {
		rest, begins := strings.CutPrefix(base, row[3])
		if row[2] == "file" && begins && (rest == "" || strings.HasSuffix(row[3], "-") || strings.IndexByte(".-_", rest[0]) >= 0) {
			return row[0], row[1], true
		}
	}
	return "", "", false
}
