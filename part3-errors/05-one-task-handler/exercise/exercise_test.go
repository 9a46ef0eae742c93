//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
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
	t      *testing.T
	fails  []error // by returning it; nil: by a panic with errJam
	begun  []time.Duration
	ended  int
	late   bool // an attempt began on a ctx that had ended
	origin time.Time
}

func newJob(t *testing.T, fails ...error) *job {
	t.Helper()
	return &job{t: t, fails: fails, origin: time.Now()}
}

func (j *job) run(ctx context.Context) error {
	log := lesson.Log(j.t).With("task", "job")
	if ctx.Err() != nil {
		j.late = true
	}
	n := len(j.begun)
	if n == 20 {
		j.t.Fatal("the Func is run again and again: 20 attempts, and no end")
	}
	j.begun = append(j.begun, time.Since(j.origin))
	log.Info("begins an attempt", lesson.Waiting)
	time.Sleep(time.Second)
	j.ended++
	if n >= len(j.fails) {
		log.Info("succeeds")
		return nil
	}
	if j.fails[n] == nil {
		log.Info("panics")
		panic(errJam)
	}
	log.Info("fails with " + lesson.Quote(j.fails[n]))
	return j.fails[n]
}

func TestRunsTheFuncInTheGoroutineOfItsCaller(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		goroutine := func() string { // such as "goroutine 7"
			text := make([]byte, 40)
			before, _, _ := strings.Cut(string(text[:runtime.Stack(text, false)]), " [")
			return before
		}
		nothing := func(error) {}
		for name, m := range map[string]exercise.Middleware{
			"Recover": exercise.Recover(), "Log": exercise.Log(nothing), "Retry": exercise.Retry(1, 0), "Guard": exercise.Guard(1, 0, nothing),
		} {
			there := ""
			_ = m(func(context.Context) error { there = goroutine(); return nil })(t.Context())
			if here := goroutine(); there != here {
				t.Errorf("%s ran the Func in another goroutine than its caller's: a panic in there ends the program", name)
			}
		}
	})
}

func TestChainPutsTheFirstOutermost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var said []string
		put := 0 // how often a ring was put round a Func
		ring := func(name string) exercise.Middleware {
			return func(f exercise.Func) exercise.Func {
				put++
				return func(ctx context.Context) error {
					said = append(said, name)
					return f(ctx)
				}
			}
		}
		f := exercise.Chain(ring("a"), ring("b"), ring("c"))(newJob(t).run)
		_ = f(t.Context())
		if got := strings.Join(said, " "); got != "a b c" {
			t.Errorf("the first middleware of Chain is not the outermost: Chain(a, b, c) ran %s", got)
		}
		if _ = f(t.Context()); put != 3 && !t.Failed() {
			t.Errorf("Chain(a, b, c)(f) is a(b(c(f))): each middleware is called once for f, not in each run; after two runs there were %d calls, not 3", put)
		}
		if exercise.Chain() == nil {
			t.Fatal("Chain() returned nil, which cannot be called: it returns a Middleware that changes nothing")
		}
		if err := exercise.Chain()(newJob(t, errDisk).run)(t.Context()); !same(err, errDisk) {
			t.Errorf("Chain() changes something: the Func returned %q and Chain()(f) returned %s", errDisk, lesson.Quote(err))
		}
	})
}

// A nilError is an error even where its pointer is nil.
type nilError struct{}

func (*nilError) Error() string { return "a nil pointer in an error" }

func TestRecoverMakesAnErrorOfAPanic(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, value := range []any{errJam, "page 3 of 2", &exercise.PanicError{Value: "page 4 of 2"}, (*nilError)(nil)} {
			err := exercise.Recover()(func(context.Context) error { panic(value) })(t.Context())
			if p, ok := errors.AsType[*exercise.PanicError](err); !ok || p.Value != value {
				t.Errorf("a panic with %q came out of Recover as %s, not as a *PanicError with that value", value, lesson.Quote(err))
			}
		}
		if err := exercise.Recover()(func(context.Context) error { return nil })(t.Context()); err != nil {
			t.Errorf("the Func succeeded, and Recover returned %s", lesson.Quote(err))
		}
		pages := 0
		f := exercise.Recover()(func(context.Context) error {
			pages++
			if pages == 3 {
				var printed map[string]int
				maps.Copy(printed, map[string]int{"a": 1}) // a panic of the runtime
			}
			panic(pages)
		})
		var errs []error
		func() {
			defer func() {
				if v := recover(); v != nil && pages == 3 {
					t.Errorf("the Func wrote to a nil map, which is a panic like any other, and it came out of Recover: %v", v)
				}
			}()
			for range 3 {
				errs = append(errs, f(t.Context()))
			}
		}()
		for i, err := range errs[:min(2, len(errs))] {
			if p, ok := errors.AsType[*exercise.PanicError](err); ok && p.Value != any(i+1) {
				t.Errorf("the Func panicked with %d, then with %d, and now the *PanicError of run %d has the value %v: each run has one of its own", 1, 2, i+1, p.Value)
				break
			}
		}
		if err := exercise.Recover()(newJob(t, errDisk).run)(t.Context()); !same(err, errDisk) {
			t.Errorf("the Func returned %q and Recover returned %s: an error is passed on unchanged", errDisk, lesson.Quote(err))
		}
	})
}

