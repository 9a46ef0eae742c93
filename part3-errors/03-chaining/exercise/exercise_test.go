//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/03-chaining/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

type key struct{}

var (
	errStuck     = errors.New("the scale is stuck")
	errPaper     = errors.New("no paper")
	errOther     = errors.New("another caller needs the scale")
	errNotWanted = errors.New("the parcel is not sent")
)

// A chain weighs for a second, giving 3, and prints for a second, giving "3 kg".
type chain struct {
	t              *testing.T
	start          time.Time
	scale, printer error         // how a step fails
	stubborn       bool          // the scale returns its value although it is cancelled
	undo           time.Duration // what a cancelled step needs to end

	weighed, failed, printed atomic.Bool
	calls                    atomic.Int32 // of next
	cause                    atomic.Value // why the context of a step ended
}

func newChain(t *testing.T) *chain {
	t.Helper()
	return &chain{t: t, start: time.Now(), undo: 300 * ms}
}

func (c *chain) now() time.Duration { return time.Since(c.start) }

// step is the scale or the printer: a second of work, which ctx cuts off.
func (c *chain) step(ctx context.Context, task string, fails error) error {
	log := lesson.Log(c.t).With("task", task)
	log.Info("begins", lesson.Waiting)
	select {
	case <-time.After(1000 * ms):
		log.Info("is over")
		return fails
	case <-ctx.Done():
		cause := context.Cause(ctx)
		c.cause.Store(cause)
		log.Info("is told to stop", "cause", cause, lesson.Waiting)
		time.Sleep(c.undo)
		log.Info("has stopped")
		return cause
	}
}

func (c *chain) weigh(ctx context.Context) (kg int, err error) {
	defer func() {
		c.failed.Store(err != nil)
		c.weighed.Store(true)
	}()
	if err := c.step(ctx, "first", c.scale); err != nil && (!c.stubborn || err == c.scale) { //nolint:errorlint // its own failure
		return 0, err
	}
	return 3, nil
}

func (c *chain) print(ctx context.Context, kg int) (string, error) {
	defer c.printed.Store(true)
	c.calls.Add(1)
	switch {
	case !c.weighed.Load():
		c.t.Errorf("next was called at %v, with %d, before first had ended", c.now(), kg)
	case c.failed.Load():
		c.t.Errorf("next was called with %d although first had failed", kg)
	case kg != 3:
		c.t.Errorf("next was called with %d, not with the 3 that first returned", kg)
	case ctx.Err() != nil && !c.t.Failed():
		c.t.Errorf("next was called with a context that has ended with %q: it should end when the job is cancelled or ctx ends", context.Cause(ctx))
	case ctx.Value(key{}) != "trace" && !c.t.Failed():
		c.t.Error("next was called with a context without the values of the ctx that Then got")
	}
	return fmt.Sprint(kg, " kg"), c.step(ctx, "next", c.printer)
}

// then starts both steps.
func (c *chain) then(ctx context.Context) *exercise.Job[string] {
	c.t.Helper()
	first := exercise.Start(c.t.Context(), c.weigh)
	job := exercise.Then(context.WithValue(ctx, key{}, "trace"), first, c.print)
	if job == nil {
		c.t.Fatal("Then returned no job")
	}
	if c.now() > 0 {
		c.t.Errorf("Then returned at %v: it starts a job and waits for nothing", c.now())
	}
	return job
}

// ends fails the test unless the job ends at that instant with that result.
func (c *chain) ends(job *exercise.Job[string], when string, at time.Duration, value string, err error) {
	c.t.Helper()
	select {
	case <-job.Done():
	case <-time.After(time.Minute):
		c.t.Fatalf("the job hangs when %s: a minute later it has not ended", when)
	}
	got, gotErr := job.Result()
	switch {
	case gotErr != err && errors.Is(gotErr, err): //nolint:errorlint // the very error
		c.t.Errorf("%s: the job's error should be %s itself, not wrapped; it is %s", when, lesson.Quote(err), lesson.Quote(gotErr))
	case gotErr != err: //nolint:errorlint // the very error
		c.t.Errorf("%s: the job's error should be %s; it is %s", when, lesson.Quote(err), lesson.Quote(gotErr))
	case err == nil && got != value:
		c.t.Errorf("%s: the job's value should be %q; it is %q", when, value, got)
	case c.now() != at:
		c.t.Errorf("%s: the job ended at %v, not at %v", when, c.now(), at)
	}
}

