package mutation

import (
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// start adds what many forget at the start of a function that the caller gives
// a context: a goroutine that waits for the end of that context, for each call.
func (f *function) start() {
	if !f.decl.Name.IsExported() {
		return
	}
	for _, field := range f.decl.Type.Params.List {
		if !f.is(field.Type, "context.Context") {
			continue
		}
		for _, name := range field.Names {
			if name.Name == "_" {
				continue
			}
			added := "go func() { <-" + name.Name + ".Done() }()"
			at := f.offset(f.decl.Body.Lbrace) + 1
			f.keep(f.decl, f.decl.Body.Lbrace, f.stack, "add "+added, edit{at, at, " " + added + "; "})
		}
	}
}

// statements changes the order of what stands side by side.
func (f *function) statements(n ast.Node) {
	all := list(n)
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		_, aDefers := a.(*ast.DeferStmt)
		_, bDefers := b.(*ast.DeferStmt)
		if aDefers != bDefers || !simple(a) || !simple(b) || !f.synchronises(a) && !f.synchronises(b) || f.apart(a, b) || f.apart(b, a) {
			continue // a defer beside another statement runs at the end anyway
		}
		f.keep(f.decl, a.Pos(), append(f.stack, a), "swap "+line(f.text(a))+" and "+line(f.text(b)),
			edit{f.offset(a.Pos()), f.offset(a.End()), f.text(b)}, edit{f.offset(b.Pos()), f.offset(b.End()), f.text(a)})
	}
	for i, s := range all { // an unlock that comes only at the end
		if call, ok := s.(*ast.ExprStmt); ok && strings.HasSuffix(f.called(call.X), "Unlock") && !onlyReturns(all[i+1:]) {
			f.at(s, f.stack, func() { f.become(s, "defer "+f.text(s)) })
			f.stack = f.stack[:len(f.stack)-1]
		}
	}
}

// apart reports whether a has nothing to do with b and nothing else can see when
// it happens: it only changes variables of the function that b does not use.
func (f *function) apart(a, b ast.Stmt) bool {
	switch a.(type) {
	case *ast.AssignStmt, *ast.IncDecStmt:
	default:
		return false
	}
	apart := true
	var variables []types.Object
	ast.Inspect(a, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			apart = apart && slices.Contains([]string{"make", "new", "len", "cap", "append"}, f.called(n))
		case *ast.SelectorExpr:
			apart = apart && f.info.Selections[n] == nil
		case *ast.UnaryExpr:
			apart = apart && n.Op != token.ARROW
		case *ast.Ident:
			if v, ok := f.info.ObjectOf(n).(*types.Var); ok {
				apart = apart && v.Parent() != f.pkg.Scope()
				variables = append(variables, v)
			}
		}
		return apart
	})
	ast.Inspect(b, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && slices.Contains(variables, f.info.ObjectOf(id)) {
			apart = false
		}
		return apart
	})
	return apart
}

func simple(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ExprStmt, *ast.SendStmt, *ast.AssignStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt:
		return true
	}
	return false
}

// onlyReturns reports whether nothing more happens in the statements.
func onlyReturns(rest []ast.Stmt) bool {
	for _, s := range rest {
		happens := false
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr, *ast.SendStmt, *ast.SelectStmt, *ast.ForStmt, *ast.RangeStmt, *ast.AssignStmt, *ast.IncDecStmt:
				happens = true
			case *ast.UnaryExpr:
				happens = happens || n.Op == token.ARROW
			}
			return true
		})
		if happens {
			return false
		}
	}
	return true
}

func (f *function) statement(s ast.Stmt) {
	if f.dropped(s) {
		f.drop(s)
	}
	switch s := s.(type) {
	case *ast.DeferStmt:
		f.become(s, f.text(s.Call))
	case *ast.GoStmt:
		f.become(s, f.text(s.Call))
	case *ast.IfStmt:
		f.condition(s.Cond)
	case *ast.ForStmt:
		if s.Cond == nil {
			break
		}
		f.condition(s.Cond)
		if s.Init == nil && s.Post == nil { // what has woken is not looked at again
			f.keep(f.decl, s.Pos(), f.stack, shows("for "+line(f.text(s.Cond)), "if "+line(f.text(s.Cond))),
				edit{f.offset(s.For), f.offset(s.For) + len("for"), "if"})
		}
	case *ast.RangeStmt:
		if isBasic(f.typeOf(s.X), types.IsInteger) {
			f.size(s.X, true)
		}
	case *ast.CaseClause:
		tag, _ := f.parent(2).(*ast.SwitchStmt)
		for _, e := range s.List {
			if tag != nil && tag.Tag == nil {
				f.condition(e)
			}
		}
		if tag == nil || tag.Tag != nil || s.List == nil {
			f.dropClause(s)
		}
	case *ast.CommClause:
		f.dropClause(s)
	case *ast.BranchStmt:
		switch s.Tok {
		case token.BREAK:
			f.become(s, strings.Replace(f.text(s), "break", "continue", 1))
		case token.CONTINUE:
			f.become(s, strings.Replace(f.text(s), "continue", "break", 1))
		}
	case *ast.IncDecStmt:
		if s.Tok == token.INC {
			f.become(s, f.text(s.X)+"--")
		} else {
			f.become(s, f.text(s.X)+"++")
		}
	case *ast.AssignStmt:
		f.assignment(s)
	case *ast.ReturnStmt:
		if name := f.decl.Name.Name; f.decl.Recv != nil && (name == "Error" || name == "String") {
			break // only a text
		}
		for _, e := range s.Results {
			f.result(e)
		}
	}
}