func TestLogReportsFailuresAndNoCancellation(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cause := fmt.Errorf("out of order: %w", errDisk)
		cancel(cause)
		for _, c := range []struct {
			ended bool
			err   error
			want  int
			what  string
		}{
			{false, nil, 0, "success is no failure"},
			{false, errDisk, 1, "an error is a failure"},
			{false, context.Canceled, 1, "ctx is alive: the end of a context of its own is a failure"},
			{false, context.DeadlineExceeded, 1, "ctx is alive: a timeout of its own is a failure"},
			{true, fmt.Errorf("stopped: %w", context.Canceled), 0, "ctx has ended and the error says so: a cancellation"},
			{true, fmt.Errorf("stopped: %w", cause), 0, "ctx has ended and the error is its cause: a cancellation"},
			{true, &exercise.PanicError{Value: cause}, 0, "ctx has ended and the error wraps its cause, also if it is a PanicError: a cancellation"},
			{true, errDisk, 1, "ctx has ended and the error is another one, which its cause happens to wrap: a failure"},
			{true, context.DeadlineExceeded, 1, "ctx was cancelled and the error is a timeout of its own: a failure"},
		} {
			ctx := t.Context()
			if c.ended {
				ctx = ended
			}
			var reports []error
			report := func(err error) {
				time.Sleep(time.Millisecond) // or one that is called beside the run might come in time
				reports = append(reports, err)
			}
			err := exercise.Log(report)(func(context.Context) error { return c.err })(ctx)
			if len(reports) != c.want || c.want == 1 && !same(reports[0], c.err) {
				t.Errorf("%s; the Func returned %s, and Log reported %q", c.what, lesson.Quote(c.err), reports)
			}
			if !same(err, c.err) {
				t.Errorf("Log passes the error on unchanged: the Func returned %s, and Log %s", lesson.Quote(c.err), lesson.Quote(err))
			}
		}
	})
}

func TestTheErrorNeedNotBeComparable(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := exercise.Chain(exercise.Log(func(error) {}), exercise.Retry(3, time.Second))
		failure := lesson.ListError{"paper jam", "disk full"}
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		attempts := 0
		_ = m(func(context.Context) error {
			if attempts++; attempts == 2 {
				cancel(failure)
			}
			return failure
		})(ctx)
		if attempts != 2 {
			t.Errorf("the first of 3 attempts failed and ctx ended in the second one, and there were %d attempts", attempts)
		}
	})
}

func TestAPauseMayBeADay(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		attempts, start := 0, time.Now()
		_ = exercise.Retry(4, 24*time.Hour)(func(context.Context) error { attempts++; return errDisk })(t.Context())
		if took := time.Since(start); attempts != 4 || took != 72*time.Hour {
			t.Errorf("ctx is alive, and 4 attempts that take no time have 3 pauses of a day between them: Retry made %d attempts in %v, not 4 in 72h", attempts, took)
		}
	})
}

func TestRetryPausesBetweenAttempts(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := newJob(t, errJam, errJam, errDisk, errJam)
		err := exercise.Retry(3, 2*time.Second)(j.run)(t.Context())
		switch got, took := fmt.Sprint(j.begun), time.Since(j.origin); {
		case got != "[0s 3s 6s]":
			t.Errorf("3 attempts of 1s with 2s between them begin at [0s 3s 6s], not at %v", got)
		case took != 7*time.Second:
			t.Errorf("the last attempt ended at 7s, and Retry returned at %v: there is no pause after it", took)
		case !same(err, errDisk):
			t.Errorf("the last attempt returned %q, and Retry %s: it returns the last error, unchanged", errDisk, lesson.Quote(err))
		}
		j = newJob(t, errJam)
		if err := exercise.Retry(3, 2*time.Second)(j.run)(t.Context()); !t.Failed() && (err != nil || len(j.begun) != 2) {
			t.Errorf("the second of 3 attempts succeeded: Retry made %d attempts and returned %s", len(j.begun), lesson.Quote(err))
		}
	})
}