// neverPrints fails the test if next was called, now or later.
func (c *chain) neverPrints(when string) {
	c.t.Helper()
	time.Sleep(10 * time.Second)
	if c.calls.Load() > 0 && !c.t.Failed() {
		c.t.Errorf("%s, and next was still called", when)
	}
}

func TestTheValueGoesOnToNext(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		job := c.then(t.Context())
		<-job.Done()
		if n := c.calls.Load(); n != 1 && !t.Failed() {
			t.Errorf("first succeeded, and next was called %d times, not once", n)
		}
		if !t.Failed() {
			c.ends(job, "first and next succeed", 2000*ms, "3 kg", nil)
		}
	})
}

func TestNilIsAValueToo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		first := exercise.Start(t.Context(), func(context.Context) (error, error) { return nil, nil })
		job := exercise.Then(t.Context(), first, func(_ context.Context, got error) (string, error) { return lesson.Quote(got), nil })
		<-job.Done()
		if value, err := job.Result(); value != lesson.Quote(nil) || err != nil {
			t.Errorf("first returned the value nil without an error, so next is called with it; the job's result is %q and %s", value, lesson.Quote(err))
		}
	})
}

// A jammed is an error also if it is a nil pointer.
type jammed struct{}

func (*jammed) Error() string { return "the scale is jammed" }

func TestAnErrorOfFirstSkipsNext(t *testing.T) {
	for _, failure := range []error{errStuck, errors.New(""), (*jammed)(nil)} {
		lesson.Bubble(t, func(t *testing.T) {
			c := newChain(t)
			c.scale = failure
			when := "first fails"
			switch failure {
			case errStuck: //nolint:errorlint // it is one of the three
			case (*jammed)(nil):
				when = "first fails with an error that holds a nil pointer, which is not nil"
			default:
				when = "first fails with an error whose text is empty"
			}
			c.ends(c.then(t.Context()), when, 1000*ms, "", failure)
			c.neverPrints("first failed")
		})
	}
}

func TestAnErrorOfNextIsTheJobs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		c.printer = errPaper
		job := c.then(t.Context())
		c.ends(job, "next fails", 2000*ms, "", errPaper)
		if value, _ := job.Result(); value != "3 kg" && !t.Failed() {
			t.Errorf("next returned %q beside its error, and the job's value is %q: what next returns is the job's result, unchanged", "3 kg", value)
		}
	})
}

func TestThenWaitsForNothingAlsoWhenFirstHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		first := exercise.Start(t.Context(), c.weigh)
		<-first.Done()
		job := exercise.Then(context.WithValue(t.Context(), key{}, "trace"), first, c.print)
		if c.now() > 1000*ms {
			t.Errorf("first had ended at 1s, and Then returned at %v: it starts a job and waits for nothing", c.now())
			return
		}
		c.ends(job, "first had ended before Then was called", 2000*ms, "3 kg", nil)
	})
}

func TestNextMayTakeADay(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		first := exercise.Start(t.Context(), func(context.Context) (int, error) { return 3, nil })
		job := exercise.Then(t.Context(), first, func(ctx context.Context, kg int) (string, error) {
			select {
			case <-time.After(24 * time.Hour):
			case <-ctx.Done():
				t.Errorf("ctx is alive and the job was not cancelled, and the context of next ended after %v", time.Since(start))
			}
			return fmt.Sprint(kg, " kg"), nil
		})
		_, _ = job.Result()
	})
}

