package vendored

import (
	"path"
	"slices"
	"strings"
)

// Strength says how surely a folder's name tells that what lies below was made elsewhere.
type Strength int

// The strengths. Below third_party lies nothing else. Below deps or vendor there may be code of one's own, and contrib and ext
// are mostly that.
const (
	Unlikely Strength = iota // a version of its own tells, or that it is a known library
	Likely                   // a license file, a README or a version of its own tells
	Certain
)

// conventions are the names of folders into which copied code is put, in lower case.
var conventions = map[string]Strength{
	"third_party": Certain, "third-party": Certain, "thirdparty": Certain, "3rdparty": Certain, "3rd_party": Certain, "3rd-party": Certain,
	"vendored": Certain, "_vendor": Certain, "vendor": Likely, "deps": Likely, "external": Likely, "externals": Likely, "extern": Likely,
	"bundled": Likely, "submodules": Likely, "contrib": Unlikely, "ext": Unlikely,
}

// groups are folders that sort what lies below and are called after no library.
var groups = []string{
	"assets", "bin", "build", "c", "cmake", "config", "cpp", "css", "dist", "doc", "docs", "fonts", "go", "images", "img", "include", "java", "javascript",
	"javascripts", "js", "lib", "libs", "licenses", "npm", "patches", "python", "rust", "scripts", "scss", "source", "src", "styles",
	"stylesheets", "test", "tests", "tools",
}

// maxGroups is how many folders may lie between that of the convention and the library.
const maxGroups = 3

// Place is a folder that may hold a copied library, or a file that may be one.
type Place struct {
	Path     string
	Root     string // the folder of the convention
	File     string // that lies in it
	Strength Strength
}

// Places gives the folders that a file tells to be there below one of the conventional names, the outermost first: of
// third_party/github.com/acme/x/x.c these are github.com, acme and x. Which of them is a library depends on what lies in them.
// A file of no program tells nothing: third_party/x with a BUILD file and patches holds no copy.
func Places(file string) []Place {
	if !IsCode(file) || !isBelowOne(file) {
		return nil
	}
	var out []Place
	segments := strings.Split(file, "/")
	for i := range segments[:len(segments)-1] {
		strength, ok := conventions[strings.ToLower(segments[i])]
		if !ok {
			continue
		}
		for k := i + 1; k < len(segments)-1 && k <= i+1+maxGroups; k++ {
			if _, nested := conventions[strings.ToLower(segments[k])]; nested || strings.HasSuffix(segments[k], "!") {
				break // an archive is a component as it is
			}
			out = append(out, Place{strings.Join(segments[:k+1], "/"), strings.Join(segments[:i+1], "/"), file, strength})
		}
	}
	return out
}

// Below gives the strength of the innermost conventional folder above a folder; ok is false if there is none.
func Below(dir string) (s Strength, ok bool) {
	for above := path.Dir(dir); above != "." && above != "/"; above = path.Dir(above) {
		if s, ok := conventions[strings.ToLower(path.Base(above))]; ok {
			return s, true
		}
	}
	return 0, false
}

// plainest are the conventions that no package of one's own is called by: thirdparty may be what deals with third parties, and
// vendored what deals with copies.
var plainest = []string{"third_party", "third-party", "3rdparty", "3rd_party", "3rd-party", "_vendor"}

// packageMark makes a package of a folder in Python. One's own folder of copies needs it to lead to these.
const packageMark = "__init__.py"

// Loose gives the conventional folder that a file of a program lies in without a folder of its own: at its top, or in folders that only
// sort. sure says that nothing of one's own lies there. ok is false for any other file, and for one where the folder's name tells too little.
func Loose(file string) (root string, sure, ok bool) {
	if !IsCode(file) || path.Base(file) == packageMark || !isBelowOne(file) {
		return "", false, false
	}
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		name := strings.ToLower(path.Base(dir))
		strength, convention := conventions[name]
		if convention {
			return dir, slices.Contains(plainest, name), strength != Unlikely && name != "vendored"
		}
		if !slices.Contains(groups, name) {
			break
		}
	}
	return "", false, false
}

// IsGroup reports whether a folder only sorts what lies below it, by its name.
func IsGroup(dir string) bool { return slices.Contains(groups, strings.ToLower(path.Base(dir))) }

// isBelowOne reports whether one of the folders above a file is called by convention. Nearly all files are sorted out by it, without an
// allocation.
func isBelowOne(file string) bool {
	for {
		folder, rest, ok := strings.Cut(file, "/")
		if !ok {
			return false
		}
		if _, ok := conventions[strings.ToLower(folder)]; ok {
			return true
		}
		file = rest
	}
}

// codeEndings are those of programs, and of what ships beside them: sorted, in lower case.
var codeEndings = []string{
	".a", ".asm", ".c", ".c++", ".cc", ".cjs", ".clj", ".cpp", ".cs", ".css", ".cts", ".cu", ".cxx", ".d", ".dart", ".dll", ".dylib", ".el",
	".elm", ".erl", ".ex", ".f", ".f90", ".fs", ".go", ".groovy", ".h", ".hh", ".hpp", ".hs", ".hxx", ".inc", ".inl", ".java", ".jl", ".js",
	".jsx", ".kt", ".less", ".lib", ".lua", ".m", ".mjs", ".ml", ".mm", ".mts", ".nim", ".otf", ".pas", ".php", ".pl", ".pm", ".proto",
	".py", ".pyx", ".r", ".rb", ".rs", ".s", ".sass", ".scala", ".scss", ".so", ".sol", ".svelte", ".swift", ".tcl", ".ts", ".tsx", ".ttf",
	".vb", ".vue", ".wasm", ".woff", ".woff2", ".zig",
}

// IsCode reports whether a file is a part of a program by its name.
func IsCode(file string) bool {
	_, ok := slices.BinarySearch(codeEndings, strings.ToLower(path.Ext(file)))
	return ok
}
