//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/01-exceptions/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDisk    = errors.New("disk full")
	errBug     = errors.New("a panic came through RunAll: only a recover in the job's own goroutine can stop it")
	errStopped = errors.New("the night is over")
)

// A hostError is a failure that carries something.
type hostError struct{ host string }

func (e *hostError) Error() string { return "no route to " + e.host }

// job is a job that says when it begins and when it is over.
func job(t *testing.T, name string, run func(context.Context) error) exercise.Job {
	t.Helper()
	log := lesson.Log(t).With("task", name)
	return exercise.Job{Name: name, Run: func(ctx context.Context) error {
		log.Info("begins", lesson.Waiting)
		defer log.Info("is over")
		return run(ctx)
	}}
}

// after is what a job does that takes d and ends with err.
func after(d time.Duration, err error) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return err
	}
}

//go:noinline
func explode(value any) { panic(value) }

// explodes is what a job does that panics when d has passed, eighty calls deep.
func explodes(d time.Duration, value any) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		deep(80, value)
		return nil
	}
}

//go:noinline
func deep(calls int, value any) {
	if calls == 0 {
		explode(value)
	}
	deep(calls-1, value)
}

func TestRunsAllSideBySideAndWaitsForTheLast(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var ended atomic.Int32
		work := func(d time.Duration) func(context.Context) error {
			return func(context.Context) error { time.Sleep(d); ended.Add(1); return nil }
		}
		start := time.Now()
		err := exercise.RunAll(t.Context(), []exercise.Job{
			job(t, "mail", work(time.Second)), job(t, "backup", work(3*time.Second)), job(t, "index", work(2*time.Second)),
		})
		took := time.Since(start)
		switch n := ended.Load(); {
		case n < 3:
			t.Errorf("RunAll does not wait for all: it returned at %v, when %d of 3 jobs had ended", took, n)
		case n > 3:
			t.Errorf("3 jobs ran %d times: each runs once", n)
		case took == 6*time.Second:
			t.Error("the jobs run one after the other: 1s, 3s and 2s of work took 6s, not 3s")
		case took != 3*time.Second:
			t.Errorf("the last job ended at 3s, and RunAll returned at %v", took)
		case err != nil && reflect.ValueOf(err).Kind() == reflect.Pointer && reflect.ValueOf(err).IsNil():
			t.Errorf("no job failed, and RunAll returned a nil pointer of type %T, which is not a nil error: return nil itself", err)
		case err != nil && err.Error() == "":
			t.Errorf("no job failed, and RunAll returned a report of none, of type %T: an error that holds no failure is not nil, return nil itself", err)
		case err != nil:
			t.Errorf("no job failed, and RunAll returned %s", lesson.Quote(err))
		}
	})
}

func TestWithoutJobsItReturnsAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended := make(chan error, 1)
		go func() { ended <- exercise.RunAll(t.Context(), nil) }()
		synctest.Wait()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("there was no job, and RunAll returned %s", lesson.Quote(err))
			}
		default:
			t.Error("there is no job, and RunAll waits for one that ends: the last job cannot wake it when there is none")
		}
	})
}

func TestAFailureStopsNoOtherJob(t *testing.T) {
	for how, fails := range map[string]func(context.Context) error{
		"failed":   after(time.Second, errDisk),
		"panicked": explodes(time.Second, errBug),
	} {
		lesson.Bubble(t, func(t *testing.T) {
			start := time.Now()
			over := make(chan string, 1)
			err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "backup", fails), job(t, "mail", func(ctx context.Context) error {
				select {
				case <-ctx.Done():
					over <- "cancelled"
				case <-time.After(2 * time.Second):
					over <- "done"
				}
				return nil
			})})
			mail := "not over"
			select {
			case mail = <-over:
			default:
			}
			switch {
			case mail == "not over":
				t.Errorf("RunAll does not wait for all: backup %s at 1s, mail needs 2s, and RunAll returned at %v", how, time.Since(start))
			case mail == "cancelled":
				t.Errorf("backup %s at 1s, and the ctx of mail ended: the failure of one job stopped another", how)
			case err == nil:
				t.Errorf("backup %s, and RunAll returned no error", how)
			}
		})
	}
}