func TestACancelledFirstTakesItsTime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		first := exercise.Start(t.Context(), func(ctx context.Context) (int, error) {
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
				t.Error("the job was cancelled while first ran, and an hour later first was not")
			}
			time.Sleep(10 * time.Minute)
			return 0, context.Cause(ctx)
		})
		job := exercise.Then(t.Context(), first, func(context.Context, int) (string, error) { return "", nil })
		job.Cancel(errNotWanted)
		<-job.Done()
		if took := time.Since(start); took != 10*time.Minute && !t.Failed() {
			t.Errorf("the job was cancelled, first needed 10m to stop, and the job ended after %v: it waits for first, however long that takes", took)
		}
		<-first.Done()
	})
}

func TestACancelledFirstIsLikeAnyError(t *testing.T) {
	for _, cause := range []error{errNotWanted, context.Canceled, fmt.Errorf("scale: %w", context.Canceled)} {
		lesson.Bubble(t, func(t *testing.T) {
			c := newChain(t)
			first := exercise.Start(t.Context(), c.weigh)
			job := exercise.Then(t.Context(), first, c.print)
			time.Sleep(500 * ms)
			first.Cancel(cause)
			c.ends(job, "first is cancelled by another caller", 800*ms, "", cause)
			c.neverPrints("first was cancelled by another caller")
		})
	}
}

// cancelWhileFirstRuns cancels the job, or the ctx that Then gets, after so long. It runs in a bubble of its own.
func cancelWhileFirstRuns(t *testing.T, after time.Duration, byCtx, stubborn bool) {
	t.Helper()
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		c.stubborn = stubborn
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		if byCtx {
			time.AfterFunc(after, func() { cancel(errNotWanted) })
			synctest.Wait()
		}
		job := c.then(ctx)
		time.Sleep(after)
		if !byCtx {
			job.Cancel(errNotWanted)
		}
		<-job.Done()
		when := fmt.Sprintf("cancelled at %v, while first runs", after)
		cause, _ := c.cause.Load().(error)
		switch {
		case c.calls.Load() > 0:
			t.Errorf("%s, and next was still called", when)
		case cause == nil && c.weighed.Load():
			t.Errorf("%s: first was not cancelled, it ran to its end", when)
		case cause != nil && !errors.Is(cause, errNotWanted):
			t.Errorf("%s: first was told %q, not the cause, %q", when, cause, errNotWanted)
		case cause != nil && cause != errNotWanted: //nolint:errorlint // the very cause
			t.Errorf("%s: first was told %q, which wraps the cause: cancel it with the same cause, context.Cause(ctx), not wrapped", when, cause)
		case !c.weighed.Load():
			t.Errorf("%s: the job ended before first had ended, which takes until %v", when, after+c.undo)
		default:
			c.ends(job, when, after+c.undo, "", errNotWanted)
		}
		c.neverPrints(when)
	})
}

func TestCancellingTheJobCancelsFirstAndWaitsForIt(t *testing.T) {
	cancelWhileFirstRuns(t, 500*ms, false, false)
}

func TestAJobCancelledAtOnceCancelsFirst(t *testing.T) { cancelWhileFirstRuns(t, 0, false, false) }

