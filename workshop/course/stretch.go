package course

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// stretched is an answer in which each statement first gives way to the other
// goroutines now and then. It does what the answer does, in an order that Go
// allows, and takes a moment wherever the answer is between two steps: there
// another goroutine gets in that otherwise does so once in a million runs.
//
// The call stands in front of its statement in the same line, so that messages
// name the lines of the answer. The source stays as it is if it cannot be parsed:
// the compiler says why.
func stretched(source []byte) []byte {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
	if err != nil {
		return source
	}
	var places []int
	ast.Inspect(file, func(n ast.Node) bool {
		var statements []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			statements = n.List
		case *ast.CaseClause:
			statements = n.Body
		case *ast.CommClause:
			statements = n.Body
		}
		for _, s := range statements {
			switch s.(type) {
			case *ast.CaseClause, *ast.CommClause, *ast.EmptyStmt:
			default:
				places = append(places, files.Position(s.Pos()).Offset)
			}
		}
		return true
	})
	slices.Sort(places)
	var out []byte
	done := 0
	for _, at := range places {
		out = append(out, source[done:at]...)
		out = append(out, "workshopGiveWay(); "...)
		done = at
	}
	return append(out, source[done:]...)
}

// giveWayFile is where the function lies that a stretched answer calls.
const giveWayFile = "00_give_way.go"

const giveWay = `package exercise

import (
	"math/rand/v2"
	"runtime"
)

func workshopGiveWay() {
	if rand.Uint32()%4 == 0 {
		runtime.Gosched()
	}
}
`
