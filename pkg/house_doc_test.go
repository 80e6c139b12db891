package pkg_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// selfExplaining are the methods whose meaning a well-known interface gives.
var selfExplaining = []string{"Error", "String", "Unwrap"}

// checkDoc wants a comment above every package and every exported name. One comment above a group of
// constants or variables speaks for the group.
func checkDoc(m *module, report reporter) {
	documented := map[string]bool{}
	for _, f := range m.files {
		documented[f.dir] = documented[f.dir] || (!f.test && f.Doc.Text() != "")
	}
	for _, f := range m.files {
		if f.test {
			continue
		}
		if !documented[f.dir] {
			report(f.Package, "package %s has no comment", f.dir)
			documented[f.dir] = true // once is enough
		}
		for _, decl := range f.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				checkFuncDoc(decl, report)
			case *ast.GenDecl:
				checkGenDoc(decl, report)
			}
		}
	}
}

func checkFuncDoc(fn *ast.FuncDecl, report reporter) {
	name := fn.Name.Name
	if !fn.Name.IsExported() || fn.Doc.Text() != "" {
		return
	}
	if fn.Recv != nil {
		recv := receiver(fn.Recv.List[0].Type)
		if !ast.IsExported(recv) || slices.Contains(selfExplaining, name) {
			return
		}
		name = recv + "." + name
	}
	report(fn.Pos(), "%s has no comment", name)
}

// receiver gives the name of the type of a method's receiver.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

func checkGenDoc(gen *ast.GenDecl, report reporter) {
	if gen.Tok == token.IMPORT || gen.Doc.Text() != "" {
		return
	}
	for _, spec := range gen.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && spec.Doc.Text() == "" {
				report(spec.Pos(), "%s has no comment", spec.Name.Name)
			}
		case *ast.ValueSpec:
			if names := exported(spec.Names); names != "" && spec.Doc.Text() == "" && spec.Comment.Text() == "" {
				report(spec.Pos(), "%s has no comment", names)
			}
		}
	}
}

func exported(ids []*ast.Ident) string {
	var names []string
	for _, id := range ids {
		if id.IsExported() {
			names = append(names, id.Name)
		}
	}
	return strings.Join(names, ", ")
}