func TestACancelWithoutACauseCancelsFirstToo(t *testing.T) {
	for _, byCtx := range []bool{false, true} {
		lesson.Bubble(t, func(t *testing.T) {
			c := newChain(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			job := c.then(ctx)
			time.Sleep(500 * ms)
			if byCtx {
				cancel()
			} else {
				job.Cancel(nil)
			}
			<-job.Done()
			if cause, _ := c.cause.Load().(error); cause != context.Canceled { //nolint:errorlint // the very cause
				t.Errorf("cancelled without a cause, so that context.Cause is context.Canceled: first should be cancelled with that, and was told %s", lesson.Quote(cause))
			}
			c.ends(job, "cancelled at 500ms without a cause", 800*ms, "", context.Canceled)
		})
	}
}

func TestTheErrorAndTheCauseNeedNotBeComparable(t *testing.T) {
	for _, byCtx := range []bool{false, true} {
		for _, after := range []time.Duration{500 * ms, 1500 * ms} {
			lesson.Bubble(t, func(t *testing.T) {
				c := newChain(t)
				cause := lesson.ListError{"the parcel is not sent", "no paper"}
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				job := c.then(ctx)
				time.Sleep(after)
				if byCtx {
					cancel(cause)
				} else {
					job.Cancel(cause)
				}
				_, err := job.Result()
				if _, ok := err.(lesson.ListError); !ok || c.now() != after+c.undo { //nolint:errorlint // the very error
					t.Errorf("cancelled at %v with a cause of a type that cannot be compared by ==: the step that runs returns it at %v, and the job ends then with that error itself;"+
						" it ended at %v with %s", after, after+c.undo, c.now(), lesson.Quote(err))
				}
			})
		}
	}
}

func TestACtxThatEndsCancelsFirst(t *testing.T) { cancelWhileFirstRuns(t, 500*ms, true, false) }

func TestACtxThatHasEndedBeforeCancelsFirst(t *testing.T) { cancelWhileFirstRuns(t, 0, true, false) }

func TestACancelledFirstThatReturnsAValueStartsNothing(t *testing.T) {
	cancelWhileFirstRuns(t, 500*ms, false, true)
}

func TestCancellingTheJobCancelsNextAndWaitsForIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		job := c.then(t.Context())
		time.Sleep(1500 * ms)
		job.Cancel(errNotWanted)
		<-job.Done()
		if cause, _ := c.cause.Load().(error); cause == nil {
			t.Error("the job was cancelled while next ran, and next was not told")
		} else if !errors.Is(cause, errNotWanted) {
			t.Errorf("the job was cancelled while next ran, and next was told %q, not the cause, %q", cause, errNotWanted)
		} else if cause != errNotWanted { //nolint:errorlint // the very cause
			t.Errorf("the job was cancelled while next ran, and next was told %q, which wraps the cause: its context ends with the same cause, not wrapped", cause)
		} else if !c.printed.Load() {
			t.Error("the job was cancelled while next ran, and ended before next had returned")
		}
		c.ends(job, "cancelled while next runs", 1800*ms, "", errNotWanted)
	})
}

func TestACancellationTravelsALongChain(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		third := func(context.Context, string) (string, error) { c.calls.Add(1); return "", nil }
		job := exercise.Then(t.Context(), exercise.Then(t.Context(), c.then(t.Context()), third), third)
		time.Sleep(500 * ms)
		job.Cancel(errNotWanted)
		c.ends(job, "the last of four steps is cancelled while the first one runs", 800*ms, "", errNotWanted)
		c.neverPrints("the last of four steps was cancelled while the first one ran")
	})
}

func TestTwoJobsMayWaitForOneFirst(t *testing.T) {
	both := func(t *testing.T, c *chain) (one, other *exercise.Job[string]) {
		t.Helper()
		ctx := context.WithValue(t.Context(), key{}, "trace")
		first := exercise.Start(t.Context(), c.weigh)
		return exercise.Then(ctx, first, c.print), exercise.Then(ctx, first, c.print)
	}
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		one, other := both(t, c)
		<-one.Done()
		<-other.Done()
		if !t.Failed() {
			c.ends(one, "two jobs wait for one first", 2000*ms, "3 kg", nil)
			c.ends(other, "two jobs wait for one first", 2000*ms, "3 kg", nil)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		one, other := both(t, c)
		time.Sleep(500 * ms)
		one.Cancel(errNotWanted)
		<-one.Done()
		<-other.Done()
		if c.cause.Load() == nil {
			t.Error("two jobs wait for one first, one of them was cancelled at 500ms, and first was not: a job that is cancelled cancels first, whatever else waits for it")
			return
		}
		const when = "two jobs wait for one first, and one of them is cancelled at 500ms"
		c.ends(one, when, 800*ms, "", errNotWanted)
		c.ends(other, when, 800*ms, "", errNotWanted)
	})
}

