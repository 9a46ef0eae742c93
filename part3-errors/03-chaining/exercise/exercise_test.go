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

var (
	errStuck     = errors.New("the scale is stuck")
	errPaper     = errors.New("no paper")
	errNotWanted = errors.New("not wanted")
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

func (c *chain) weigh(ctx context.Context) (kg int, err error) {
	defer func() {
		c.failed.Store(err != nil)
		c.weighed.Store(true)
	}()
	if err := c.second(ctx, c.scale); err != nil && !c.stubborn {
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
	}
	return fmt.Sprint(kg, " kg"), c.second(ctx, c.printer)
}

func (c *chain) second(ctx context.Context, fails error) error {
	select {
	case <-time.After(1000 * ms):
		return fails
	case <-ctx.Done():
		c.cause.Store(context.Cause(ctx))
		time.Sleep(c.undo)
		return context.Cause(ctx)
	}
}

// then starts both steps.
func (c *chain) then(ctx context.Context) *exercise.Job[string] {
	c.t.Helper()
	first := exercise.Start(c.t.Context(), c.weigh) //nolint:contextcheck // ctx is the job's; first has one of its own
	job := exercise.Then(ctx, first, c.print)
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
	case gotErr != err: //nolint:errorlint // the very error
		c.t.Errorf("%s: the job's error is %v, not %v", when, gotErr, err)
	case err == nil && got != value:
		c.t.Errorf("%s: the job's value is %q, not %q", when, got, value)
	case c.now() != at:
		c.t.Errorf("%s: the job ended at %v, not at %v", when, c.now(), at)
	}
}

// neverPrints fails the test if next was called, now or later.
func (c *chain) neverPrints(when string) {
	c.t.Helper()
	time.Sleep(10 * time.Second)
	if c.calls.Load() > 0 && !c.t.Failed() {
		c.t.Errorf("%s, and next was called all the same", when)
	}
}

func TestTheValueGoesOnToNext(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		c.ends(c.then(t.Context()), "all goes well", 2000*ms, "3 kg", nil)
		if n := c.calls.Load(); n != 1 {
			t.Errorf("next was called %d times, not once", n)
		}
	})
}

func TestAnErrorOfFirstSkipsNext(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		c.scale = errStuck
		c.ends(c.then(t.Context()), "first fails", 1000*ms, "", errStuck)
		c.neverPrints("first failed")
	})
}

func TestAnErrorOfNextIsTheJobs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		c.printer = errPaper
		c.ends(c.then(t.Context()), "next fails", 2000*ms, "", errPaper)
	})
}

func TestACancelledFirstIsLikeAnyError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := newChain(t)
		first := exercise.Start(t.Context(), c.weigh)
		job := exercise.Then(t.Context(), first, c.print)
		time.Sleep(500 * ms)
		first.Cancel(errNotWanted)
		c.ends(job, "first is cancelled by somebody else", 800*ms, "", errNotWanted)
		c.neverPrints("first was cancelled by somebody else")
	})
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
			t.Errorf("%s, and next was called all the same", when)
		case cause == nil && c.weighed.Load():
			t.Errorf("%s: first was not cancelled, it ran to its end", when)
		case cause != nil && !errors.Is(cause, errNotWanted):
			t.Errorf("%s: first was told %q, not the cause, %q", when, cause, errNotWanted)
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
