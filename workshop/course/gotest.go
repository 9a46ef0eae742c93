package course

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// limit is how long a test binary may run each of its tests once; a bubble gives up long before.
var limit = 30 * time.Second // tests shorten it

// grace is how much longer a test binary has that should have ended itself.
const grace = 3 * time.Second

// CheckExercise tests what the learner wrote: every test that the exercise
// declares, first plain and, if all pass, under the race detector. It waits for
// go test to end: as long as compiling takes, and twice 30 s more. What still
// runs then, or when ctx ends, is killed with all that it started. Its error
// says why go test could not be run at all, or is the cause of ctx; a test that
// fails is no error.
//
// A panic on a goroutine of the learner's ends the test binary; it counts as the
// failure of the test at hand, and the tests behind it run in a binary of their
// own. Behind a hang no test runs.
//
// What passes all tests runs once more, [stretched] and, where this machine can,
// under the race detector.
//
// The first failed test that tells what the answer did has the solution's run
// of the same test beside it.
//
// It calls each with every test as it begins and as it ends, one at a time; nil
// is no call. The second time each test begins once more, and comes again if it
// then fails.
func (l Lesson) CheckExercise(ctx context.Context, each func(Test)) (Result, error) {
	before := l.Fingerprint()
	if before == "" {
		return Result{}, fmt.Errorf("%s is gone; go run ./workshop reset %s brings it back", l.Exercise(), l.Name())
	}
	files := make(map[string]string)
	for _, name := range l.Files() {
		files[name] = l.path("exercise", name)
	}
	found, err := l.Judge(ctx, files, each)
	if err == nil && !found.Passed() {
		l.besideSolution(ctx, &found)
	}
	if l.Fingerprint() == before {
		found.SHA256 = before
	}
	return found, err
}

// Judge is [Lesson.CheckExercise] for an answer that lies elsewhere: files by
// the names that they have in the exercise's folder. It writes nothing there.
func (l Lesson) Judge(ctx context.Context, files map[string]string, each func(Test)) (Result, error) {
	return l.judge(ctx, files, each)
}

// judge is Judge with flags of go test for the answer as it is.
func (l Lesson) judge(ctx context.Context, files map[string]string, each func(Test), flags ...string) (Result, error) {
	able := make(chan error, 1)
	go func() { able <- CanRace(ctx) }()
	if what := misplaced(files); what != "" {
		<-able
		return Result{NotCompiled: true, Broken: what}, nil
	}
	b, err := l.newBench(files)
	if err != nil {
		return Result{}, errors.Join(err, <-able)
	}
	defer b.close()
	plain, err := b.sweep(ctx, each, flags...)
	noRace := <-able
	if plain.NotCompiled {
		r, err := b.run(ctx, nil, "-vet=off", "-run=^$")
		plain.NotCompiled, plain.Vetted = err != nil || r.NotCompiled, err == nil && !r.NotCompiled
	}
	if err != nil || !plain.Passed() {
		return plain, err
	}
	flags = []string{"-vet=off"}
	if noRace == nil {
		flags = append(flags, "-race")
	}
	whole := maps.Clone(b.replace)
	if err := b.stretch(); err != nil {
		return Result{}, err
	}
	fails := func(t Test) {
		if each != nil && !t.Passed { // it begins, or fails
			each(t)
		}
	}
	again, err := b.sweep(ctx, fails, flags...)
	if err == nil && again.NotCompiled { // the answer does: stretching it was a mistake
		b.replace = whole
		if err := b.lay(); err != nil {
			return Result{}, err
		}
		again, err = b.sweep(ctx, fails, flags...)
	}
	again.Elapsed += plain.Elapsed
	if again.Raced = noRace == nil; !again.Raced {
		again.NoRace = noRace.Error()
	}
	return again, err
}

// sweep runs all tests that the exercise declares, in as many test binaries as
// it takes. What has not run then says so.
func (b *bench) sweep(ctx context.Context, each func(Test), flags ...string) (Result, error) {
	var all Result
	for {
		r, err := b.run(ctx, each, append(slices.Clone(flags), skipping(all.Tests)...)...)
		if err != nil {
			return Result{}, err
		}
		if !b.collect(&all, r) {
			break
		}
	}
	b.complete(&all, each)
	return all, nil
}

// collect adds what one test binary has found, and reports whether another one
// has to run the tests that are missing.
func (b *bench) collect(all *Result, r Result) (again bool) {
	all.Tests = append(all.Tests, r.Tests...)
	all.Elapsed += r.Elapsed
	all.Broken, all.NotCompiled, all.hung = r.Broken, r.NotCompiled, r.hung
	left := slices.DeleteFunc(b.missing(all.Tests), func(name string) bool { return name == exam })
	return r.crashed != "" && !all.hung && all.Elapsed <= b.limit()/2 && len(left) > 0
}

// complete adds the tests that have not run, which say so.
func (b *bench) complete(all *Result, each func(Test)) {
	if len(all.Tests) == 0 {
		if all.Broken == "" {
			all.Broken = "no test ran"
		}
		return
	}
	for _, name := range b.missing(all.Tests) {
		t := Test{Name: name, NotRun: true, Message: "not run: the answer left it out, or ended before it"}
		switch {
		case all.hung:
			t.Message = "not run: the answer hangs"
		case name == exam && slices.ContainsFunc(all.Tests, func(other Test) bool { return !other.Passed }):
			t.Message = "the exam comes when all other tests pass"
		}
		all.Tests = append(all.Tests, t)
		if each != nil {
			each(t)
		}
	}
}