func TestRetryMakesAsManyAttemptsAsItIsGiven(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		_ = exercise.Retry(20, time.Second)(func(context.Context) error { return errDisk })(t.Context())
		if took := time.Since(start); took != 19*time.Second {
			t.Fatalf("20 attempts that take no time have 19 pauses of 1s between them, and the run took %v, not 19s: the pause is the same after each failure", took)
		}
		n := 0
		err := exercise.Retry(250, time.Second)(func(context.Context) error { n++; return errDisk })(t.Context())
		if n != 250 || !same(err, errDisk) {
			t.Errorf("Retry(250, …) of a Func that always fails makes 250 attempts and returns %q; it made %d and returned %s", errDisk, n, lesson.Quote(err))
		}
	})
}

func TestRetryMakesAtLeastOneAttempt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, attempts := range []int{1, 0, -1} {
			j := newJob(t, errDisk, errDisk)
			err := exercise.Retry(attempts, time.Second)(j.run)(t.Context())
			if len(j.begun) != 1 || !same(err, errDisk) {
				t.Errorf("Retry(%d, …) makes one attempt, which returned %q; it made %d and returned %s", attempts, errDisk, len(j.begun), lesson.Quote(err))
			}
		}
	})
}

func TestRetryTriesAgainAfterATimeoutOfTheFuncsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, err := range []error{context.DeadlineExceeded, context.Canceled} {
			j := newJob(t, fmt.Errorf("printer: %w", err))
			if got := exercise.Retry(2, time.Second)(j.run)(t.Context()); got != nil || len(j.begun) != 2 {
				t.Errorf("ctx is alive and the first attempt failed with a wrapped %q of its own: it is tried again,"+
					" but Retry returned %s after attempt %d", err, lesson.Quote(got), len(j.begun))
			}
		}
	})
}

func TestRetryEndsItsPauseWithCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := newJob(t, errJam, errJam)
		err := exercise.Retry(3, time.Minute)(j.run)(endsAfter(t, 5*time.Second))
		if took := time.Since(j.origin); took < 5*time.Second {
			t.Errorf("the first attempt failed at 1s, and Retry returned %s at %v: no error stops it while ctx is alive, and ctx ends at 5s, in the pause", lesson.Quote(err), took)
		} else if took > 5*time.Second {
			t.Errorf("ctx ended in the pause, at 5s, and Retry returned at %v: it sleeps on", took)
		} else if !same(err, errClosing) {
			t.Errorf("ctx ended in the pause: Retry returned %s, not context.Cause(ctx), %q", lesson.Quote(err), errClosing)
		}
	})
}

func TestRetryBeginsNothingAfterACancellation(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := newJob(t, errJam, errJam)
		err := exercise.Retry(3, time.Minute)(j.run)(endsAfter(t, 500*time.Millisecond))
		if j.ended < len(j.begun) {
			t.Fatalf("Retry returned at %v while the attempt still ran", time.Since(j.origin))
		}
		if took := time.Since(j.origin); took != time.Second || !same(err, errJam) {
			t.Errorf("ctx ended in the first attempt, which returned %q at 1s: so does Retry, but it returned %s at %v", errJam, lesson.Quote(err), took)
		}
		if err := exercise.Retry(3, time.Minute)(newJob(t).run)(endsAfter(t, 500*time.Millisecond)); err != nil {
			t.Errorf("ctx ended in the first attempt, which succeeded all the same: Retry returned %s, not nil", lesson.Quote(err))
		}
		ctx := endsAfter(t, 0)
		<-ctx.Done()
		j = newJob(t)
		if err := exercise.Retry(3, time.Minute)(j.run)(ctx); !same(err, errClosing) || j.late {
			t.Errorf("on a ctx that has ended there is no attempt, but %d began, and Retry returned %s; its cause is %q", len(j.begun), lesson.Quote(err), errClosing)
		}
	})
}

