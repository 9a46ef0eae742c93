//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/07-supervisor/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errEnd = errors.New("end of the day")

const sec = time.Second

// A log is a child that notes when it was started. After its last run it is done.
type log struct {
	t     *testing.T
	runs  []run
	start time.Time

	running atomic.Int32

	mu       sync.Mutex // guards what follows
	starts   []time.Duration
	panicked bool
}

// A run lasts a while, unless ctx ends first, and then ends with err, or in a panic.
type run struct {
	lasts time.Duration
	err   error
	panic any
}

func failure(n int) error { return fmt.Errorf("failure %d", n) }

// failsAt is a child that fails at these moments, if it is started anew without a pause.
func failsAt(t *testing.T, at ...time.Duration) *log {
	t.Helper()
	l := &log{t: t, start: time.Now()}
	last := time.Duration(0)
	for i, at := range at {
		l.runs = append(l.runs, run{lasts: at - last, err: failure(i + 1)})
		last = at
	}
	return l
}

func (l *log) child(ctx context.Context) error {
	if l.running.Add(1) > 1 {
		l.running.Add(-1)
		l.t.Error("a child was started while the one before still ran")
		return nil
	}
	defer l.running.Add(-1)
	if ctx.Err() != nil {
		l.t.Errorf("a child was started at %v, when ctx had ended", time.Since(l.start))
		return nil // or a Restart that never looks at ctx would go on without end
	}
	l.mu.Lock()
	l.starts = append(l.starts, time.Since(l.start))
	n := len(l.starts)
	l.mu.Unlock()
	say := lesson.Log(l.t).With("task", "child")
	say.Info(fmt.Sprint("starts, run ", n), lesson.Waiting)
	defer func() { say.Info("its run ends") }()
	if n > len(l.runs) {
		return nil
	}
	r := l.runs[n-1]
	if r.lasts > 0 {
		select {
		case <-time.After(r.lasts):
		case <-ctx.Done():
			time.Sleep(300 * time.Millisecond) // cleans up
			return ctx.Err()
		}
	}
	if r.panic != nil {
		l.mu.Lock()
		l.panicked = true
		l.mu.Unlock()
		panic(r.panic)
	}
	return r.err
}

// restart calls Restart. A panic that comes out of it is a failure of the test.
func (l *log) restart(ctx context.Context, policy exercise.Policy) (err error) {
	l.t.Helper()
	defer func() {
		if l.running.Load() > 0 {
			l.t.Error("Restart returned while a child was still running")
		}
		l.mu.Lock()
		panicked := l.panicked
		l.mu.Unlock()
		if panicked { // else the panic is not a child's: let Bubble say where it comes from
			if value := recover(); value != nil {
				l.t.Fatalf("a child's panic came out of Restart: %v", value)
			}
		}
	}()
	return exercise.Restart(ctx, policy, l.child)
}

// started is when the child was started.
func (l *log) started() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.starts)
}

// after says how long Restart took, and that it was to take as long.
func (l *log) after(want time.Duration, mistake string) {
	l.t.Helper()
	if took := time.Since(l.start); took != want {
		l.t.Errorf("Restart returned at %v, not at %v: %s", took, want, mistake)
	}
}

func (l *log) gaveUp(err, last error) {
	l.t.Helper()
	switch {
	case !errors.Is(err, exercise.ErrGaveUp):
		l.t.Errorf("the child has failed too often, and Restart returned %s; errors.Is does not find ErrGaveUp in it", lesson.Quote(err))
	case !errors.Is(err, last) && slices.ContainsFunc(l.runs, func(r run) bool { return r.err != nil && errors.Is(err, r.err) }):
		l.t.Errorf("Restart gave up, and %q is the last failure: errors.Is does not find it in what Restart returned, which holds an earlier one, %q", last, err)
	case !errors.Is(err, last):
		l.t.Errorf("Restart gave up and lost the reason: errors.Is does not find %q in %q; wrap it with %%w", last, err)
	}
}

