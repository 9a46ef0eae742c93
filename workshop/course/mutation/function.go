package mutation

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A function is a function whose mutants are sought.
type function struct {
	*File
	decl  *ast.FuncDecl
	stack []ast.Node // of the node at hand, outermost first, the node itself last
}

func (f *function) mutate() {
	f.at(f.decl.Body, []ast.Node{f.decl}, f.start)
	ast.PreorderStack(f.decl.Body, []ast.Node{f.decl}, func(n ast.Node, stack []ast.Node) bool {
		f.at(n, stack, func() {
			f.statements(n)
			switch n := n.(type) {
			case ast.Stmt:
				f.statement(n)
			case ast.Expr:
				f.expression(n)
			}
		})
		return true
	})
}

func (f *function) at(n ast.Node, above []ast.Node, do func()) {
	f.stack = append(slices.Clone(above), n)
	do()
}

// parent is the i-th node above the one at hand, the first one for 1.
func (f *function) parent(i int) ast.Node {
	if at := len(f.stack) - 1 - i; at >= 0 {
		return f.stack[at]
	}
	return nil
}

// become makes a mutant in which text stands in the place of n. It is shown
// with as much around it as makes it plain.
func (f *function) become(n ast.Node, text string) {
	shown := n
	for _, up := range slices.Backward(f.stack) {
		if holdsStatements(up) || len(line(f.text(up))) > 70 {
			break
		}
		if up.Pos() <= n.Pos() && n.End() <= up.End() {
			shown = up
		}
		if _, isStmt := up.(ast.Stmt); isStmt {
			break
		}
	}
	from := f.offset(shown.Pos())
	e := edit{f.offset(n.Pos()), f.offset(n.End()), text}
	after := string(apply([]byte(f.text(shown)), from, []edit{e}))
	f.keep(f.decl, n.Pos(), f.stack, shows(line(f.text(shown)), line(after)), e)
}

func holdsStatements(n ast.Node) bool {
	switch n.(type) {
	case *ast.BlockStmt, *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt,
		*ast.CaseClause, *ast.CommClause, *ast.FuncDecl, *ast.FuncLit:
		return true
	}
	return false
}

// shows is a change in one line; the part that is the same at the end of both
// may have been cut, the part that differs may not.
func shows(before, after string) string { return before + " => " + after }

// drop makes a mutant without the node at hand.
func (f *function) drop(n ast.Node) {
	f.keep(f.decl, n.Pos(), f.stack, "drop "+line(f.text(n)), edit{f.offset(n.Pos()), f.offset(n.End()), ""})
}

// dropOf makes a mutant without one of the elements between commas.
func (f *function) dropOf(all []ast.Expr, i int) {
	from, to := all[i].Pos(), all[i].End()
	switch {
	case i > 0:
		from = all[i-1].End()
	case len(all) > 1:
		to = all[1].Pos()
	}
	f.keep(f.decl, all[i].Pos(), f.stack, "drop "+line(f.text(all[i]))+" from "+line(f.text(f.stack[len(f.stack)-1])),
		edit{f.offset(from), f.offset(to), ""})
}

func (f *function) typeOf(e ast.Expr) types.Type {
	t := f.info.TypeOf(e)
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

func (f *function) is(e ast.Expr, name string) bool {
	return types.TypeString(f.typeOf(e), nil) == name
}

func (f *function) isBool(e ast.Expr) bool { return isBasic(f.typeOf(e), types.IsBoolean) }

func isBasic(t types.Type, info types.BasicInfo) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&info != 0
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

func (f *function) isNil(e ast.Expr) bool { return f.info.Types[e].IsNil() }

func (f *function) constant(e ast.Expr) bool { return f.info.Types[e].Value != nil }

// called is the package and name, or the type and name, of what is called:
// context.WithTimeout, sync.Mutex.Lock, close. It is empty for a value of a
// function type.
func (f *function) called(e ast.Node) string {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return ""
	}
	fun := ast.Unparen(call.Fun)
	switch generic := fun.(type) {
	case *ast.IndexExpr:
		fun = generic.X
	case *ast.IndexListExpr:
		fun = generic.X
	}
	switch fun := fun.(type) {
	case *ast.Ident:
		switch of := f.info.Uses[fun].(type) {
		case *types.Builtin:
			return of.Name()
		case *types.Func:
			return "." + of.Name()
		}
	case *ast.SelectorExpr:
		of, isFunc := f.info.Uses[fun.Sel].(*types.Func)
		if !isFunc {
			return ""
		}
		if recv := of.Signature().Recv(); recv != nil {
			t := recv.Type()
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem()
			}
			if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil {
				return n.Obj().Pkg().Name() + "." + n.Obj().Name() + "." + of.Name()
			}
			return "." + of.Name()
		}
		return of.Pkg().Name() + "." + of.Name()
	}
	return ""
}

// outside reports whether a call leaves the file: it calls a function that was
// given, or a method of an interface that was.
func (f *function) outside(call *ast.CallExpr) bool {
	if f.info.Types[call.Fun].IsType() {
		return false
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if s := f.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			return types.IsInterface(s.Recv()) && !f.is(sel.X, "context.Context")
		}
	}
	return f.called(call) == "" && !f.isCancel(call.Fun)
}

// isCancel reports whether e is a function that ends a context.
func (f *function) isCancel(e ast.Expr) bool {
	return f.is(e, "context.CancelFunc") || f.is(e, "context.CancelCauseFunc")
}

// synchronises reports whether a statement is of those whose place matters to
// other goroutines.
func (f *function) synchronises(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.SendStmt, *ast.GoStmt:
		return true
	case *ast.DeferStmt:
		return true
	case *ast.ExprStmt:
		if receive, ok := s.X.(*ast.UnaryExpr); ok {
			return receive.Op == token.ARROW
		}
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		name := f.called(call)
		return name == "close" || f.isCancel(call.Fun) || slices.Contains([]string{
			"Lock", "Unlock", "RLock", "RUnlock", "Wait", "Done", "Add", "Go", "Stop", "Close", "Broadcast", "Signal", "Release", "Set", "Clear",
		}, name[strings.LastIndexByte(name, '.')+1:])
	}
	return false
}

// contexts are the variables in scope that hold a context, but not the one
// that is called own.
func (f *function) contexts(at token.Pos, own types.Object) (names []string) {
	for scope := f.pkg.Scope().Innermost(at); scope != nil && scope != f.pkg.Scope(); scope = scope.Parent() {
		for _, name := range scope.Names() {
			_, v := scope.LookupParent(name, at)
			if v == nil || v == own || v.Parent() != scope || types.TypeString(v.Type(), nil) != "context.Context" {
				continue
			}
			if _, visible := f.pkg.Scope().Innermost(at).LookupParent(name, at); visible == v {
				names = append(names, name)
			}
		}
	}
	return names
}