func TestReportsEachFailureByNameInTheOrderOfJobs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{
			job(t, "backup", after(3*time.Second, errDisk)),
			job(t, "mail", after(time.Second, &hostError{"mx1"})),
			job(t, "index", after(time.Second, nil)),
			job(t, "fetch", after(2*time.Second, &hostError{"db2"})),
		})
		got := lesson.Quote(err)
		for _, want := range []string{"backup: disk full", "mail: no route to mx1", "fetch: no route to db2"} {
			if !strings.Contains(got, want) {
				t.Fatalf("one failure is not reported, or not with the name of its job, %q: RunAll returned %s", want, got)
			}
		}
		if want := `"backup: disk full\nmail: no route to mx1\nfetch: no route to db2"`; got != want {
			t.Fatalf("the failures should be in the order of jobs, one on each line, %s; RunAll returned %s", want, got)
		}
		if host, ok := errors.AsType[*hostError](err); !errors.Is(err, errDisk) || !ok || host.host != "mx1" {
			t.Errorf("the words are there, but errors.Is and errors.AsType do not find the failures; wrap them with %%w: %s", got)
		}
	})
}

func TestTheOnlyFailureHasItsNameToo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "mail", after(0, nil)), job(t, "backup", after(time.Second, errDisk))})
		if got := lesson.Quote(err); got != `"backup: disk full"` {
			t.Errorf("backup is the only job that failed, and its failure is reported by name like any other, \"backup: disk full\"; RunAll returned %s", got)
		}
	})
}

func TestTwoJobsOfOneNameHaveTwoFailures(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "mail", after(time.Second, errDisk)), job(t, "mail", after(2*time.Second, &hostError{"mx1"}))})
		if got := lesson.Quote(err); got != `"mail: disk full\nmail: no route to mx1"` {
			t.Errorf("two jobs with the name mail failed, and both failures should be reported; RunAll returned %s", got)
		}
	})
}

func TestAJobThatReturnsContextCanceledHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		err := exercise.RunAll(ctx, []exercise.Job{job(t, "mail", after(time.Second, context.Canceled))})
		if at := time.Since(start); at < time.Second {
			t.Fatalf("ctx had ended, and RunAll returned at %v, while mail was still at work, until 1s: it waits for every job, also when ctx has ended", at)
		}
		if got := lesson.Quote(err); got != `"mail: context canceled"` || !errors.Is(err, context.Canceled) {
			t.Errorf("mail returned context.Canceled, which is an error like any other; RunAll returned %s", got)
		}
	})
}

// A nilError is an error even where its pointer is nil.
type nilError struct{}

func (*nilError) Error() string { return "full" }

func TestANilPointerThatIsAnErrorIsAFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "backup", after(0, (*nilError)(nil)))})
		if got := lesson.Quote(err); got != `"backup: full"` {
			t.Errorf("backup returned an error that holds a nil pointer, which is not nil: RunAll should return \"backup: full\", and returned %s", got)
		}
	})
}

func TestTheTypeOfAFailureNeedNotBeComparable(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		failure := lesson.ListError{"disk full", "no paper"}
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "mail", after(0, failure)), job(t, "mail", after(0, failure)), job(t, "backup", after(0, errDisk))})
		const line = "mail: disk full, no paper"
		if got, want := lesson.Quote(err), fmt.Sprintf("%q", line+"\n"+line+"\nbackup: disk full"); got != want {
			t.Errorf("two jobs of one name failed with equal errors, and a third one failed, too: RunAll should return %s, and returned %s", want, got)
		}
		if _, ok := errors.AsType[lesson.ListError](err); !ok || errors.Is(err, lesson.ListError{"another"}) || !errors.Is(err, errDisk) {
			t.Errorf("errors.AsType and errors.Is should find the failures in what RunAll returned, and no other: %s", lesson.Quote(err))
		}
	})
}

func TestAPanicIsAFailureWithItsValue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var bug any = errBug
		runs := 0
		err := exercise.RunAll(t.Context(), []exercise.Job{
			job(t, "mail", after(time.Second, nil)),
			job(t, "backup", func(ctx context.Context) error { runs++; return explodes(time.Second, bug)(ctx) }),
			job(t, "index", after(2*time.Second, errDisk)),
		})
		p, ok := errors.AsType[*exercise.PanicError](err)
		switch {
		case runs != 1:
			t.Errorf("backup panicked, and was run %d times: each job runs once", runs)
		case err == nil:
			t.Error("backup panicked, and RunAll returned no error: the panic was swallowed")
		case !ok:
			t.Errorf("backup panicked, and its failure is not a *PanicError that errors.AsType finds: %s", lesson.Quote(err))
		case p.Value != bug:
			t.Errorf("the PanicError's Value is not what was given to panic, the %T, but the %T %v", bug, p.Value, p.Value)
		case !errors.Is(err, errBug):
			t.Error("backup panicked with an error, and errors.Is does not find it: Unwrap has to return it")
		case p.Unwrap() != errBug: //nolint:errorlint // the value itself
			t.Errorf("backup panicked with the error %q, and Unwrap of its PanicError should return that error itself; it returned %s", errBug, lesson.Quote(p.Unwrap()))
		case err.Error() != "backup: panic: "+errBug.Error()+"\nindex: disk full":
			t.Errorf("a panic and a failure are two lines, \"backup: panic: …\" and \"index: disk full\"; RunAll returned %s", lesson.Quote(err))
		}
	})
}

