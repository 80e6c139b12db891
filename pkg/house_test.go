package pkg_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Bounds of size. The house is read more often than it is written.
const (
	maxFileLines = 500
	maxFuncLines = 100
	p90FuncLines = 40
	maxMapLit    = 64
)

// rules are the rules over Go source. Each has a name, a check, and a way out for who broke it.
var rules = []struct {
	name   string
	check  func(*module, reporter)
	wayOut string
}{
	{"floors", checkFloors, "move the code down to where both may reach it, or give the package its floor in pkg/layers_test.go"},
	{"imports", checkImports, "let the command pass in what it needs: an fs.FS, an io.Writer, a value"},
	{"clock", checkClock, "take the time as an argument; the command reads the clock"},
	{"init", checkInit, "make it a function that is called, or a sync.OnceValue"},
	{"regexp", checkRegexp, "wrap it in sync.OnceValue, so that it is compiled when first used"},
	{"map literals", checkMapLiterals, "make it a sorted slice that is searched, or data under rules"},
	{"doc", checkDoc, "say what it means: shapes, units, errors, the source of a rule"},
	{"file length", checkFileLength, "split the file by topic"},
	{"function length", checkFuncLength, "find the steps and give each a name"},
	{"words", checkWords, "name the thing by what it is or does"},
}

func checkFloors(m *module, report reporter) {
	homeless := map[string]bool{}
	for _, f := range m.files {
		if f.test || isForTests(f.dir) {
			continue
		}
		floor := floorOf(f.dir)
		if floor == noFloor {
			if !homeless[f.dir] {
				report(f.Package, "package %s has no floor", f.dir)
			}
			homeless[f.dir] = true
			continue
		}
		for _, spec := range f.Imports {
			dir, ok := strings.CutPrefix(importPath(spec), modulePath+"/")
			if !ok {
				continue
			}
			switch below := floorOf(dir); {
			case isForTests(dir):
				report(spec.Pos(), "%s is for test files only", dir)
			case below >= floor:
				report(spec.Pos(), "%s (floor %d) imports %s (floor %d)", f.dir, floor, dir, below)
			}
		}
	}
}

// forbidden are the packages through which a library would touch the world.
var forbidden = []string{"log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec"}

func checkImports(m *module, report reporter) {
	for _, f := range m.files {
		if !f.isLibrary() {
			continue
		}
		for _, spec := range f.Imports {
			if p := importPath(spec); slices.Contains(forbidden, p) {
				report(spec.Pos(), "%s imports %s", f.dir, p)
			}
		}
	}
}

// clocks are the functions of package time whose result depends on when they are called.
var clocks = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

func checkClock(m *module, report reporter) {
	for _, f := range m.files {
		name := importName(f, "time")
		if !f.isLibrary() || name == "" {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && isIdent(sel.X, name) && slices.Contains(clocks, sel.Sel.Name) {
				report(sel.Pos(), "%s reads the clock: time.%s", f.dir, sel.Sel.Name)
			}
			return true
		})
	}
}

func checkInit(m *module, report reporter) {
	for _, f := range m.files {
		if !f.isLibrary() {
			continue
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				report(fn.Pos(), "%s has a func init", f.dir)
			}
		}
	}
}

func checkRegexp(m *module, report reporter) {
	for _, f := range m.files {
		name := importName(f, "regexp")
		if !f.isLibrary() || name == "" {
			continue
		}
		for _, decl := range f.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			ast.Inspect(gen, func(n ast.Node) bool {
				if _, ok := n.(*ast.FuncLit); ok {
					return false // not run at start
				}
				sel, ok := n.(*ast.SelectorExpr)
				if ok && isIdent(sel.X, name) && strings.Contains(sel.Sel.Name, "Compile") {
					report(sel.Pos(), "%s compiles a regular expression at start", f.dir)
				}
				return true
			})
		}
	}
}

func checkMapLiterals(m *module, report reporter) {
	for _, f := range m.files {
		if !f.isLibrary() {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if _, ok := lit.Type.(*ast.MapType); ok && len(lit.Elts) > maxMapLit {
				report(lit.Pos(), "map literal of %d entries, at most %d", len(lit.Elts), maxMapLit)
			}
			return true
		})
	}
}

