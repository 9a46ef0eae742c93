//go:build exercise

package exercise_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/01-create-task/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errStopped = errors.New("the service stops")
	errBroken  = errors.New("f is broken")
)

// endsAfter is a context that ends after d, with errStopped as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errStopped)
	t.Cleanup(cancel)
	return ctx
}

// A diary is an f that takes a while and notes when it was called.
type diary struct {
	t      *testing.T
	takes  []time.Duration // the first call takes takes[0], and so on; then no time
	failAt int             // this call, counted from 1, returns fails
	fails  error           // errBroken, if nil

	start time.Time
	busy  atomic.Int32
	mu    sync.Mutex
	calls []time.Duration // guarded by mu: when f was called
}

func newDiary(t *testing.T, takes ...time.Duration) *diary {
	t.Helper()
	return &diary{t: t, takes: takes, start: time.Now()}
}

func (d *diary) f(ctx context.Context) error {
	log := lesson.Log(d.t).With("task", "f")
	if d.busy.Add(1) > 1 {
		d.t.Error("f was called while another call of f was under way: Every runs one at a time")
		d.busy.Add(-1)
		return errStopped
	}
	defer d.busy.Add(-1)
	if ctx.Err() != nil {
		d.t.Fatalf("f was called at %v, when ctx had ended: look at ctx.Err() right before each call", time.Since(d.start)) // an answer that never stops must end here
	}
	n := d.note()
	if n > 20 {
		d.t.Fatal("Every does not end: f was called more than 20 times")
	}
	log.Info(fmt.Sprintf("call %d begins", n))
	if n <= len(d.takes) {
		time.Sleep(d.takes[n-1])
		log.Info(fmt.Sprintf("call %d ends", n))
	}
	if n == d.failAt {
		return cmp.Or(d.fails, errBroken)
	}
	return nil
}

// note notes a call, and returns how many there were.
func (d *diary) note() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, time.Since(d.start))
	return len(d.calls)
}

// times are when f was called.
func (d *diary) times() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Sprint(d.calls)
}

// every calls Every with an interval of one second and notes when it returns.
func (d *diary) every(ctx context.Context) error {
	log := lesson.Log(d.t).With("task", "Every")
	log.Info("is called", lesson.Waiting)
	context.AfterFunc(ctx, func() { lesson.Log(d.t).With("task", "ctx").Warn("ends") })
	err := exercise.Every(ctx, time.Second, d.f)
	log.Info("returns " + lesson.Quote(err))
	return err
}

func TestCallsFOnceEachInterval(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		_ = d.every(endsAfter(t, 3500*time.Millisecond))
		if got := d.times(); got != "[1s 2s 3s]" {
			t.Errorf("f was called at %v, not once each second until ctx ended at 3.5s: [1s 2s 3s]", got)
		}
	})
}

func TestAnIntervalMayBeShort(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		_ = exercise.Every(endsAfter(t, 350*time.Nanosecond), 100*time.Nanosecond, d.f)
		if got := d.times(); got != "[100ns 200ns 300ns]" {
			t.Errorf("the interval was 100ns, ctx ended at 350ns, and f was called at %v, not at [100ns 200ns 300ns]: Every takes the interval as it is", got)
		}
	})
}

func TestReturnsTheCauseAsSoonAsCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		err := d.every(endsAfter(t, 2500*time.Millisecond))
		if after := time.Since(d.start); after < 2500*time.Millisecond {
			t.Errorf("Every returned at %v, although ctx was alive until 2.5s and f had not failed", after)
		} else if after > 2500*time.Millisecond {
			t.Errorf("ctx ended at 2.5s and Every returned at %v: it does not look at ctx.Done() while it waits for the next call", after)
		}
		if !errors.Is(err, errStopped) {
			t.Errorf("ctx ended and Every returned %s, not context.Cause(ctx), which says why ctx ended: %q", lesson.Quote(err), errStopped)
		}
	})
}

func TestDoesNotDrift(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const work = 300 * time.Millisecond
		d := newDiary(t, work, work, work, work)
		_ = d.every(endsAfter(t, 4500*time.Millisecond))
		got := d.times()
		switch got {
		case "[1s 2s 3s 4s]":
		case "[1s 2.3s 3.6s]":
			t.Errorf("the calls drift, f's own time is added to the interval: %v, not [1s 2s 3s 4s]", got)
		default:
			t.Errorf("f takes 300ms and was called at %v, not at each whole second: [1s 2s 3s 4s]", got)
		}
	})
}

