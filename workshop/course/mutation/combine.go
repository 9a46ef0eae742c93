package mutation

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// Variable is the environment variable whose number says which mutant of
// [File.Combined] runs, counted from 1; without it none does.
const Variable = "WORKSHOP_MUTANT"

// with is the file with edits, what mutants need to compile, and more at the end.
func (f *File) with(edits []edit, more string) []byte {
	at := f.offset(f.syntax.Name.End())
	prelude := edit{at, at, `; import (mutantContext "context"; mutantOS "os"; mutantConv "strconv")`}
	return append(apply(f.source, 0, append([]edit{prelude}, edits...)), `

var mutantNow, _ = mutantConv.Atoi(mutantOS.Getenv("`+Variable+`"))

// contextWithoutValues is a context without values; package context keeps what it is by a key of type *int.
type contextWithoutValues struct{ mutantContext.Context }

func (c contextWithoutValues) Value(key any) any {
	if _, own := key.(*int); own {
		return c.Context.Value(key)
	}
	return nil
}
`+more...)
}

// Combined is one file that holds the original and all mutants, so that one
// binary can test them all. Each function with mutants has a copy for each,
// and begins by calling the one that [Variable] names.
func (f *File) Combined() []byte {
	var edits []edit
	var copies strings.Builder
	for _, d := range f.syntax.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		named, call := f.signature(fn)
		edits = append(edits, named...)
		from, to := f.offset(fn.Pos()), f.offset(fn.End())
		var dispatch strings.Builder
		for i, m := range f.Mutants {
			if m.in != fn {
				continue
			}
			id := fmt.Sprintf("%s__mutant%d", fn.Name.Name, i+1)
			if fn.Type.Results == nil {
				fmt.Fprintf(&dispatch, " if mutantNow == %d { %s; return };", i+1, fmt.Sprintf(call, id))
			} else {
				fmt.Fprintf(&dispatch, " if mutantNow == %d { return %s };", i+1, fmt.Sprintf(call, id))
			}
			rename := edit{f.offset(fn.Name.Pos()), f.offset(fn.Name.End()), id}
			copies.WriteString("\n")
			copies.Write(apply(f.source[from:to], from, slices.Concat([]edit{rename}, m.edits)))
			copies.WriteString("\n")
		}
		if dispatch.Len() > 0 {
			at := f.offset(fn.Body.Lbrace) + 1
			edits = append(edits, edit{at, at, dispatch.String()})
		}
	}
	return f.with(edits, copies.String())
}

// signature gives names to parameters that have none, and returns a format in
// which the function, called %s, is called with its own arguments.
func (f *File) signature(fn *ast.FuncDecl) (edits []edit, call string) {
	n := 0
	names := func(fields *ast.FieldList) (all []string) {
		if fields == nil {
			return nil
		}
		for _, field := range fields.List {
			dots := ""
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				dots = "..."
			}
			if len(field.Names) == 0 {
				n++
				own, at := fmt.Sprintf("mutantArg%d", n), f.offset(field.Type.Pos())
				edits = append(edits, edit{at, at, own + " "})
				all = append(all, own+dots)
			}
			for _, id := range field.Names {
				own := id.Name
				if own == "_" {
					n++
					own = fmt.Sprintf("mutantArg%d", n)
					edits = append(edits, edit{f.offset(id.Pos()), f.offset(id.End()), own})
				}
				all = append(all, own+dots)
			}
		}
		return all
	}
	of := "%s"
	if fn.Recv != nil {
		of = names(fn.Recv)[0] + ".%s"
	} else if fn.Type.TypeParams != nil {
		var types []string
		for _, field := range fn.Type.TypeParams.List {
			for _, id := range field.Names {
				types = append(types, id.Name)
			}
		}
		of += "[" + strings.Join(types, ", ") + "]"
	}
	return edits, of + "(" + strings.Join(names(fn.Type.Params), ", ") + ")"
}
