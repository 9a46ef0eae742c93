package course

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ownTests are the files of an exercise's tests. What else ends in _test.go is
// the learner's, for go test; a check leaves it out.
var ownTests = []string{"exercise_test.go", "scenarios_test.go", "exam_test.go"}

// watchdogFile is where the watchdog lies in the exercise.
const watchdogFile = "00_watchdog.go"

//go:embed watchdog.go.txt
var watchdog string

// A bench is an answer that is laid out for go test: by an overlay, so that
// nothing in the workshop's folders changes. close removes all that is written.
type bench struct {
	lesson   Lesson
	pkg      string            // what to test, from the lesson's folder
	files    map[string]string // the answer's, by their names in the exercise
	flags    []string
	args     []string          // for the test binary: flags that go test does not know
	replace  map[string]string // the overlay: what go test reads in the place of each file
	declared []string          // the tests that must run; nil: not known
	again    int               // how often each test runs once more
	dir      string            // for whatever a run writes
}

func (b *bench) open() (err error) {
	dir := os.Getenv("GOTMPDIR")
	if dir == "" {
		dir = goEnv()["GOTMPDIR"]
	}
	if b.dir, err = os.MkdirTemp(dir, "workshop-check-"); err != nil {
		return err
	}
	return os.Mkdir(filepath.Join(b.dir, "go"), 0o700)
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) } // a folder of temporary files

// clean forgets what the last run has left.
func (b *bench) clean() {
	for _, name := range []string{"crash", "stuck"} {
		_ = os.Remove(filepath.Join(b.dir, name)) // most often it is not there
	}
}

// left is what a test binary wrote past its output.
func (b *bench) left(name string) string {
	text, _ := os.ReadFile(filepath.Join(b.dir, name)) // none: it had no reason
	return string(text)
}

// limit is how long the test binary may run. The tests of a story may compile
// programs, also where nothing has been compiled before.
func (b *bench) limit() time.Duration {
	if b.declared == nil {
		return 4 * limit
	}
	return limit * time.Duration(1+b.again)
}

func (b *bench) environment(race bool) []string {
	env := b.lesson.environment("WORKSHOP_CHECK="+b.dir, "GOTMPDIR="+filepath.Join(b.dir, "go"))
	if b.declared != nil {
		env = append(env, "WORKSHOP_LIMIT="+b.limit().String(), "WORKSHOP_MEMORY="+strconv.FormatInt(Memory(), 10))
	}
	if race {
		env = append(env, "GORACE=atexit_sleep_ms=0")
	}
	return env
}

func (l Lesson) newBench(files map[string]string) (*bench, error) {
	replace := make(map[string]string)
	b := &bench{lesson: l, pkg: "./exercise", files: files, replace: replace}
	for _, name := range l.Files() { // not part of this answer, unless it is
		replace[l.path("exercise", filepath.FromSlash(name))] = ""
	}
	for name, file := range files {
		if !strings.HasSuffix(name, "_test.go") {
			replace[l.path("exercise", filepath.FromSlash(name))] = file
		}
	}
	var err error
	if b.declared, err = l.declared(); err != nil {
		return nil, err
	}
	if err := b.open(); err != nil {
		return nil, err
	}
	b.flags = []string{"-tags=exercise", "-overlay=" + filepath.Join(b.dir, "overlay.json")}
	if err := errors.Join(b.add(watchdogFile, watchdog), b.lay()); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// add puts one more file into the exercise's package.
func (b *bench) add(name, source string) error {
	file := filepath.Join(b.dir, name)
	b.replace[b.lesson.path("exercise", name)] = file
	return os.WriteFile(file, []byte(source), 0o600)
}

// lay writes the overlay.
func (b *bench) lay() error {
	data, err := json.Marshal(map[string]any{"Replace": b.replace})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.dir, "overlay.json"), data, 0o600)
}

// stretch lays out the answer [stretched].
func (b *bench) stretch() error {
	n := 0
	for name, file := range b.files {
		if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/") { // of another package
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		n++
		longer := filepath.Join(b.dir, fmt.Sprintf("stretched-%d.go", n))
		if err := os.WriteFile(longer, stretched(source), 0o600); err != nil {
			return err
		}
		b.replace[b.lesson.path("exercise", filepath.FromSlash(name))] = longer
	}
	return errors.Join(b.add(giveWayFile, giveWay), b.lay())
}

// misplaced says which file of an answer belongs to another package than the
// exercise; empty if none does. What cannot be parsed is left to the compiler.
func misplaced(files map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/") { // may be of another package
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, files[name], nil, parser.PackageClauseOnly)
		if err == nil && parsed.Name.Name != "exercise" {
			return fmt.Sprintf("exercise/%s:%d: package %s: it has to be package exercise", name, set.Position(parsed.Package).Line, parsed.Name.Name)
		}
	}
	return ""
}

// declared are the tests that the exercise's own files declare for this machine.
func (l Lesson) declared() ([]string, error) {
	here := build.Default
	here.GOOS, here.GOARCH, here.BuildTags = runtime.GOOS, runtime.GOARCH, []string{"exercise"}
	var names []string
	for _, name := range ownTests {
		if match, err := here.MatchFile(l.path("exercise"), name); err != nil || !match {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), l.path("exercise", name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("the exercise's tests cannot be read: %w", err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && isTest(f) {
				names = append(names, f.Name.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s/exercise/%s has no tests; git checkout %[1]s/exercise/%[2]s brings them back", l.Dir, ownTests[0])
	}
	return slices.Clip(names), nil
}

// isTest reports whether go test runs a function as a test.
func isTest(f *ast.FuncDecl) bool {
	rest, named := strings.CutPrefix(f.Name.Name, "Test")
	if !named {
		rest, named = strings.CutPrefix(f.Name.Name, "Fuzz")
	}
	if !named || f.Recv != nil || f.Type.Params.NumFields() != 1 || rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
		return false
	}
	star, ok := f.Type.Params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	kind, ok := star.X.(*ast.SelectorExpr)
	return ok && (kind.Sel.Name == "T" || kind.Sel.Name == "F")
}
