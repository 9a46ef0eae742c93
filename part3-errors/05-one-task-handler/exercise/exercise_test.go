//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/05-one-task-handler/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errClosing = errors.New("the shop closes")
	errJam     = errors.New("paper jam")
	errDisk    = errors.New("disk full")
)

// endsAfter is a context that ends after d, with errClosing as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errClosing)
	t.Cleanup(cancel)
	return ctx
}

// same says whether an error came through unchanged, not even wrapped.
func same(got, want error) bool { return got == want } //nolint:errorlint // that is what it asks

// A job fails as often as it is told to. Each attempt takes a second and does not look at ctx.
type job struct {
	fails  []error // by returning it; nil: by a panic with errJam
	begun  []time.Duration
	ended  int
	late   bool // an attempt began on a ctx that had ended
	origin time.Time
}

func newJob(fails ...error) *job {
	return &job{fails: fails, origin: time.Now()}
}

func (j *job) run(ctx context.Context) error {
	if ctx.Err() != nil {
		j.late = true
	}
	n := len(j.begun)
	j.begun = append(j.begun, time.Since(j.origin))
	time.Sleep(time.Second)
	j.ended++
	if n >= len(j.fails) {
		return nil
	}
	if j.fails[n] == nil {
		panic(errJam)
	}
	return j.fails[n]
}

func TestChainPutsTheFirstOutermost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var said []string
		ring := func(name string) exercise.Middleware {
			return func(f exercise.Func) exercise.Func {
				return func(ctx context.Context) error {
					said = append(said, name)
					return f(ctx)
				}
			}
		}
		chain := exercise.Chain(ring("a"), ring("b"), ring("c"))
		_ = chain(newJob().run)(t.Context())
		if got := strings.Join(said, " "); got != "a b c" {
			t.Errorf("the first middleware of Chain is not the outermost: Chain(a, b, c) ran %s", got)
		}
		if err := exercise.Chain()(newJob(errDisk).run)(t.Context()); !same(err, errDisk) {
			t.Errorf("Chain() changes something: the Func returned %v and came out as %v", errDisk, err)
		}
	})
}

func TestRecoverMakesAnErrorOfAPanic(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, value := range []any{errJam, "page 3 of 2"} {
			err := exercise.Recover()(func(context.Context) error { panic(value) })(t.Context())
			if p, ok := errors.AsType[*exercise.PanicError](err); !ok || p.Value != value {
				t.Errorf("a panic with %v came out of Recover as %v, not as a *PanicError with that value", value, err)
			}
		}
		if err := exercise.Recover()(newJob(errDisk).run)(t.Context()); !same(err, errDisk) {
			t.Errorf("Recover is about panics: the Func returned %v and it came out as %v", errDisk, err)
		}
	})
}

func TestLogReportsFailuresAndNoCancellation(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errClosing)
		for _, c := range []struct {
			ended bool
			err   error
			want  int
			what  string
		}{
			{false, nil, 0, "success is no failure"},
			{false, errDisk, 1, "an error is a failure"},
			{false, context.Canceled, 1, "ctx is alive: the end of a context of its own is a failure"},
			{false, context.DeadlineExceeded, 1, "ctx is alive: a time-out of its own is a failure"},
			{true, fmt.Errorf("stopped: %w", context.Canceled), 0, "ctx has ended and the error says so: a cancellation"},
			{true, fmt.Errorf("stopped: %w", errClosing), 0, "ctx has ended and the error is its cause: a cancellation"},
			{true, errDisk, 1, "ctx has ended and the error is another one: a failure"},
		} {
			ctx := t.Context()
			if c.ended {
				ctx = ended
			}
			var reports []error
			err := exercise.Log(func(err error) { reports = append(reports, err) })(func(context.Context) error { return c.err })(ctx)
			if len(reports) != c.want || c.want == 1 && !same(reports[0], c.err) {
				t.Errorf("%s; the Func returned %v, and Log reported %v", c.what, c.err, reports)
			}
			if !same(err, c.err) {
				t.Errorf("Log passes the error on unchanged: the Func returned %v, and Log %v", c.err, err)
			}
		}
	})
}

func TestRetryPausesBetweenAttempts(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := newJob(errJam, errJam, errDisk, errJam)
		err := exercise.Retry(3, 2*time.Second)(j.run)(t.Context())
		if got := fmt.Sprint(j.begun); got != "[0s 3s 6s]" {
			t.Errorf("3 attempts of 1s with 2s between them begin at [0s 3s 6s], not at %v", got)
		}
		if !same(err, errDisk) {
			t.Errorf("the last attempt returned %v, and Retry %v", errDisk, err)
		}
		if took := time.Since(j.origin); took != 7*time.Second {
			t.Errorf("the last attempt ended at 7s, and Retry returned at %v: there is no pause after it", took)
		}
		j = newJob(errJam)
		if err := exercise.Retry(3, 2*time.Second)(j.run)(t.Context()); err != nil || len(j.begun) != 2 {
			t.Errorf("the second of 3 attempts succeeded: Retry made %d attempts and returned %v", len(j.begun), err)
		}
	})
}

func TestRetryEndsItsPauseWithCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := newJob(errJam, errJam)
		err := exercise.Retry(3, time.Minute)(j.run)(endsAfter(t, 5*time.Second))
		if took := time.Since(j.origin); took != 5*time.Second {
			t.Errorf("ctx ended in the pause, at 5s, and Retry returned at %v: it sleeps on", took)
		}
		if !same(err, errClosing) {
			t.Errorf("ctx ended in the pause: Retry returned %v, not context.Cause(ctx): %v", err, errClosing)
		}
	})
}

func TestRetryBeginsNothingAfterACancellation(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := newJob(errJam, errJam)
		err := exercise.Retry(3, time.Minute)(j.run)(endsAfter(t, 500*time.Millisecond))
		if j.ended < len(j.begun) {
			t.Fatalf("Retry returned at %v while the attempt still ran", time.Since(j.origin))
		}
		if took := time.Since(j.origin); took != time.Second || !same(err, errJam) {
			t.Errorf("ctx ended in the first attempt, which returned %q at 1s: so does Retry, but it returned %q at %v", errJam, err, took)
		}
		ctx := endsAfter(t, 0)
		<-ctx.Done()
		j = newJob()
		if err := exercise.Retry(3, time.Minute)(j.run)(ctx); !same(err, errClosing) || j.late {
			t.Errorf("on a ctx that has ended there is no attempt, but %d began, and Retry returned %v, not the cause", len(j.begun), err)
		}
	})
}

func TestRunsKnowNothingOfEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		attempts := map[any]int{}
		type key struct{}
		f := exercise.Guard(3, time.Second, func(error) {})(func(ctx context.Context) error {
			mu.Lock()
			attempts[ctx.Value(key{})]++
			mu.Unlock()
			return errJam
		})
		_ = f(context.WithValue(t.Context(), key{}, "run 1"))
		_ = f(context.WithValue(t.Context(), key{}, "run 2"))
		start := time.Now()
		var runs sync.WaitGroup
		for _, name := range []string{"run 3", "run 4", "run 5"} {
			runs.Go(func() { _ = f(context.WithValue(t.Context(), key{}, name)) })
		}
		runs.Wait()
		for _, name := range []string{"run 1", "run 2", "run 3", "run 4", "run 5"} {
			if n := attempts[name]; n != 3 && name == "run 1" {
				t.Fatalf("Guard(3, …) makes 3 attempts, but it made %d", n)
			} else if n != 3 {
				t.Fatalf("each run has 3 attempts, but %s had %d: another run has used them up", name, n)
			}
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("3 runs at once take 2s, as one does, and they took %v: one waits for another", took)
		}
	})
}

func TestGuardTriesAgainAfterAPanic(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		reports := 0
		j := newJob(nil, errDisk)
		err := exercise.Guard(3, time.Second, func(error) { reports++ })(j.run)(t.Context())
		if err != nil || len(j.begun) != 3 {
			t.Errorf("a panic was not tried again as an error is: after a panic and an error the third attempt"+
				" succeeds, but Guard returned %v after attempt %d", err, len(j.begun))
		} else if reports != 0 {
			t.Errorf("%d reports of a run that succeeded in the end", reports)
		}
	})
}

func TestGuardReportsARunThatFailsOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var reports []error
		err := exercise.Guard(3, time.Second, func(err error) { reports = append(reports, err) })(newJob(errDisk, errDisk, nil).run)(t.Context())
		if len(reports) != 1 {
			t.Errorf("there were %d reports for a run that failed once, after 3 attempts: %v", len(reports), reports)
		} else if _, ok := errors.AsType[*exercise.PanicError](reports[0]); !ok || !errors.Is(err, errJam) {
			t.Errorf("the last attempt panicked with %q; the report is %q, and Guard returned %v", errJam, reports[0], err)
		}
		reports = nil
		_ = exercise.Guard(3, time.Minute, func(err error) { reports = append(reports, err) })(newJob(errDisk).run)(endsAfter(t, 5*time.Second))
		if len(reports) != 0 {
			t.Errorf("a run that was cancelled in its pause is not reported, but there was a report: %v", reports)
		}
	})
}
