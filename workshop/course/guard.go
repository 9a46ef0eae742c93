package course

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// exam is the one test that no wrong answer has to fail: it runs only when the
// others pass.
const exam = "TestExam"

// A trial runs the exercise's tests on an answer, once for all who ask.
type trial struct {
	file   string
	once   sync.Once
	result Result
	err    error
}

func (t *trial) run(ctx context.Context, l Lesson) (Result, error) {
	t.once.Do(func() { t.result, t.err = l.runAnswer(ctx, t.file) })
	return t.result, t.err
}

// checkGuarded proves that each named test of the exercise is failed by one of
// the wrong answers at least: a test that none fails may prove nothing.
func (l Lesson) checkGuarded(ctx context.Context, wrong []*trial) error {
	unguarded, err := l.declaredTests()
	if err != nil {
		return err
	}
	for _, t := range wrong {
		r, err := t.run(ctx, l)
		if err != nil {
			return err
		}
		unguarded = slices.DeleteFunc(unguarded, r.fails)
	}
	var found faults
	for _, name := range unguarded {
		found.add("%s is failed by none of the wrong answers", name)
	}
	return found.err()
}

// fails reports whether a test ran and failed.
func (r Result) fails(name string) bool {
	return slices.ContainsFunc(r.Tests, func(t Test) bool { return t.Name == name && t.State() == Wrongly && !t.Skipped })
}

// declaredTests are the exercise's named tests.
func (l Lesson) declaredTests() (names []string, err error) {
	files, _ := filepath.Glob(l.path("exercise", "*_test.go")) // the pattern is well formed
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" && f.Name.Name != exam {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names, nil
}
