// Package mutation changes a Go file one place at a time, in the ways in which
// people get concurrency wrong: a cancel that is forgotten, the wrong context,
// a case that is missing from a select, %v for %w. Tests that accept such a
// change do not look at what it changed.
//
// What changes nothing that a caller could see is no mutant: the capacity of a
// slice, a deferred Stop of a timer that this function made, an error's text.
package mutation

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"
)

// A Mutant is one change of a file.
type Mutant struct {
	Line   int    // in the file
	Change string // the function, what stood there and what stands there now; no two of a file have the same

	edits []edit
	in    *ast.FuncDecl
}

// An edit puts text in the place of a piece of the file.
type edit struct {
	from, to int
	text     string
}

func apply(source []byte, offset int, edits []edit) []byte {
	edits = slices.SortedStableFunc(slices.Values(edits), func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var b bytes.Buffer
	at := 0
	for _, e := range edits {
		b.Write(source[at : e.from-offset])
		b.WriteString(e.text)
		at = e.to - offset
	}
	b.Write(source[at:])
	return b.Bytes()
}

// A File is a Go file with its mutants.
type File struct {
	Mutants []Mutant // those that compile, in the order of the file

	source  []byte
	fset    *token.FileSet
	syntax  *ast.File
	beside  []*ast.File
	info    types.Info
	pkg     *types.Package
	imports types.Importer
	seen    map[string]bool // what a change makes of the file
	times   map[string]int  // how often a change has been printed
}

// Of finds the mutants of a file. Beside are the other files of its package.
// Imports finds the packages that they import, and also context, os and strconv.
func Of(source string, beside []string, imports types.Importer) (*File, error) {
	f := &File{fset: token.NewFileSet(), imports: imports, seen: make(map[string]bool), times: make(map[string]int)}
	for i, name := range append([]string{source}, beside...) {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(f.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			f.source, f.syntax = text, syntax
		} else {
			f.beside = append(f.beside, syntax)
		}
	}
	f.info = types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
		Scopes: make(map[ast.Node]*types.Scope), Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}
	config := types.Config{Importer: imports}
	var err error
	if f.pkg, err = config.Check(f.syntax.Name.Name, f.fset, append(slices.Clip(f.beside), f.syntax), &f.info); err != nil {
		return nil, err
	}
	for _, d := range f.syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			(&function{File: f, decl: fn}).mutate()
		}
	}
	slices.SortStableFunc(f.Mutants, func(a, b Mutant) int { return cmp.Compare(a.Line, b.Line) })
	return f, nil
}

func (f *File) offset(p token.Pos) int { return f.fset.Position(p).Offset }

func (f *File) text(n ast.Node) string {
	return string(f.source[f.offset(n.Pos()):f.offset(n.End())])
}

// line is a piece of Go on one line, without comments, cut where it is long.
func line(code string) string {
	fset := token.NewFileSet()
	wrapped := "package p; func _() {\n" + code + "\n}"
	if file, err := parser.ParseFile(fset, "", wrapped, parser.SkipObjectResolution); err == nil {
		body := file.Decls[0].(*ast.FuncDecl).Body
		ast.Inspect(body, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncLit); ok && fn.End()-fn.Pos() > most/2 {
				fn.Body.List = []ast.Stmt{&ast.ExprStmt{X: ast.NewIdent("…")}}
				fn.Body.Rbrace = fn.Body.Lbrace
			}
			return true
		})
		var b strings.Builder
		for i, s := range body.List {
			if i > 0 {
				b.WriteString("; ")
			}
			_ = printer.Fprint(&b, fset, s) // a strings.Builder takes everything
		}
		code = b.String()
	}
	return short(code)
}

// most is how long what is printed of a change may be.
const most = 90

func short(code string) string {
	code = strings.Join(strings.Fields(code), " ")
	if runes := []rune(code); len(runes) > most {
		code = string(runes[:most]) + "…"
	}
	return code
}

// name is how a person calls a function: Batcher.Run.
func name(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	return receiver(fn) + "." + fn.Name.Name
}

func receiver(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	for {
		switch at := t.(type) {
		case *ast.StarExpr:
			t = at.X
		case *ast.ParenExpr:
			t = at.X
		case *ast.IndexExpr:
			t = at.X
		case *ast.IndexListExpr:
			t = at.X
		case *ast.Ident:
			return at.Name
		default:
			return ""
		}
	}
}

// keep takes in a mutant if it compiles and is a new one.
func (f *File) keep(in *ast.FuncDecl, at token.Pos, stack []ast.Node, change string, edits ...edit) {
	m := Mutant{Line: f.fset.Position(at).Line, Change: name(in) + ": " + change, edits: edits, in: in}
	whole := string(apply(f.source, 0, edits))
	if f.seen[whole] || whole == string(f.source) {
		return
	}
	f.seen[whole] = true
	if !f.compiles(&m, stack) {
		return
	}
	f.times[m.Change]++
	if n := f.times[m.Change]; n > 1 {
		m.Change += fmt.Sprintf(" #%d", n)
	}
	f.Mutants = append(f.Mutants, m)
}

// compiles type-checks a mutant. A variable that nothing uses any more is
// assigned to _, as a person would do it.
func (f *File) compiles(m *Mutant, stack []ast.Node) bool {
	unused, ok := f.check(m.edits)
	if !ok {
		return false
	}
	if len(unused) == 0 {
		return true
	}
	for _, v := range unused {
		at := f.placeFor(v, stack)
		if !at.IsValid() {
			return false
		}
		m.edits = append([]edit{{f.offset(at), f.offset(at), "_ = " + v + "; "}}, m.edits...)
	}
	unused, ok = f.check(m.edits)
	return ok && len(unused) == 0
}

// check returns the variables that are declared and not used, and whether this
// is all that is wrong.
func (f *File) check(edits []edit) (unused []string, ok bool) {
	file, err := parser.ParseFile(f.fset, "", f.with(edits, ""), parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	ok = true
	config := types.Config{Importer: f.imports, Error: func(err error) {
		text := err.Error()
		if _, v, found := strings.Cut(text, "declared and not used: "); found {
			unused = append(unused, v)
		} else if !strings.Contains(text, "imported and not used") { // it goes with its last use
			ok = false
		}
	}}
	_, _ = config.Check(file.Name.Name, f.fset, append(slices.Clip(f.beside), file), nil) // Error has heard it all
	return unused, ok
}

// placeFor is where a variable can be assigned to _: before the statement that
// was changed, or an outer one, where the variable is in scope.
func (f *File) placeFor(v string, stack []ast.Node) token.Pos {
	for i := len(stack) - 1; i > 0; i-- {
		s, isStmt := stack[i].(ast.Stmt)
		if !isStmt || !inList(stack[i-1], s) {
			continue
		}
		scope := f.pkg.Scope().Innermost(s.Pos())
		if scope == nil {
			continue
		}
		if _, found := scope.LookupParent(v, s.Pos()); found != nil && found.Parent() != f.pkg.Scope() && found.Parent() != types.Universe {
			return s.Pos()
		}
	}
	return token.NoPos
}

// inList reports whether s is one of the statements of a block, or of a case.
func inList(parent ast.Node, s ast.Stmt) bool { return slices.Contains(list(parent), s) }

func list(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}