// missing are the declared tests that are not among those that ran.
func (b *bench) missing(tests []Test) []string {
	return slices.DeleteFunc(slices.Clone(b.declared), func(name string) bool {
		return slices.ContainsFunc(tests, func(t Test) bool { return t.Name == name || strings.HasPrefix(t.Name, name+"/") })
	})
}

// skipping are the flags with which go test leaves out the tests that have run, and the exam: one of them has
// crashed, and the exam comes when all others pass.
func skipping(tests []Test) []string {
	if len(tests) == 0 {
		return nil
	}
	names := []string{exam}
	for _, t := range tests {
		name, _, _ := strings.Cut(t.Name, "/")
		names = append(names, name)
	}
	return []string{"-skip=^(" + strings.Join(names, "|") + ")$"}
}

// testExercise runs the exercise's tests once with a file in the place of
// exercise.go.
func (l Lesson) testExercise(ctx context.Context, answer string, flags ...string) (Result, error) {
	b, err := l.newBench(map[string]string{"exercise.go": answer})
	if err != nil {
		return Result{}, err
	}
	defer b.close()
	return b.run(ctx, nil, flags...)
}

// testStory runs the tests of the lesson's story.
func (l Lesson) testStory(ctx context.Context) (Result, error) {
	b := &bench{lesson: l, pkg: "."}
	if err := b.open(); err != nil {
		return Result{}, err
	}
	defer b.close()
	return b.run(ctx, nil)
}

// Why a run is ended from outside.
var (
	errLimit   = errors.New("the tests take too long")
	errMemory  = errors.New("the tests take too much memory")
	errStopped = errors.New("the test binary has stopped itself")
	errHung    = errors.New("a test hangs")
)

// tries is how often go test runs if Go's own code crashes: now and then that of 1.26
// does, under the race detector with virtual time.
const tries = 3

// run runs go test, waits for its end, and begins anew if Go itself crashed.
func (b *bench) run(ctx context.Context, each func(Test), flags ...string) (found Result, err error) {
	for range tries {
		if found, err = b.runOnce(ctx, each, flags...); err != nil || !found.goCrashed {
			break
		}
	}
	return found, err
}

// runOnce runs go test once and waits for its end. Nothing that it started is left.
func (b *bench) runOnce(ctx context.Context, each func(Test), flags ...string) (Result, error) {
	b.clean()
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	args := []string{"test", "-json", fmt.Sprint("-count=", 1+b.again), "-timeout=" + (b.limit() + grace/2).String()}
	args = append(append(args, b.flags...), flags...)
	cmd := exec.CommandContext(ctx, "go", append(append(args, b.pkg), b.args...)...)
	cmd.Dir = b.lesson.path()
	race := slices.Contains(flags, "-race")
	cmd.Env = b.environment(race)
	family := newFamily(cmd, b.dir)
	cmd.Cancel = family.strike
	cmd.WaitDelay = time.Second
	stderr := new(text)
	cmd.Stderr = stderr
	r := reader{bench: b, each: each, said: make(map[string]*text), race: race}
	overdue := time.AfterFunc(time.Hour, func() { cancel(errLimit) }) // to compile takes as long as it takes
	defer overdue.Stop()
	r.started = func() {
		overdue.Reset(b.limit() + grace) // at its limit the test binary should end itself
		most := Memory()
		if race {
			most *= 4 // the detector remembers who used what
		}
		go family.watch(ctx, most, cancel)
	}
	r.hangs = func() { cancel(errHung) }
	cmd.Stdout = &r
	err := cmd.Start()
	if err == nil {
		family.started()
		err = cmd.Wait()
	}
	_ = family.kill()
	if outer.Err() != nil {
		return Result{}, context.Cause(outer)
	}
	why := context.Cause(ctx)
	var exit *exec.ExitError
	if err != nil && why == nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return Result{}, fmt.Errorf("go test did not start: %w", err)
	}
	found := r.result(why)
	if found.Broken == "" && err != nil && (len(found.Tests) == 0 || found.Passed()) {
		found.Broken = cmp.Or(Printable(strings.TrimSpace(stderr.String())), "no test ran")
	}
	return found, nil
}

// CanRace says why the race detector cannot be used here; answers are then
// tested without it. It builds the smallest package that needs all that the
// detector needs: on Linux and Windows a C compiler, on macOS nothing.
func CanRace(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-race", "runtime/race")
	cmd.Env = Lesson{}.environment("GOWORK=off")
	cmd.Dir = os.TempDir()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &out
	err := cmd.Run()
	switch why := strings.TrimSpace(out.String()); {
	case err == nil:
		return nil
	case strings.Contains(why, "requires cgo"), strings.Contains(why, "C compiler"):
		return errors.New("no C compiler")
	default:
		return fmt.Errorf("it does not work: %w: %s", err, why)
	}
}

// Files are the learner's: every .go file of the exercise's folder, and of the
// folders in it, but for the exercise's own tests. The names are from there,
// with slashes.
func (l Lesson) Files() []string {
	var names []string
	root := l.path("exercise")
	_ = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error { // what cannot be read is not there
		name := e.Name()
		switch {
		case err != nil:
			return nil
		case e.IsDir():
			if path != root && (strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") || name == "testdata") {
				return filepath.SkipDir
			}
		case strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_"):
			rel, _ := filepath.Rel(root, path) // it is below root
			if rel = filepath.ToSlash(rel); !slices.Contains(ownTests, rel) && !isGiven(path) {
				names = append(names, rel)
			}
		}
		return nil
	})
	return names
}

// isGiven reports whether a file of an exercise belongs to the exercise and not
// to the answer, as its comment says.
func isGiven(path string) bool {
	source, err := os.ReadFile(path)
	return err == nil && bytes.Contains(source, []byte("\n// This file is given: "))
}
