//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/01-exceptions/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDisk = errors.New("disk full")
	errBug  = errors.New("a panic came through RunAll: only a recover in the job's own goroutine can stop it")
)

// A hostError is a failure that carries something.
type hostError struct{ host string }

func (e *hostError) Error() string { return "no route to " + e.host }

// after is what a job does that takes d and ends with err.
func after(d time.Duration, err error) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return err
	}
}

//go:noinline
func explode(value any) { panic(value) }

// explodes is what a job does that panics when d has passed.
func explodes(d time.Duration, value any) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		explode(value)
		return nil
	}
}

// text is what an error says, on one line.
func text(err error) string {
	if err == nil {
		return "nil"
	}
	return fmt.Sprintf("%q", err.Error())
}

func TestRunsAllSideBySideAndWaitsForTheLast(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var ended atomic.Int32
		job := func(d time.Duration) func(context.Context) error {
			return func(context.Context) error { time.Sleep(d); ended.Add(1); return nil }
		}
		start := time.Now()
		err := exercise.RunAll(t.Context(), []exercise.Job{{"mail", job(time.Second)}, {"backup", job(3 * time.Second)}, {"index", job(2 * time.Second)}})
		took := time.Since(start)
		switch n := ended.Load(); {
		case n < 3:
			t.Errorf("RunAll does not wait for all: it returned at %v, when %d of 3 jobs had ended", took, n)
		case n > 3:
			t.Errorf("3 jobs ran %d times", n)
		case took == 6*time.Second:
			t.Error("the jobs run one after the other: 1s, 3s and 2s of work took 6s, not 3s")
		case took != 3*time.Second:
			t.Errorf("the last job ended at 3s, and RunAll returned at %v", took)
		case err != nil:
			t.Errorf("no job failed, and RunAll returned %s", text(err))
		}
		if err := exercise.RunAll(t.Context(), nil); err != nil {
			t.Errorf("there was no job, and RunAll returned %s", text(err))
		}
	})
}

func TestAFailureStopsNobodyElse(t *testing.T) {
	for how, fails := range map[string]func(context.Context) error{
		"failed":   after(time.Second, errDisk),
		"panicked": explodes(time.Second, errBug),
	} {
		lesson.Bubble(t, func(t *testing.T) {
			start := time.Now()
			var mail string
			err := exercise.RunAll(t.Context(), []exercise.Job{{"backup", fails}, {"mail", func(ctx context.Context) error {
				select {
				case <-ctx.Done():
					mail = fmt.Sprintf("backup %s at 1s, and that took their ctx away from the others: mail was cancelled at %v", how, time.Since(start))
				case <-time.After(2 * time.Second):
					mail = "done"
				}
				return nil
			}}})
			switch took := time.Since(start); {
			case took != 2*time.Second && mail == "":
				t.Errorf("RunAll does not wait for all: backup %s, mail needs 2s, and it returned at %v", how, took)
			case mail != "done":
				t.Error(mail)
			case err == nil:
				t.Errorf("backup %s, and RunAll returned nil", how)
			}
		})
	}
}

func TestReportsEachFailureByNameInTheOrderOfJobs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{
			{"backup", after(3*time.Second, errDisk)},
			{"mail", after(time.Second, &hostError{"mx1"})},
			{"index", after(time.Second, nil)},
			{"fetch", after(2*time.Second, &hostError{"db2"})},
		})
		got := text(err)
		for _, want := range []string{"backup: disk full", "mail: no route to mx1", "fetch: no route to db2"} {
			if !strings.Contains(got, want) {
				t.Fatalf("the report of one failure is missing, or without its name, %q: RunAll returned %s", want, got)
			}
		}
		if want := `"backup: disk full\nmail: no route to mx1\nfetch: no route to db2"`; got != want {
			t.Errorf("the failures are not reported in the order of jobs, one on each line, %s, but so: %s", want, got)
		}
		if host, ok := errors.AsType[*hostError](err); !errors.Is(err, errDisk) || !ok || host.host != "mx1" {
			t.Errorf("the words are there, but errors.Is and errors.AsType do not find the failures behind them: %s", got)
		}
	})
}