func checkFileLength(m *module, report reporter) {
	for _, f := range m.files {
		lines := m.fset.File(f.Package).LineCount()
		if !f.test && !f.generated && lines >= maxFileLines {
			report(f.Package, "%d lines, under %d", lines, maxFileLines)
		}
	}
}

func checkFuncLength(m *module, report reporter) {
	var lengths []int
	for _, f := range m.files {
		if f.test || f.generated {
			continue
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := m.fset.Position(fn.End()).Line - m.fset.Position(fn.Pos()).Line + 1
			lengths = append(lengths, lines)
			if lines >= maxFuncLines {
				report(fn.Pos(), "%s has %d lines, under %d", fn.Name.Name, lines, maxFuncLines)
			}
		}
	}
	slices.Sort(lengths)
	if n := len(lengths); n > 0 {
		if p90 := lengths[n*9/10]; p90 >= p90FuncLines {
			report(token.NoPos, "one function in ten has %d lines or more, under %d", p90, p90FuncLines)
		}
	}
}

// bannedWords say nothing or belong to other houses; allowedTerms are the field's own words that
// contain one.
var (
	bannedWords  = []string{"artifact", "artifacts", "cataloger", "catalogers", "common", "helper", "helpers", "manager", "managers", "util", "utils"}
	allowedTerms = []string{"artifactid", "packagemanager"}
)

func checkWords(m *module, report reporter) {
	seen := map[string]bool{}
	for _, f := range m.files {
		for _, name := range []string{f.dir, path.Base(f.path), f.Name.Name} {
			if word := bannedWord(name); word != "" && !seen[name] {
				report(f.Package, "the name %s contains %q", name, word)
				seen[name] = true
			}
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			for _, id := range declared(n) {
				if word := bannedWord(id.Name); word != "" {
					report(id.Pos(), "the name %s contains %q", id.Name, word)
				}
			}
			if fn, ok := n.(*ast.FuncDecl); ok {
				if rest, ok := strings.CutPrefix(fn.Name.Name, "Get"); ok && rest != "" && unicode.IsUpper(rune(rest[0])) {
					report(fn.Name.Pos(), "%s: a getter bears the name of what it gets", fn.Name.Name)
				}
			}
			return true
		})
	}
}

// declared gives the names that a node declares.
func declared(n ast.Node) []*ast.Ident {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return []*ast.Ident{n.Name}
	case *ast.TypeSpec:
		return []*ast.Ident{n.Name}
	case *ast.ValueSpec:
		return n.Names
	case *ast.Field:
		return n.Names
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			return idents(n.Lhs...)
		}
	case *ast.RangeStmt:
		if n.Tok == token.DEFINE {
			return idents(n.Key, n.Value)
		}
	}
	return nil
}

func idents(exprs ...ast.Expr) []*ast.Ident {
	var ids []*ast.Ident
	for _, e := range exprs {
		if id, ok := e.(*ast.Ident); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// bannedWord gives the first banned word of a name or path, or "".
func bannedWord(name string) string {
	for _, word := range words(name) {
		if slices.Contains(bannedWords, word) {
			return word
		}
	}
	return ""
}

// words splits a name at case changes and signs: "fileUtils_test" is "file", "utils", "test". A term of
// allowedTerms is one word.
func words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
		}
		word = nil
	}
	prev := ' '
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r):
			flush()
			prev = r
			continue
		case unicode.IsUpper(r) && unicode.IsLower(prev):
			flush()
		}
		word = append(word, r)
		prev = r
	}
	flush()
	return joinAllowed(out)
}

func joinAllowed(in []string) []string {
	var out []string
	for _, w := range in {
		if n := len(out); n > 0 && slices.Contains(allowedTerms, out[n-1]+w) {
			out[n-1] += w
			continue
		}
		out = append(out, w)
	}
	return out
}

func importPath(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return p
}

// importName gives the name by which f knows the package of the given path, "" if it imports it not.
func importName(f *file, importedPath string) string {
	for _, spec := range f.Imports {
		if importPath(spec) != importedPath {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(importedPath)
	}
	return ""
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
