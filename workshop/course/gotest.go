package course

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// limit is how long go test lets a test binary run; a bubble gives up long before.
var limit = 30 * time.Second // tests shorten it

// CheckExercise tests what the learner wrote. It waits for go test to end: as
// long as compiling takes, and 30 s more. What still runs then, or when ctx
// ends, is killed with all its children. Its error says why go test could not
// be run at all, or is the cause of ctx; a test that fails is no error.
//
// A panic on a goroutine of the learner's ends the test binary; it counts as the
// failure of the test at hand, and the tests behind it run in a binary of their own.
//
// It calls each with every test, as it ends, one at a time; nil is nobody.
func (l Lesson) CheckExercise(ctx context.Context, each func(Test)) (found Result, err error) {
	before := l.Fingerprint()
	if before == "" {
		return Result{}, fmt.Errorf("%s is gone; go run ./workshop reset %s brings it back", l.Exercise(), l.Name())
	}
	var all Result
	again := false
	defer func() {
		if l.Fingerprint() == before {
			found.SHA256 = before
		}
	}()
	for {
		r, err := l.testExercise(ctx, l.Answer(), each, skipping(all.Tests)...)
		if err != nil {
			return Result{}, err
		}
		if again && len(r.Tests) == 0 {
			return all, nil // there were none behind the last one
		}
		all.Tests = append(all.Tests, r.Tests...)
		all.Elapsed += r.Elapsed
		all.Broken = r.Broken
		if r.crashed == "" || all.Elapsed > limit/2 {
			return all, nil
		}
		all.Broken, again = "", true
	}
}

// skipping are the flags with which go test leaves out the tests that have run.
func skipping(tests []Test) []string {
	if len(tests) == 0 {
		return nil
	}
	var names []string
	for _, t := range tests {
		name, _, _ := strings.Cut(t.Name, "/")
		names = append(names, name)
	}
	return []string{"-skip=^(" + strings.Join(names, "|") + ")$"}
}

// testExercise runs the exercise's tests with answer in place of exercise.go.
func (l Lesson) testExercise(ctx context.Context, answer string, each func(Test), flags ...string) (Result, error) {
	overlay, err := os.CreateTemp("", "overlay-*.json")
	if err != nil {
		return Result{}, err
	}
	defer os.Remove(overlay.Name()) //nolint:errcheck // a file of temporary files
	err = json.NewEncoder(overlay).Encode(map[string]any{
		"Replace": map[string]string{l.Answer(): answer},
	})
	if err = errors.Join(err, overlay.Close()); err != nil {
		return Result{}, err
	}
	flags = append([]string{"-tags=exercise", "-overlay=" + overlay.Name()}, flags...)
	return l.goTest(ctx, "./exercise", each, flags...)
}

var errLimit = errors.New("the tests take too long")

// goTest runs go test on a package of the lesson.
func (l Lesson) goTest(ctx context.Context, pkg string, each func(Test), flags ...string) (Result, error) {
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	args := append([]string{"test", "-json", "-timeout=" + limit.String()}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = l.path()
	inOwnGroup(cmd)
	cmd.Cancel = func() error { return killTree(cmd.Process) }
	cmd.WaitDelay = time.Second
	stderr := new(text)
	cmd.Stderr = stderr
	r := reader{lesson: l, each: each, said: make(map[string]*text)}
	overdue := time.AfterFunc(time.Hour, func() { cancel(errLimit) }) // to compile takes as long as it takes
	defer overdue.Stop()
	r.started = func() { overdue.Reset(limit + 3*time.Second) } // at its limit the test binary should end itself
	cmd.Stdout = &r
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // it has ended; a process that it started has not
		_ = killTree(cmd.Process)
	}
	var exit *exec.ExitError
	if outer.Err() != nil {
		return Result{}, context.Cause(outer)
	}
	late := context.Cause(ctx) == errLimit //nolint:errorlint // nobody wraps it
	if err != nil && !errors.As(err, &exit) && !late && !errors.Is(err, exec.ErrWaitDelay) {
		return Result{}, fmt.Errorf("go test did not start: %w", err)
	}
	found := r.result()
	switch {
	case late:
		found.Broken = cmp.Or(found.Broken, fmt.Sprintf("hang: the tests did not come to an end within %v, and had to be killed", limit))
	case err != nil && found.Passed(), len(found.Tests) == 0 && found.Broken == "":
		found.Broken = cmp.Or(strings.TrimSpace(stderr.String()), "no tests ran")
	}
	return found, nil
}
