package mutation

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// condition changes what decides: always, never, the opposite.
func (f *function) condition(e ast.Expr) {
	if f.constant(e) {
		switch f.text(e) {
		case "true":
			f.become(e, "false")
		case "false":
			f.become(e, "true")
		}
		return
	}
	f.become(e, "true")
	f.become(e, "false")
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			f.become(e, f.text(e.X))
			return
		}
	case *ast.BinaryExpr:
		if op := opposites[e.Op]; op != "" {
			f.become(e, f.text(e.X)+" "+op+" "+f.text(e.Y))
			return
		}
		f.become(e, "!("+f.text(e)+")")
		return
	}
	f.become(e, "!"+f.text(e))
}

var opposites = map[token.Token]string{
	token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">",
}

var neighbours = map[token.Token]string{ // off by one, or the wrong sum
	token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">",
	token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*",
}

func (f *function) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		f.binary(e)
	case *ast.UnaryExpr:
		if e.Op == token.NOT && f.topmost(e) {
			f.condition(e)
		}
	case *ast.BasicLit:
		f.number(e)
	case *ast.Ident:
		f.identifier(e)
	case *ast.SelectorExpr:
		f.contextValue(e)
	case *ast.CompositeLit:
		for i, element := range e.Elts {
			if field, keyed := element.(*ast.KeyValueExpr); keyed && isStruct(f.typeOf(e)) && !f.isNil(field.Value) {
				f.dropOf(e.Elts, i)
			}
		}
	case *ast.CallExpr:
		f.call(e)
	}
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func (f *function) binary(e *ast.BinaryExpr) {
	x, y := f.text(e.X), f.text(e.Y)
	if e.Op == token.LAND || e.Op == token.LOR {
		f.become(e, x)
		f.become(e, y)
	}
	if op := neighbours[e.Op]; op != "" && isBasic(f.typeOf(e.X), types.IsNumeric) {
		f.become(e, x+" "+op+" "+y)
	}
	if f.isBool(e) && f.topmost(e) {
		f.condition(e)
	}
}

// topmost reports whether an expression is a whole condition.
func (f *function) topmost(ast.Expr) bool {
	for i := 1; ; i++ {
		switch up := f.parent(i).(type) {
		case *ast.ParenExpr:
		case *ast.BinaryExpr:
			return up.Op != token.LAND && up.Op != token.LOR
		case *ast.UnaryExpr:
			return up.Op != token.NOT
		default:
			return true
		}
	}
}

// number is one more or less.
func (f *function) number(e *ast.BasicLit) {
	n, err := strconv.Atoi(e.Value)
	if e.Kind != token.INT || err != nil {
		return
	}
	if call, ok := f.parent(1).(*ast.CallExpr); ok && f.called(call) == "make" {
		return // see size
	}
	f.become(e, strconv.Itoa(n+1))
	if n > 0 {
		f.become(e, strconv.Itoa(n-1))
	}
}

// size is that of a channel, a slice, a group. More of it than is needed shows
// only where it is a limit.
func (f *function) size(e ast.Expr, limits bool) {
	if f.constant(e) {
		n, err := strconv.Atoi(f.text(e))
		if err != nil {
			return
		}
		if limits {
			f.become(e, strconv.Itoa(n+1))
		}
		if n > 0 {
			f.become(e, strconv.Itoa(n-1))
		}
		return
	}
	if limits {
		f.become(e, operand(e, f.text(e))+" + 1")
	}
	f.become(e, operand(e, f.text(e))+" - 1")
}

func (f *function) identifier(e *ast.Ident) {
	switch f.info.Uses[e] {
	case types.Universe.Lookup("true"), types.Universe.Lookup("false"):
		f.condition(e)
		return
	}
	v, ok := f.info.Uses[e].(*types.Var)
	if !ok {
		return
	}
	if v.Parent() == f.pkg.Scope() && isError(v.Type()) { // another of the errors that callers branch on
		names := f.pkg.Scope().Names()
		for _, name := range names {
			if other, ok := f.pkg.Scope().Lookup(name).(*types.Var); ok && other != v && isError(other.Type()) {
				f.become(e, name)
			}
		}
	}
	f.contextValue(e)
}

// contextValue is a context that is used: another one stands in its place.
func (f *function) contextValue(e ast.Expr) {
	if !f.is(e, "context.Context") {
		return
	}
	var own types.Object
	if id, ok := e.(*ast.Ident); ok {
		own = f.info.Uses[id]
		if own == nil {
			return // it is declared here
		}
	} else if f.info.Types[e].IsType() {
		return
	}
	switch up := f.parent(1).(type) {
	case *ast.SelectorExpr: // ctx.Done
		if up.X != e {
			return
		}
	case *ast.CallExpr:
		if up.Fun == e {
			return
		}
		if f.called(up) != "context.WithoutCancel" && f.called(up) != "context.Cause" {
			f.become(e, "context.Background()")
		}
		if f.outside(up) {
			f.become(e, "context.WithoutCancel("+f.text(e)+")")
			f.become(e, "contextWithoutValues{"+f.text(e)+"}")
		}
	case *ast.AssignStmt:
		if slices.Contains(up.Lhs, e) {
			return
		}
	case *ast.ReturnStmt, *ast.KeyValueExpr, *ast.CompositeLit:
	default:
		return
	}
	for _, name := range f.contexts(e.Pos(), own) {
		f.become(e, name)
	}
}