func TestAPanicOfTheRuntimeOrWithAnyValueIsOneToo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_ = exercise.RunAll(t.Context(), []exercise.Job{job(t, "backup", explodes(0, errBug))}) // if one comes through, let it be this one, which says so
		var counts map[string]int
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "index", func(context.Context) error { counts["a"]++; return nil })})
		if _, ok := errors.AsType[runtime.Error](err); !ok {
			t.Fatalf("index wrote to a nil map, and errors.AsType finds no runtime.Error in %s", lesson.Quote(err))
		}
		err = exercise.RunAll(t.Context(), []exercise.Job{job(t, "mail", explodes(0, 42))})
		p, ok := errors.AsType[*exercise.PanicError](err)
		if !ok || p.Value != any(42) {
			t.Fatalf("mail called panic(42), and errors.AsType finds no PanicError with the value 42 in what RunAll returned: %s", lesson.Quote(err))
		}
		err = exercise.RunAll(t.Context(), []exercise.Job{job(t, "sync", explodes(0, nil))})
		if _, ok := errors.AsType[*runtime.PanicNilError](err); !ok {
			t.Fatalf("sync called panic(nil), which is a panic like any other: recover returns a *runtime.PanicNilError,"+
				" and errors.AsType does not find it in what RunAll returned: %s", lesson.Quote(err))
		}
		err = exercise.RunAll(t.Context(), []exercise.Job{job(t, "", explodes(0, ""))})
		if p, ok := errors.AsType[*exercise.PanicError](err); !ok || p.Value != any("") || err.Error() != ": panic: " {
			t.Errorf("a job without a name called panic(\"\"): that is the line \": panic: \" and a PanicError with an empty text; RunAll returned %s", lesson.Quote(err))
		}
		inner := &exercise.PanicError{Value: 7}
		err = exercise.RunAll(t.Context(), []exercise.Job{job(t, "mail", explodes(0, inner))})
		if p, ok := errors.AsType[*exercise.PanicError](err); !ok || p.Value != any(inner) {
			t.Errorf("mail panicked with a *PanicError, which is a value like any other; RunAll should return a PanicError with that value, and returned %s",
				lesson.Quote(err))
		}
		err = exercise.RunAll(t.Context(), []exercise.Job{job(t, "sync", after(0, fmt.Errorf("page 3: %w", inner)))})
		if got, want := lesson.Quote(err), `"sync: page 3: panic: 7"`; got != want {
			t.Errorf("sync returned an error that wraps a PanicError, and did not panic: RunAll should return %s, and returned %s", want, got)
		}
		nameless := errors.New("")
		if got := (&exercise.PanicError{Value: nameless}).Unwrap(); got != nameless { //nolint:errorlint // the value itself
			t.Errorf("the value of a PanicError is an error with an empty text, and Unwrap returned %s, not that error", lesson.Quote(got))
		}
		wraps := fmt.Errorf("page 3: %w", errDisk)
		if got := (&exercise.PanicError{Value: wraps}).Unwrap(); got != wraps { //nolint:errorlint // the value itself
			t.Errorf("the value of a PanicError is the error %q, which wraps another one, and Unwrap returned %s, not that error itself", wraps, lesson.Quote(got))
		}
		defer func() {
			if v := recover(); v != nil {
				t.Errorf("mail called panic(42), and Unwrap of its PanicError panics; it should return nil, because 42 is no error: %v", v)
			}
		}()
		if got := p.Unwrap(); got != nil {
			t.Errorf("mail called panic(42), and Unwrap of its PanicError returned %s; it should return nil, because 42 is no error", lesson.Quote(got))
		}
		if got := (&exercise.PanicError{Value: time.Second}).Unwrap(); got != nil {
			t.Errorf("the value of a PanicError is a time.Duration, which has a text and is no error: Unwrap should return nil, and returned %s", lesson.Quote(got))
		}
	})
}