func TestNothingStartsWhenCtxEndsAtTheInstantAtWhichFirstEnds(t *testing.T) {
	for i := range 40 { // often, because select picks one of two ready cases at random
		lesson.Bubble(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			release := make(chan struct{})
			first := exercise.Start(t.Context(), func(context.Context) (int, error) { <-release; return 3, nil })
			calls := 0
			job := exercise.Then(ctx, first, func(context.Context, int) (string, error) { calls++; return "3 kg", nil })
			synctest.Wait()
			how := "ctx ended"
			if i%2 == 0 {
				cancel(errNotWanted)
			} else {
				how = "the job was cancelled"
				job.Cancel(errNotWanted)
			}
			close(release)
			_, err := job.Result()
			switch {
			case calls > 0:
				t.Errorf("%s at the instant at which first ended, and next was called: select picks one of two ready cases at random, so look at the context again", how)
			case err != errNotWanted: //nolint:errorlint // the very error
				t.Errorf("%s at the instant at which first ended with no error: the job's error should be the cause, %q; it is %s", how, errNotWanted, lesson.Quote(err))
			}
		})
	}
}

func TestNothingStartsWhenFirstIsDoneAndCtxHasEnded(t *testing.T) {
	for range 40 {
		lesson.Bubble(t, func(t *testing.T) {
			first := exercise.Start(t.Context(), func(context.Context) (int, error) { return 3, nil })
			<-first.Done()
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(errNotWanted)
			calls := 0
			job := exercise.Then(ctx, first, func(context.Context, int) (string, error) { calls++; return "3 kg", nil })
			_, err := job.Result()
			switch {
			case calls > 0:
				t.Error("first was done and ctx had ended before Then was called, and next was called: look at the context before you call next")
			case err != errNotWanted: //nolint:errorlint // the very error
				t.Errorf("first was done and ctx had ended before Then was called: the job's error should be the cause, %q; it is %s", errNotWanted, lesson.Quote(err))
			}
		})
	}
}

func TestAnErrorOfFirstComesBeforeTheCause(t *testing.T) {
	for _, failure := range []error{errStuck, context.Canceled, fmt.Errorf("weighing: %w", errNotWanted)} {
		lesson.Bubble(t, func(t *testing.T) {
			c := newChain(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(errNotWanted)
			first := exercise.Start(t.Context(), func(context.Context) (int, error) { return 0, failure })
			<-first.Done()
			job := exercise.Then(ctx, first, c.print)
			when := "first had failed, and ctx had ended"
			if failure != errStuck { //nolint:errorlint // it is one of the three
				when = "first had ended with an error that tells of a cancellation, which is an error of first like any other, and ctx had ended"
			}
			c.ends(job, when, 0, "", failure)
		})
	}
}

func TestACtxThatEndsCancelsNextAndWhatNextReturnsStands(t *testing.T) {
	for _, own := range []error{nil, errPaper} {
		lesson.Bubble(t, func(t *testing.T) {
			c := newChain(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			var cause error
			job := exercise.Then(ctx, exercise.Start(t.Context(), c.weigh), func(ctx context.Context, _ int) (string, error) {
				<-ctx.Done()
				cause = context.Cause(ctx)
				time.Sleep(300 * ms)
				return "3 kg", own
			})
			time.Sleep(1500 * ms)
			cancel(errNotWanted)
			c.ends(job, fmt.Sprintf("ctx ended at 1.5s, while next ran, and next returned \"3 kg\" and %s", lesson.Quote(own)), 1800*ms, "3 kg", own)
			if cause != errNotWanted && !t.Failed() { //nolint:errorlint // the very cause
				t.Errorf("ctx ended while next ran, and next was told %s, not the cause, %q", lesson.Quote(cause), errNotWanted)
			}
		})
	}
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		<-c.then(lesson.Context(t)).Done()
		lesson.NothingLeft(t, "first, next and the job have ended")
	})
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		job := c.then(lesson.Context(t))
		time.Sleep(500 * ms)
		job.Cancel(errNotWanted)
		<-job.Done()
		lesson.NothingLeft(t, "the job was cancelled and has ended")
	})
}
