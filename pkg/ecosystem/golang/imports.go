package golang

import (
	"context"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/sbom"
)

// imports is what the files of a main module import.
type imports struct {
	// scopes has the strongest scope in which each package is imported.
	scopes map[string]sbom.Scope
	// command: one of the packages is a program.
	command bool
	// complete: every file could be read, so that what is not in scopes is not imported.
	complete bool
}

// readImports reads the import lines of all packages of the module in dir, for all platforms. As for
// the go command, folders named testdata or vendor, names that begin with a dot or an underscore, other
// modules and what ignore directives name are not part of it.
func (r *reader) readImports(ctx context.Context, dir string, m *manifest) imports {
	im := imports{scopes: map[string]sbom.Scope{}, complete: true}
	fileErr := fs.WalkDir(r.FS, dir, func(p string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		base := path.Base(p)
		hidden := p != dir && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_"))
		switch {
		case err != nil:
			im.complete = false
		case d.IsDir():
			if hidden || p != dir && r.notOfModule(p, dir, m) {
				return fs.SkipDir
			}
		case path.Ext(p) == ".go" && !hidden && d.Type().IsRegular():
			f, err := r.parseImports(p)
			if err != nil {
				im.complete = false
				return nil
			}
			im.add(f, strings.HasSuffix(p, "_test.go"))
		}
		return nil
	})
	im.complete = im.complete && fileErr == nil
	return im
}

func (r *reader) notOfModule(p, dir string, m *manifest) bool {
	switch path.Base(p) {
	case "testdata", "vendor", "node_modules":
		return true
	}
	within := strings.TrimPrefix(p, dir+"/")
	for _, i := range m.ignores {
		anchored, ok := strings.CutPrefix(i.value, "./")
		if within == anchored || !ok && strings.HasSuffix(within, "/"+i.value) {
			return true
		}
	}
	_, err := fs.Stat(r.FS, path.Join(p, "go.mod"))
	return err == nil
}

// importHead is how much of a file is read at first, in bytes: import lines stand at the top.
const importHead = 16 << 10

func (r *reader) parseImports(p string) (*ast.File, error) {
	f, err := r.FS.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, importHead))
	if err != nil {
		return nil, err
	}
	const mode = parser.ImportsOnly | parser.ParseComments | parser.SkipObjectResolution
	file, err := parser.ParseFile(token.NewFileSet(), p, head, mode)
	if len(head) < importHead || err == nil && len(file.Imports) > 0 {
		return file, err
	}
	rest, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, err
	}
	return parser.ParseFile(token.NewFileSet(), p, append(head, rest...), mode)
}

func (im *imports) add(f *ast.File, test bool) {
	scope := sbom.Runtime
	switch {
	case !isBuilt(f):
		scope = sbom.Build
	case test:
		scope = sbom.Test
	case f.Name.Name == "main":
		im.command = true
	}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			im.complete = false
			continue
		}
		im.scopes[p] = stronger(im.scopes[p], scope)
	}
}

// isBuilt reports whether f can be part of a package: what is tagged "ignore" is run by hand, and what is
// tagged "tools" is there to hold the versions of tools.
func isBuilt(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			if !constraint.IsGoBuild(c.Text) {
				continue
			}
			if expr, err := constraint.Parse(c.Text); err == nil {
				return canBe(expr, true)
			}
		}
	}
	return true
}

// canBe reports whether some choice of tags, but neither "ignore" nor "tools", gives expr the value.
func canBe(expr constraint.Expr, value bool) bool {
	switch e := expr.(type) {
	case *constraint.NotExpr:
		return canBe(e.X, !value)
	case *constraint.AndExpr:
		if value {
			return canBe(e.X, true) && canBe(e.Y, true)
		}
		return canBe(e.X, false) || canBe(e.Y, false)
	case *constraint.OrExpr:
		if value {
			return canBe(e.X, true) || canBe(e.Y, true)
		}
		return canBe(e.X, false) && canBe(e.Y, false)
	case *constraint.TagExpr:
		return !value || e.Tag != "ignore" && e.Tag != "tools"
	}
	return true
}

// stronger is the scope that comes first of runtime, build and test; "" is none.
func stronger(a, b sbom.Scope) sbom.Scope {
	for _, s := range []sbom.Scope{sbom.Runtime, sbom.Build, sbom.Test} {
		if a == s || b == s {
			return s
		}
	}
	return ""
}