// wantCause says what is wrong with an error that Restart returned after the end of ctx.
func wantCause(t *testing.T, err error, why string) {
	t.Helper()
	switch {
	case errors.Is(err, exercise.ErrGaveUp):
		t.Errorf("%s, and Restart returned %s, an ErrGaveUp, not context.Cause(ctx), %q: ask ctx before the policy", why, lesson.Quote(err), errEnd)
	case !errors.Is(err, errEnd) && err != nil && strings.Contains(err.Error(), errEnd.Error()):
		t.Errorf("%s, and Restart returned %s, which has the words of context.Cause(ctx), %q, but errors.Is does not find it: wrap it with %%w", why, lesson.Quote(err), errEnd)
	case !errors.Is(err, errEnd):
		t.Errorf("%s, and Restart returned %s, not context.Cause(ctx), %q", why, lesson.Quote(err), errEnd)
	}
}

func TestAChildThatIsDoneIsNotStartedAgain(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, start: time.Now(), runs: []run{{lasts: sec}}}
		if err := l.restart(t.Context(), exercise.Policy{Max: 3, Within: 10 * sec, Pause: sec}); err != nil {
			t.Errorf("the child is done, and Restart returned %s, not nil", lesson.Quote(err))
		}
		if len(l.started()) != 1 {
			t.Errorf("the child was done in its first run and was started %d times", len(l.started()))
		}
		l.after(sec, "the child was done at 1s")
	})
}

func TestStartsAFailedChildAfterAPause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, start: time.Now(), runs: []run{{lasts: sec, err: failure(1)}, {lasts: sec, err: failure(2)}}}
		if err := l.restart(t.Context(), exercise.Policy{Max: 5, Within: time.Minute, Pause: 2 * sec}); err != nil {
			t.Errorf("the third run was done, and Restart returned %s, not nil", lesson.Quote(err))
		}
		if got := fmt.Sprint(l.started()); got != "[0s 3s 6s]" {
			t.Errorf("two runs of 1s failed, each followed by a pause of 2s, and the starts were at %v, not [0s 3s 6s]", got)
		}
	})
}

func TestGivesUpAtOneFailureTooMany(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := failsAt(t, sec, 2*sec, 3*sec, 4*sec)
		err := l.restart(t.Context(), exercise.Policy{Max: 2, Within: 10 * sec})
		if len(l.started()) != 3 {
			t.Errorf("with Max 2 two failures are forgiven and the third is not: 3 runs, not %d", len(l.started()))
			return
		}
		l.gaveUp(err, l.runs[2].err)
		l.after(3*sec, "the runs fail after 1s each, and with a Pause of 0 the next one starts at once")
	})
}

func TestForgivesAsManyFailuresAsMax(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, start: time.Now(), runs: make([]run, 40)}
		for i := range l.runs {
			l.runs[i] = run{lasts: sec, err: failure(i + 1)}
		}
		err := l.restart(t.Context(), exercise.Policy{Max: 30, Within: time.Hour})
		if n := len(l.started()); n != 31 {
			t.Errorf("with Max 30 thirty failures are forgiven and the next is not: 31 runs, not %d", n)
			return
		}
		l.gaveUp(err, l.runs[30].err)
	})
}

func TestGivesUpWithoutAPause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, start: time.Now(), runs: []run{{lasts: sec, err: failure(1)}}}
		err := l.restart(t.Context(), exercise.Policy{Max: 0, Within: 10 * sec, Pause: 5 * sec})
		if n := len(l.started()); n != 1 {
			t.Errorf("with Max 0 no failure is forgiven, and the first is one too many: 1 run, not %d", n)
			return
		}
		l.gaveUp(err, l.runs[0].err)
		l.after(sec, "it is not to pause before it gives up")
	})
}

