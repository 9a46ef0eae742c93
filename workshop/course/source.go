package course

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// source is where a file of the exercise really is: an answer may lie
// elsewhere and only take its place.
func (b *bench) source(file string) string {
	if rel, err := filepath.Rel(b.lesson.path("exercise"), filepath.FromSlash(file)); err == nil {
		if lies := b.files[filepath.ToSlash(rel)]; lies != "" {
			return lies
		}
	}
	return file
}

// names are what stands in a line: what it writes, or else all variables and
// fields in it, as the source spells them.
func (b *bench) names(file string, line int, written bool) []string {
	set := token.NewFileSet()
	parsed, _ := parser.ParseFile(set, b.source(file), nil, parser.SkipObjectResolution)
	if parsed == nil { // it cannot be read
		return nil
	}
	var found []string
	add := func(e ast.Expr) {
		for {
			switch inner := e.(type) {
			case *ast.IndexExpr:
				e = inner.X
			case *ast.SliceExpr:
				e = inner.X
			case *ast.StarExpr:
				e = inner.X
			case *ast.ParenExpr:
				e = inner.X
			default:
				if set.Position(e.Pos()).Line != line {
					return
				}
				switch name := types.ExprString(e); e.(type) {
				case *ast.Ident, *ast.SelectorExpr:
					if !slices.Contains([]string{"_", "nil", "true", "false"}, name) && !slices.Contains(found, name) {
						found = append(found, name)
					}
				}
				return
			}
		}
	}
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				add(e)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if e != nil {
					add(e)
				}
			}
		case *ast.CallExpr: // of a function only what it is called on, and its arguments
			switch f := n.Fun.(type) {
			case *ast.Ident:
				if slices.Contains([]string{"delete", "copy", "clear"}, f.Name) {
					add(n.Args[0])
				}
			case *ast.SelectorExpr:
				ast.Inspect(f.X, visit)
			default:
				ast.Inspect(f, visit)
			}
			for _, e := range n.Args {
				ast.Inspect(e, visit)
			}
			return false
		case *ast.SelectorExpr:
			if !written {
				add(n)
			}
			ast.Inspect(n.X, visit)
			return false
		case *ast.Ident:
			if !written {
				add(n)
			}
		}
		return true
	}
	ast.Inspect(parsed, visit)
	if written && len(found) == 0 { // a method writes
		return b.names(file, line, false)
	}
	return found
}

// A global is a variable of the answer's package.
type global struct {
	name, file string
	line       int
	kind       string // its type, or what it is made of, as the source spells it
	at         token.Pos
}

// timely are types that virtual time must know: not a sync.Once or a sync.Mutex.
var timely = regexp.MustCompile(`\bsync\.(WaitGroup|Cond|NewCond|OnceFunc|OnceValue)|\btime\.(Timer|Ticker|New|After|Tick)|\b(context|errgroup|semaphore)\.|\bchan\b`)

// A use is a global that a declaration uses, so many lines away from the one that is asked for.
type use struct {
	global
	away int
}

// nearer compares uses: first those in the line itself, then those that virtual time must know.
func nearer(a, b use) int {
	first := func(a, b bool) int {
		switch {
		case a == b:
			return 0
		case a:
			return -1
		}
		return 1
	}
	return cmp.Or(first(a.away == 0, b.away == 0), first(timely.MatchString(a.kind), timely.MatchString(b.kind)), cmp.Compare(a.away, b.away))
}

// outsider is the variable of the package that a line uses or, else, the declaration around
// it; where that has none, the only one that can be meant.
func (b *bench) outsider(file string, line int) (found global, ok bool) {
	set := token.NewFileSet()
	var globals, possible []use
	var here *ast.File
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		parsed, err := parser.ParseFile(set, b.files[name], nil, 0)
		if err != nil || strings.Contains(name, "/") { // of another package
			continue
		}
		if name == file {
			here = parsed
		}
		for _, d := range parsed.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.VAR {
				continue
			}
			for _, s := range decl.Specs {
				spec := s.(*ast.ValueSpec)
				kind := ""
				if spec.Type != nil {
					kind = types.ExprString(spec.Type)
				}
				for _, v := range spec.Values {
					kind += " " + types.ExprString(v)
				}
				for _, id := range spec.Names {
					globals = append(globals, use{global: global{id.Name, name, set.Position(id.Pos()).Line, kind, id.Pos()}})
				}
			}
		}
	}
	if here == nil { // it is not the answer's, or was saved meanwhile
		return global{}, false
	}
	for _, d := range here.Decls {
		if line < set.Position(d.Pos()).Line || line > set.Position(d.End()).Line {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				for _, g := range globals {
					if g.name == id.Name && (id.Obj == nil || id.Obj.Pos() == g.at) {
						away := set.Position(id.Pos()).Line - line
						possible = append(possible, use{g.global, max(away, -away)})
					}
				}
			}
			return true
		})
	}
	if len(possible) == 0 {
		possible = slices.DeleteFunc(globals, func(g use) bool { return len(globals) > 1 && !timely.MatchString(g.kind) })
	}
	if len(possible) == 0 {
		return global{}, false
	}
	return slices.MinFunc(possible, nearer).global, true
}

var (
	// outsideBubble is how the runtime and lesson.Bubble say that an object was made outside the bubble.
	outsideBubble = regexp.MustCompile(`outside (?:of )?(?:the |a |synctest )*bubble|multiple synctest bubbles`)
	placeInAnswer = regexp.MustCompile(`\b(\w+\.go):(\d+)`)
)

// outside adds to a message about an object that was made outside the bubble
// which variable holds it.
func (b *bench) outside(message string) string {
	if !outsideBubble.MatchString(message) {
		return message
	}
	for _, m := range placeInAnswer.FindAllStringSubmatch(message, -1) {
		line, _ := strconv.Atoi(m[2]) // digits
		if g, ok := b.outsider(m[1], line); ok {
			return fmt.Sprintf("%s is a variable of the package (%s:%d): it is made once, outside of any test, and virtual time cannot work with it."+
				" Make it inside the function, for each call\n%s", g.name, g.file, g.line, message)
		}
	}
	return message
}

var runsAt = regexp.MustCompile(`\((\w+\.go):(\d+)\): runs`)

// loops moves the place of an endless loop to its beginning: an empty loop has
// no statement, and the runtime names its closing brace.
func (b *bench) loops(message string) string {
	return runsAt.ReplaceAllStringFunc(message, func(place string) string {
		m := runsAt.FindStringSubmatch(place)
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, b.files[m[1]], nil, parser.SkipObjectResolution)
		if err != nil {
			return place
		}
		line, _ := strconv.Atoi(m[2]) // digits
		begin := line
		ast.Inspect(file, func(n ast.Node) bool {
			if loop, ok := n.(*ast.ForStmt); ok && len(loop.Body.List) == 0 && set.Position(loop.Body.Rbrace).Line == line {
				begin = set.Position(loop.Pos()).Line
			}
			return true
		})
		return fmt.Sprintf("(%s:%d): runs", m[1], begin)
	})
}