func TestAPanicKeepsItsStack(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "backup", explodes(time.Second, errBug))})
		p, ok := errors.AsType[*exercise.PanicError](err)
		switch {
		case !ok:
			t.Errorf("backup panicked, and its failure is not a *PanicError that errors.AsType finds: %s", lesson.Quote(err))
		case len(p.Stack) == 0:
			t.Error("the Stack of the PanicError is empty")
		case !strings.Contains(string(p.Stack), "exercise_test.explode(") && !strings.Contains(string(p.Stack), "exercise_test.TestAPanicKeepsItsStack.explodes"):
			t.Error("the stack is not that of the panic: the function that panicked is not in it")
		case !strings.Contains(string(p.Stack), "exercise_test.explode("), !strings.Contains(string(p.Stack), "explodes."):
			t.Errorf("the stack is cut off after %d bytes: it should go from the function that panicked down to the job, which was eighty calls away", len(p.Stack))
		case strings.Contains(string(p.Stack), "\n\ngoroutine "):
			t.Error("the Stack of the PanicError is that of all goroutines; it should be that of the goroutine that panicked alone, as debug.Stack returns it")
		}
	})
}

//go:noinline
func explodeToo(value any) { panic(value) }

func TestEachPanicKeepsItsOwnStack(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		later := job(t, "mail", func(context.Context) error {
			time.Sleep(2 * time.Second)
			explodeToo(42)
			return nil
		})
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "backup", explodes(time.Second, errBug)), later})
		_ = exercise.RunAll(t.Context(), []exercise.Job{later})
		if p, ok := errors.AsType[*exercise.PanicError](err); !ok {
			t.Errorf("backup panicked, and its failure is not a *PanicError that errors.AsType finds: %s", lesson.Quote(err))
		} else if p.Value == any(errBug) && strings.Contains(string(p.Stack), "exercise_test.explodeToo(") {
			t.Error("backup panicked, then mail, and now the Stack of backup's PanicError is that of mail: each needs bytes of its own")
		}
	})
}

func TestAJobThatVanishesHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{
			job(t, "mail", func(context.Context) error { runtime.Goexit(); return nil }),
			job(t, "backup", after(time.Second, errDisk)),
		})
		switch {
		case !errors.Is(err, exercise.ErrVanished):
			t.Errorf("mail ended by runtime.Goexit, and errors.Is finds no ErrVanished in what RunAll returned: %s", lesson.Quote(err))
		case !strings.HasPrefix(err.Error(), "mail: ") || !errors.Is(err, errDisk):
			t.Errorf("mail ended by runtime.Goexit and backup failed: that is a line for each; RunAll returned %s", lesson.Quote(err))
		}
	})
}

func TestEachJobRunsInAGoroutineOfItsOwn(t *testing.T) {
	for n := 1; n <= 3 && !t.Failed(); n++ {
		lesson.Bubble(t, func(t *testing.T) {
			mail := job(t, "mail", func(context.Context) error { runtime.Goexit(); return nil })
			returned := false
			var caller sync.WaitGroup
			caller.Go(func() {
				_ = exercise.RunAll(t.Context(), slices.Repeat([]exercise.Job{mail}, n))
				returned = true
			})
			caller.Wait()
			if !returned {
				t.Errorf("%d jobs, all ended by runtime.Goexit, and RunAll did not return: it ran one of them on the goroutine that called it,"+
					" and so that ended, too", n)
			}
		})
	}
}

func TestTheCtxOfAJobEndsOnlyWithCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		_ = exercise.RunAll(t.Context(), []exercise.Job{job(t, "index", after(0, nil)), job(t, "backup", func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				t.Errorf("ctx is alive, and the ctx of backup ended after %v: each job decides for itself how long it takes", time.Since(start))
			case <-time.After(24 * time.Hour):
			}
			return nil
		})})
	})
}

func TestANameIsTakenAsItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{job(t, " backup at 90% done ", after(0, errDisk))})
		if got, want := lesson.Quote(err), `" backup at 90% done : disk full"`; got != want {
			t.Errorf("a job with a %% in its name failed, and a space at each end: the error is %s, and RunAll returned %s", want, got)
		}
	})
}

func TestTheTextOfAFailureIsTakenAsItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for what, failure := range map[string]error{
			"an error with an empty text":                             errors.New(""),
			"an error with a space at each end and two lines":         errors.New(" disk\nfull "),
			"ErrVanished, which is then an error like any other":      exercise.ErrVanished,
			"context.DeadlineExceeded, which is an error like others": context.DeadlineExceeded,
		} {
			err := exercise.RunAll(t.Context(), []exercise.Job{job(t, "mail", after(0, failure))})
			if got, want := lesson.Quote(err), fmt.Sprintf("%q", "mail: "+failure.Error()); got != want || !errors.Is(err, failure) {
				t.Errorf("mail returned %s: RunAll should return %s, in which errors.Is finds it, and returned %s", what, want, got)
			}
		}
	})
}

func TestWaitsForItsJobsWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		const tidies = 2 * time.Minute
		start := time.Now()
		told := make(chan error, 1)
		err := exercise.RunAll(ctx, []exercise.Job{job(t, "mail", func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				told <- context.Cause(ctx)
			case <-time.After(time.Minute):
			}
			time.Sleep(tidies)
			return errDisk
		})})
		switch took := time.Since(start); {
		case took < time.Second+tidies:
			t.Errorf("RunAll does not wait for all: ctx ended at 1s, mail cleaned up for %v, and RunAll returned at %v", tidies, took)
		case len(told) == 0:
			t.Error("ctx ended at 1s, and the ctx that mail got was still alive a minute later: give jobs ctx")
		case lesson.Quote(err) != `"mail: disk full"`:
			t.Errorf("mail's clean-up failed when ctx had ended, and RunAll returned %s", lesson.Quote(err))
		default:
			if cause := <-told; cause != errStopped { //nolint:errorlint // a job's ctx has the cause itself
				t.Errorf("ctx ended with the cause %q, and the ctx that mail got with %s", errStopped, lesson.Quote(cause))
			}
		}
	})
}

func TestRunsAllJobsAlsoWhenCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		var runs atomic.Int32
		err := exercise.RunAll(ctx, []exercise.Job{job(t, "mail", func(context.Context) error { runs.Add(1); return nil })})
		if n := runs.Load(); n != 1 {
			t.Errorf("ctx had ended before the call, and mail was run %d times: each job runs once, and decides for itself", n)
		} else if err != nil {
			t.Errorf("ctx had ended and no job failed, and RunAll returned %s", lesson.Quote(err))
		}
	})
}

func TestRunsAllAtTheSameTimeHoweverMany(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const n = 1500
		jobs := make([]exercise.Job, n)
		for i := range jobs {
			jobs[i] = exercise.Job{Name: fmt.Sprint("job ", i), Run: after(time.Second, errDisk)}
		}
		start := time.Now()
		err := exercise.RunAll(t.Context(), jobs)
		if took := time.Since(start); took != time.Second {
			t.Errorf("%d jobs of 1s took %v: they do not all run at the same time", n, took)
		} else if got := strings.Count(lesson.Quote(err), "disk full"); got != n {
			t.Errorf("%d jobs failed at one instant, and RunAll reported %d of them", n, got)
		}
	})
}

func TestFailuresOfOneInstantAreAllReported(t *testing.T) {
	lost := 0
	lesson.Storm(t, 1, func(int) {
		var there atomic.Int32
		meet := func(context.Context) error { // the two jobs end as close to one instant as the machine can
			there.Add(1)
			for spins := 0; there.Load() < 2 && spins < 20_000; {
				spins++
			}
			return errDisk
		}
		err := exercise.RunAll(t.Context(), []exercise.Job{{Name: "mail", Run: meet}, {Name: "backup", Run: meet}})
		if strings.Count(lesson.Quote(err), "disk full") != 2 {
			lost++
		}
	})
	if lost > 0 {
		t.Errorf("two jobs failed at one instant, and %d times RunAll reported only one of them: jobs that end at the same time must not write to one place", lost)
	}
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_ = exercise.RunAll(lesson.Context(t), []exercise.Job{
			job(t, "mail", after(time.Second, nil)), job(t, "backup", after(2*time.Second, errDisk)), job(t, "index", explodes(time.Second, errBug)),
		})
		lesson.NothingLeft(t, "RunAll has returned")
	})
}

func TestTwoRunsShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var errs [2]error
		var runs sync.WaitGroup
		for i, jobs := range [][]exercise.Job{
			{job(t, "mail", after(time.Second, errDisk)), job(t, "index", after(time.Second, nil))},
			{job(t, "index", after(time.Second, nil)), job(t, "backup", after(time.Second, errDisk))},
		} {
			runs.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				errs[i] = exercise.RunAll(t.Context(), jobs)
			})
		}
		runs.Wait()
		if took := time.Since(start); took != 1001*time.Millisecond {
			t.Errorf("two goroutines call RunAll at 0ms and 1ms, all jobs take 1s, and both had returned after %v: one run waits for the other", took)
		}
		for i, want := range []string{`"mail: disk full"`, `"backup: disk full"`} {
			if got := lesson.Quote(errs[i]); got != want && !t.Failed() {
				t.Errorf("two runs at the same time: one should return %s, and it returned %s", want, got)
			}
		}
	})
}
