package internal_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// checkState wants packages without state: no init function, no variable that is made to change, no assignment to one.
// What remains are tables, errors, regular expressions, templates and embedded files, which nobody changes after they were
// declared.
func checkState(one goPackage, allowed map[string]string) []string {
	var code []*ast.File
	for _, f := range one.files {
		if !f.test {
			code = append(code, f.syntax)
		}
	}
	if len(code) == 0 {
		return nil
	}
	state := stateOf{room: one.path, allowed: allowed, info: &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}}
	// Imports are not loaded, so whatever touches them has no type here; names of the package itself resolve all the same,
	// and no more is asked.
	config := types.Config{Importer: emptyImporter{}, Error: func(error) {}, FakeImportC: true}
	state.scope = types.NewPackage(one.path, one.name).Scope()
	if checked, _ := config.Check(one.path, one.fset, code, state.info); checked != nil {
		state.scope = checked.Scope()
	}
	for _, f := range one.files {
		if !f.test {
			state.inspect(f)
		}
	}
	return state.breaches
}

type stateOf struct {
	room     string
	allowed  map[string]string // "room.variable" to the reason why it may change
	info     *types.Info
	scope    *types.Scope
	breaches []string
}

func (s *stateOf) report(f goFile, at token.Pos, format string, args ...any) {
	s.breaches = append(s.breaches, f.at(at)+": "+fmt.Sprintf(format, args...))
}

func (s *stateOf) isAllowed(variable string) bool { return s.allowed[s.room+"."+variable] != "" }

func (s *stateOf) inspect(f goFile) {
	for _, declaration := range f.syntax.Decls {
		switch declaration := declaration.(type) {
		case *ast.GenDecl:
			if declaration.Tok == token.VAR {
				for _, spec := range declaration.Specs {
					s.inspectVar(f, declaration, spec.(*ast.ValueSpec))
				}
			}
		case *ast.FuncDecl:
			if declaration.Recv == nil && declaration.Name.Name == "init" {
				s.report(f, declaration.Pos(), "func init: do it where the value is made, or in the program")
			}
		}
	}
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for _, left := range node.Lhs {
				s.inspectChange(f, left)
			}
		case *ast.IncDecStmt:
			s.inspectChange(f, node.X)
		case *ast.SendStmt:
			s.inspectChange(f, node.Chan)
		case *ast.RangeStmt:
			s.inspectChange(f, node.Key)
			s.inspectChange(f, node.Value)
		case *ast.CallExpr:
			if name, ok := node.Fun.(*ast.Ident); ok && (name.Name == "delete" || name.Name == "clear") && len(node.Args) > 0 {
				s.inspectChange(f, node.Args[0])
			}
		}
		return true
	})
}

// inspectVar refuses variables that make sense only if something changes them later.
func (s *stateOf) inspectVar(f goFile, declaration *ast.GenDecl, spec *ast.ValueSpec) {
	for _, comments := range []*ast.CommentGroup{declaration.Doc, spec.Doc} {
		if comments != nil && strings.Contains(rawText(comments), "//go:embed ") {
			return
		}
	}
	for i, name := range spec.Names {
		switch {
		case s.isAllowed(name.Name):
		case spec.Type != nil && s.changes(spec.Type):
			s.report(f, name.Pos(), "package variable %s is state (%s): make it a field", name.Name, types.ExprString(spec.Type))
		case len(spec.Values) == 0:
			s.report(f, name.Pos(), "package variable %s has no value, so something changes it later: make it a field", name.Name)
		case i < len(spec.Values) && s.changes(spec.Values[i]):
			s.report(f, name.Pos(), "package variable %s is state: make it a field", name.Name)
		}
	}
}

func rawText(comments *ast.CommentGroup) string {
	var text strings.Builder
	for _, comment := range comments.List {
		text.WriteString(comment.Text + "\n")
	}
	return text.String()
}

// changes reports whether a type or a value is one that lives by changing: locks, atomics, pools, channels, made or new things.
func (s *stateOf) changes(expression ast.Expr) bool {
	switch expression := expression.(type) {
	case *ast.ChanType:
		return true
	case *ast.StarExpr:
		return s.changes(expression.X)
	case *ast.UnaryExpr:
		return s.changes(expression.X)
	case *ast.CompositeLit:
		return expression.Type != nil && s.changes(expression.Type)
	case *ast.IndexExpr: // atomic.Pointer[T]
		return s.changes(expression.X)
	case *ast.SelectorExpr:
		name, ok := expression.X.(*ast.Ident)
		if !ok {
			return false
		}
		imported, ok := s.info.Uses[name].(*types.PkgName)
		return ok && (imported.Imported().Path() == "sync" || imported.Imported().Path() == "sync/atomic")
	case *ast.CallExpr:
		name, ok := expression.Fun.(*ast.Ident)
		return ok && (name.Name == "make" || name.Name == "new")
	}
	return false
}

// inspectChange refuses a change of a package variable, of its field or of its element.
func (s *stateOf) inspectChange(f goFile, expression ast.Expr) {
	for {
		switch inner := expression.(type) {
		case *ast.ParenExpr:
			expression = inner.X
		case *ast.IndexExpr:
			expression = inner.X
		case *ast.SelectorExpr:
			expression = inner.X
		case *ast.StarExpr:
			expression = inner.X
		case *ast.Ident:
			if variable, ok := s.info.Uses[inner].(*types.Var); ok && variable.Parent() == s.scope && !s.isAllowed(inner.Name) {
				s.report(f, inner.Pos(), "changes package variable %s: make it a field", inner.Name)
			}
			return
		default:
			return
		}
	}
}

// emptyImporter gives every import an empty package, so that a package can be resolved without its dependencies.
type emptyImporter struct{}

func (emptyImporter) Import(importPath string) (*types.Package, error) {
	if importPath == "C" {
		return nil, errors.New("no cgo here")
	}
	imported := types.NewPackage(importPath, path.Base(importPath))
	imported.MarkComplete()
	return imported, nil
}