func TestAPanicIsAFailureWithItsValue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var bug any = errBug
		err := exercise.RunAll(t.Context(), []exercise.Job{
			{"mail", after(time.Second, nil)},
			{"backup", explodes(time.Second, bug)},
			{"index", after(2*time.Second, errDisk)},
		})
		p, ok := errors.AsType[*exercise.PanicError](err)
		switch {
		case err == nil:
			t.Error("backup panicked, and RunAll returned nil: the panic was swallowed")
		case !ok:
			t.Errorf("backup panicked, and its failure is not a *PanicError that errors.AsType finds: %T", err)
		case p.Value != bug:
			t.Errorf("the PanicError's Value is not what was given to panic, but %v", p.Value)
		case !errors.Is(err, errBug):
			t.Error("backup panicked with an error, and errors.Is does not find it: Unwrap has to return it")
		case text(err) != fmt.Sprintf("%q", "backup: panic: "+errBug.Error()+"\nindex: disk full"):
			t.Errorf("a panic and a failure are two lines, \"backup: panic: …\" and \"index: disk full\", but RunAll returned %s", text(err))
		}
	})
}

func TestAPanicOfTheRuntimeOrWithAnyValueIsOneToo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_ = exercise.RunAll(t.Context(), []exercise.Job{{"backup", explodes(0, errBug)}}) // if one comes through, let it be this one, which says so
		var counts map[string]int
		err := exercise.RunAll(t.Context(), []exercise.Job{{"index", func(context.Context) error { counts["a"]++; return nil }}})
		if _, ok := errors.AsType[runtime.Error](err); !ok {
			t.Errorf("index wrote to a nil map, and errors.AsType finds no runtime.Error in %s", text(err))
		}
		err = exercise.RunAll(t.Context(), []exercise.Job{{"mail", explodes(0, 42)}})
		p, ok := errors.AsType[*exercise.PanicError](err)
		if !ok || p.Value != any(42) || p.Unwrap() != nil {
			t.Errorf("mail called panic(42): that is a PanicError with the value 42 that unwraps to nil, and RunAll returned %s", text(err))
		}
	})
}

func TestAPanicKeepsItsStack(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{{"backup", explodes(time.Second, errBug)}})
		p, ok := errors.AsType[*exercise.PanicError](err)
		if !ok {
			t.Fatalf("backup panicked, and its failure is not a *PanicError that errors.AsType finds: %T", err)
		}
		if !strings.Contains(string(p.Stack), "exercise_test.explode(") {
			t.Error("the stack is not that of the panic: the function that panicked is not in it")
		}
	})
}

func TestAJobThatVanishesHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := exercise.RunAll(t.Context(), []exercise.Job{
			{"mail", func(context.Context) error { runtime.Goexit(); return nil }},
			{"backup", after(time.Second, errDisk)},
		})
		if !errors.Is(err, exercise.ErrVanished) || !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "mail: ") {
			t.Errorf("mail ended by runtime.Goexit, which is no panic and no success; backup's disk is full; and RunAll returned %s", text(err))
		}
	})
}

func TestWaitsForItsJobsWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := exercise.RunAll(ctx, []exercise.Job{{"mail", func(ctx context.Context) error {
			select {
			case <-ctx.Done():
			case <-time.After(time.Minute):
				return errors.New("the job's ctx is not RunAll's")
			}
			time.Sleep(500 * time.Millisecond) // cleans up
			return errDisk
		}}})
		switch took := time.Since(start); {
		case took < 1500*time.Millisecond:
			t.Errorf("RunAll does not wait for all: ctx ended at 1s, mail had cleaned up at 1.5s, and it returned at %v", took)
		case text(err) != `"mail: disk full"`:
			t.Errorf("mail's clean-up failed when ctx had ended, and RunAll returned %s", text(err))
		}
	})
}

func TestRunsAllAtTheSameTimeHoweverMany(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const n = 500
		jobs := make([]exercise.Job, n)
		for i := range jobs {
			jobs[i] = exercise.Job{Name: fmt.Sprint("job ", i), Run: after(time.Second, errDisk)}
		}
		start := time.Now()
		err := exercise.RunAll(t.Context(), jobs)
		if took := time.Since(start); took != time.Second {
			t.Errorf("%d jobs of 1s took %v: they do not all run at the same time", n, took)
		} else if got := strings.Count(text(err), "disk full"); got != n {
			t.Errorf("%d jobs failed, and RunAll reported %d of them", n, got)
		}
	})
}