func TestRetryBeginsNothingWhenCtxEndsWithThePause(t *testing.T) {
	for range 30 { // often, because select picks one of two ready cases at random
		lesson.Bubble(t, func(t *testing.T) {
			j := newJob(t, errJam)
			err := exercise.Retry(3, time.Second)(j.run)(lesson.EndsAt(t, t.Context(), 2*time.Second, errClosing))
			if len(j.begun) != 1 {
				t.Fatal("ctx ended at 2s, the instant at which the pause was over, and another attempt began:" +
					" select picks one of two ready cases at random, so look at ctx again")
			}
			if !same(err, errClosing) {
				t.Fatalf("ctx ended at the instant at which the pause was over: Retry returned %s, not context.Cause(ctx), %q", lesson.Quote(err), errClosing)
			}
		})
	}
}

func TestOnlyRecoverStopsAPanic(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		reports := 0
		for name, m := range map[string]exercise.Middleware{
			"Log": exercise.Log(func(error) { reports++ }), "Retry": exercise.Retry(3, time.Second), "Chain()": exercise.Chain(),
		} {
			j := newJob(t, nil)
			func() {
				defer func() {
					if v := recover(); v != errJam { //nolint:errorlint // unchanged is what the contract says
						t.Errorf("%s lets a panic pass: the Func panicked with %q, and recover() found %v", name, errJam, v)
					}
				}()
				_ = m(j.run)(t.Context())
			}()
		}
		if reports > 0 {
			t.Error("Log reported a panic: it lets a panic pass and reports only errors")
		}
	})
}

func TestPassesCtxOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		ctx := context.WithValue(t.Context(), key{}, "order 7")
		for name, m := range map[string]exercise.Middleware{
			"Recover": exercise.Recover(), "Log": exercise.Log(func(error) {}), "Retry": exercise.Retry(2, time.Second),
		} {
			_ = m(func(got context.Context) error {
				if got != ctx {
					t.Errorf("%s ran the Func with another ctx than the one that it was given", name)
				}
				return nil
			})(ctx)
		}
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_ = exercise.Guard(2, time.Second, func(error) {})(newJob(t, errJam, nil).run)(lesson.Context(t))
		lesson.NothingLeft(t, "the run is over")
	})
}

func TestAMiddlewareServesSeveralFuncs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		nothing := func(error) {}
		for name, m := range map[string]exercise.Middleware{
			"Chain": exercise.Chain(exercise.Log(nothing)), "Chain()": exercise.Chain(),
			"Recover": exercise.Recover(), "Log": exercise.Log(nothing), "Retry": exercise.Retry(1, 0), "Guard": exercise.Guard(1, 0, nothing),
		} {
			one, two := m(func(context.Context) error { return errJam }), m(func(context.Context) error { return errDisk })
			if err := errors.Join(one(t.Context()), two(t.Context())); !errors.Is(err, errJam) || !errors.Is(err, errDisk) {
				t.Fatalf("one middleware of %s was used for two Funcs, which return %q and %q, and their runs returned %q: each runs the Func that it was made for", name, errJam, errDisk, err)
			}
		}
		var said []string
		ring := func(name string) exercise.Middleware {
			return func(f exercise.Func) exercise.Func {
				return func(ctx context.Context) error {
					said = append(said, name)
					return f(ctx)
				}
			}
		}
		rings := []exercise.Middleware{ring("a"), ring("b"), ring("c")}
		chain := exercise.Chain(rings...)
		first, second := chain(newJob(t).run), chain(newJob(t).run)
		third := exercise.Chain(rings...)(newJob(t).run)
		for name, f := range map[string]exercise.Func{"first": first, "second": second, "third": third} {
			said = nil
			_ = f(t.Context())
			if got := strings.Join(said, " "); got != "a b c" {
				t.Errorf("Chain(a, b, c) was used for two Funcs, and once more for a third, and a run of the %s one ran %s, not a b c", name, got)
			}
		}
		retry := exercise.Retry(2, time.Second)
		for _, which := range []string{"first", "second"} {
			j := newJob(t, errJam, errJam, errJam)
			if _ = retry(j.run)(t.Context()); len(j.begun) != 2 {
				t.Errorf("Retry(2, …) was used for two Funcs, and the %s one had %d attempts: another run has used them up", which, len(j.begun))
			}
		}
	})
}