// dropped reports whether a statement is one to leave out. It is not where
// another mutant does the same: an if whose condition becomes false, the only
// statement of an if or of a loop.
func (f *function) dropped(s ast.Stmt) bool {
	block, inBlock := f.parent(1).(*ast.BlockStmt)
	if !inBlock && !inList(f.parent(1), s) {
		return false // a block, an else, the init of a statement
	}
	if inBlock && len(block.List) == 1 {
		if up, isIf := f.parent(2).(*ast.IfStmt); isIf && up.Else == nil {
			return false
		}
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		return !f.needless(s.X)
	case *ast.DeferStmt:
		return !f.needless(s.Call)
	case *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.BranchStmt, *ast.ReturnStmt, *ast.SelectStmt:
		return true
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	case *ast.IfStmt:
		return s.Init != nil || s.Else != nil
	case *ast.ForStmt:
		return len(s.Body.List) > 1
	case *ast.RangeStmt:
		return len(s.Body.List) > 1
	}
	return false
}

// needless reports whether a call can be left out and nothing shows it: Stop of
// a timer that this function has made, and that it does not look at again. Go
// collects such a timer.
func (f *function) needless(e ast.Expr) bool {
	name := f.called(e)
	if name != "time.Timer.Stop" && name != "time.Ticker.Stop" {
		return false
	}
	timer, ok := e.(*ast.CallExpr).Fun.(*ast.SelectorExpr).X.(*ast.Ident)
	if !ok {
		return false
	}
	v := f.info.Uses[timer]
	made := ""
	last := timer.Pos()
	ast.Inspect(f.decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok && f.info.Defs[id] == v && v != nil {
				made = f.called(n.Rhs[0])
			}
		case *ast.Ident:
			if f.info.Uses[n] == v {
				last = max(last, n.Pos())
			}
		}
		return true
	})
	if made != "time.NewTimer" && made != "time.NewTicker" {
		return false
	}
	_, deferred := f.stack[len(f.stack)-1].(*ast.DeferStmt)
	return deferred || last == timer.Pos()
}

func (f *function) dropClause(s ast.Stmt) {
	var b strings.Builder
	_ = printer.Fprint(&b, f.fset, s) // a strings.Builder takes everything
	f.keep(f.decl, s.Pos(), f.stack, "drop "+short(b.String()), edit{f.offset(s.Pos()), f.offset(s.End()), ""})
}

func (f *function) assignment(s *ast.AssignStmt) {
	opposite := map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+=", token.MUL_ASSIGN: "/=", token.QUO_ASSIGN: "*="}
	if op := opposite[s.Tok]; op != "" {
		f.become(s, f.text(s.Lhs[0])+" "+op+" "+f.text(s.Rhs[0]))
	}
	if s.Tok != token.ASSIGN || len(s.Lhs) != len(s.Rhs) {
		f.derivation(s)
		return
	}
	for i := range s.Lhs {
		if _, isSlice := f.typeOf(s.Lhs[i]).Underlying().(*types.Slice); isSlice && f.isNil(s.Rhs[i]) {
			f.become(s.Rhs[i], f.text(s.Lhs[i])+"[:0]") // the array is shared
		}
		if len(s.Lhs) == 1 {
			break
		}
		var left, right []string
		for j := range s.Lhs {
			if j != i {
				left, right = append(left, f.text(s.Lhs[j])), append(right, f.text(s.Rhs[j]))
			}
		}
		f.become(s, strings.Join(left, ", ")+" = "+strings.Join(right, ", "))
	}
	f.derivation(s)
}

// derivation leaves out that a context is derived from another one.
func (f *function) derivation(s *ast.AssignStmt) {
	if len(s.Rhs) != 1 || len(s.Lhs) != 2 {
		return
	}
	call, ok := s.Rhs[0].(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	switch parent := f.text(call.Args[0]); f.called(call) {
	case "context.WithCancel", "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
		f.become(call, parent+", context.CancelFunc(func() {})")
	case "context.WithCancelCause":
		f.become(call, parent+", context.CancelCauseFunc(func(error) {})")
	case "errgroup.WithContext":
		f.become(call, "new(errgroup.Group), "+parent)
	}
}

// result is one of those that a return statement returns.
func (f *function) result(e ast.Expr) {
	if f.isNil(e) {
		return
	}
	switch t := f.typeOf(e); u := t.Underlying().(type) {
	case *types.Interface:
		if _, isParam := t.(*types.TypeParam); !isParam {
			f.become(e, "nil")
		}
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature:
		f.become(e, "nil")
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			f.condition(e)
		case u.Info()&types.IsInteger != 0 && !f.constant(e):
			f.become(e, "0")
		case u.Info()&types.IsString != 0 && !f.constant(e):
			f.become(e, `""`)
		}
	}
}