func TestMakesUpForMissedCallsWithOne(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t, 2500*time.Millisecond) // from 1 s to 3.5 s: misses 2 s and 3 s
		_ = d.every(endsAfter(t, 5500*time.Millisecond))
		if got := d.times(); got != "[1s 3.5s 4s 5s]" {
			t.Errorf("a call lasted from 1s to 3.5s; one call should make up for those missed, at once, and the next ones come on time,"+
				" [1s 3.5s 4s 5s], but f was called at %v", got)
		}
	})
}

func TestMakesUpForAThousandMissedCallsWithOne(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t, 1000*time.Second+500*time.Millisecond) // from 1 s to 16m41.5s: misses 1,000 calls
		_ = d.every(endsAfter(t, 1003*time.Second+700*time.Millisecond))
		if got := d.times(); got != "[1s 16m41.5s 16m42s 16m43s]" {
			t.Errorf("a call lasted from 1s to 16m41.5s, so that Every missed 1,000 calls; one call makes up for them, and the next ones fall due"+
				" on whole seconds, [1s 16m41.5s 16m42s 16m43s], but f was called at %v", got)
		}
	})
}

func TestACallThatFallsDueAsFReturnsIsMade(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t, time.Second, time.Second, time.Second)
		_ = d.every(endsAfter(t, 4500*time.Millisecond))
		if got := d.times(); got != "[1s 2s 3s 4s]" {
			t.Errorf("f takes exactly one interval, so that the next call falls due as f returns, and is made: [1s 2s 3s 4s], but f was called at %v", got)
		}
	})
}

func TestWaitsForTheCallUnderWay(t *testing.T) {
	for _, takes := range []time.Duration{1500 * time.Millisecond, 24 * time.Hour} {
		lesson.Bubble(t, func(t *testing.T) {
			d := newDiary(t, takes)
			_ = d.every(endsAfter(t, 1200*time.Millisecond))
			if d.busy.Load() > 0 {
				t.Errorf("Every returned at %v while a call of f was still under way: f takes %v and did not look at its ctx", time.Since(d.start), takes)
			}
		})
		if t.Failed() {
			return
		}
	}
}

func TestStopsAtTheFirstErrorOfF(t *testing.T) {
	ownTimeout := fmt.Errorf("f had a timeout of its own: %w", context.DeadlineExceeded)
	for _, fails := range []error{errBroken, ownTimeout, io.EOF} {
		lesson.Bubble(t, func(t *testing.T) {
			d := newDiary(t, 100*time.Millisecond, 100*time.Millisecond)
			d.failAt, d.fails = 2, fails
			err := d.every(endsAfter(t, 5500*time.Millisecond))
			if !errors.Is(err, fails) {
				t.Errorf("the error of f was lost: f returned %q and Every %s", fails, lesson.Quote(err))
			} else if after := time.Since(d.start); after != 2100*time.Millisecond {
				t.Errorf("f failed at 2.1s and Every returned at %v", after)
			}
		})
	}
}

func TestAnErrorThatTellsOfTheEndOfCtxIsReturnedUnchanged(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var its error
		err := exercise.Every(endsAfter(t, 1500*time.Millisecond), time.Second, func(ctx context.Context) error {
			<-ctx.Done()
			its = fmt.Errorf("line 7 is not written: %w", context.Cause(ctx))
			return its
		})
		if err != its { //nolint:errorlint // unchanged is the question
			t.Errorf("ctx ended while f ran, f returned %q, which wraps the cause, and Every returned %s: f's error counts, unchanged",
				its, lesson.Quote(err))
		}
	})
}

func TestAnErrorThatCannotBeComparedIsReturned(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		err := exercise.Every(ctx, time.Second, func(context.Context) error {
			cancel(lesson.ListError{"the fan is broken", "the server is hot"})
			return lesson.ListError{"line 7 is not written"}
		})
		if its, ok := err.(lesson.ListError); !ok || len(its) != 1 { //nolint:errorlint // unchanged is the question
			t.Errorf("ctx ended while f ran, f returned %q, an error of a type that cannot be compared by ==, and Every returned %s: f's error counts, unchanged",
				"line 7 is not written", lesson.Quote(err))
		}
	})
}