func TestTheAgeOfAFailureCountsFromTheFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, start: time.Now(), runs: []run{{lasts: sec, err: failure(1)}, {lasts: 2 * sec, err: failure(2)}}}
		if err := l.restart(t.Context(), exercise.Policy{Max: 1, Within: 5 * sec, Pause: 4 * sec}); err != nil {
			t.Errorf("failures at 1s and 7s, with a pause of 4s and Within 5s: the first is 6s old at the second and forgotten, since its age counts from the failure,"+
				" whatever pause or run comes after it; but Restart returned %s", lesson.Quote(err))
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		l := failsAt(t, 6*sec, 7*sec)
		if err := l.restart(t.Context(), exercise.Policy{Max: 1, Within: 5 * sec}); err == nil {
			t.Errorf("the first run failed at 6s, the second at 7s, with Max 1 and Within 5s, and Restart does not give up:" +
				" the age of a failure counts from the failure, not from the start of its run")
		}
	})
}

func TestForgetsOldFailures(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := failsAt(t, 4*sec, 8*sec, 12*sec, 16*sec, 20*sec, 24*sec, 28*sec)
		if err := l.restart(t.Context(), exercise.Policy{Max: 3, Within: 10 * sec}); err != nil {
			t.Errorf("one failure each 4s is never more than 3 in 10s, but old failures still count: %q, at %v", err, time.Since(l.start))
		}
	})
}

func TestAFailureIsRememberedForAsLongAsWithin(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const day = 24 * time.Hour
		l := failsAt(t, sec, 99*day)
		err := l.restart(t.Context(), exercise.Policy{Max: 1, Within: 100 * day})
		if err == nil {
			t.Error("the child failed at 1s and after 99 days, with Max 1 and Within 100 days, and Restart does not give up: a failure is forgotten when it is as old as Within, not before")
			return
		}
		l.gaveUp(err, l.runs[1].err)
	})
}

func TestThePeriodSlides(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := failsAt(t, sec, 9*sec, 10*sec+sec/2, 12*sec, 13*sec, 14*sec)
		err := l.restart(t.Context(), exercise.Policy{Max: 3, Within: 10 * sec})
		if at := time.Since(l.start); at > 13*sec {
			t.Errorf("failures at 9s, 10.5s, 12s and 13s are 4 within 10s, and Restart goes on: its period must slide, not begin anew")
		} else if at < 13*sec {
			t.Errorf("Restart gave up at %v, but until 13s there are never more than 3 failures within 10s", at)
		}
		if !t.Failed() {
			l.gaveUp(err, l.runs[4].err)
		}
	})
}

func TestAPanicIsAFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errNil := errors.New("nil map")
		l := &log{t: t, start: time.Now(), runs: []run{{panic: "out of paper"}}}
		if err := l.restart(t.Context(), exercise.Policy{Max: 1, Within: sec}); err != nil || len(l.started()) != 2 {
			t.Errorf("the first run panicked and one failure is forgiven: the child is started again, but Restart returned %s after run %d",
				lesson.Quote(err), len(l.started()))
			return
		}
		l = &log{t: t, start: time.Now(), runs: []run{{panic: "out of paper"}, {panic: errNil}}}
		twice := l.restart(t.Context(), exercise.Policy{Max: 1, Within: sec})
		if twice == nil {
			t.Error("the child panicked twice, one failure is forgiven, and Restart does not give up: a panic counts as a failure, as an error does")
		} else {
			l.gaveUp(twice, errNil)
		}
		if errors.Is(twice, errNil) && !strings.Contains(twice.Error(), errNil.Error()) {
			t.Errorf("the child panicked with an error, %q, and Restart's error wraps it without its text: %s", errNil, lesson.Quote(twice))
		}
		l = &log{t: t, start: time.Now(), runs: []run{{panic: "out of paper"}}}
		err := l.restart(t.Context(), exercise.Policy{Max: 0, Within: sec})
		ofRuntime := func() (value any) {
			defer func() { value = recover() }()
			var printed map[string]int
			maps.Copy(printed, map[string]int{"a": 1}) // a panic of the runtime
			return nil
		}()
		l = &log{t: t, start: time.Now(), runs: []run{{panic: ofRuntime}}}
		if err := l.restart(t.Context(), exercise.Policy{Max: 1, Within: sec}); err != nil || len(l.started()) != 2 {
			t.Errorf("the first run wrote to a nil map and one failure is forgiven: the child is started again, but Restart returned %s after run %d",
				lesson.Quote(err), len(l.started()))
		}
		if err == nil || !strings.Contains(err.Error(), "out of paper") {
			t.Errorf("the child panicked with %q, and Restart's error does not say so: %s", "out of paper", lesson.Quote(err))
		}
		l = &log{t: t, start: time.Now(), runs: []run{{panic: 4711}}}
		if err := l.restart(t.Context(), exercise.Policy{Max: 0, Within: sec}); err == nil || !strings.Contains(err.Error(), "4711") {
			t.Errorf("the child panicked with a number, 4711, and Restart's error does not contain it: %s", lesson.Quote(err))
		}
	})
}

func TestWaitsForTheChildWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 1500*time.Millisecond, errEnd)
		defer cancel()
		l := failsAt(t, sec, 5*sec)
		err := l.restart(ctx, exercise.Policy{Max: 1, Within: 10 * sec})
		l.after(1800*time.Millisecond, "ctx ends at 1.5s and the child needs 0.3s to clean up")
		wantCause(t, err, "ctx has ended")
	})
}

func TestDoesNotPauseOnceCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 3*sec, errEnd)
		defer cancel()
		l := failsAt(t, sec, 2*sec)
		err := l.restart(ctx, exercise.Policy{Max: 5, Within: time.Minute, Pause: 10 * sec})
		l.after(3*sec, "ctx ends at 3s and the pause goes on")
		if !errors.Is(err, errEnd) {
			t.Errorf("ctx ended in a pause, and Restart returned %s, not its cause %q", lesson.Quote(err), errEnd)
		}
	})
}

func TestNeverStartsAChildOnceCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errEnd)
		l := failsAt(t, sec)
		if err := l.restart(ctx, exercise.Policy{Max: 5, Within: time.Minute}); !errors.Is(err, errEnd) {
			t.Errorf("on a ctx that has ended, Restart returned %s, not its cause %q", lesson.Quote(err), errEnd)
		}
		for n := 0; n < 30 && !t.Failed(); n++ { // often: where the pause is over as well, select picks one at random
			ctx, cancel := context.WithCancelCause(t.Context())
			l := failsAt(t, 0)
			_ = exercise.Restart(ctx, exercise.Policy{Max: 5, Within: time.Minute}, func(ctx context.Context) error {
				err := l.child(ctx)
				cancel(errEnd)
				return err
			})
		}
	})
}

func TestAChildThatIsDoneIsDoneThoughCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		err := exercise.Restart(ctx, exercise.Policy{Max: 1, Within: sec}, func(context.Context) error {
			cancel(errEnd)
			return nil
		})
		if err != nil {
			t.Errorf("the child was done when ctx had ended, and Restart returned %s, not nil", lesson.Quote(err))
		}
		late, stop := context.WithTimeout(t.Context(), sec)
		defer stop()
		if err := exercise.Restart(late, exercise.Policy{Max: 1, Within: sec}, func(context.Context) error { time.Sleep(2 * sec); return nil }); err != nil {
			t.Errorf("the child was done after the deadline of ctx, and Restart returned %s, not nil", lesson.Quote(err))
		}
	})
}

func TestAnyErrorIsAFailureWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, own := range []error{context.Canceled, context.DeadlineExceeded, exercise.ErrGaveUp} {
			l := &log{t: t, start: time.Now(), runs: []run{{lasts: sec, err: fmt.Errorf("fetch: %w", own)}}}
			if err := l.restart(t.Context(), exercise.Policy{Max: 3, Within: time.Minute, Pause: sec}); err != nil || len(l.started()) != 2 {
				t.Errorf("ctx is alive and the child failed with a wrapped %q of its own: it is started again, but Restart returned %s after run %d",
					own, lesson.Quote(err), len(l.started()))
			}
			l = &log{t: t, start: time.Now(), runs: []run{{panic: own}, {panic: fmt.Errorf("fetch: %w", own)}}}
			if err := l.restart(t.Context(), exercise.Policy{Max: 3, Within: time.Minute, Pause: sec}); err != nil || len(l.started()) != 3 {
				t.Errorf("ctx is alive and the child panicked with %q: that is a failure as a panic with any other value, but Restart returned %s after run %d",
					own, lesson.Quote(err), len(l.started()))
			}
		}
	})
}