func (f *function) call(e *ast.CallExpr) {
	arg := func(i int) string { return f.text(e.Args[i]) }
	name := f.called(e)
	method := name[strings.LastIndexByte(name, '.')+1:]
	switch name {
	case "make":
		f.make(e)
	case "append":
		if up, ok := f.parent(1).(*ast.AssignStmt); !ok || len(up.Lhs) > 1 {
			f.become(e, arg(0))
		}
	case "min", "max":
		f.become(e.Fun, map[string]string{"min": "max", "max": "min"}[name])
	case "context.Cause":
		f.become(e, arg(0)+".Err()")
	case "context.WithoutCancel":
		f.become(e, arg(0))
		f.become(e, "context.Background()")
	case "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
		f.become(e, "context.WithCancel("+arg(0)+")")
		if len(e.Args) == 3 {
			f.become(e, strings.TrimSuffix(f.text(e.Fun), "Cause")+"("+arg(0)+", "+arg(1)+")")
		}
	case "errors.Is":
		f.become(e, arg(0)+" == "+arg(1))
	case "errors.AsType":
		if generic, ok := e.Fun.(*ast.IndexExpr); ok {
			f.become(e, arg(0)+".("+f.text(generic.Index)+")")
		}
	case "errors.Join":
		f.join(e)
	case "fmt.Errorf":
		f.errorf(e)
	case "slices.Clone", "maps.Clone", "sync.OnceFunc":
		f.become(e, arg(0))
	case "slices.Backward":
		f.become(e, "slices.All("+arg(0)+")")
	case "slices.All":
		f.become(e, "slices.Backward("+arg(0)+")")
	case "sync.Once.Do":
		f.become(e, arg(0)+"()")
	case "sync.WaitGroup.Go":
		f.become(e, "("+arg(0)+")()")
		f.become(e, "func() { go "+arg(0)+"() }()")
	case "errgroup.Group.Go":
		f.become(e, "func() { err := "+arg(0)+"(); "+f.text(e.Fun)+"(func() error { return err }) }()")
		f.become(e, "func() { go "+arg(0)+"() }()")
	case "errgroup.Group.SetLimit", "semaphore.NewWeighted":
		if !f.constant(e.Args[0]) {
			f.size(e.Args[0], true)
		}
	case "sync.Cond.Broadcast", "sync.Cond.Signal":
		other := map[string]string{"Broadcast": "Signal", "Signal": "Broadcast"}[method]
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok {
			f.become(sel.Sel, other)
		}
	case "close":
		if t, ok := f.typeOf(e.Args[0]).Underlying().(*types.Chan); ok && types.TypeString(t.Elem(), nil) == "struct{}" {
			f.become(e, "func() { "+arg(0)+" <- struct{}{} }()") // wakes one only
		}
	}
	if f.is(e.Fun, "context.CancelCauseFunc") && !f.isNil(e.Args[0]) {
		f.become(e.Args[0], "nil")
	}
	for _, a := range e.Args { // a limit, a pause
		if (strings.HasPrefix(name, "time.") || strings.HasPrefix(name, "context.")) && f.is(a, "time.Duration") && f.text(a) != "0" {
			f.become(a, "2*"+operand(a, f.text(a)))
		}
	}
}

// operand is an expression as one side of an operator.
func operand(e ast.Expr, text string) string {
	switch e.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.StarExpr:
		return "(" + text + ")"
	}
	return text
}

func (f *function) make(e *ast.CallExpr) {
	if len(e.Args) < 2 {
		return
	}
	switch t := f.typeOf(e).Underlying().(type) {
	case *types.Slice:
		if f.text(e.Args[1]) != "0" {
			f.size(e.Args[1], !isError(t.Elem())) // to join them, one nil more is nothing
		}
	case *types.Chan:
		_, assigned := f.parent(1).(*ast.AssignStmt)
		f.size(e.Args[1], !assigned || types.TypeString(t.Elem(), nil) == "struct{}") // a mailbox may have more room
	}
}

func (f *function) join(e *ast.CallExpr) {
	if !e.Ellipsis.IsValid() {
		for i := range e.Args {
			if len(e.Args) > 1 {
				f.dropOf(e.Args, i)
			}
		}
		return
	}
	all := f.text(e.Args[0])
	if _, ok := e.Args[0].(*ast.CallExpr); ok {
		return // append(…), which is changed itself
	}
	f.become(e.Args[0], all+"[:min(1, len("+all+"))]")
	f.become(e.Args[0], all+"[max(0, len("+all+")-1):]")
}

func (f *function) errorf(e *ast.CallExpr) {
	format, ok := e.Args[0].(*ast.BasicLit)
	if !ok {
		return
	}
	verb := 0
	for i := 0; i+1 < len(format.Value); i++ {
		if format.Value[i] != '%' {
			continue
		}
		i++
		if format.Value[i] == '%' {
			continue
		}
		verb++
		if format.Value[i] == 'w' {
			f.become(format, format.Value[:i]+"v"+format.Value[i+1:])
			if verb < len(e.Args) {
				f.become(e, f.text(e.Args[verb]))
			}
		}
	}
}
