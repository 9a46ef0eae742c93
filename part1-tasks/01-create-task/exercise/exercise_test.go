//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/01-create-task/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStopped = errors.New("the service stops")

// endsAfter is a context that ends after d, with errStopped as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errStopped)
	t.Cleanup(cancel)
	return ctx
}

// A diary is an f that takes a while and notes when it was called.
type diary struct {
	t     *testing.T
	takes []time.Duration // the first call takes takes[0], and so on; then no time

	start time.Time
	calls []time.Duration
	busy  atomic.Int32
}

func newDiary(t *testing.T, takes ...time.Duration) *diary {
	t.Helper()
	return &diary{t: t, takes: takes, start: time.Now()}
}

func (d *diary) f(ctx context.Context) error {
	if d.busy.Add(1) > 1 {
		d.t.Error("f was called while another call of f was under way: Every runs one at a time")
		d.busy.Add(-1)
		return errStopped
	}
	defer d.busy.Add(-1)
	if ctx.Err() != nil {
		d.t.Errorf("f was called %v after the start, when ctx had ended", time.Since(d.start))
		return errStopped // or an Every that never looks at ctx would go on for ever
	}
	d.calls = append(d.calls, time.Since(d.start))
	if n := len(d.calls); n <= len(d.takes) {
		time.Sleep(d.takes[n-1])
	}
	return nil
}

func TestCallsFOnceEachInterval(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		_ = exercise.Every(endsAfter(t, 3500*time.Millisecond), time.Second, d.f)
		if got := fmt.Sprint(d.calls); got != "[1s 2s 3s]" {
			t.Errorf("f was called at %v, not once each second: [1s 2s 3s]", got)
		}
	})
}

func TestReturnsTheCauseAsSoonAsCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		err := exercise.Every(endsAfter(t, 2500*time.Millisecond), time.Second, d.f)
		if after := time.Since(d.start); after != 2500*time.Millisecond {
			t.Errorf("ctx ended at 2.5s and Every returned at %v: it waits for something else first", after)
		}
		if !errors.Is(err, errStopped) {
			t.Errorf("Every returned %q, not context.Cause(ctx), which says why ctx ended: %q", err, errStopped)
		}
	})
}

func TestDoesNotDrift(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const work = 300 * time.Millisecond
		d := newDiary(t, work, work, work, work)
		_ = exercise.Every(endsAfter(t, 4500*time.Millisecond), time.Second, d.f)
		if got := fmt.Sprint(d.calls); got != "[1s 2s 3s 4s]" {
			t.Errorf("the calls drift, f's own time is added to the interval: %v, not [1s 2s 3s 4s]", got)
		}
	})
}

func TestMakesUpForMissedCallsWithOne(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t, 2500*time.Millisecond) // from 1 s to 3.5 s: misses 2 s and 3 s
		_ = exercise.Every(endsAfter(t, 5500*time.Millisecond), time.Second, d.f)
		if got := fmt.Sprint(d.calls); got != "[1s 3.5s 4s 5s]" {
			t.Errorf("a call lasted from 1s to 3.5s; then one comes at once and the next ones on time,"+
				" [1s 3.5s 4s 5s], but f was called at %v", got)
		}
	})
}

func TestWaitsForTheCallUnderWay(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t, 1500*time.Millisecond)
		_ = exercise.Every(endsAfter(t, 1200*time.Millisecond), time.Second, d.f)
		if d.busy.Load() > 0 {
			t.Error("Every returned while a call of f was still under way")
		}
	})
}

func TestStopsAtTheFirstErrorOfF(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errBroken := errors.New("f is broken")
		start := time.Now()
		calls := 0
		err := exercise.Every(endsAfter(t, 5500*time.Millisecond), time.Second, func(context.Context) error {
			calls++
			time.Sleep(100 * time.Millisecond)
			if calls == 2 {
				return errBroken
			}
			return nil
		})
		if !errors.Is(err, errBroken) {
			t.Errorf("the error of f was lost: f returned %q and Every %q", errBroken, err)
		} else if after := time.Since(start); after != 2100*time.Millisecond {
			t.Errorf("f failed at 2.1s and Every returned at %v", after)
		}
	})
}

func TestNeverCallsFOnceCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		if err := exercise.Every(ended, time.Second, newDiary(t).f); !errors.Is(err, errStopped) {
			t.Errorf("on a ctx that has ended, Every returned %q, not its cause", err)
		}

		// ctx ends while f runs, and by then a call has fallen due as well;
		// often, because select takes either.
		for n := 0; n < 30 && !t.Failed(); n++ {
			d := newDiary(t, 1500*time.Millisecond)
			_ = exercise.Every(endsAfter(t, 2200*time.Millisecond), time.Second, d.f)
		}
	})
}