func TestReturnsTheCauseWhateverTheChildReturns(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for name, end := range map[string]func() error{
			"failed with another error": func() error { return failure(1) },
			"panicked":                  func() error { panic("out of paper") },
			"returned context.Canceled": func() error { return context.Canceled },
		} {
			ctx, cancel := context.WithCancelCause(t.Context())
			err := exercise.Restart(ctx, exercise.Policy{Max: 0, Within: sec}, func(context.Context) error {
				cancel(errEnd)
				return end()
			})
			wantCause(t, err, "ctx ended while the child ran, which then "+name)
		}
	})
}

func TestAFailureAsOldAsWithinIsForgotten(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := failsAt(t, sec, 6*sec, 11*sec)
		if err := l.restart(t.Context(), exercise.Policy{Max: 1, Within: 5 * sec}); err != nil {
			t.Errorf("failures at 1s and 6s with Within 5s: at 6s the first one is exactly as old as Within and forgotten, but Restart returned %s at %v",
				lesson.Quote(err), time.Since(l.start))
		}
	})
}

func TestStartsNoChildWhenCtxEndsWithThePause(t *testing.T) {
	for range 30 { // often, because select picks one of two ready cases at random
		lesson.Bubble(t, func(t *testing.T) {
			var runs atomic.Int32
			err := exercise.Restart(lesson.EndsAt(t, t.Context(), sec, errEnd), exercise.Policy{Max: 5, Within: time.Minute, Pause: sec}, func(context.Context) error {
				if runs.Add(1) > 1 {
					return nil
				}
				return failure(1)
			})
			if runs.Load() > 1 {
				t.Fatal("ctx ended at 1s, the instant at which the pause was over, and the child was started again:" +
					" select picks one of two ready cases at random, so look at ctx again")
			}
			if !errors.Is(err, errEnd) {
				t.Fatalf("ctx ended at the instant at which the pause was over: Restart returned %s, not its cause %q", lesson.Quote(err), errEnd)
			}
		})
	}
}

func TestEachRunGetsCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		ctx, l := context.WithValue(t.Context(), key{}, "shop"), failsAt(t, sec, 2*sec)
		_ = exercise.Restart(ctx, exercise.Policy{Max: 2, Within: time.Minute}, func(got context.Context) error {
			if got.Value(key{}) != "shop" || got.Err() != nil {
				t.Errorf("run %d got a ctx without the values of ctx, or one that has ended", len(l.started())+1)
			} else if until, ok := got.Deadline(); ok {
				t.Errorf("run %d got a ctx with a deadline, %v from its start, and ctx has none", len(l.started())+1, time.Until(until))
			}
			return l.child(got)
		})
	})
}

func TestTwoRestartsDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		second := make(chan struct{})
		policy := exercise.Policy{Max: 1, Within: time.Minute}
		var other sync.WaitGroup
		other.Go(func() {
			time.Sleep(sec)
			_ = exercise.Restart(t.Context(), policy, func(context.Context) error {
				lesson.Log(t).With("task", "second child").Info("runs")
				close(second)
				return nil
			})
		})
		err := exercise.Restart(t.Context(), policy, func(context.Context) error {
			lesson.Log(t).With("task", "child").Info("waits for the child of another Restart", lesson.Waiting)
			select {
			case <-second:
				return nil
			case <-time.After(time.Minute):
				return errors.New("the child of another Restart was not started within a minute: they wait for each other")
			}
		})
		if err != nil {
			t.Errorf("two Restarts run at once; Restart returned %s", lesson.Quote(err))
		}
		other.Wait()
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := failsAt(t, sec)
		_ = l.restart(lesson.Context(t), exercise.Policy{Max: 2, Within: time.Minute, Pause: sec})
		lesson.NothingLeft(t, "Restart has returned")
	})
}