func TestTwoCallsOfEveryDoNotDisturbEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const work = 400 * time.Millisecond // so that a call of the second one begins while a call of the first one runs
		var both sync.WaitGroup
		var first, second *diary
		both.Go(func() {
			first = newDiary(t, work, work, work, work)
			_ = first.every(endsAfter(t, 4500*time.Millisecond))
		})
		both.Go(func() {
			time.Sleep(300 * time.Millisecond)
			second = newDiary(t, work, work)
			_ = second.every(endsAfter(t, 2500*time.Millisecond))
		})
		both.Wait()
		if a, b := first.times(), second.times(); a != "[1s 2s 3s 4s]" || b != "[1s 2s]" {
			t.Errorf("Every was called twice, for 4.5s and for 2.5s, and each call has its own ticks: [1s 2s 3s 4s] and [1s 2s],"+
				" but f was called at %v and %v", a, b)
		}
	})
}

func TestFGetsCtxItself(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "request 7"))
		defer cancel(nil)
		time.AfterFunc(1500*time.Millisecond, func() { cancel(errStopped) })
		d := newDiary(t)
		_ = exercise.Every(ctx, time.Second, func(got context.Context) error {
			if got.Value(key{}) != "request 7" {
				t.Error("f got a ctx without the values of ctx: hand on ctx itself")
			}
			select {
			case <-got.Done():
			case <-time.After(5 * time.Second):
				t.Error("ctx ended while f ran, and the ctx that f got did not end: f is never asked to stop. Hand on ctx itself")
			}
			if got != ctx && !t.Failed() {
				t.Error("f got a context that was made from ctx: hand on ctx itself")
			}
			if d.note() > 1 {
				t.Fatal("f returned an error and was called again")
			}
			return errBroken
		})
	})
}

func TestAPanicOfFReachesTheCaller(t *testing.T) {
	const text = "f panics on purpose: Every hands that on to its caller, on the caller's goroutine"
	for _, ours := range []any{text, errors.New(text)} {
		lesson.Bubble(t, func(t *testing.T) {
			defer func() {
				switch p := recover(); p {
				case ours, nil: // nil: the test says what came in its place
				default:
					if !strings.Contains(fmt.Sprint(p), text) {
						panic(p)
					}
					t.Errorf("f panicked, and another panic reached the caller of Every, with %T %q: hand on the value of f's own", p, fmt.Sprint(p))
				}
			}()
			d := newDiary(t)
			err := exercise.Every(endsAfter(t, 2500*time.Millisecond), time.Second, func(context.Context) error {
				if d.note() > 1 {
					t.Fatal("f panicked, and Every called it again: the panic is lost")
				}
				panic(ours)
			})
			if t.Failed() {
				return
			}
			if ours == text {
				t.Errorf("f panicked, and Every returned %s: the panic is lost", lesson.Quote(err))
			} else {
				t.Errorf("f panicked with a value that is an error, and Every returned %s: that is a panic like any other", lesson.Quote(err))
			}
		})
		if t.Failed() {
			return
		}
	}
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.failAt = 1
		_ = d.every(lesson.Context(t))
		lesson.NothingLeft(t, "f has failed, Every has returned")
	})
}

func TestNeverCallsFOnceCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		if err := newDiary(t).every(ended); !errors.Is(err, errStopped) {
			t.Errorf("ctx had ended before the call, and Every returned %s, not its cause", lesson.Quote(err))
		}
	})
	// ctx ends while f runs, and by then a call has fallen due as well; often,
	// because select picks one of two ready cases at random.
	for range 30 {
		lesson.Bubble(t, func(t *testing.T) {
			if err := newDiary(t, 1500*time.Millisecond).every(endsAfter(t, 2200*time.Millisecond)); !errors.Is(err, errStopped) && !t.Failed() {
				t.Errorf("ctx ended while f ran, a call had fallen due as well, and Every returned %s, not context.Cause(ctx), %q", lesson.Quote(err), errStopped)
			}
		})
		if t.Failed() {
			return
		}
	}
}

// Often, because either of the two may come first at select.
func TestNoCallAtTheInstantAtWhichCtxEnds(t *testing.T) {
	for range 30 {
		lesson.Bubble(t, func(t *testing.T) {
			err := newDiary(t).every(lesson.EndsAt(t, t.Context(), 2*time.Second, errStopped))
			if !errors.Is(err, errStopped) && !t.Failed() {
				t.Errorf("ctx ended at 2s, just when a call fell due, and Every returned %s, not context.Cause(ctx), %q", lesson.Quote(err), errStopped)
			}
		})
		if t.Failed() {
			return
		}
	}
}
