// Package pkg_test holds the rules of the house: which package may import which, and what the source
// of every package looks like. It reads the source of the module with go/parser, so it needs nothing
// but the files, and takes a fraction of a second.
//
// The rules are functions over a parsed module. [TestHouse] runs them over the real one,
// [TestRulesBite] over small bad ones that are planted for each rule.
package pkg_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// modulePath is the module whose house this is.
const modulePath = "github.com/licet/licet"

// floors is the house. A package imports only from lower floors, never sideways, never up. A name
// counts before a pattern; a package on no line fails the test, until somebody has thought about its
// place and written it here. All but cmd and rules lie under pkg.
//
// Two kinds of package need no floor: pkg itself, which holds this test alone, and packages named
// like apptest or iotest, which only test files may import.
const floors = `
9 cmd/*
8 server  fleet
7 inventory  registry  format/all
6 format/*
5 ecosystem/all  policy/all  format  scan
4 ecosystem/*  policy/*  report  verify
3 annotation  ecosystem  detect  conclude  policy  vendored  known
2 obligation  doc  sbom  archive  original
1 spdx  version  source  source/*
0 rules
`

// libraryFloor is the highest floor that works on any tree, at any time, in any process: nothing up to
// it touches the operating system, the network, the clock or a process-wide state.
const libraryFloor = 6

// noFloor is the answer for a package that stands on no line of the table.
const noFloor = -1

// floorOf gives the floor of a package, named by its folder in the module.
func floorOf(dir string) int {
	found := noFloor
	for line := range strings.Lines(floors) {
		names := strings.Fields(line)
		if len(names) == 0 {
			continue
		}
		floor, err := strconv.Atoi(names[0])
		if err != nil {
			panic(err)
		}
		for _, name := range names[1:] {
			if name != "rules" && !strings.HasPrefix(name, "cmd/") {
				name = "pkg/" + name
			}
			if name == dir {
				return floor
			}
			if ok, _ := path.Match(name, dir); ok {
				found = floor
			}
		}
	}
	return found
}

// module is the parsed source of a Go module.
type module struct {
	fset  *token.FileSet
	files []*file
}

// file is one Go file.
type file struct {
	*ast.File
	path      string // slash path in the module
	dir       string // its package's folder
	test      bool
	generated bool
}

// isLibrary reports whether f is part of a package that other programs may build on, see libraryFloor.
func (f *file) isLibrary() bool {
	floor := floorOf(f.dir)
	return !f.test && floor != noFloor && floor <= libraryFloor
}

// isForTests reports whether the package at dir exists for test files, as net/http/httptest does.
func isForTests(dir string) bool { return strings.HasSuffix(dir, "test") }

// parse reads the Go files below the root of fsys. Nested modules and testdata are not part of the
// module.
func parse(fsys fs.FS) (*module, error) {
	m := &module{fset: token.NewFileSet()}
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != "." && notOfModule(fsys, p) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(p) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		return m.add(p, src)
	})
	return m, err
}

// notOfModule reports whether the go command would leave out the folder dir.
func notOfModule(fsys fs.FS, dir string) bool {
	base := path.Base(dir)
	if base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(fsys, path.Join(dir, "go.mod"))
	return err == nil
}

func (m *module) add(p string, src []byte) error {
	parsed, err := parser.ParseFile(m.fset, p, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	m.files = append(m.files, &file{
		File:      parsed,
		path:      p,
		dir:       path.Dir(p),
		test:      strings.HasSuffix(p, "_test.go"),
		generated: ast.IsGenerated(parsed),
	})
	return nil
}

// problem is one place where a rule is broken.
type problem struct {
	pos  token.Position
	text string
}

// reporter takes the problems of one rule.
type reporter func(pos token.Pos, format string, args ...any)

// run applies one rule to the module.
func (m *module) run(check func(*module, reporter)) []problem {
	var problems []problem
	check(m, func(pos token.Pos, format string, args ...any) {
		problems = append(problems, problem{m.fset.Position(pos), fmt.Sprintf(format, args...)})
	})
	return problems
}

// root is the module's folder as the tests see it.
var root = os.DirFS("..")

func TestHouse(t *testing.T) {
	m, err := parse(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.files) == 0 {
		t.Fatal("no Go files found: the test must run in pkg")
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, p := range m.run(r.check) {
				t.Errorf("%s: %s\n\tway out: %s", p.pos, p.text, r.wayOut)
			}
		})
	}
}

func TestFloorOf(t *testing.T) {
	for dir, want := range map[string]int{
		"rules":             0,
		"pkg/spdx":          1,
		"pkg/source/x":      1,
		"pkg/ecosystem":     3,
		"pkg/ecosystem/npm": 4,
		"pkg/ecosystem/all": 5,
		"pkg/format/all":    7,
		"cmd/licet":         9,
		"pkg":               noFloor,
		"pkg/new":           noFloor,
		"pkg/spdx/new":      noFloor,
		"spdx":              noFloor,
	} {
		if got := floorOf(dir); got != want {
			t.Errorf("floorOf(%q) = %d, want %d", dir, got, want)
		}
	}
}
