package course

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// A Case is one thing that a lesson must prove.
type Case struct {
	Lesson Lesson
	Name   string // the file that it is about, from the lesson's folder
	Kind   Kind
	run    func(ctx context.Context) error
}

// Kind tells cases apart that are counted together.
type Kind string

// The kinds of case.
const (
	Page     Kind = "page"
	Told     Kind = "story"
	Python   Kind = "lesson.py"
	Stub     Kind = "stub"
	Solution Kind = "solution"
	Right    Kind = "right variant"
	Wrong    Kind = "wrong answer"
	Guard    Kind = "test file"
	List     Kind = "mutant list"
)

// ErrSkipped is wrapped by what [Case.Run] returns where this machine lacks
// what the case needs. With REQUIRE_ALL=1 in the environment nothing is
// skipped: what is missing is a failure.
var ErrSkipped = errors.New("skipped")

func skip(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if os.Getenv("REQUIRE_ALL") == "1" {
		return err
	}
	return fmt.Errorf("%w: %w", ErrSkipped, err)
}

// Run runs the case and waits for its end. It returns nil if the lesson proves
// what it must, what falls short otherwise, and the cause of ctx when that
// ends first.
func (c Case) Run(ctx context.Context) error { return c.run(ctx) }

// wrongWithin is how long the tests may take to reject a wrong answer.
var wrongWithin = 10 * time.Second // a test shortens it

// Cases are all that the lesson must prove. Thorough is what a release needs:
// the solution ten times over and the other right answers three times, under the
// race detector, shuffled; otherwise they run once. And plain words, exact quotations,
// pages that are not too long, and no test that no wrong answer fails.
func (l Lesson) Cases(thorough bool) []Case {
	if l.More != "" { // the rest is its lesson's
		return append([]Case{{l, "README.md", Page, func(context.Context) error { return l.checkFurther() }}}, l.exerciseCases(thorough)...)
	}
	cases := []Case{
		{l, "README.md", Page, func(context.Context) error {
			if err := l.checkPage(); err != nil || !thorough {
				return err
			}
			return CheckTexts(l.Root, l.Dir)
		}},
		{l, "main_test.go", Told, func(ctx context.Context) error {
			r, err := l.testStory(ctx)
			// A story's test that skips itself has its reason; with REQUIRE_ALL it fails if something is missing.
			r.Tests = slices.DeleteFunc(r.Tests, func(t Test) bool { return t.Skipped })
			return firstOf(err, r.mustPass())
		}},
	}
	if l.HasTwin() {
		cases = append(cases, Case{l, "lesson.py", Python, l.checkPython})
	}
	if l.HasExercise() {
		cases = append(cases, l.exerciseCases(thorough)...)
	}
	for _, further := range l.Further() {
		cases = append(cases, further.Cases(thorough)...)
	}
	return cases
}

