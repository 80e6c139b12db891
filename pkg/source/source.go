// Package source is what licet reads: trees of files, the files, and the places inside them.
//
// It knows no operating system. A [Tree] stands on an [io/fs.FS]; the command gives it one over an
// os.Root, so that no link leads out of the target, and tests give it one over a map. A path is
// always a slash path relative to its root and is the same on every machine: a place in a report
// never names the host's folders. Files outside the target are named by the cache they lie in:
//
//	go.mod                                              a file of the target
//	gomod:golang.org/x/mod@v0.1.0/LICENSE               a file of the cache called gomod
//	lib/app.jar!/META-INF/LICENSE                       a file inside an archive of the target
//
// What enters a report from a file passes [Redact] on the way.
package source

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Span is a place in a file: bytes [Start, End) and, when known, the 1-based line and column (in
// bytes) of Start. It is comparable; the zero Span is no place at all. A Span with a Path alone
// names the whole file.
type Span struct {
	// Path is [root:]slash/path[!/inner]... The root is empty for the target, else a cache's name.
	Path  string `json:"path,omitempty"`
	Start int    `json:"start,omitempty"`
	End   int    `json:"end,omitempty"`
	Line  int    `json:"line,omitempty"`
	Col   int    `json:"col,omitempty"`
}

// IsZero reports whether s is no place.
func (s Span) IsZero() bool { return s == Span{} }

// String gives path:line:col as compilers print it, leaving out what is not known.
func (s Span) String() string {
	switch {
	case s.Line == 0:
		return s.Path
	case s.Col == 0:
		return fmt.Sprintf("%s:%d", s.Path, s.Line)
	}
	return fmt.Sprintf("%s:%d:%d", s.Path, s.Line, s.Col)
}

// Compare orders spans by path, then by position.
func (s Span) Compare(t Span) int {
	return cmp.Or(
		strings.Compare(s.Path, t.Path),
		cmp.Compare(s.Start, t.Start),
		cmp.Compare(s.End, t.End),
		cmp.Compare(s.Line, t.Line),
		cmp.Compare(s.Col, t.Col),
	)
}

// roots are the names that a path may have before its colon: the caches that readers know, and the
// policies. The list is closed so that a folder called "a:b" of the target stays one.
var roots = []string{
	"berry", "bun", "cargo", "cargo-git", "composer", "conan", "conda", "debian", "deno", "gem", "gomod", "goroot", "gradle", "hex", "known", "m2", "npm",
	"nuget", "pdm", "pip", "pnpm", "pnpm-cache", "poetry", "policy", "preset", "pub", "site", "uv", "yarn",
}

// SplitRoot cuts the name of a cache, or of the policies, off a path: "gomod:a/b" is ("gomod", "a/b"),
// "a/b" is ("", "a/b").
func SplitRoot(path string) (root, rest string) {
	name, rest, ok := strings.Cut(path, ":")
	if !ok || !slices.Contains(roots, name) {
		return "", path
	}
	return name, rest
}

// JoinRoot is the inverse of [SplitRoot].
func JoinRoot(root, rest string) string {
	if root == "" {
		return rest
	}
	return root + ":" + rest
}

// SplitArchive cuts a path at its first archive: "a.zip!/b/c.zip!/d" is ("a.zip", "b/c.zip!/d", true).
func SplitArchive(path string) (archive, inner string, ok bool) { return strings.Cut(path, "!/") }

// Dir is the folder of a path: [path.Dir] that keeps the root. The folder of "goroot:LICENSE" is
// "goroot:.", that of "lib/a.jar!/LICENSE" is "lib/a.jar!/", and that of this is "lib".
func Dir(p string) string {
	root, rest := SplitRoot(p)
	dir := path.Dir(strings.TrimSuffix(rest, "!/"))
	if strings.HasSuffix(dir, "!") {
		dir += "/"
	}
	return JoinRoot(root, dir)
}

// Join is a path below a folder; the inverse of [Dir].
func Join(dir, name string) string {
	root, rest := SplitRoot(dir)
	if inner, ok := strings.CutSuffix(rest, "!/"); ok && path.Clean(name) == "." {
		return JoinRoot(root, inner+"!/")
	}
	return JoinRoot(root, path.Join(rest, name))
}

// Rel is the path p below dir, which must be a folder above it.
func Rel(p, dir string) string {
	_, p = SplitRoot(p)
	_, dir = SplitRoot(dir)
	if dir == "." {
		return p
	}
	return strings.TrimPrefix(p, strings.TrimSuffix(dir, "/")+"/")
}