func TestSeveralGoroutinesCallReportAtOnce(t *testing.T) {
	const runs = 3
	var reports atomic.Int32
	var alone atomic.Bool
	all := make(chan struct{})
	meet := sync.OnceFunc(func() { close(all) })
	f := exercise.Guard(1, 0, func(error) {
		if reports.Add(1) == runs {
			meet()
		}
		select { // no bubble: where the others wait for a mutex, virtual time stands still
		case <-all:
		case <-time.After(5 * time.Second): // only an answer at fault takes so long
			alone.Store(true)
			meet()
		}
	})(func(context.Context) error { return errJam })
	var callers sync.WaitGroup
	for range runs {
		callers.Go(func() { _ = f(context.Background()) })
	}
	callers.Wait()
	if n := reports.Load(); n != runs {
		t.Errorf("%d runs of one Func failed, and there were %d reports: each run that fails is reported once, whatever became of the others", runs, n)
	} else if alone.Load() {
		t.Errorf("%d runs failed at once, and a run waited for the report of another: several goroutines may call report at once", runs)
	}
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
		if took := time.Since(start); took != 2*time.Second && !t.Failed() {
			t.Errorf("3 runs at once take 2s, as one does, and they took %v: one waits for another", took)
		}
	})
}

// A runError is that of one run, and counts its attempts and its reports.
type runError struct {
	attempts int
	reports  atomic.Int32
}

func (*runError) Error() string { return "one run of many" }

func TestSeveralGoroutinesRunOneFunc(t *testing.T) {
	type key struct{}
	f := exercise.Guard(3, 0, func(err error) {
		if fault, ok := errors.AsType[*runError](err); ok {
			fault.reports.Add(1)
		}
	})(func(ctx context.Context) error {
		fault, _ := ctx.Value(key{}).(*runError)
		fault.attempts++
		return fault
	})
	wrong := make([]int, 4)
	var another atomic.Int32 // run's error came out, or was reported
	lesson.Storm(t, len(wrong), func(goroutine int) {
		fault := &runError{}
		err := f(context.WithValue(lesson.Yields(context.Background()), key{}, fault))
		if fault.attempts != 3 {
			wrong[goroutine] = fault.attempts
		}
		if !same(err, fault) || fault.reports.Load() != 1 {
			another.Add(1)
		}
	})
	for _, n := range wrong {
		if n != 0 {
			t.Fatalf("several goroutines ran one Func at once, each run has 3 attempts, and one had %d: the runs share a count", n)
		}
	}
	if another.Load() > 0 {
		t.Error("several goroutines ran one Func at once, each run failed with an error of its own, and a run returned or reported the error of another: the runs share a variable")
	}
}

func TestANilPointerInAnErrorIsAFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		attempts, reports := 0, 0
		f := exercise.Guard(2, time.Second, func(error) { reports++ })(func(context.Context) error { attempts++; return (*nilError)(nil) })
		if err := f(t.Context()); err == nil || attempts != 2 || reports != 1 {
			t.Errorf("the Func returned an error that holds a nil pointer, which is not nil, in each of 2 attempts:"+
				" there were %d attempts and %d reports, and Guard returned %s", attempts, reports, lesson.Quote(err))
		}
	})
}

func TestGuardTriesAgainAfterAPanic(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		reports := 0
		j := newJob(t, nil, errDisk)
		err := exercise.Guard(3, time.Second, func(error) { reports++ })(j.run)(t.Context())
		if err != nil || len(j.begun) != 3 {
			t.Errorf("a panic was not tried again as an error is: after a panic and an error the third attempt"+
				" succeeds, but Guard returned %s after attempt %d", lesson.Quote(err), len(j.begun))
		} else if reports != 0 {
			t.Errorf("%d reports of a run that succeeded in the end", reports)
		}
	})
}

func TestGuardReportsARunThatFailsOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var reports []error
		err := exercise.Guard(3, time.Second, func(err error) { reports = append(reports, err) })(newJob(t, errDisk, errDisk, nil).run)(t.Context())
		if len(reports) != 1 {
			t.Errorf("there were %d reports for a run that failed once, after 3 attempts: %q", len(reports), reports)
		} else if _, ok := errors.AsType[*exercise.PanicError](reports[0]); !ok || !errors.Is(err, errJam) {
			t.Errorf("the last attempt panicked with %q; the report is %q, and Guard returned %s", errJam, reports[0], lesson.Quote(err))
		}
		reports = nil
		_ = exercise.Guard(3, time.Minute, func(err error) { reports = append(reports, err) })(newJob(t, errDisk).run)(endsAfter(t, 5*time.Second))
		if len(reports) != 0 {
			t.Errorf("a run that was cancelled in its pause is not reported, but there was a report: %q", reports)
		}
	})
}