// exerciseCases are what an exercise must prove.
func (l Lesson) exerciseCases(thorough bool) (cases []Case) {
	solutionRuns, rightRuns := 1, 1
	if thorough {
		solutionRuns, rightRuns = 10, 3
	}
	cases = append(cases, Case{l, "exercise/_stub/exercise.go", Stub, l.checkStub},
		Case{l, "exercise/_solution/exercise.go", Solution, func(ctx context.Context) error { return l.checkSolution(ctx, l.Solution(), solutionRuns) }})
	for _, file := range l.RightAnswers() {
		cases = append(cases, Case{l, "exercise/_right/" + filepath.Base(file), Right, func(ctx context.Context) error { return l.checkRight(ctx, file, rightRuns) }})
	}
	var wrong []*trial
	for _, file := range l.WrongAnswers() {
		one := &trial{file: file}
		wrong = append(wrong, one)
		cases = append(cases, Case{l, "exercise/_wrong/" + filepath.Base(file), Wrong, func(ctx context.Context) error { return l.checkWrong(ctx, one) }})
	}
	if thorough {
		cases = append(cases, Case{l, "exercise/exercise_test.go", Guard, func(ctx context.Context) error { return l.checkGuarded(ctx, wrong) }})
	}
	if _, err := os.Stat(l.MutantList()); err == nil {
		cases = append(cases, Case{l, "exercise/_solution/mutants.txt", List, l.checkMutantList})
	}
	return cases
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// mustPass is nil if the result is green, otherwise its first failure.
func (r Result) mustPass() error {
	if r.Passed() {
		return nil
	}
	for _, waits := range []bool{false, true} { // the exam, which waits for the others, may be the first when they are shuffled
		for _, t := range r.Tests {
			if !t.Passed && t.NotRun == waits && t.Message != "" {
				return fmt.Errorf("%s: %s", t.Name, t.Message)
			}
		}
	}
	return errors.New(r.Broken)
}

// checkStub proves that an exercise that no learner has begun compiles, and that each of
// its tests fails because the answer is missing.
func (l Lesson) checkStub(ctx context.Context) error {
	stub, err := os.ReadFile(l.Stub())
	if err != nil {
		return errors.New("it is missing: it is exercise.go as it is handed out")
	}
	want, named := headLine(string(stub), "//want:")
	if !named {
		want = notWritten
	}
	r, err := l.testExercise(ctx, l.Stub(), "-vet=off")
	if err != nil {
		return err
	}
	if r.Broken != "" {
		return fmt.Errorf("the tests cannot run on it: %s", r.Broken)
	}
	if r.Passed() {
		return errors.New("it passes although nothing has been done")
	}
	for _, t := range r.Tests {
		if !named && !t.NotWritten() && !t.NotRun { // the exam waits for the other tests
			return fmt.Errorf("%s does not say %q but: %s", t.Name, want, t.Message)
		}
	}
	if !r.Says(want) {
		return fmt.Errorf("no test says %q", want)
	}
	if l.Begun() {
		return skip("a learner has worked on %s; go run ./workshop check %s tests it", l.Exercise(), l.ID())
	}
	return nil
}

// checkSolution proves that the tests accept a right answer in each of so many runs.
// More than one are under the race detector, shuffled and stretched.
func (l Lesson) checkSolution(ctx context.Context, file string, runs int) error {
	flags := []string{"-vet=off"}
	if runs > 1 {
		flags = []string{"-shuffle=on"}
		if err := CanRace(ctx); err == nil {
			flags = append(flags, "-race")
		} else if err = skip("no race detector: %w", err); !errors.Is(err, ErrSkipped) {
			return err
		}
	}
	b, err := l.newBench(map[string]string{"exercise.go": file})
	if err != nil {
		return err
	}
	defer b.close()
	if runs > 1 {
		b.again = runs - 1
		if err := b.stretch(); err != nil {
			return err
		}
	}
	r, err := b.run(ctx, nil, flags...)
	return firstOf(err, r.mustPass())
}

// checkRight proves that the tests accept a right answer that is built otherwise
// than the solution.
func (l Lesson) checkRight(ctx context.Context, file string, runs int) error {
	source, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if _, ok := headLine(string(source), "//right:"); !ok {
		return errors.New("its first line does not say how it is built: //right: …")
	}
	return l.checkSolution(ctx, file, runs)
}

// runAnswer runs the exercise's tests on an answer, as a check does, but without go
// vet: what the plain tests accept, the race detector may not.
func (l Lesson) runAnswer(ctx context.Context, file string) (Result, error) {
	r, err := l.judge(ctx, map[string]string{"exercise.go": file}, nil, "-vet=off")
	if err == nil && r.Passed() && r.NoRace != "" {
		return r, skip("it passes all tests, and the race detector could not look further: %s", r.NoRace)
	}
	return r, err
}

// checkWrong proves that the tests reject a wrong answer in time, and in the
// words that its head promises.
func (l Lesson) checkWrong(ctx context.Context, answer *trial) error {
	source, err := os.ReadFile(answer.file)
	if err != nil {
		return err
	}
	if _, ok := headLine(string(source), "//wrong:"); !ok {
		return errors.New("its first line does not say what is wrong: //wrong: …")
	}
	want, ok := headLine(string(source), "//want:")
	if !ok {
		return errors.New("its second line does not say what the test must say: //want:  …")
	}
	if kind, ok := headLine(string(source), "//kind:"); ok && !slices.Contains(Kinds, kind) {
		return fmt.Errorf("its third line says //kind: %s, not one of %s", kind, strings.Join(Kinds, ", "))
	}
	r, err := answer.run(ctx, l)
	if err == nil && r.Elapsed > wrongWithin { // the machine may have been busy
		r, err = l.runAnswer(ctx, answer.file)
	}
	switch {
	case err != nil:
		return err
	case r.Passed():
		return errors.New("it passes all tests")
	case !r.Says(want):
		return fmt.Errorf("the tests do not say %q but: %w", want, r.mustPass())
	case r.Elapsed > wrongWithin:
		return skip("the tests take %v to reject it, more than %v, also when asked again; the machine may be busy", r.Elapsed, wrongWithin)
	}
	return nil
}

// headLine is what stands behind a key in the comments at the head of a file.
func headLine(source, key string) (string, bool) {
	for line := range strings.Lines(source) {
		if text, ok := strings.CutPrefix(line, key); ok {
			text = strings.TrimSpace(text)
			return text, text != ""
		}
		if strings.HasPrefix(line, "package ") {
			break
		}
	}
	return "", false
}

// Prove proves all lessons of the part in the working directory, side by side,
// as subtests of t. It is the test of each part. What would begin in the last
// minute of the test's time is skipped.
func Prove(t *testing.T) {
	t.Helper()
	root, err := Root(".")
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	touch(t, here)
	parts, err := Parts(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckPages(root); err != nil {
		t.Error(err)
	}
	ran := 0
	for _, p := range parts {
		if p.Dir != filepath.Base(here) {
			continue
		}
		for _, l := range p.Lessons {
			for _, c := range l.Cases(false) {
				if c.Kind == Told {
					continue // go test runs it anyway
				}
				ran++
				t.Run(strings.TrimPrefix(c.Lesson.Dir, p.Dir+"/")+"/"+c.Name, func(t *testing.T) {
					t.Parallel()
					var err error
					if end, limited := t.Deadline(); limited && time.Until(end) < time.Minute { // a timeout would fail all, and say nothing
						err = skip("too little time is left: go test -timeout 30m work proves this, too")
					} else {
						err = c.Run(t.Context())
					}
					if errors.Is(err, ErrSkipped) {
						t.Skip(err)
					}
					if err != nil {
						t.Errorf("%s/%s: %v", c.Lesson.Dir, c.Name, err)
					}
				})
			}
		}
	}
	if ran == 0 {
		t.Fatalf("%s holds no lessons", here)
	}
	t.Logf("lesson.py: Python %s", cmp.Or(Versions(), "is not here"))
}

// touch opens all files of a folder. go test keeps the result of a test until a
// file changes that the test itself has opened; what its child processes read
// does not count.
func touch(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// SideBySide is how many cases are worth running at once: each is a go command
// that compiles, too.
func SideBySide() int { return runtime.GOMAXPROCS(0) }
